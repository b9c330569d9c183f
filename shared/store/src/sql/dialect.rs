//! One text for a statement, whatever the engine. It is SQL that both engines understand, and five signs:
//!
//! - `?1` is a parameter.
//! - `{?1}` is the list that a parameter holds as a JSON array, to stand after `IN`;
//!   `{?1: id TEXT, n BIGINT}` is the table that it holds as an array of arrays.
//! - `{?1[l.at]}` is the text at a place (from 0) of a parameter that holds many: long texts, which would cost much within JSON.
//! - `{json c}` is a column that holds a JSON document, to take something out of it with `->`.
//! - `{lock t}` after a query whose rows are about to be changed: rows of `t` that another process is changing are passed
//!   over, the others are kept for this one. SQLite has one writer and needs no lock.
use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Which database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// Every statement is a constant of this crate and is put into an engine's words once.
static TEXTS: LazyLock<RwLock<HashMap<(Engine, &'static str), SqlStr>>> = LazyLock::new(RwLock::default);

/// The statement in the engine's own words.
pub(super) fn text(engine: Engine, statement: &'static str) -> SqlStr {
    let known = TEXTS.read().unwrap_or_else(PoisonError::into_inner).get(&(engine, statement)).cloned();
    known.unwrap_or_else(|| {
        let text = AssertSqlSafe(in_words_of(engine, statement)).into_sql_str();
        let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
        texts.insert((engine, statement), text.clone());
        text
    })
}

fn in_words_of(engine: Engine, statement: &str) -> String {
    let mut text = String::with_capacity(statement.len() + 100);
    let mut rest = statement;
    while let Some((before, sign)) = rest.split_once('{') {
        let (inside, after) = sign.split_once('}').unwrap_or((sign, ""));
        text += before;
        text += &meaning(engine, inside);
        rest = after;
    }
    text += rest;
    match engine {
        Engine::Sqlite => text,
        Engine::Postgres => text.replace('?', "$"),
    }
}

/// What a sign in braces stands for.
fn meaning(engine: Engine, sign: &str) -> String {
    if let Some(table) = sign.strip_prefix("lock ") {
        return match engine {
            Engine::Sqlite => String::new(),
            Engine::Postgres => format!("FOR UPDATE OF {table} SKIP LOCKED"),
        };
    }
    if let Some(column) = sign.strip_prefix("json ") {
        return match engine {
            Engine::Sqlite => column.to_owned(),
            Engine::Postgres => format!("CAST({column} AS jsonb)"),
        };
    }
    if let Some((parameter, place)) = sign.strip_suffix(']').and_then(|sign| sign.split_once('[')) {
        return match engine {
            Engine::Sqlite => format!("({parameter} ->> {place})"),
            Engine::Postgres => format!("({parameter}::text[])[{place} + 1]"),
        };
    }
    let Some((parameter, columns)) = sign.split_once(':') else {
        return match engine {
            Engine::Sqlite => format!("(SELECT value FROM json_each({sign}))"),
            Engine::Postgres => format!("(SELECT value #>> '{{}}' FROM {})", elements(sign, "string")),
        };
    };
    let columns: Vec<String> =
        columns.split(',').enumerate().map(|(at, column)| place(engine, at, column.trim())).collect();
    let columns = columns.join(", ");
    match engine {
        Engine::Sqlite => format!("(SELECT {columns} FROM json_each({parameter}))"),
        Engine::Postgres => {
            format!("(SELECT {columns} FROM {})", elements(parameter, "array"))
        }
    }
}

/// The elements of a JSON list, all of which are of one kind. PostgreSQL takes such a list for a hundred rows and would, as long as
/// a table is small or it thinks so, rather go through all of it than look up a hundred; and it keeps that plan while the table
/// grows. Told the kind it reckons with one row, and looks up by a key whatever the size.
fn elements(parameter: &str, kind: &str) -> String {
    format!(
        "jsonb_array_elements({parameter}::jsonb) AS entries (value) WHERE jsonb_typeof(value) = '{kind}'"
    )
}

/// One place of the inner arrays as a column with its name and type. SQLite takes the type from the JSON.
fn place(engine: Engine, at: usize, column: &str) -> String {
    let (name, kind) = column.split_once(' ').unwrap_or((column, "TEXT"));
    match engine {
        Engine::Sqlite => format!("value ->> {at} AS {name}"),
        Engine::Postgres => format!("CAST(value ->> {at} AS {kind}) AS {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_said_in_each_engines_words() {
        let statement = "SELECT a FROM t WHERE b IN {?1} AND c = ?2 {lock t}";
        assert_eq!(
            in_words_of(Engine::Sqlite, statement),
            "SELECT a FROM t WHERE b IN (SELECT value FROM json_each(?1)) AND c = ?2 "
        );
        assert_eq!(
            in_words_of(Engine::Postgres, statement),
            "SELECT a FROM t WHERE b IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb) AS entries (value) \
             WHERE jsonb_typeof(value) = 'string') AND c = $2 FOR UPDATE OF t SKIP LOCKED"
        );
        let document = "SELECT {json t.d} -> 'a' FROM t";
        assert_eq!(in_words_of(Engine::Sqlite, document), "SELECT t.d -> 'a' FROM t");
        assert_eq!(in_words_of(Engine::Postgres, document), "SELECT CAST(t.d AS jsonb) -> 'a' FROM t");
        let texts = "SELECT {?2[l.at]} FROM l";
        assert_eq!(in_words_of(Engine::Sqlite, texts), "SELECT (?2 ->> l.at) FROM l");
        assert_eq!(in_words_of(Engine::Postgres, texts), "SELECT ($2::text[])[l.at + 1] FROM l");
        let table = "SELECT * FROM {?1: id TEXT, n BIGINT} AS l";
        assert_eq!(
            in_words_of(Engine::Sqlite, table),
            "SELECT * FROM (SELECT value ->> 0 AS id, value ->> 1 AS n FROM json_each(?1)) AS l"
        );
        assert_eq!(
            in_words_of(Engine::Postgres, table),
            "SELECT * FROM (SELECT CAST(value ->> 0 AS TEXT) AS id, CAST(value ->> 1 AS BIGINT) AS n \
             FROM jsonb_array_elements($1::jsonb) AS entries (value) WHERE jsonb_typeof(value) = 'array') AS l"
        );
    }
}
