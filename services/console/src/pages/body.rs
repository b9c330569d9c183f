//! `/bodies/{id}`: one body, year by year, with the findings that no report page shows; `/bodies/{id}/{year}` leads to its current
//! report of a year.
use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use gongkai_model::Body;
use gongkai_store::{Due, Filter, Identity, Latest, StoredFinding};

use super::{
    Page, html,
    item::{self, FindingItem, acts_of},
};
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
    /// The current report, else the latest version that once was.
    href: Option<String>,
    reason: String,
}

/// What the registry says of a body.
struct Entry {
    former: Vec<String>,
    code: String,
    level: &'static str,
    kind: &'static str,
    parent: Option<(String, String)>,
    site: Option<String>,
    local_due: Option<String>,
    reports_itself: bool,
}

#[derive(Template)]
#[template(path = "body.html")]
struct BodyPage {
    f: Frame,
    id: String,
    name: String,
    /// Nothing for a body that the registry had once.
    entry: Option<Entry>,
    lines: Vec<YearLine>,
    open: Vec<FindingItem>,
    can_act: bool,
}

/// The page of a body: of one that the registry has, or of one of which something is still on record.
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Path(id): Path<String>) -> Page {
    let bodies = state.store.bodies().await?;
    let body = bodies.iter().find(|body| body.id == id);
    let filter = Filter { body: Some(id.clone()), ..Filter::default() };
    let (dues, latest) = (state.store.dues(&filter).await?, state.store.latest(&filter).await?);
    if body.is_none() && dues.is_empty() && latest.is_empty() {
        return Err(PageError::NotFound);
    }
    let bare = bare(&id, &dues, &latest);
    let stored = without_page(&state, &bare).await?;
    let acts = acts_of(&state, &stored).await?;
    let earlier = earlier(&state, &bare).await?;
    html(&BodyPage {
        name: body.map_or_else(|| id.clone(), |body| body.name.clone()),
        entry: body.map(|body| entry(&f, body, &bodies)),
        lines: lines(&f, &dues, &latest, &earlier),
        open: stored.iter().map(|stored| FindingItem::with_acts(&f, stored, &acts)).collect(),
        can_act: state.access.can_act(),
        id,
        f,
    })
}

fn entry(f: &Frame, body: &Body, bodies: &[Body]) -> Entry {
    let parent = body.parent.as_deref();
    let above = parent.and_then(|parent| bodies.iter().find(|other| other.id == parent));
    Entry {
        former: body.former_names.clone(),
        code: body.code.clone(),
        level: words::level(f, body.level),
        kind: words::kind(f, body.kind),
        parent: item::body(parent, above.map(|above| above.name.as_str())),
        site: body.site.clone(),
        local_due: body.local_due.clone(),
        reports_itself: body.reports_itself,
    }
}

/// Leads to the current report of a year, or to the body where there is none; the fragment of the address goes along.
pub(crate) async fn current_report(
    State(state): State<ConsoleState>,
    Path((id, year)): Path<(String, String)>,
) -> Page {
    let year = year.parse().map_err(|_| PageError::NotFound)?;
    let history = state.store.history(&id, year, 20).await?;
    let place = match history.iter().find(|row| row.current) {
        Some(row) => format!("/reports/{}", row.id),
        None => format!("/bodies/{}", words::segment(&id)),
    };
    Ok(Redirect::to(&place).into_response())
}

/// The years that are due without a current report, the latest first.
fn bare(id: &str, dues: &[Due], latest: &[Latest]) -> Vec<(String, i16)> {
    let reported: BTreeSet<_> = latest.iter().filter_map(|report| report.year).collect();
    let years = dues.iter().map(|due| due.year).filter(|year| !reported.contains(year));
    years.collect::<BTreeSet<_>>().into_iter().rev().map(|year| (id.to_owned(), year)).collect()
}

/// Their open findings, dismissed ones too. What was found in a report that is no longer the current one counts nowhere.
async fn without_page(state: &ConsoleState, bare: &[(String, i16)]) -> Result<Vec<StoredFinding>, PageError> {
    let identity = |(body, year): &(String, i16)| Identity::Report { body: body.clone(), year: *year };
    let identities: Vec<_> = bare.iter().map(|of| identity(of).to_string()).collect();
    let mut found = state.store.findings_of(&identities).await?;
    let of_due = |stored: &StoredFinding| stored.fixed_at.is_none() && stored.finding.code.starts_with('P');
    Ok(identities.iter().filter_map(|identity| found.remove(identity)).flatten().filter(of_due).collect())
}

/// Where earlier versions of their reports are.
async fn earlier(state: &ConsoleState, bare: &[(String, i16)]) -> Result<HashMap<i16, String>, PageError> {
    let histories = state.store.histories(bare, 1).await?;
    let newest = histories.into_iter().filter_map(|((_, year), rows)| Some((year, rows.first()?.id)));
    Ok(newest.map(|(year, id)| (year, format!("/reports/{id}"))).collect())
}

/// Every year that is due or has a report, the latest first.
fn lines(f: &Frame, dues: &[Due], latest: &[Latest], earlier: &HashMap<i16, String>) -> Vec<YearLine> {
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
            href: report
                .map(|report| format!("/reports/{}", report.report))
                .or_else(|| earlier.get(&year).cloned()),
            reason: due.map(|due| due.reason.get(f.lang).to_owned()).unwrap_or_default(),
        }
    };
    years.into_iter().map(line).collect()
}
