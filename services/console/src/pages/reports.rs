//! `/reports`: the current reports, by part of a title or name, site, year.
use askama::Template;
use axum::extract::{Query, State};
use gongkai_store::Filter;
use serde::Deserialize;
use url::form_urlencoded;

use super::{Page, html, item::ReportItem};
use crate::{ConsoleState, error::PageError, frame::Frame};

/// Lines of a page.
const LINES: u32 = 50;
/// The farthest page.
const LAST_PAGE: u32 = 10_000;

/// The query; fields left empty in the form do not restrict.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "reports.html")]
struct Reports {
    f: Frame,
    asked: Asked,
    sites: Vec<(String, String)>,
    reports: Vec<ReportItem>,
    number: u32,
    previous: Option<String>,
    next: Option<String>,
}

/// The list.
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Query(asked): Query<Asked>) -> Page {
    let year = match asked.year.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| PageError::BadRequest("year".into()))?),
    };
    let number = match asked.page.trim() {
        "" => 1,
        text => text.parse::<u32>().map_err(|_| PageError::BadRequest("page".into()))?.clamp(1, LAST_PAGE),
    };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = Filter {
        text: given(&asked.text),
        site: given(&asked.site),
        year,
        // One more than is shown tells whether there is a next page.
        limit: LINES + 1,
        offset: (number - 1) * LINES,
        ..Filter::default()
    };
    let found = state.store.latest(&filter).await?;
    let more = found.len() > LINES as usize;
    let reports = found.iter().take(LINES as usize).map(|latest| ReportItem::of(&f, latest)).collect();
    let sites =
        state.store.sites().await?.into_iter().map(|status| (status.site.id, status.site.name)).collect();
    let previous = (number > 1).then(|| address(&asked, number - 1));
    let next = more.then(|| address(&asked, number + 1));
    html(&Reports { f, asked, sites, reports, number, previous, next })
}

fn address(asked: &Asked, page: u32) -> String {
    let pairs = [("text", asked.text.trim()), ("site", asked.site.trim()), ("year", asked.year.trim())];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    format!("/reports?{}", query.append_pair("page", &page.to_string()).finish())
}
