//! Which failures of SQLite pass by themselves, and which do not.
use crate::error::StoreError;

/// Primary result codes that a later try may not meet: busy, locked, I/O error, disk full, cannot open.
const PASSING: [i64; 5] = [5, 6, 10, 13, 14];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<i64>().ok()).unwrap_or_default();
                if PASSING.contains(&(code & 0xff)) {
                    Self::Away(error.to_string())
                } else {
                    Self::Refused(error.to_string())
                }
            }
            sqlx::Error::Io(_)
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
