//! `/search`: bodies and reports whose name or title holds some words.
use askama::Template;
use axum::extract::{Query, State};
use gongkai_store::Filter;
use serde::Deserialize;

use super::{Page, html, item::ReportItem};
use crate::{ConsoleState, error::PageError, frame::Frame, words};

/// Of each kind.
const LINES: usize = 20;
/// Characters that a search may have.
const LONGEST: usize = 100;

/// The query.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    f: Frame,
    q: String,
    bodies: Vec<(String, String, &'static str, &'static str)>,
    more_bodies: bool,
    reports: Vec<ReportItem>,
    more_reports: bool,
    rest: String,
}

/// The page.
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Query(asked): Query<Asked>) -> Page {
    let q = asked.q.trim().to_owned();
    if q.chars().count() > LONGEST {
        return Err(PageError::BadRequest("q".into()));
    }
    let (mut bodies, mut reports) = (Vec::new(), Vec::new());
    if !q.is_empty() {
        let all = state.store.bodies().await?;
        let named = |body: &&gongkai_model::Body| {
            body.id == q || body.name.contains(&q) || body.former_names.iter().any(|old| old.contains(&q))
        };
        let line = |body: &gongkai_model::Body| {
            let href = format!("/bodies/{}", words::segment(&body.id));
            (href, body.name.clone(), words::level(&f, body.level), words::kind(&f, body.kind))
        };
        bodies = all.iter().filter(named).take(LINES + 1).map(line).collect();
        let filter = Filter { text: Some(q.clone()), limit: 21, ..Filter::default() };
        reports = state.store.latest(&filter).await?.iter().map(|line| ReportItem::of(&f, line)).collect();
    }
    let (more_bodies, more_reports) = (bodies.len() > LINES, reports.len() > LINES);
    bodies.truncate(LINES);
    reports.truncate(LINES);
    let rest = url::form_urlencoded::Serializer::new(String::new()).append_pair("text", &q).finish();
    html(&Search { f, q, bodies, more_bodies, reports, more_reports, rest })
}
