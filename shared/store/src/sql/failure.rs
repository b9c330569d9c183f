//! Which failures of a database pass by themselves, and which do not.
use sqlx::error::DatabaseError;

use crate::error::StoreError;

/// SQLite's primary result codes that a later try may not meet: busy, locked, I/O error, disk full, cannot open.
const PASSING: [i64; 5] = [5, 6, 10, 13, 14];
/// PostgreSQL's classes that pass: connection, who may connect, no such database, transaction rolled back, resources,
/// operator intervention, system error.
const PASSING_CLASSES: [&str; 7] = ["08", "28", "3D", "40", "53", "57", "58"];
/// And single states: a lock that was not to be had, a transaction that stood still too long, a server that only reads now.
const PASSING_STATES: [&str; 3] = ["55P03", "25P03", "25006"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if passes(database.as_ref()) => Self::Away(error.to_string()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Away(error.to_string()),
            sqlx::Error::ColumnDecode { index, source } => {
                Self::Corrupt { what: format!("column {index}"), detail: source.to_string() }
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}

fn passes(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return code.parse::<i64>().is_ok_and(|code| PASSING.contains(&(code & 0xff)));
    }
    PASSING_STATES.contains(&&*code) || PASSING_CLASSES.iter().any(|class| code.starts_with(class))
}
