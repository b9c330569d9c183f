//! `/`: how many reports there should be and are, what is missing, what is new, and whether the sites can be seen.
use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use gongkai_model::{Body, Kind, Level, RateName};
use gongkai_store::{Coverage, Due, DueState, Filter, Poll, SiteStatus};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Page, ask, html,
    item::{FindingItem, ReportItem},
};
use crate::{
    ConsoleState,
    frame::Frame,
    words::{self, Tag},
};

mod chart;
mod rates;

use chart::{Chart, charts, mark};
use rates::{Handling, handling};

/// Lines of the list of absent reports.
const ABSENT: usize = 100;
/// Lines of the latest reports and findings.
const LATEST: u32 = 10;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    year: String,
}

struct Line {
    region: String,
    level: &'static str,
    kind: &'static str,
    counts: Vec<(&'static str, u64)>,
    /// 发布率, 及时率, 规范率, 勾稽一致率.
    rates: Vec<String>,
    /// The bodies that these numbers are made of.
    href: String,
}

struct Absent {
    body: String,
    href: String,
    level: &'static str,
    state: Tag,
    due: String,
    days: String,
    reason: String,
}

struct SiteLine {
    name: String,
    region: String,
    home: Option<String>,
    success: String,
    outcome: Option<Tag>,
    polled: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    f: Frame,
    year: i16,
    years: Vec<i16>,
    lines: Vec<Line>,
    charts: Vec<Chart>,
    /// Shapes of the four rates for the legend.
    marks: [String; 4],
    handling: Vec<Handling>,
    rate_names: [String; 12],
    totals: Vec<(&'static str, &'static str, u64)>,
    absent: Vec<Absent>,
    absent_total: usize,
    reports: Vec<ReportItem>,
    findings: Vec<FindingItem>,
    sites: Vec<SiteLine>,
    unassigned: u64,
}

/// The overview of a report year (default: the current one, else the latest with anything due).
pub(crate) async fn page(State(state): State<ConsoleState>, f: Frame, Query(asked): Query<Asked>) -> Page {
    let today = state.clock.today();
    let (year, years) = ask::year(&state, &asked.year).await?;
    let history = state.store.coverage().await?;
    let bodies = state.store.bodies().await?;
    let charts = charts(&f, &history);
    let coverage: Vec<_> = history.into_iter().filter(|line| line.year == year).collect();
    let dues = state.store.dues(&Filter { year: Some(year), ..Filter::default() }).await?;
    let (absent, absent_total) = absent(&f, &dues, &bodies, today);
    let latest = Filter { limit: LATEST, ..Filter::default() };
    let reports = state.store.latest(&latest).await?.iter().map(|line| ReportItem::of(&f, line)).collect();
    let names: HashMap<&str, &str> =
        bodies.iter().map(|body| (body.id.as_str(), body.name.as_str())).collect();
    let findings = state.store.latest_findings(&latest).await?;
    let findings = findings.iter().map(|line| FindingItem::of_body(&f, line, &names)).collect();
    let sites = state.store.sites().await?.iter().map(|status| site(&f, status)).collect();
    let unassigned = state.store.unassigned().await?;
    let totals = totals(&f, &coverage);
    let lines = lines(&f, coverage, &bodies);
    let handling = handling(&f, &state.store.figures(Some(year)).await?, &bodies);
    let rate_names = RateName::ALL.map(|name| name.text().get(f.lang).to_owned());
    html(&Overview {
        f,
        year,
        years,
        lines,
        charts,
        marks: [0, 1, 2, 3].map(|number| mark(number, 18.0, 5.0)),
        handling,
        rate_names,
        totals,
        absent,
        absent_total,
        reports,
        findings,
        sites,
        unassigned,
    })
}

fn totals(f: &Frame, coverage: &[Coverage]) -> Vec<(&'static str, &'static str, u64)> {
    let sum = |value: fn(&Coverage) -> u64| coverage.iter().map(value).sum();
    vec![
        ("", f.t("应发布", "expected"), sum(|c| c.expected)),
        ("", f.t("已发现", "found"), sum(|c| c.found)),
        ("good", f.t("按时", "in time"), sum(|c| c.in_time)),
        ("warn", f.t("逾期发布", "late"), sum(|c| c.late)),
        ("bad", f.t("逾期未见", "overdue"), sum(|c| c.overdue)),
        ("bad", f.t("缺失", "missing"), sum(|c| c.missing)),
        ("note", f.t("无法判断", "unknown"), sum(|c| c.unknown)),
        ("bad", f.t("勾稽不一致", "inconsistent"), sum(|c| c.inconsistent)),
    ]
}

fn lines(f: &Frame, mut coverage: Vec<Coverage>, bodies: &[Body]) -> Vec<Line> {
    coverage
        .sort_by(|a, b| (&a.region, a.level, a.kind.as_str()).cmp(&(&b.region, b.level, b.kind.as_str())));
    let names = region_names(bodies);
    let line = |c: Coverage| Line {
        region: names
            .get(c.region.as_str())
            .map_or_else(|| c.region.clone(), |name| format!("{name} {}", c.region)),
        level: words::level(f, c.level),
        kind: words::kind(f, c.kind),
        counts: vec![
            ("", c.expected),
            ("", c.found),
            ("good", c.in_time),
            ("warn", c.late),
            ("bad", c.overdue),
            ("bad", c.missing),
            ("note", c.unknown),
        ],
        href: bodies_of(&c),
        rates: rates::of(&c).publication_rates().iter().map(words::rate).collect(),
    };
    coverage.into_iter().map(line).collect()
}

fn bodies_of(c: &Coverage) -> String {
    let (region, level, kind) = (words::segment(&c.region), c.level.as_str(), c.kind.as_str());
    format!("/bodies?region={region}&level={level}&kind={kind}&year={}", c.year)
}

/// Names of regions: that of their own government, its 人民政府 left out.
pub(super) fn region_names(bodies: &[Body]) -> HashMap<&str, &str> {
    let own = |body: &&Body| body.kind == Kind::Government && body.level == Level::Prefecture;
    bodies.iter().filter(own).map(|body| (body.region(), body.name.trim_end_matches("人民政府"))).collect()
}

fn absent(f: &Frame, dues: &[Due], bodies: &[Body], today: Date) -> (Vec<Absent>, usize) {
    let bodies: HashMap<_, _> = bodies.iter().map(|body| (body.id.as_str(), body)).collect();
    let mut absent: Vec<_> =
        dues.iter().filter(|due| matches!(due.state, DueState::Overdue | DueState::Missing)).collect();
    absent.sort_by_key(|due| (due.due, due.body.as_str()));
    let total = absent.len();
    let line = |due: &Due| {
        let body = bodies.get(due.body.as_str());
        let days = due.due.map(|date| today.duration_since(date).as_hours() / 24);
        Absent {
            body: body.map_or_else(|| due.body.clone(), |body| body.name.clone()),
            href: format!("/bodies/{}", words::segment(&due.body)),
            level: body.map_or("", |body| words::level(f, body.level)),
            state: words::due_state(f, due.state),
            due: due.due.map_or_else(|| "—".to_owned(), |date| date.to_string()),
            days: days.map_or_else(|| "—".to_owned(), |days| days.to_string()),
            reason: due.reason.get(f.lang).to_owned(),
        }
    };
    (absent.into_iter().take(ABSENT).map(line).collect(), total)
}

fn site(f: &Frame, status: &SiteStatus) -> SiteLine {
    let dash = || "—".to_owned();
    let last = status.last_poll.as_ref();
    SiteLine {
        name: status.site.name.clone(),
        region: status.site.region.clone(),
        home: web_address(&status.site.home),
        success: status.last_success_at.map_or_else(|| f.t("从未", "never").to_owned(), words::moment),
        outcome: last.map(|poll| words::poll(f, poll.outcome, poll.complete)),
        polled: last.map_or_else(dash, |poll| words::moment(poll.at)),
        detail: last.map(|poll| detail(f, poll)).unwrap_or_default(),
    }
}

/// What went wrong, and where the column may be now.
fn detail(f: &Frame, poll: &Poll) -> String {
    let (problem, moved) = poll.problem_and_hint();
    let hint = moved.map(|moved| moved.text().get(f.lang).to_owned());
    [problem.map(str::to_owned), hint].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The address if a browser may open it as a page.
pub(crate) fn web_address(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use gongkai_model::Lang;
    use gongkai_store::{Moved, Place, PollOutcome};

    use super::*;

    #[test]
    fn the_likely_new_place_of_a_column_is_told_in_the_pages_language() {
        let place = Place { title: "信息公开年报".into(), url: "http://a.example/nb/".into() };
        let moved = Moved::new("2026-02-01".parse().unwrap(), &[place]);
        let poll = Poll {
            site: "s".into(),
            column: "annual".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
            outcome: PollOutcome::Status,
            complete: false,
            pages: 0,
            items: 0,
            detail: Some(moved.behind("http://a.example/: status 404")),
        };
        for (lang, said) in
            [(Lang::Zh, "年报栏目现在可能在："), (Lang::En, "the list of reports may now be at ")]
        {
            let told = detail(&Frame { lang, switch: String::new() }, &poll);
            assert!(told.starts_with("http://a.example/: status 404 · 2026-02-01"), "{told}");
            assert!(told.ends_with(&format!("{said}《信息公开年报》http://a.example/nb/")), "{told}");
        }
    }
}
