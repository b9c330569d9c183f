//! Every step of the schema down and up again, on both engines, with rows in all tables: a way back that was never gone is none.
use std::{collections::BTreeMap, sync::Arc};

use gongkai_model::Stage;
use gongkai_testkit::servers::Database;
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::LATEST;
use crate::{
    Dismissal, Filter, Remark, SqlStore, StoreResult, conformance,
    sql::{Pools, connections::Connections},
    store::Store,
};

/// Everything that a database has of ours, one line each.
const IN_SQLITE: &str =
    "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY 1";
const IN_POSTGRES: &str = "
SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || is_identity || ' ' ||
       COALESCE(column_default, '') FROM information_schema.columns WHERE table_schema = current_schema()
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = current_schema()
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
          WHERE connamespace = current_schema()::regnamespace
UNION ALL SELECT 'sequence ' || relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
UNION ALL SELECT 'function ' || oid::regprocedure || ' ' || prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
ORDER BY 1";
const TABLES_OF_SQLITE: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
const TABLES_OF_POSTGRES: &str = "SELECT tablename::text FROM pg_tables
WHERE schemaname = current_schema() AND tablename <> 'gongkai_schema' ORDER BY 1";

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

/// A new database of its own.
async fn on_sqlite() -> (tempfile::TempDir, Arc<SqlStore>) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqlStore::sqlite(folder.path().join("gongkai.db")).await.unwrap();
    (folder, Arc::new(store))
}

async fn on_postgres() -> Arc<SqlStore> {
    let url = Database::shared().unwrap().create("migrate").unwrap();
    Arc::new(SqlStore::postgres(&url).await.unwrap())
}

async fn asked_of_postgres(pool: &Connections, sql: String) -> StoreResult<Vec<String>> {
    let mut leased = pool.lease().await?;
    let said = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(leased.get()?).await?;
    leased.done();
    Ok(said)
}

/// What a statement of one text column says; each engine has its own.
async fn asked(store: &SqlStore, of_sqlite: &str, of_postgres: &str) -> Vec<String> {
    match &store.pools {
        Pools::Sqlite { writer, .. } => {
            sqlx::query_scalar(AssertSqlSafe(of_sqlite.to_owned())).fetch_all(writer).await.unwrap()
        }
        Pools::Postgres(pool) => asked_of_postgres(pool, of_postgres.to_owned()).await.unwrap(),
    }
}

async fn schema(store: &SqlStore) -> Vec<String> {
    asked(store, IN_SQLITE, IN_POSTGRES).await
}

/// Rows by table.
async fn rows(store: &SqlStore) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for table in asked(store, TABLES_OF_SQLITE, TABLES_OF_POSTGRES).await {
        let sql = format!("SELECT CAST(count(*) AS TEXT) FROM {table}");
        let count = asked(store, &sql, &sql).await.remove(0).parse().unwrap();
        rows.insert(table, count);
    }
    rows
}

/// Reports with findings, one of them dismissed without a word; what is due; alerts; a replay; what could not be routed.
async fn fill(store: &Arc<SqlStore>) {
    conformance::listing::current_reports_are_told_once_each_in_pages(store.clone()).await;
    conformance::alerts::an_alert_is_told_once_for_each_change(store.clone()).await;
    assert!(store.dismiss("f1", true, &Remark::default(), now()).await.unwrap());
    assert!(store.replay(Stage::Parse, &Filter::default(), now()).await.unwrap() > 1);
    store.keep_unroutable(b"{", "no envelope", now()).await.unwrap();
    let empty: Vec<_> = rows(store).await.into_iter().filter(|(_, rows)| *rows == 0).collect();
    assert_eq!(empty, [], "a step is tried on rows");
}

/// Takes the store down step by step, each of them up and down once more, and then all of them up again.
async fn goes_every_step(store: Arc<SqlStore>) {
    assert_eq!(store.schema_version().await.unwrap(), LATEST);
    fill(&store).await;
    let mut schemas = vec![schema(&store).await];
    for below in (0..LATEST).rev() {
        let (above, before) = (schemas.last().unwrap().clone(), rows(&store).await);
        store.migrate_to(below).await.unwrap();
        assert_eq!(store.schema_version().await.unwrap(), below);
        let (lower, left) = (schema(&store).await, rows(&store).await);
        assert_ne!(lower, above, "step {} does something", below + 1);
        assert!(left.iter().all(|(table, rows)| before[table] == *rows), "{before:?} became {left:?}");
        store.migrate_to(below + 1).await.unwrap();
        assert_eq!(schema(&store).await, above, "up to {} again", below + 1);
        store.migrate_to(below).await.unwrap();
        assert_eq!(
            (schema(&store).await, rows(&store).await),
            (lower.clone(), left),
            "down to {below} again"
        );
        schemas.push(lower);
    }
    assert_eq!(schemas.pop().unwrap(), [""; 0], "down leaves nothing");
    for version in 1..=LATEST {
        store.migrate_to(version).await.unwrap();
        assert_eq!(schema(&store).await, schemas.pop().unwrap(), "up to {version}");
    }
    assert!(store.migrate_to(LATEST + 1).await.is_err());
    fill(&store).await;
}

#[tokio::test]
async fn every_step_goes_down_and_up_again_on_sqlite() {
    let (_folder, store) = on_sqlite().await;
    goes_every_step(store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_goes_down_and_up_again_on_postgresql() {
    goes_every_step(on_postgres().await).await;
}

/// What earlier releases dismissed has no note; its time is all that is known.
async fn keeps_what_was_dismissed(store: Arc<SqlStore>) {
    conformance::findings::a_rule_that_was_not_evaluated_fixes_nothing(store.clone()).await;
    store.dismiss("f1", true, &Remark::default(), now()).await.unwrap();
    store.migrate_to(3).await.unwrap();
    store.migrate_to(LATEST).await.unwrap();
    let kept = store.dismissals(&["f1".to_owned()]).await.unwrap().remove("f1").unwrap();
    assert_eq!(kept, [Dismissal { dismissed: true, remark: Remark::default(), at: now() }]);
}

#[tokio::test]
async fn what_was_dismissed_before_there_were_notes_has_a_history_on_sqlite() {
    let (_folder, store) = on_sqlite().await;
    keeps_what_was_dismissed(store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_dismissed_before_there_were_notes_has_a_history_on_postgresql() {
    keeps_what_was_dismissed(on_postgres().await).await;
}
