//! `/reports/{id}`: one version of a report with its tables as the form prints them, its findings, and its other versions.
use askama::Template;
use axum::extract::{Path, State};
use gongkai_model::Report;
use gongkai_store::{ReportRow, StoredFinding};
use uuid::Uuid;

use super::{
    Page, html,
    item::{Acts, FindingItem, acts_of},
    overview::web_address,
};
use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    sheet::{Comparison, Marks, Sheet, Wanted, compare, draw},
    words::{self, Tag},
};

pub(crate) mod text;

use text::Piece;

/// Versions listed.
const VERSIONS: u32 = 20;
/// Tables of a report, in its order.
const TABLES: [(&str, &str, &str); 3] = [
    ("disclosure", "主动公开政府信息情况", "Proactive disclosure"),
    ("requests", "收到和处理政府信息公开申请情况", "Requests received and handled"),
    ("proceedings", "政府信息公开行政复议、行政诉讼情况", "Administrative reconsideration and litigation"),
];

struct VersionLine {
    href: String,
    fetched: String,
    verdict: Tag,
    current: bool,
    shown: bool,
    url: String,
    /// The difference from the version that is shown.
    changes: Option<String>,
}

/// A statutory table, or word that it is not there.
pub(crate) enum Part {
    Drawn(Box<Sheet>),
    Absent(&'static str),
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    id: Uuid,
    can_act: bool,
    f: Frame,
    title: String,
    body: Option<(String, String)>,
    year: Option<i16>,
    scope: &'static str,
    verdict: Tag,
    counts: Vec<(Tag, usize)>,
    published: Option<(String, &'static str)>,
    publisher: Option<String>,
    index_number: Option<String>,
    charset: String,
    url: String,
    link: Option<String>,
    original: String,
    fetched: String,
    /// An earlier version: no finding speaks of it.
    superseded: bool,
    current: Option<String>,
    error: Option<String>,
    parts: Vec<Part>,
    open: Vec<FindingItem>,
    ended: Vec<FindingItem>,
    versions: Vec<VersionLine>,
    pieces: Vec<Piece>,
    cut: bool,
    last_year: Option<(String, i16)>,
    years: Vec<Comparison>,
}

/// The page of one version.
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Path(id): Path<String>) -> Page {
    let id = Uuid::parse_str(&id).map_err(|_| PageError::NotFound)?;
    let row = state.store.report(id).await?.ok_or(PageError::NotFound)?;
    // Findings hang on body and year and speak of the current version.
    let stored =
        if row.current { state.store.findings(&row.identity().to_string()).await? } else { Vec::new() };
    let acts = acts_of(&state, &stored).await?;
    let history = match (&row.body, row.year) {
        (Some(body), Some(year)) => state.store.history(body, year, VERSIONS).await?,
        _ => Vec::new(),
    };
    let bodies = if row.body.is_some() { state.store.bodies().await? } else { Vec::new() };
    let name = bodies.iter().find(|body| Some(&body.id) == row.body.as_ref()).map(|body| body.name.as_str());
    let body = super::item::body(row.body.as_deref(), name);
    let (can_act, before) = (state.access.can_act(), last_year(&state, &row).await?);
    html(&ReportPage { can_act, ..view(f, &row, body, (&stored, &acts), &history, before.as_ref()) })
}

/// The current report of the same body for the year before, of the same scope.
async fn last_year(state: &ConsoleState, row: &ReportRow) -> Result<Option<ReportRow>, PageError> {
    let Some((body, year)) = row.body.as_deref().zip(row.year) else { return Ok(None) };
    let history = state.store.history(body, year.saturating_sub(1), VERSIONS).await?;
    Ok(history.into_iter().find(|other| other.current && other.scope == row.scope))
}

fn view(
    f: Frame,
    row: &ReportRow,
    body: Option<(String, String)>,
    (stored, acts): (&[StoredFinding], &Acts),
    history: &[ReportRow],
    before: Option<&ReportRow>,
) -> ReportPage {
    let (open, ended): (Vec<_>, Vec<_>) = stored.iter().partition(|finding| finding.fixed_at.is_none());
    let report = &row.report;
    let marks = Marks::new(
        open.iter().filter(|finding| finding.dismissed_at.is_none()).map(|finding| &finding.finding),
    );
    let current = history.iter().find(|other| other.current).filter(|_| !row.current);
    let list = |findings: &[&StoredFinding]| {
        findings.iter().map(|finding| FindingItem::with_acts(&f, finding, acts)).collect()
    };
    ReportPage {
        id: row.id,
        can_act: false,
        title: report.title.as_ref().map_or_else(|| row.url.clone(), |title| title.text.clone()),
        body,
        year: row.year,
        scope: match row.scope {
            gongkai_store::Scope::Own => f.t("本机关", "the body alone"),
            gongkai_store::Scope::Area => f.t("本行政区域", "its area"),
        },
        verdict: words::verdict(&f, row.verdict),
        counts: counts(&f, &open),
        published: report.published.as_ref().map(|p| (p.date.to_string(), words::published_kind(&f, p.kind))),
        publisher: report.publisher.as_ref().map(|quote| quote.text.clone()),
        index_number: report.index_number.as_ref().map(|quote| quote.text.clone()),
        charset: report.charset.clone(),
        url: row.url.clone(),
        link: web_address(&row.url),
        original: format!("/original/{}", row.blob),
        fetched: words::moment(row.fetched_at),
        superseded: !row.current,
        current: current.map(|row| format!("/reports/{}", row.id)),
        error: report.error.as_ref().map(|error| error.message.clone()),
        parts: parts(&f, report, &marks),
        open: list(&open),
        ended: list(&ended),
        versions: history.iter().map(|version| version_line(&f, version, row)).collect(),
        pieces: text::pieces(report, open.iter().filter(|f| f.dismissed_at.is_none()).map(|f| &f.finding)),
        cut: text::is_cut(report),
        last_year: before.and_then(|row| Some((format!("/reports/{}", row.id), row.year?))),
        years: before.map_or_else(Vec::new, |row| compare(&f, &row.report, report, Wanted::Telling)),
        f,
    }
}

pub(crate) fn parts(f: &Frame, report: &Report, marks: &Marks<'_>) -> Vec<Part> {
    let part = |(key, zh, en): (&str, &'static str, &'static str)| {
        let drawn = report.table(key).and_then(|table| draw(f, table, marks));
        drawn.map_or_else(|| Part::Absent(f.t(zh, en)), |sheet| Part::Drawn(Box::new(sheet)))
    };
    TABLES.map(part).into()
}

fn counts(f: &Frame, open: &[&StoredFinding]) -> Vec<(Tag, usize)> {
    use gongkai_model::Severity::{Error, Hint, Warning};
    let of =
        |severity| open.iter().filter(|f| f.finding.severity == severity && f.dismissed_at.is_none()).count();
    [Error, Warning, Hint]
        .into_iter()
        .map(|severity| (words::severity(f, severity), of(severity)))
        .filter(|(_, n)| *n > 0)
        .collect()
}

fn version_line(f: &Frame, row: &ReportRow, shown: &ReportRow) -> VersionLine {
    VersionLine {
        href: format!("/reports/{}", row.id),
        fetched: words::moment(row.fetched_at),
        verdict: words::verdict(f, row.verdict),
        current: row.current,
        shown: row.id == shown.id,
        url: row.url.clone(),
        changes: (row.id != shown.id && row.identity() == shown.identity())
            .then(|| format!("/reports/{}/changes/{}", shown.id, row.id)),
    }
}
