//! Lines that several pages list: reports and findings.
use std::collections::HashMap;

use gongkai_model::Finding;
use gongkai_store::{Dismissal, Latest, StoredFinding};

use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    words::{self, Tag},
};

/// A report in a list.
pub(crate) struct ReportItem {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) body: Option<(String, String)>,
    pub(crate) year: String,
    pub(crate) verdict: Tag,
    pub(crate) counts: Vec<(Tag, u64)>,
    pub(crate) published: String,
    pub(crate) fetched: String,
}

impl ReportItem {
    pub(crate) fn of(f: &Frame, latest: &Latest) -> Self {
        use gongkai_model::Severity::{Error, Hint, Warning};
        let counts = [(Error, latest.errors), (Warning, latest.warnings), (Hint, latest.hints)];
        Self {
            href: format!("/reports/{}", latest.report),
            title: latest.title.clone(),
            body: body(latest.body.as_deref(), latest.body_name.as_deref()),
            year: latest.year.map_or_else(|| "—".to_owned(), |year| year.to_string()),
            verdict: words::verdict(f, latest.verdict),
            counts: counts
                .into_iter()
                .filter(|(_, n)| *n > 0)
                .map(|(s, n)| (words::severity(f, s), n))
                .collect(),
            published: latest.published.map_or_else(|| "—".to_owned(), |date| date.to_string()),
            fetched: words::moment(latest.fetched_at),
        }
    }
}

/// Address and name of a body.
pub(crate) fn body(id: Option<&str>, name: Option<&str>) -> Option<(String, String)> {
    let id = id?;
    Some((format!("/bodies/{}", words::segment(id)), name.unwrap_or(id).to_owned()))
}

/// What people did with findings, by fingerprint.
pub(crate) type Acts = HashMap<String, Vec<Dismissal>>;

/// What people did with these.
pub(crate) async fn acts_of(state: &ConsoleState, findings: &[StoredFinding]) -> Result<Acts, PageError> {
    let fingerprints: Vec<_> = findings.iter().map(|stored| stored.finding.fingerprint.clone()).collect();
    Ok(state.store.dismissals(&fingerprints).await?)
}

/// What a person did with a finding.
pub(crate) struct Act {
    pub(crate) what: &'static str,
    pub(crate) at: String,
    pub(crate) by: Option<String>,
    pub(crate) note: Option<String>,
}

impl Act {
    fn of(f: &Frame, act: &Dismissal) -> Self {
        Self {
            what: if act.dismissed { f.t("忽略", "dismissed") } else { f.t("恢复", "taken up again") },
            at: words::moment(act.at),
            by: act.remark.by().map(str::to_owned),
            note: act.remark.note().map(str::to_owned),
        }
    }
}

/// A finding in a list.
pub(crate) struct FindingItem {
    pub(crate) fingerprint: String,
    pub(crate) code: String,
    pub(crate) severity: Tag,
    pub(crate) origin: &'static str,
    pub(crate) message: String,
    pub(crate) basis: String,
    pub(crate) evidence: Vec<String>,
    pub(crate) values: Option<(String, String)>,
    pub(crate) suspects: Vec<(String, String)>,
    pub(crate) since: String,
    pub(crate) dismissed: bool,
    /// How it was dismissed and taken up again, where that is shown.
    pub(crate) acts: Vec<Act>,
    /// Where it is shown, for lists away from there: the report's page, or the body's where there is none.
    pub(crate) href: Option<String>,
    /// Whose report and of which year, for lists away from it; nothing where the message names the body itself.
    pub(crate) of: Option<String>,
}

impl FindingItem {
    pub(crate) fn of(f: &Frame, stored: &StoredFinding) -> Self {
        let fingerprint = &stored.finding.fingerprint;
        let report = stored.body.as_ref().zip(stored.year);
        let href =
            report.map(|(body, year)| format!("/bodies/{}/{year}#f-{fingerprint}", words::segment(body)));
        Self {
            since: words::moment(stored.first_seen_at),
            dismissed: stored.dismissed_at.is_some(),
            href,
            ..Self::unstored(f, &stored.finding)
        }
    }

    /// With what people did with it.
    pub(crate) fn with_acts(f: &Frame, stored: &StoredFinding, acts: &Acts) -> Self {
        let acts = acts.get(&stored.finding.fingerprint).into_iter().flatten();
        Self { acts: acts.map(|act| Act::of(f, act)).collect(), ..Self::of(f, stored) }
    }

    /// One that is nowhere stored.
    pub(crate) fn unstored(f: &Frame, finding: &Finding) -> Self {
        Self {
            fingerprint: finding.fingerprint.clone(),
            code: finding.code.clone(),
            severity: words::severity(f, finding.severity),
            origin: words::origin(f, finding.origin),
            message: finding.message.get(f.lang).to_owned(),
            basis: finding.basis.get(f.lang).to_owned(),
            evidence: finding.evidence.iter().map(|evidence| evidence.text.clone()).collect(),
            values: finding.expected.clone().zip(finding.actual.clone()),
            suspects: finding.suspects.iter().map(|s| (s.printed.clone(), s.likely.clone())).collect(),
            since: String::new(),
            dismissed: false,
            acts: Vec::new(),
            href: None,
            of: None,
        }
    }

    /// With the name of the body.
    pub(crate) fn of_body(f: &Frame, stored: &StoredFinding, names: &HashMap<&str, &str>) -> Self {
        let name = stored.body.as_deref().and_then(|body| names.get(body));
        let of =
            name.filter(|name| !stored.finding.message.zh.contains(**name)).map(|name| match stored.year {
                Some(year) => format!("{name} {year}"),
                None => (*name).to_owned(),
            });
        Self { of, ..Self::of(f, stored) }
    }
}
