//! `/bodies/{id}`: one body, year by year; `/bodies/{id}/{year}` leads to its current report of a year.
use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use gongkai_store::{Due, Filter, Latest};

use super::{Page, html};
use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    words::{self, Tag},
};

struct YearLine {
    year: i16,
    state: Option<Tag>,
    due: String,
    published: String,
    verdict: Option<Tag>,
    href: Option<String>,
    reason: String,
}

#[derive(Template)]
#[template(path = "body.html")]
struct BodyPage {
    f: Frame,
    name: String,
    former: Vec<String>,
    code: String,
    level: &'static str,
    kind: &'static str,
    parent: Option<(String, String)>,
    site: Option<String>,
    local_due: Option<String>,
    reports_itself: bool,
    lines: Vec<YearLine>,
}

/// The page of a body.
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Path(id): Path<String>) -> Page {
    let bodies = state.store.bodies().await?;
    let body = bodies.iter().find(|body| body.id == id).ok_or(PageError::NotFound)?;
    let filter = Filter { body: Some(id), ..Filter::default() };
    let (dues, latest) = (state.store.dues(&filter).await?, state.store.latest(&filter).await?);
    let parent = body.parent.as_deref().map(|parent| {
        let name = bodies.iter().find(|other| other.id == parent).map_or(parent, |other| other.name.as_str());
        (format!("/bodies/{}", words::segment(parent)), name.to_owned())
    });
    let (level, kind) = (words::level(&f, body.level), words::kind(&f, body.kind));
    let lines = lines(&f, &dues, &latest);
    html(&BodyPage {
        f,
        name: body.name.clone(),
        former: body.former_names.clone(),
        code: body.code.clone(),
        level,
        kind,
        parent,
        site: body.site.clone(),
        local_due: body.local_due.clone(),
        reports_itself: body.reports_itself,
        lines,
    })
}

/// Leads to the current report of a year; the fragment of the address goes along.
pub(crate) async fn current_report(
    State(state): State<ConsoleState>,
    Path((id, year)): Path<(String, String)>,
) -> Page {
    let year = year.parse().map_err(|_| PageError::NotFound)?;
    let history = state.store.history(&id, year, 20).await?;
    match history.iter().find(|row| row.current).or_else(|| history.first()) {
        Some(row) => Ok(Redirect::to(&format!("/reports/{}", row.id)).into_response()),
        None => Ok(Redirect::to(&format!("/bodies/{}", words::segment(&id))).into_response()),
    }
}

/// Every year that is due or has a report, the latest first.
fn lines(f: &Frame, dues: &[Due], latest: &[Latest]) -> Vec<YearLine> {
    let dues: HashMap<_, _> = dues.iter().map(|due| (due.year, due)).collect();
    let reports: HashMap<_, _> = latest.iter().filter_map(|report| Some((report.year?, report))).collect();
    let mut years: Vec<_> = dues.keys().chain(reports.keys()).copied().collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    let dash = || "—".to_owned();
    let line = |year| {
        let (due, report) = (dues.get(&year), reports.get(&year));
        let published =
            due.and_then(|due| due.published).or_else(|| report.and_then(|report| report.published));
        YearLine {
            year,
            state: due.map(|due| words::due_state(f, due.state)),
            due: due.and_then(|due| due.due).map_or_else(dash, |date| date.to_string()),
            published: published.map_or_else(dash, |date| date.to_string()),
            verdict: report.map(|report| words::verdict(f, report.verdict)),
            href: report.map(|report| format!("/reports/{}", report.report)),
            reason: due.map(|due| due.reason.get(f.lang).to_owned()).unwrap_or_default(),
        }
    };
    years.into_iter().map(line).collect()
}
