//! Bodies and what is due of them.
use axum::{
    Json,
    extract::{Path, Query, State},
};
use gongkai_model::Body;
use gongkai_store::{Due, Filter};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Listing, Paging, Problem, reports::ReportLine, window};
use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    pages::bodies::{Asked, BodyDue},
};

/// A body of the registry.
#[derive(Serialize, ToSchema)]
pub(super) struct BodyItem {
    id: String,
    name: String,
    former_names: Vec<String>,
    /// Division code.
    code: String,
    /// First four digits of the code.
    region: String,
    /// central, province, prefecture, county, township
    level: &'static str,
    /// government, office, department, township, street, zone, vertical
    kind: &'static str,
    parent: Option<String>,
    site: Option<String>,
    vertical: bool,
    reports_itself: bool,
    /// What is due for the year in question.
    due: Option<DueItem>,
}

/// What is due of a body for a year.
#[derive(Serialize, ToSchema)]
pub(super) struct DueItem {
    body: String,
    year: i16,
    /// Last day in time, YYYY-MM-DD; null when neither law nor registry sets one.
    due: Option<String>,
    /// not_due, due_soon, in_time, late, overdue, missing, unknown
    state: &'static str,
    report: Option<String>,
    published: Option<String>,
    reason: String,
    assessed_at: String,
}

/// A body with every year.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeBody {
    body: BodyItem,
    dues: Vec<DueItem>,
    reports: Vec<ReportLine>,
}

fn body_item(f: &Frame, body: Body, due: Option<&Due>) -> BodyItem {
    BodyItem {
        region: body.region().to_owned(),
        id: body.id,
        name: body.name,
        former_names: body.former_names,
        code: body.code,
        level: body.level.as_str(),
        kind: body.kind.as_str(),
        parent: body.parent,
        site: body.site,
        vertical: body.vertical,
        reports_itself: body.reports_itself,
        due: due.map(|due| due_item(f, due)),
    }
}

fn due_item(f: &Frame, due: &Due) -> DueItem {
    DueItem {
        body: due.body.clone(),
        year: due.year,
        due: due.due.map(|date| date.to_string()),
        state: due.state.as_str(),
        report: due.report.map(|id| id.to_string()),
        published: due.published.map(|date| date.to_string()),
        reason: due.reason.get(f.lang).to_owned(),
        assessed_at: due.assessed_at.to_string(),
    }
}

/// Bodies with what is due of them for a year.
#[utoipa::path(get, path = "/api/v1/bodies", params(Asked, Paging), responses((status = 200, body = Listing<BodyItem>), (status = 400, body = Problem)))]
pub(super) async fn list(
    State(state): State<ConsoleState>,
    f: Frame,
    Query(asked): Query<Asked>,
    Query(paging): Query<Paging>,
) -> Answer<Listing<BodyItem>> {
    let (page, per_page) = paging.read()?;
    let lines = lines(&state, &asked, page, per_page, |_| true).await?;
    let items = lines.into_iter().map(|line| body_item(&f, line.body, line.due.as_ref())).collect();
    Ok(Json(Listing::of(items, page, per_page)))
}

/// What is due for a year, by body.
#[utoipa::path(get, path = "/api/v1/dues", params(Asked, Paging), responses((status = 200, body = Listing<DueItem>), (status = 400, body = Problem)))]
pub(super) async fn dues(
    State(state): State<ConsoleState>,
    f: Frame,
    Query(asked): Query<Asked>,
    Query(paging): Query<Paging>,
) -> Answer<Listing<DueItem>> {
    let (page, per_page) = paging.read()?;
    let lines = lines(&state, &asked, page, per_page, |line| line.due.is_some()).await?;
    let items = lines.iter().filter_map(|line| line.due.as_ref()).map(|due| due_item(&f, due)).collect();
    Ok(Json(Listing::of(items, page, per_page)))
}

async fn lines(
    state: &ConsoleState,
    asked: &Asked,
    page: u32,
    per_page: u32,
    wanted: fn(&BodyDue) -> bool,
) -> Result<Vec<BodyDue>, PageError> {
    let (limit, offset) = window(page, per_page);
    let found = asked.matches(state).await?.found.into_iter().filter(wanted);
    Ok(found.skip(offset as usize).take(limit as usize).collect())
}

/// One body with every year.
#[utoipa::path(get, path = "/api/v1/bodies/{id}", params(("id" = String, Path, description = "Registry id")), responses((status = 200, body = WholeBody), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(state): State<ConsoleState>,
    f: Frame,
    Path(id): Path<String>,
) -> Answer<WholeBody> {
    let body =
        state.store.bodies().await?.into_iter().find(|body| body.id == id).ok_or(PageError::NotFound)?;
    let filter = Filter { body: Some(id), ..Filter::default() };
    let dues = state.store.dues(&filter).await?.iter().map(|due| due_item(&f, due)).collect();
    let reports = state.store.latest(&filter).await?.into_iter().map(ReportLine::of).collect();
    Ok(Json(WholeBody { body: body_item(&f, body, None), dues, reports }))
}
