//! Reports: lists of the current ones, and one with its cells and findings.
use axum::{
    Json,
    extract::{Path, Query, State},
};
use gongkai_judging::{
    Counts, Judgement,
    render::{Document, json},
};
use gongkai_model::Report;
use gongkai_store::{Filter, Latest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Answer, Listing, Paging, Problem,
    findings::{self, FindingItem},
    window,
};
use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    pages::{ask, item::acts_of},
};

/// A current report in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportLine {
    id: String,
    title: String,
    body: Option<String>,
    body_name: Option<String>,
    year: Option<i16>,
    /// consistent, inconsistent, incomplete; null while not judged
    verdict: Option<&'static str>,
    errors: u64,
    warnings: u64,
    hints: u64,
    published: Option<String>,
    fetched_at: String,
    url: String,
}

impl ReportLine {
    pub(super) fn of(line: Latest) -> Self {
        Self {
            id: line.report.to_string(),
            title: line.title,
            body: line.body,
            body_name: line.body_name,
            year: line.year,
            verdict: line.verdict.map(|verdict| verdict.as_str()),
            errors: line.errors,
            warnings: line.warnings,
            hints: line.hints,
            published: line.published.map(|date| date.to_string()),
            fetched_at: line.fetched_at.to_string(),
            url: line.url,
        }
    }
}

/// A cell of a statutory table.
#[derive(Serialize, ToSchema)]
pub(super) struct CellItem {
    table: &'static str,
    row: &'static str,
    column: &'static str,
    /// Plain decimal, money in 万元; null for a blank, which is never 0, and for what is no number.
    value: Option<String>,
    /// printed, blank, unreadable, inferred, unplaced
    state: &'static str,
    printed: String,
}

/// A stored version of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeReport {
    id: String,
    version: String,
    /// The newest on the publisher's own host; findings are given for it alone.
    current: bool,
    /// own, area
    scope: &'static str,
    url: String,
    /// SHA-256 of the original.
    blob: String,
    fetched_at: String,
    /// The object that `gongkai check --format json` prints, with the open findings.
    #[schema(value_type = Object)]
    document: serde_json::Value,
    /// Findings that still hold and that a person has dismissed; they are not in the document.
    dismissed: Vec<FindingItem>,
    cells: Vec<CellItem>,
    /// The normalised text that offsets count characters of.
    text: String,
}

/// Which reports or findings.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Part of a title or of a body's name.
    #[param(required = false)]
    text: String,
    /// Site profile.
    #[param(required = false)]
    site: String,
    /// Registry id.
    #[param(required = false)]
    body: String,
    /// Report year.
    #[param(value_type = Option<u16>)]
    year: String,
}

impl Which {
    pub(super) fn filter(&self, page: u32, per_page: u32) -> Result<Filter, PageError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (limit, offset) = window(page, per_page);
        Ok(Filter {
            text: given(&self.text),
            site: given(&self.site),
            body: given(&self.body),
            year: ask::some_year(&self.year)?,
            limit,
            offset,
            ..Filter::default()
        })
    }
}

/// Current reports, the latest fetched first.
#[utoipa::path(get, path = "/api/v1/reports", params(Which, Paging), responses((status = 200, body = Listing<ReportLine>), (status = 400, body = Problem)))]
pub(super) async fn list(
    State(state): State<ConsoleState>,
    Query(which): Query<Which>,
    Query(paging): Query<Paging>,
) -> Answer<Listing<ReportLine>> {
    let (page, per_page) = paging.read()?;
    let found = state.store.latest(&which.filter(page, per_page)?).await?;
    Ok(Json(Listing::of(found.into_iter().map(ReportLine::of).collect(), page, per_page)))
}

/// One version of a report with its cells and open findings.
#[utoipa::path(get, path = "/api/v1/reports/{id}", params(("id" = String, Path)), responses((status = 200, body = WholeReport), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(state): State<ConsoleState>,
    f: Frame,
    Path(id): Path<String>,
) -> Answer<WholeReport> {
    let id = Uuid::parse_str(&id).map_err(|_| PageError::NotFound)?;
    let row = state.store.report(id).await?.ok_or(PageError::NotFound)?;
    let stored =
        if row.current { state.store.findings(&row.identity().to_string()).await? } else { Vec::new() };
    let held = stored.into_iter().filter(|stored| stored.fixed_at.is_none());
    let (open, dismissed): (Vec<_>, Vec<_>) = held.partition(|stored| stored.dismissed_at.is_none());
    let histories = acts_of(&state, &dismissed).await?;
    let findings: Vec<_> = open.into_iter().map(|stored| stored.finding).collect();
    let counts = Counts::of(&findings);
    let judgement = Judgement { findings, verdict: row.verdict, counts, evaluated: Vec::new() };
    let document =
        Document { source: &row.url, report: &row.report, judgement: &judgement, body: row.body.as_deref() };
    let document = serde_json::to_value(json::document(&document, f.lang));
    Ok(Json(WholeReport {
        id: row.id.to_string(),
        version: row.version.to_string(),
        current: row.current,
        scope: row.scope.as_str(),
        url: row.url.clone(),
        blob: row.blob.to_string(),
        fetched_at: row.fetched_at.to_string(),
        document: document.map_err(|error| PageError::Failed(error.to_string()))?,
        dismissed: dismissed.into_iter().map(|stored| findings::item(&f, stored, &histories)).collect(),
        cells: cells(&row.report),
        text: row.report.text.clone(),
    }))
}

/// All cells, in the order of the tables.
fn cells(report: &Report) -> Vec<CellItem> {
    let of_table = |table: &gongkai_model::Table| {
        let key = table.key;
        let item = move |cell: &gongkai_model::Cell| CellItem {
            table: key.as_str(),
            row: cell.row.as_str(),
            column: cell.column.as_str(),
            value: cell.value.map(|value| value.normalize().to_string()),
            state: cell.state.as_str(),
            printed: cell.printed.clone(),
        };
        table.cells.iter().map(item).collect::<Vec<_>>()
    };
    report.tables.iter().flat_map(of_table).collect()
}
