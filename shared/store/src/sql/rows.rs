//! Rows of the tables as records.
use gongkai_model::Finding;

use super::{
    column::{Columns, misfit},
    query::Row,
};
use crate::{
    alerts::Alert,
    archive::BlobId,
    dues::Due,
    error::StoreResult,
    ledger::Task,
    records::{Poll, ReportRow, Site, Source, StoredFinding, Version},
};

pub(super) fn task(row: &Row) -> StoreResult<Task> {
    Ok(Task {
        id: row.id("id")?,
        stage: row.named("stage")?,
        subject: row.text("subject")?,
        state: row.named("state")?,
        generation: row.number("generation")?,
        attempt: row.number("attempt")?,
        alone: row.flag("alone")?,
        not_before: row.time("not_before")?,
        lease_until: row.time_or_none("lease_until")?,
        error: row.text_or_none("error")?,
        class: row.named_or_none("class")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

pub(super) fn site(row: &Row) -> StoreResult<Site> {
    Ok(Site {
        id: row.text("id")?,
        name: row.text("name")?,
        region: row.text("region")?,
        home: row.text("home")?,
    })
}

pub(super) fn source(row: &Row) -> StoreResult<Source> {
    Ok(Source {
        id: row.id("id")?,
        site: row.text("site")?,
        kind: row.named("kind")?,
        url: row.text("url")?,
        column: row.text("column_name")?,
        title: row.text_or_none("title")?,
        listed_date: row.named_or_none("listed_date")?,
        body: row.text_or_none("body")?,
        year: row.number_or_none("year")?,
        etag: row.text_or_none("etag")?,
        last_modified: row.text_or_none("last_modified")?,
        blob: row.text_or_none("blob")?.map(|text| blob(&text)).transpose()?,
        first_seen_at: row.time("first_seen_at")?,
        last_listed_at: row.time_or_none("last_listed_at")?,
        last_fetched_at: row.time_or_none("last_fetched_at")?,
        gone_since: row.time_or_none("gone_since")?,
        next_fetch_at: row.time("next_fetch_at")?,
    })
}

pub(super) fn poll(row: &Row) -> StoreResult<Poll> {
    Ok(Poll {
        site: row.text("site")?,
        column: row.text("column_name")?,
        at: row.time("at")?,
        outcome: row.named("outcome")?,
        complete: row.flag("complete")?,
        pages: row.number("pages")?,
        items: row.number("items")?,
        detail: row.text_or_none("detail")?,
    })
}

pub(super) fn version(row: &Row) -> StoreResult<Version> {
    Ok(Version {
        id: row.id("id")?,
        source: row.id("source")?,
        blob: blob(&row.text("blob")?)?,
        media_type: row.text_or_none("media_type")?,
        size: row.number("size")?,
        fetched_at: row.time("fetched_at")?,
        text_hash: row.text_or_none("text_hash")?,
        normaliser: row.number_or_none("normaliser")?,
        unchanged_from: row.id_or_none("unchanged_from")?,
    })
}

pub(super) fn report(row: &Row) -> StoreResult<ReportRow> {
    Ok(ReportRow {
        id: row.id("id")?,
        version: row.id("version")?,
        source: row.id("source")?,
        url: row.text("url")?,
        blob: blob(&row.text("blob")?)?,
        fetched_at: row.time("fetched_at")?,
        body: row.text_or_none("body")?,
        year: row.number_or_none("year")?,
        scope: row.named("scope")?,
        current: row.flag("current")?,
        verdict: row.named_or_none("verdict")?,
        report: row.json("document")?,
    })
}

pub(super) fn finding(row: &Row) -> StoreResult<StoredFinding> {
    Ok(StoredFinding {
        finding: row.json::<Finding>("document")?,
        identity: row.text("identity")?,
        body: row.text_or_none("body")?,
        year: row.number_or_none("year")?,
        first_seen_at: row.time("first_seen_at")?,
        last_seen_at: row.time("last_seen_at")?,
        fixed_at: row.time_or_none("fixed_at")?,
        dismissed_at: row.time_or_none("dismissed_at")?,
    })
}

pub(super) fn due(row: &Row) -> StoreResult<Due> {
    Ok(Due {
        body: row.text("body")?,
        year: row.number("year")?,
        due: row.named_or_none("due")?,
        state: row.named("state")?,
        report: row.id_or_none("report")?,
        published: row.named_or_none("published")?,
        reason: row.json("reason")?,
        assessed_at: row.time("assessed_at")?,
    })
}

pub(super) fn alert(row: &Row) -> StoreResult<Alert> {
    Ok(Alert {
        id: row.id("id")?,
        kind: row.named("kind")?,
        key: row.text("key")?,
        channel: row.text("channel")?,
        state: row.named("state")?,
        severity: row.named("severity")?,
        site: row.text_or_none("site")?,
        body: row.text_or_none("body")?,
        year: row.number_or_none("year")?,
        message: row.json("message")?,
        opened_at: row.time("opened_at")?,
        closed_at: row.time_or_none("closed_at")?,
        told_at: row.time_or_none("told_at")?,
    })
}

/// Every row through one reader.
pub(super) fn all<T>(rows: &[Row], read: fn(&Row) -> StoreResult<T>) -> StoreResult<Vec<T>> {
    rows.iter().map(read).collect()
}

fn blob(text: &str) -> StoreResult<BlobId> {
    BlobId::parse(text).ok_or_else(|| misfit("blob", format!("`{text}` is no SHA-256")))
}
