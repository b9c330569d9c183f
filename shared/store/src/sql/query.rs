//! One statement for two engines: bound values, a connection of either, rows of either.
use jiff::Timestamp;
use sqlx::{
    PgConnection, Postgres, Row as _, Sqlite, SqliteConnection, Transaction,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    query::Query as SqlxQuery,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{
    column::{Columns, millis},
    connections::Leased,
    dialect::{self, Engine},
};
use crate::{
    error::{StoreError, StoreResult},
    store::Filter,
};

/// A connection that reads, or a transaction; dropped without [`Conn::commit`], a transaction leaves nothing.
pub(super) enum Conn {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(Transaction<'static, Sqlite>),
    Postgres(PostgresConn),
}

/// A connection to PostgreSQL, in a transaction or not. It is used again only if everything that was asked of it was answered.
pub(super) struct PostgresConn {
    leased: Leased,
    in_transaction: bool,
    /// A statement is under way, or has failed.
    unsure: bool,
}

/// The connection itself, by engine.
enum Side<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PostgresConn),
}

const COMMIT: &str = "COMMIT";

impl PostgresConn {
    /// A connection outside of any transaction.
    pub(super) const fn reading(leased: Leased) -> Self {
        Self { leased, in_transaction: false, unsure: false }
    }

    /// The same in a transaction that `begin` (one or more statements) has begun.
    pub(super) async fn writing(mut leased: Leased, begin: &'static str) -> StoreResult<Self> {
        sqlx::raw_sql(begin).execute(leased.get()?).await?;
        Ok(Self { leased, in_transaction: true, unsure: false })
    }

    async fn commit(mut self) -> StoreResult<()> {
        if self.in_transaction {
            self.unsure = true;
            sqlx::raw_sql(COMMIT).execute(self.leased.get()?).await?;
            (self.in_transaction, self.unsure) = (false, false);
        }
        Ok(())
    }

    /// Asks something; as long as it is not answered, and after a failure, the connection is none to be used again.
    async fn ask<T>(
        &mut self,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> StoreResult<T> {
        self.unsure = true;
        let answer = question(self.leased.get()?).await?;
        self.unsure = false;
        Ok(answer)
    }
}

impl Drop for PostgresConn {
    fn drop(&mut self) {
        if !self.in_transaction && !self.unsure {
            self.leased.done();
        }
    }
}

impl Conn {
    /// Ends a transaction for good; a connection that reads has nothing to end.
    pub(super) async fn commit(self) -> StoreResult<()> {
        match self {
            Self::SqliteWrite(tx) => Ok(tx.commit().await?),
            Self::Postgres(conn) => conn.commit().await,
            Self::SqliteRead(_) => Ok(()),
        }
    }

    fn side(&mut self) -> Side<'_> {
        match self {
            Self::SqliteRead(conn) => Side::Sqlite(conn),
            Self::SqliteWrite(tx) => Side::Sqlite(tx),
            Self::Postgres(conn) => Side::Postgres(conn),
        }
    }
}

/// A row of either engine.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A bound value. `Option`s have a type even when they are empty: PostgreSQL asks for it.
#[derive(Clone)]
pub(super) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Bytes(Vec<u8>),
    /// Many texts, to be taken by their place.
    Texts(Vec<Option<String>>),
}

/// A statement and its values.
#[must_use]
pub(super) struct Query {
    statement: &'static str,
    values: Vec<Value>,
}

/// A statement in the text that [`dialect`] understands.
pub(super) const fn query(statement: &'static str) -> Query {
    Query { statement, values: Vec::new() }
}

impl Query {
    /// The value of the next parameter.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The next six parameters: site, body, year, text, limit and offset of a filter.
    pub(super) fn among(self, filter: &Filter) -> Self {
        self.bind(&filter.site)
            .bind(&filter.body)
            .bind(filter.year)
            .bind(&filter.text)
            .bind(filter.sql_limit())
            .bind(i64::from(filter.offset))
    }

    /// All rows.
    pub(super) async fn all(self, conn: &mut Conn) -> StoreResult<Vec<Row>> {
        match conn.side() {
            Side::Sqlite(conn) => {
                let rows = self.for_sqlite().fetch_all(conn).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Side::Postgres(conn) => {
                let query = self.for_postgres();
                let rows = conn.ask(async |conn| query.fetch_all(conn).await).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// The first row, if there is one.
    pub(super) async fn optional(self, conn: &mut Conn) -> StoreResult<Option<Row>> {
        Ok(match conn.side() {
            Side::Sqlite(conn) => self.for_sqlite().fetch_optional(conn).await?.map(Row::Sqlite),
            Side::Postgres(conn) => {
                let query = self.for_postgres();
                conn.ask(async |conn| query.fetch_optional(conn).await).await?.map(Row::Postgres)
            }
        })
    }

    /// The row that there always is.
    pub(super) async fn one(self, conn: &mut Conn) -> StoreResult<Row> {
        let statement = self.statement;
        let row = self.optional(conn).await?;
        row.ok_or_else(|| StoreError::Refused(format!("a statement gave no row: {statement}")))
    }

    /// How many rows it changed.
    pub(super) async fn run(self, conn: &mut Conn) -> StoreResult<u64> {
        Ok(match conn.side() {
            Side::Sqlite(conn) => self.for_sqlite().execute(conn).await?.rows_affected(),
            Side::Postgres(conn) => {
                let query = self.for_postgres();
                conn.ask(async |conn| query.execute(conn).await).await?.rows_affected()
            }
        })
    }

    /// The first column of all rows.
    pub(super) async fn texts(self, conn: &mut Conn) -> StoreResult<Vec<String>> {
        self.all(conn).await?.iter().map(|row| row.text(FIRST)).collect()
    }

    /// The first column of the row that there always is.
    pub(super) async fn number(self, conn: &mut Conn) -> StoreResult<i64> {
        self.one(conn).await?.number(FIRST)
    }

    fn for_sqlite(self) -> SqlxQuery<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(dialect::text(Engine::Sqlite, self.statement));
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Bytes(bytes) => query.bind(bytes),
            // Text, whatever it holds, is always JSON.
            Value::Texts(texts) => query.bind(serde_json::json!(texts).to_string()),
        })
    }

    /// PostgreSQL's text has no character 0; what a page holds of them is shown as lost.
    fn for_postgres(self) -> SqlxQuery<'static, Postgres, PgArguments> {
        let query = sqlx::query(dialect::text(Engine::Postgres, self.statement));
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text.map(without_zero)),
            Value::Number(number) => query.bind(number),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Texts(texts) => {
                query.bind(texts.into_iter().map(|text| text.map(without_zero)).collect::<Vec<_>>())
            }
        })
    }
}

fn without_zero(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// Stands for the first column, whatever its name.
const FIRST: &str = "";

impl Row {
    /// A text, if it is there.
    pub(super) fn get_text(&self, name: &str) -> StoreResult<Option<String>> {
        Ok(match (self, name) {
            (Self::Sqlite(row), FIRST) => row.try_get(0)?,
            (Self::Sqlite(row), name) => row.try_get(name)?,
            (Self::Postgres(row), FIRST) => row.try_get(0)?,
            (Self::Postgres(row), name) => row.try_get(name)?,
        })
    }

    /// A whole number, if it is there; a truth is 1 or 0.
    pub(super) fn get_number(&self, name: &str) -> StoreResult<Option<i64>> {
        match (self, name) {
            (Self::Sqlite(row), FIRST) => Ok(row.try_get(0)?),
            (Self::Sqlite(row), name) => Ok(row.try_get(name)?),
            (Self::Postgres(row), FIRST) => wide(row, 0),
            (Self::Postgres(row), name) => wide(row, name),
        }
    }
}

/// PostgreSQL's whole numbers have widths, and its truths are no numbers.
fn wide<I: sqlx::ColumnIndex<PgRow> + Copy>(row: &PgRow, index: I) -> StoreResult<Option<i64>> {
    use sqlx::{TypeInfo, ValueRef};
    let kind = row.try_get_raw(index)?.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "INT8" => row.try_get(index)?,
        "INT4" => row.try_get::<Option<i32>, _>(index)?.map(i64::from),
        "INT2" => row.try_get::<Option<i16>, _>(index)?.map(i64::from),
        _ => row.try_get::<Option<bool>, _>(index)?.map(i64::from),
    })
}

macro_rules! values {
    ($($from:ty => |$value:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        }
    )*};
}

values! {
    String => |text| Self::Text(Some(text));
    &String => |text| Self::Text(Some(text.clone()));
    &str => |text| Self::Text(Some(text.to_owned()));
    Option<String> => |text| Self::Text(text);
    &Option<String> => |text| Self::Text(text.clone());
    Option<&str> => |text| Self::Text(text.map(str::to_owned));
    i16 => |number| Self::Number(Some(number.into()));
    i32 => |number| Self::Number(Some(number.into()));
    i64 => |number| Self::Number(Some(number));
    u32 => |number| Self::Number(Some(number.into()));
    bool => |truth| Self::Number(Some(truth.into()));
    Option<i16> => |number| Self::Number(number.map(i64::from));
    Option<i64> => |number| Self::Number(number);
    Vec<u8> => |bytes| Self::Bytes(bytes);
    Vec<Option<String>> => |texts| Self::Texts(texts);
    Timestamp => |at| Self::Number(Some(millis(at)));
}
