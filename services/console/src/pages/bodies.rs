//! `/bodies`: every body with the state of its report of a year, filtered by region, level, kind, state and name.
use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use gongkai_model::{Body, Kind, Level};
use gongkai_store::{Due, DueState, Filter};
use serde::Deserialize;
use url::form_urlencoded;

use super::{Page, ask, html, overview::region_names};
use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    words::{self, Tag},
};

/// Lines of a page.
const LINES: usize = 50;
const STATES: [DueState; 7] = [
    DueState::NotDue,
    DueState::DueSoon,
    DueState::InTime,
    DueState::Late,
    DueState::Overdue,
    DueState::Missing,
    DueState::Unknown,
];

/// The query; fields left empty in the form do not restrict.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Part of a name, or an id.
    #[param(required = false)]
    text: String,
    /// Four-digit code.
    #[param(required = false)]
    region: String,
    /// central, province, prefecture, county, township
    #[param(required = false)]
    level: String,
    /// government, office, department, township, street, zone, vertical
    #[param(required = false)]
    kind: String,
    /// not_due, due_soon, in_time, late, overdue, missing, unknown
    #[param(required = false)]
    state: String,
    /// Report year; the current one if not said.
    #[param(value_type = Option<u16>)]
    year: String,
    /// From 1; the API has its own.
    #[param(ignore)]
    page: String,
}

/// A body with what is due of it for a year, if anything is.
pub(crate) struct BodyDue {
    pub(crate) body: Body,
    pub(crate) due: Option<Due>,
}

/// What a query gave.
pub(crate) struct Matches {
    pub(crate) year: i16,
    pub(crate) years: Vec<i16>,
    pub(crate) all: Vec<Body>,
    pub(crate) found: Vec<BodyDue>,
}

impl Asked {
    fn named<T: Copy>(
        value: &str,
        known: &[T],
        name: fn(T) -> &'static str,
        what: &str,
    ) -> Result<Option<T>, PageError> {
        match value.trim() {
            "" => Ok(None),
            value => {
                let found = known.iter().copied().find(|one| name(*one) == value);
                found.map(Some).ok_or_else(|| PageError::BadRequest(what.to_owned()))
            }
        }
    }

    /// All bodies that match, by region, level, kind and id.
    pub(crate) async fn matches(&self, state: &ConsoleState) -> Result<Matches, PageError> {
        let level = Self::named(&self.level, &Level::ALL, |level| level.as_str(), "level")?;
        let kind = Self::named(&self.kind, &Kind::ALL, |kind| kind.as_str(), "kind")?;
        let wanted = Self::named(&self.state, &STATES, DueState::as_str, "state")?;
        let (year, years) = ask::year(state, &self.year).await?;
        let all = state.store.bodies().await?;
        let dues = state.store.dues(&Filter { year: Some(year), ..Filter::default() }).await?;
        let mut dues: HashMap<String, Due> = dues.into_iter().map(|due| (due.body.clone(), due)).collect();
        let (text, region) = (self.text.trim(), self.region.trim());
        let named = |body: &Body| {
            text.is_empty()
                || body.id == text
                || body.name.contains(text)
                || body.former_names.iter().any(|old| old.contains(text))
        };
        let mut found = Vec::new();
        for body in &all {
            let due = dues.remove(&body.id);
            let fits = level.is_none_or(|level| body.level == level)
                && kind.is_none_or(|kind| body.kind == kind)
                && (region.is_empty() || body.region() == region)
                && wanted.is_none_or(|state| due.as_ref().is_some_and(|due| due.state == state))
                && named(body);
            if fits {
                found.push(BodyDue { body: body.clone(), due });
            }
        }
        found.sort_by(|a, b| {
            let key = |line: &BodyDue| {
                (
                    line.body.region().to_owned(),
                    line.body.level,
                    line.body.kind.as_str(),
                    line.body.id.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        Ok(Matches { year, years, all, found })
    }

    fn address(&self, page: usize) -> String {
        let fields = [
            ("text", &self.text),
            ("region", &self.region),
            ("level", &self.level),
            ("kind", &self.kind),
            ("state", &self.state),
            ("year", &self.year),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(
            fields.iter().map(|(name, value)| (*name, value.trim())).filter(|(_, value)| !value.is_empty()),
        );
        format!("/bodies?{}", query.append_pair("page", &page.to_string()).finish())
    }
}

struct Line {
    href: String,
    name: String,
    region: String,
    level: &'static str,
    kind: &'static str,
    state: Option<Tag>,
    due: String,
    published: String,
    report: Option<String>,
    reason: String,
}

#[derive(Template)]
#[template(path = "bodies.html")]
struct Bodies {
    f: Frame,
    asked: Asked,
    year: i16,
    years: Vec<i16>,
    regions: Vec<(String, String)>,
    levels: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    total: usize,
    number: usize,
    previous: Option<String>,
    next: Option<String>,
}

/// The list.
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Query(asked): Query<Asked>) -> Page {
    let number = ask::page(&asked.page)? as usize;
    let Matches { year, years, all, found } = asked.matches(&state).await?;
    let names = region_names(&all);
    let mut regions: Vec<_> = all.iter().map(Body::region).collect();
    regions.sort_unstable();
    regions.dedup();
    let region_name =
        |code: &str| names.get(code).map_or_else(|| code.to_owned(), |name| format!("{name} {code}"));
    let total = found.len();
    let shown = found.iter().skip((number - 1) * LINES).take(LINES);
    let lines = shown.map(|line| one(&f, line, region_name(line.body.region()))).collect();
    let previous = (number > 1).then(|| asked.address(number - 1));
    let next = (total > number * LINES).then(|| asked.address(number + 1));
    html(&Bodies {
        year,
        years,
        regions: regions.into_iter().map(|code| (code.to_owned(), region_name(code))).collect(),
        levels: Level::ALL.map(|level| (level.as_str(), words::level(&f, level))).into(),
        kinds: Kind::ALL.map(|kind| (kind.as_str(), words::kind(&f, kind))).into(),
        states: STATES.map(|state| (state.as_str(), words::due_state(&f, state).word)).into(),
        lines,
        total,
        number,
        previous,
        next,
        asked,
        f,
    })
}

fn one(f: &Frame, line: &BodyDue, region: String) -> Line {
    let (body, due) = (&line.body, line.due.as_ref());
    let dash = || "—".to_owned();
    Line {
        href: format!("/bodies/{}", words::segment(&body.id)),
        name: body.name.clone(),
        region,
        level: words::level(f, body.level),
        kind: words::kind(f, body.kind),
        state: due.map(|due| words::due_state(f, due.state)),
        due: due.and_then(|due| due.due).map_or_else(dash, |date| date.to_string()),
        published: due.and_then(|due| due.published).map_or_else(dash, |date| date.to_string()),
        report: due.and_then(|due| due.report).map(|id| format!("/reports/{id}")),
        reason: due.map(|due| due.reason.get(f.lang).to_owned()).unwrap_or_default(),
    }
}
