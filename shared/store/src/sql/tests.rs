//! What only SQLite has: its files and lock, its query plans, what a crash leaves.
use std::{path::PathBuf, time::Duration};

use gongkai_model::Stage;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

use super::{
    dialect::Engine,
    sqlite::{pool, write_options},
    *,
};
use crate::store::Store;

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gongkai.db");
    (folder, path)
}

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

fn writer(store: &SqlStore) -> &SqlitePool {
    match &store.pools {
        Pools::Sqlite { writer, .. } => writer,
        Pools::Postgres(_) => panic!("this store is on SQLite"),
    }
}

#[tokio::test]
async fn a_newer_or_foreign_database_is_refused_and_left_alone() {
    let (_folder, path) = place();
    let store = SqlStore::sqlite(&path).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(writer(&store)).await.unwrap();
    store.close().await;
    drop(store);
    for refused in [
        SqlStore::sqlite(&path).await,
        SqlStore::open_sqlite(&path, Access::Command).await,
        SqlStore::open_sqlite(&path, Access::Reading).await,
    ] {
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("99") && error.contains("newer"), "{error}");
    }
    let (_folder, path) = place();
    let other = pool(write_options(&path).create_if_missing(true), 1).await.unwrap();
    sqlx::raw_sql("CREATE TABLE theirs (a)").execute(&other).await.unwrap();
    let error = SqlStore::sqlite(&path).await.unwrap_err().to_string();
    assert!(error.contains("another program"), "{error}");
}

#[tokio::test]
async fn a_second_service_is_refused_and_short_commands_are_not() {
    let (_folder, path) = place();
    let error = SqlStore::open_sqlite(&path, Access::Reading).await.unwrap_err().to_string();
    assert!(error.contains("gongkai run"), "{error}");
    assert!(
        SqlStore::open_sqlite(&path, Access::Command).await.is_err() && !path.exists(),
        "a short command makes no database"
    );
    let service = SqlStore::sqlite(&path).await.unwrap();
    let error = SqlStore::sqlite(&path).await.unwrap_err().to_string();
    assert!(error.contains(&std::process::id().to_string()) && error.contains("in use"), "{error}");
    let command = SqlStore::open_sqlite(&path, Access::Command).await.unwrap();
    let status = SqlStore::open_sqlite(&path, Access::Reading).await.unwrap();
    command.raise(Stage::Due, "a/2025", now(), now()).await.unwrap();
    service.raise(Stage::Due, "b/2025", now(), now()).await.unwrap();
    assert_eq!(status.stage_counts(now()).await.unwrap()[3].ready, 2, "both see what is committed");
    let error = status.raise(Stage::Due, "c/2025", now(), now()).await.unwrap_err().to_string();
    assert!(error.contains("reading only"), "{error}");
    service.close().await;
    drop((service, command, status));
    let status = SqlStore::open_sqlite(&path, Access::Reading).await.unwrap();
    assert_eq!(status.stage_counts(now()).await.unwrap()[3].ready, 2, "without a service too");
    SqlStore::sqlite(&path).await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let (_folder, path) = place();
    let store = SqlStore::sqlite(&path).await.unwrap();
    let mut tx = store.write().await.unwrap();
    ledger::raise(&mut tx, Stage::Due, "a/2025", now(), now()).await.unwrap();
    drop(tx);
    assert!(store.take_due(Stage::Due, 10, 10, Duration::from_secs(30), now()).await.unwrap().is_empty());
    let kept = store.raise(Stage::Due, "a/2025", now(), now()).await.unwrap();
    assert_eq!(kept.generation, 1);
}

#[tokio::test]
async fn a_result_that_cannot_be_written_leaves_its_whole_batch_open() {
    use crate::{Finished, Parsed, StageResult};
    let (_folder, path) = place();
    let store = SqlStore::sqlite(&path).await.unwrap();
    let good = store.raise(Stage::Due, "a/2025", now(), now()).await.unwrap();
    let version = uuid::Uuid::now_v7();
    let bad = store.raise(Stage::Parse, &version.to_string(), now(), now()).await.unwrap();
    let parsed = Parsed { version, text_hash: "h".into(), normaliser: 1, reports: Vec::new() };
    let batch = vec![
        Finished { ticket: good.clone(), result: StageResult::Nothing },
        Finished { ticket: bad.clone(), result: StageResult::Parsed(parsed) },
    ];
    assert!(matches!(store.finish(batch, now()).await, Err(StoreError::Corrupt { .. })));
    for ticket in [good, bad] {
        assert!(store.open_task(ticket.task, ticket.generation).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn committed_work_is_there_for_the_next_process() {
    let (_folder, path) = place();
    let store = SqlStore::sqlite(&path).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer(&store)).await.unwrap();
    let sync: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(writer(&store)).await.unwrap();
    assert_eq!((mode.as_str(), sync), ("wal", 2), "2 is FULL");
    let ticket = store.raise(Stage::Due, "a/2025", now(), now()).await.unwrap();
    store.close().await;
    drop(store);
    let store = SqlStore::sqlite(&path).await.unwrap();
    assert_eq!(store.take_due(Stage::Due, 10, 10, Duration::from_secs(30), now()).await.unwrap(), [ticket]);
}

/// The plan of a statement in one line a step.
async fn plan(store: &SqlStore, sql: &'static str) -> Vec<String> {
    let sql = dialect::text(Engine::Sqlite, sql);
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.as_str()));
    let rows = sqlx::raw_sql(explain).fetch_all(writer(store)).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect()
}

#[tokio::test]
async fn what_is_asked_all_the_time_uses_an_index() {
    let store = SqlStore::sqlite_in_memory().await.unwrap();
    let asked = [
        (ledger::WITH_BUS, "tasks_by_state"),
        (ledger::EXPIRED, "tasks_sent"),
        (ledger::DUE, "tasks_ready"),
        (watch::TO_FETCH, "sources_next"),
        (reports::LATEST, "reports_current"),
        (reports::LATEST_OF_BODY, "reports_current_body"),
        (reports::HISTORIES, "reports_body"),
        (figures::TABLES, "sqlite_autoindex_reports_1"),
        (figures::TABLES, "sqlite_autoindex_findings_1"),
        (commit::current::STANDING, "reports_body"),
        (commit::current::NEWEST, "versions_source"),
        (ledger::COUNTS, "tasks_by_state"),
        (alerts::LIST, "alerts_opened"),
        (alerts::OF_SITE, "alerts_site"),
        (commit::parsed::EARLIER, "versions_source"),
        (watch::SOURCES_OF, "sources_body"),
        (watch::UNFINISHED, "tasks_ready"),
        (watch::POLLS, "polls_site"),
        (watch::COLUMNS, "sources_columns"),
        (dismissals::HISTORY, "dismissals_fingerprint"),
        (findings::OF_IDENTITIES, "PRIMARY KEY|sqlite_autoindex_findings_1"),
        (listing::REPORTS, "reports_current_identity"),
        (listing::FINDINGS, "sqlite_autoindex_findings_1"),
    ];
    for (sql, index) in asked {
        let plan = plan(&store, sql).await;
        assert!(plan.iter().any(|step| index.split('|').any(|name| step.contains(name))), "{sql}\n{plan:#?}");
        let scans = plan
            .iter()
            .filter(|step| {
                step.starts_with("SCAN")
                    && !["INDEX", "CONSTANT", "(subquery", "SCAN counted", "SCAN p"]
                        .iter()
                        .any(|word| step.contains(word))
            })
            .count();
        assert_eq!(scans, 0, "no whole table is read: {sql}\n{plan:#?}");
    }
    let ordered = [
        ledger::EXPIRED,
        ledger::DUE,
        watch::TO_FETCH,
        reports::LATEST,
        reports::LATEST_OF_BODY,
        figures::TABLES,
        alerts::LIST,
        alerts::OF_SITE,
        listing::REPORTS,
        listing::FINDINGS,
    ];
    for sql in ordered {
        let plan = plan(&store, sql).await;
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE") && !step.contains("LAST"));
        assert!(!sorts, "the index gives the order: {sql}\n{plan:#?}");
    }
}

#[tokio::test]
async fn the_cells_view_gives_one_row_a_cell_and_keeps_blanks_blank() {
    let store = std::sync::Arc::new(SqlStore::sqlite_in_memory().await.unwrap());
    crate::conformance::reports::fresh_bytes_become_a_version_that_is_read_and_judged(store.clone()).await;
    let sql = r#"SELECT body, year, "table", "row", "column", state, value, printed FROM cells"#;
    let rows = sqlx::query(sql).fetch_all(writer(&store)).await.unwrap();
    let cells: Vec<_> = rows
        .iter()
        .map(|row| {
            let text = |name: &str| row.get::<Option<String>, _>(name).unwrap_or_else(|| "∅".to_owned());
            let place = ["body", "table", "row", "column", "state", "value", "printed"].map(text).join(" ");
            format!("{} {place}", row.get::<i64, _>("year"))
        })
        .collect();
    let expected = [
        "2025 jiaoyu requests new_received natural_person printed 12 12件",
        "2025 jiaoyu requests new_received other blank ∅ —",
    ];
    assert_eq!(cells, expected);
}

#[tokio::test]
async fn items_that_are_missing_or_of_another_edition_are_taken_out_of_the_tables() {
    let store = std::sync::Arc::new(SqlStore::sqlite_in_memory().await.unwrap());
    crate::conformance::figures::scopes_and_contradicting_reports_are_summed_apart(store.clone()).await;
    let sums = async || serde_json::to_string(&store.figures(None).await.unwrap()).unwrap();
    let first = sums().await;
    store.migrate_to(4).await.unwrap();
    store.migrate_to(migrate::LATEST).await.unwrap();
    assert_eq!(sums().await, first, "of an earlier release");
    let (edition, values) = (gongkai_model::Item::EDITION, "\"values\":{\"new_received\":123456}}");
    let put = async |items: String| {
        sqlx::query("UPDATE reports SET items = ?1").bind(items).execute(writer(&store)).await.unwrap();
    };
    put(format!("{{\"edition\":{},{values}", edition + 1)).await;
    assert_eq!(sums().await, first);
    put(format!("{{\"edition\":{edition},{values}")).await;
    assert!(sums().await.contains("123456"), "what is stored is not read again");
}
