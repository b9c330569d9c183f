//! From what a person names to what the store knows.
use gongkai_model::Stage;
use uuid::Uuid;

use super::About;
use crate::{
    error::StoreResult,
    sql::{
        column::{Columns, json_of},
        query::{Conn, query},
    },
};

/// The source that an id stands for: its own, of a version, or of a report.
const SOURCE_OF_ID: &str = "
SELECT id FROM sources WHERE id = ?1
UNION SELECT source FROM versions WHERE id = ?1
UNION SELECT source FROM reports WHERE id = ?1";

const TASK: &str = "SELECT stage, subject FROM tasks WHERE id = ?1";

const ALERT: &str = "SELECT body, year FROM alerts WHERE id = ?1";

const SOURCES_OF_URL: &str = "SELECT id FROM sources WHERE url = ?1";

const SOURCES_OF_BODY: &str = "
SELECT source FROM reports WHERE body = ?1 AND year = ?2
UNION SELECT id FROM sources WHERE body = ?1 AND year = ?2";

const BODY_IS_KNOWN: &str = "
SELECT EXISTS (SELECT 1 FROM dues WHERE body = ?1 AND year = ?2)
    OR EXISTS (SELECT 1 FROM tasks WHERE stage = 'due' AND subject = ?1 || '/' || ?2)
    OR EXISTS (SELECT 1 FROM bodies WHERE id = ?1)";

const IDENTITIES: &str = "
SELECT DISTINCT body, year FROM reports
WHERE source IN {?1} AND body IS NOT NULL AND year IS NOT NULL
UNION SELECT body, year FROM sources
WHERE id IN {?1} AND body IS NOT NULL AND year IS NOT NULL";

/// Everything that hangs together with what was named.
pub(super) async fn about(conn: &mut Conn, what: &str) -> StoreResult<About> {
    let mut about = About::default();
    match Uuid::try_parse(what) {
        Ok(id) => by_id(conn, &id.to_string(), &mut about).await?,
        Err(_) => by_name(conn, what, &mut about).await?,
    }
    let sources = json_of(&about.sources)?;
    for row in query(IDENTITIES).bind(sources).all(conn).await? {
        about.identities.insert((row.text("body")?, row.number("year")?));
    }
    Ok(about)
}

async fn by_id(conn: &mut Conn, id: &str, about: &mut About) -> StoreResult<()> {
    let Some(task) = query(TASK).bind(id).optional(conn).await? else {
        return by_subject(conn, id, about).await;
    };
    let subject = task.text("subject")?;
    match task.named::<Stage>("stage")? {
        Stage::Due => by_name(conn, &subject, about).await,
        Stage::Fetch | Stage::Parse | Stage::Judge | Stage::Notify => by_subject(conn, &subject, about).await,
    }
}

async fn by_subject(conn: &mut Conn, id: &str, about: &mut About) -> StoreResult<()> {
    let sources = query(SOURCE_OF_ID).bind(id).texts(conn).await?;
    about.sources.extend(sources);
    if let Some(alert) = query(ALERT).bind(id).optional(conn).await? {
        about.alerts.insert(id.to_owned());
        if let (Some(body), Some(year)) = (alert.text_or_none("body")?, alert.number_or_none("year")?) {
            by_body(conn, &body, year, about).await?;
        }
    }
    Ok(())
}

async fn by_name(conn: &mut Conn, what: &str, about: &mut About) -> StoreResult<()> {
    let sources = query(SOURCES_OF_URL).bind(what).texts(conn).await?;
    about.sources.extend(sources);
    match what.rsplit_once('/').and_then(|(body, year)| Some((body, year.parse::<i16>().ok()?))) {
        Some((body, year)) => by_body(conn, body, year, about).await,
        None => Ok(()),
    }
}

async fn by_body(conn: &mut Conn, body: &str, year: i16, about: &mut About) -> StoreResult<()> {
    let sources = query(SOURCES_OF_BODY).bind(body).bind(year).texts(conn).await?;
    let known = query(BODY_IS_KNOWN).bind(body).bind(year).number(conn).await?;
    if known != 0 || !sources.is_empty() {
        about.identities.insert((body.to_owned(), year));
    }
    about.sources.extend(sources);
    Ok(())
}
