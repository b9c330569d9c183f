//! What was read from versions: nothing new, or their reports.
use std::collections::{BTreeMap, BTreeSet};

use gongkai_model::Stage;
use jiff::Timestamp;
use uuid::Uuid;

use super::current::{self, Assigned, Newest};
use crate::{
    error::StoreResult,
    records::Identity,
    results::{Parsed, ParsedReport, ReportDocument},
    sql::{
        column::{Columns, json_of, millis, misfit},
        figures,
        ledger::NewRows,
        query::{Conn, Row, query},
    },
};

const VERSIONS: &str = "
SELECT v.id, v.source, v.fetched_at, v.text_hash IS NOT NULL AND v.unchanged_from IS NULL AS was_read, s.url
FROM versions v JOIN sources s ON s.id = v.source WHERE v.id IN {?1}";

/// The newest earlier version that the same normaliser read, where it has the same text; one without news stands for the one
/// that it repeats.
pub(in crate::sql) const EARLIER: &str = "
SELECT l.id, (
  SELECT CASE WHEN e.text_hash = l.hash THEN COALESCE(e.unchanged_from, e.id) END FROM versions e
  WHERE e.source = l.source AND (e.fetched_at, e.id) < (l.at, l.id) AND e.normaliser = l.normaliser
    AND e.text_hash IS NOT NULL ORDER BY e.fetched_at DESC, e.id DESC LIMIT 1) AS earlier
FROM {?1: id TEXT, source TEXT, at BIGINT, hash TEXT, normaliser BIGINT} AS l";

const MARK_READ: &str = "
UPDATE versions AS v SET text_hash = l.hash, normaliser = l.normaliser, unchanged_from = l.earlier, read_at = ?2
FROM {?1: id TEXT, hash TEXT, normaliser BIGINT, earlier TEXT} AS l WHERE v.id = l.id";

/// The id of a report is that of (version, number). A verdict outlives a second reading only if that read the same.
/// Titles, documents and items are texts beside the table.
const PUT_REPORTS: &str = "
INSERT INTO reports AS r (id, version, idx, source, fetched_at, body, year, scope, identity, kind, published, current, title, document, items)
SELECT l.id, l.version, l.idx, l.source, l.fetched_at, l.body, l.year, l.scope, l.identity, l.kind, l.published, l.current,
  {?2[l.at]}, {?3[l.at]}, {?4[l.at]}
FROM {?1: at BIGINT, id TEXT, version TEXT, idx BIGINT, source TEXT, fetched_at BIGINT, body TEXT, year BIGINT, scope TEXT,
  identity TEXT, kind TEXT, published TEXT, current BIGINT} AS l WHERE TRUE ORDER BY l.at
ON CONFLICT (version, idx) DO UPDATE SET
  verdict = CASE WHEN r.document = excluded.document THEN r.verdict END,
  judged_at = CASE WHEN r.document = excluded.document THEN r.judged_at END,
  current = excluded.current, body = excluded.body, year = excluded.year, scope = excluded.scope, identity = excluded.identity,
  kind = excluded.kind, title = excluded.title, published = excluded.published, document = excluded.document,
  items = excluded.items";

/// A second reading may find fewer reports.
const DROP_REPORTS: &str = "
DELETE FROM reports WHERE version IN {?1} AND id NOT IN (
  SELECT r.id FROM {?2: version TEXT, idx BIGINT} AS k JOIN reports r ON r.version = k.version AND r.idx = k.idx)";

/// A version that was read, and what of it.
struct Read<'p> {
    id: String,
    source: String,
    url: String,
    fetched_at: Timestamp,
    was_read: bool,
    /// The version whose text it repeats.
    earlier: Option<String>,
    parsed: &'p Parsed,
}

/// Stores reports and has them judged, unless the text is that of the version before. Versions of one source are written one
/// after the other: the second depends on the first.
pub(super) async fn write(
    conn: &mut Conn,
    parsed: &[&Parsed],
    new_rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    let mut left = read_versions(conn, parsed).await?;
    while !left.is_empty() {
        let (mut round, mut later, mut sources) = (Vec::new(), Vec::new(), BTreeSet::new());
        for read in left {
            if sources.insert(read.source.clone()) { round.push(read) } else { later.push(read) }
        }
        write_round(conn, round, new_rows).await?;
        left = later;
    }
    Ok(())
}

/// What is known of the versions, in the order of the results.
async fn read_versions<'p>(conn: &mut Conn, parsed: &[&'p Parsed]) -> StoreResult<Vec<Read<'p>>> {
    if parsed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = parsed.iter().map(|parsed| parsed.version.to_string()).collect();
    let rows = query(VERSIONS).bind(json_of(&ids)?).all(conn).await?;
    let mut known = BTreeMap::new();
    for row in &rows {
        known.insert(row.text("id")?, row);
    }
    let about = |(id, parsed): (String, &&'p Parsed)| {
        let Some(row) = known.get(&id) else {
            return Err(misfit("version", format!("there is no version {id}")));
        };
        read(row, id, parsed)
    };
    ids.into_iter().zip(parsed).map(about).collect()
}

fn read<'p>(row: &Row, id: String, parsed: &'p Parsed) -> StoreResult<Read<'p>> {
    Ok(Read {
        id,
        source: row.text("source")?,
        url: row.text("url")?,
        fetched_at: row.time("fetched_at")?,
        was_read: row.flag("was_read")?,
        earlier: None,
        parsed,
    })
}

/// Writes versions of different sources.
async fn write_round(
    conn: &mut Conn,
    mut round: Vec<Read<'_>>,
    new_rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    find_earlier(conn, &mut round).await?;
    mark_read(conn, &round, new_rows.now).await?;
    let sources: Vec<&str> = round.iter().map(|read| read.source.as_str()).collect();
    let mut touched = current::assigned(conn, &sources).await?;
    let news: Vec<&Read<'_>> = round.iter().filter(|read| read.earlier.is_none()).collect();
    let newest = current::newest(conn, &sources).await?;
    let first = first_of_their_kind(conn, &news, &newest).await?;
    put_reports(conn, &news, &first).await?;
    let named = news.iter().flat_map(|read| read.parsed.reports.iter().filter_map(assigned));
    touched.extend(named.filter(|identity| !first.contains(identity)));
    let to_judge = news.iter().map(|read| read.id.clone()).collect();
    new_rows.raise(conn, Stage::Judge, to_judge).await?;
    let ids = round.iter().map(|read| read.id.as_str()).collect();
    current::settle(conn, &newest, &ids, &touched, new_rows).await
}

/// A version that is read for a second time is not compared: it would be found to repeat what it has told before.
async fn find_earlier(conn: &mut Conn, round: &mut [Read<'_>]) -> StoreResult<()> {
    let first: Vec<_> = round.iter().filter(|read| !read.was_read).collect();
    let rows: Vec<_> = first
        .iter()
        .map(|r| (&r.id, &r.source, millis(r.fetched_at), &r.parsed.text_hash, r.parsed.normaliser))
        .collect();
    let mut earlier = BTreeMap::new();
    for row in query(EARLIER).bind(json_of(&rows)?).all(conn).await? {
        earlier.insert(row.text("id")?, row.text_or_none("earlier")?);
    }
    for read in round {
        read.earlier = earlier.remove(&read.id).flatten();
    }
    Ok(())
}

async fn mark_read(conn: &mut Conn, round: &[Read<'_>], now: Timestamp) -> StoreResult<()> {
    let rows: Vec<_> =
        round.iter().map(|r| (&r.id, &r.parsed.text_hash, r.parsed.normaliser, &r.earlier)).collect();
    query(MARK_READ).bind(json_of(&rows)?).bind(now).run(conn).await?;
    Ok(())
}

/// Identities of which there is no report yet, and of these versions just one, of a source's newest: that one is current without
/// a comparison, as most reports are that are found.
async fn first_of_their_kind(
    conn: &mut Conn,
    news: &[&Read<'_>],
    newest: &[Newest],
) -> StoreResult<BTreeSet<Assigned>> {
    let newest: BTreeSet<&str> = newest.iter().map(|newest| newest.version.as_str()).collect();
    let mut times: BTreeMap<Assigned, usize> = BTreeMap::new();
    for read in news {
        // One of an older version is never the first.
        let times_it_counts = if newest.contains(read.id.as_str()) { 1 } else { 2 };
        for identity in read.parsed.reports.iter().filter_map(assigned) {
            *times.entry(identity).or_default() += times_it_counts;
        }
    }
    let mut first: BTreeSet<Assigned> =
        times.into_iter().filter(|(_, times)| *times == 1).map(|(identity, _)| identity).collect();
    for known in current::known(conn, &first).await? {
        first.remove(&known);
    }
    Ok(first)
}

fn assigned(parsed: &ParsedReport) -> Option<Assigned> {
    Some((parsed.body.clone()?, parsed.year?, parsed.scope.as_str().to_owned()))
}

async fn put_reports(conn: &mut Conn, news: &[&Read<'_>], first: &BTreeSet<Assigned>) -> StoreResult<()> {
    let again: Vec<&Read<'_>> = news.iter().copied().filter(|read| read.was_read).collect();
    if !again.is_empty() {
        let ids: Vec<&String> = again.iter().map(|read| &read.id).collect();
        let kept = again
            .iter()
            .flat_map(|read| read.parsed.reports.iter().map(move |r| (&read.id, r.report.facts.index)));
        let kept: Vec<_> = kept.collect();
        query(DROP_REPORTS).bind(json_of(&ids)?).bind(json_of(&kept)?).run(conn).await?;
    }
    let reports = news.iter().flat_map(|read| read.parsed.reports.iter().map(move |report| (*read, report)));
    let (mut rows, mut titles, mut documents, mut items) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, (read, parsed)) in reports.enumerate() {
        let ReportDocument { facts, json } = &parsed.report;
        rows.push((
            at,
            Uuid::now_v7(),
            &read.id,
            facts.index,
            &read.source,
            millis(read.fetched_at),
            &parsed.body,
            parsed.year,
            parsed.scope.as_str(),
            identity(read, parsed).to_string(),
            facts.kind.as_str(),
            facts.published.map(|date| date.to_string()),
            u8::from(assigned(parsed).is_some_and(|identity| first.contains(&identity))),
        ));
        titles.push(facts.title.clone());
        documents.push(Some(json.clone()));
        items.push(Some(figures::stored(&facts.items)?));
    }
    if !rows.is_empty() {
        query(PUT_REPORTS).bind(json_of(&rows)?).bind(titles).bind(documents).bind(items).run(conn).await?;
    }
    Ok(())
}

fn identity(subject: &Read<'_>, parsed: &ParsedReport) -> Identity {
    match (&parsed.body, parsed.year) {
        (Some(body), Some(year)) => Identity::Report { body: body.clone(), year },
        _ => Identity::Source { url: subject.url.clone(), index: parsed.report.facts.index },
    }
}
