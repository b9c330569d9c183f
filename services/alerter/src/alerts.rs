//! Which alerts open and close with an assessment. Every change is told to every channel; the store drops those that change nothing.
use std::collections::HashSet;

use gongkai_model::{Finding, Severity, Text, Verdict};
use gongkai_store::{AlertChange, AlertKind, StoredFinding, Telling};

use crate::{
    assess::Assessment,
    calendar::watched_years,
    facts::{Facts, fingerprint},
    rules::revised::revisions,
};

/// Codes that make a report inconsistent (contract 2, `verdict`).
const INCONSISTENT: &[&str] = &["T201", "T203", "T301", "T302", "T303", "T304", "T305", "T401", "T402"];

/// Alerts that stand for a P finding of a body and year, with what has ended when they do. P806 has one a version.
pub(crate) const OF_RULES: [(AlertKind, &str, &str); 9] = [
    (AlertKind::Late, "逾期发布", "late publication"),
    (AlertKind::Overdue, "未见报告", "overdue report"),
    (AlertKind::Missing, "报告缺失", "missing report"),
    (AlertKind::YearMismatch, "年份不符", "year mismatch"),
    (AlertKind::PublishedEarly, "日期早于期限届满", "date before the period's end"),
    (AlertKind::PublisherMismatch, "标题与落款不符", "publisher mismatch"),
    (AlertKind::Withdrawn, "报告撤下", "withdrawal"),
    (AlertKind::UntrustedHost, "非发布单位网站上的副本", "copy on a foreign host"),
    (AlertKind::CopiesDiffer, "几处发布不一致", "copies that differ"),
];

/// Where and how alerts go out.
#[derive(Clone, Debug)]
pub(crate) struct Route<'r> {
    /// Names of the configured channels.
    pub(crate) channels: &'r [String],
    /// The site is in its first import, or a replay is under way: keep them for its digest.
    pub(crate) hold: bool,
}

/// The alert changes of an assessment. `stored` are the findings of this body and year, with what people dismissed.
pub(crate) fn alert_changes(
    facts: &Facts,
    assessment: &Assessment,
    stored: &[StoredFinding],
    route: &Route<'_>,
) -> Vec<AlertChange> {
    if !watched_years(facts.today).contains(&facts.year) {
        return Vec::new();
    }
    let dismissed: HashSet<&str> =
        stored.iter().filter(|f| f.dismissed_at.is_some()).map(|f| f.finding.fingerprint.as_str()).collect();
    let mut changes = vec![appeared(facts), inconsistent(facts, stored)];
    changes.extend(of_findings(facts, assessment, &dismissed));
    changes.extend(revised(facts, &dismissed));
    changes.extend(site_blind(facts, assessment));
    let to_all = |change: Change| {
        route
            .channels
            .iter()
            .map(move |channel| change.for_channel(facts, channel, route.hold))
            .collect::<Vec<_>>()
    };
    changes.into_iter().flat_map(to_all).collect()
}

/// A change before it is addressed.
#[derive(Clone)]
struct Change {
    kind: AlertKind,
    key: String,
    open: bool,
    severity: Severity,
    message: Text,
    /// Another alert says it.
    silent: bool,
}

impl Change {
    fn for_channel(&self, facts: &Facts, channel: &str, hold: bool) -> AlertChange {
        let of_site = self.kind == AlertKind::SiteBlind;
        AlertChange {
            kind: self.kind,
            key: self.key.clone(),
            channel: channel.to_owned(),
            open: self.open,
            // That a site cannot be seen is told at once, during its first import as well.
            telling: match (self.silent, hold && !of_site) {
                (true, _) => Telling::Never,
                (false, true) => Telling::Held,
                (false, false) => Telling::AtOnce,
            },
            severity: self.severity,
            site: site(facts),
            body: (!of_site).then(|| facts.body.id.clone()),
            year: (!of_site).then_some(facts.year),
            message: self.message.clone(),
        }
    }
}

/// The site of the body, else of its first page.
fn site(facts: &Facts) -> Option<String> {
    facts.body.site.clone().or_else(|| facts.sources.first().map(|source| source.site.clone()))
}

fn appeared(facts: &Facts) -> Change {
    let (name, year) = (&facts.body.name, facts.year);
    // A page that is only listed may turn out to be something else: what was read counts.
    let open = facts.published_rows().next().is_some();
    let message = if open {
        Text::new(format!("{name}{year}年度报告已发布"), format!("{name}: report for {year} appeared"))
    } else {
        Text::new(
            format!("{name}{year}年度报告：此前的页面经重读不是该报告"),
            format!("{name}: what was taken for the report for {year} was read again and is none"),
        )
    };
    let (kind, key) = (AlertKind::New, facts.identity());
    Change { kind, key, open, severity: Severity::Hint, message, silent: false }
}

fn inconsistent(facts: &Facts, stored: &[StoredFinding]) -> Change {
    let holds = |f: &&StoredFinding| {
        f.fixed_at.is_none() && f.dismissed_at.is_none() && INCONSISTENT.contains(&f.finding.code.as_str())
    };
    let errors: Vec<_> = stored.iter().filter(holds).collect();
    let verdict = facts.current().and_then(|row| row.verdict);
    let open = verdict == Some(Verdict::Inconsistent) && !errors.is_empty();
    let (name, year, count) = (&facts.body.name, facts.year, errors.len());
    let first = errors.first().map(|f| f.finding.message.clone()).unwrap_or_default();
    let message = if open {
        Text::new(
            format!("{name}{year}年度报告表内勾稽不一致，{count}处：{}", first.zh),
            format!(
                "{name}: tables of the report for {year} contradict themselves in {count} place(s): {}",
                first.en
            ),
        )
    } else {
        ended(facts, "表内勾稽不一致", "inconsistent tables")
    };
    let (kind, key) = (AlertKind::Inconsistent, facts.identity());
    Change { kind, key, open, severity: Severity::Error, message, silent: false }
}

/// One for each P rule: open while their finding holds at warning or error and nobody dismissed it. P802 has two, of which one is
/// open: what was overdue and is missing now is told once, as missing.
fn of_findings(facts: &Facts, assessment: &Assessment, dismissed: &HashSet<&str>) -> Vec<Change> {
    let kinds = OF_RULES.into_iter().filter_map(|(kind, zh, en)| Some((kind.code()?, kind, zh, en)));
    let evaluated = |code: &str| assessment.evaluated.iter().any(|own| own == code);
    let change = |(code, kind, zh, en)| {
        let key = fingerprint(code, &facts.identity());
        let holds = |f: &&Finding| {
            f.code == code && f.severity > Severity::Hint && !dismissed.contains(f.fingerprint.as_str())
        };
        let found = assessment.findings.iter().find(holds);
        let end = Change {
            kind,
            key: key.clone(),
            open: false,
            severity: Severity::Hint,
            message: ended(facts, zh, en),
            silent: found.is_some(),
        };
        let found = found.filter(|found| stands_for(kind, found.severity));
        found.map_or(end, |found| {
            let (severity, message) = (found.severity, found.message.clone());
            Change { kind, key, open: true, severity, message, silent: false }
        })
    };
    kinds.filter(|(code, ..)| evaluated(code)).map(change).collect()
}

/// Overdue is a warning, missing an error.
fn stands_for(kind: AlertKind, severity: Severity) -> bool {
    match kind {
        AlertKind::Overdue => severity < Severity::Error,
        AlertKind::Missing => severity == Severity::Error,
        _ => true,
    }
}

/// One alert a revision, keyed by the version that brought it.
fn revised(facts: &Facts, dismissed: &HashSet<&str>) -> Vec<Change> {
    let open = !dismissed.contains(fingerprint("P806", &facts.identity()).as_str());
    let grave = revisions(facts).into_iter().filter(|revision| revision.severity > Severity::Hint);
    let change = |revision: crate::rules::revised::Revision| Change {
        kind: AlertKind::Revised,
        key: revision.version.to_string(),
        open,
        severity: revision.severity,
        message: revision.message,
        silent: false,
    };
    grave.map(change).collect()
}

/// Opens only: the ticker closes it when no body of the site is left in the dark.
fn site_blind(facts: &Facts, assessment: &Assessment) -> Option<Change> {
    let from = facts.deadline.counts_from;
    let blind = assessment.blind && facts.polls.blind_after(from, facts.now);
    let site = facts.body.site.clone().filter(|_| blind)?;
    let message = Text::new(
        format!("网站{site}自{from}以来没有完整巡查，其所属单位是否发布无法判断"),
        format!("site {site} was not read completely since {from}; nothing can be said about its bodies"),
    );
    let kind = AlertKind::SiteBlind;
    Some(Change { kind, key: site, open: true, severity: Severity::Warning, message, silent: false })
}

fn ended(facts: &Facts, zh: &str, en: &str) -> Text {
    let (name, year) = (&facts.body.name, facts.year);
    Text::new(
        format!("{name}{year}年度报告：{zh}的提醒结束"),
        format!("{name}: report for {year}: {en}, alert ended"),
    )
}

#[cfg(test)]
mod tests;
