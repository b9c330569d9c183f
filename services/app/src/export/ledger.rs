//! The entries of the ledger: every finding of the bodies asked for, with what it rests on and how it stands.
use std::collections::HashMap;

use anyhow::bail;
use gongkai_judging::{place, render::severity_word};
use gongkai_model::{Body, Finding, Lang, Origin, Report};
use gongkai_runtime::clock::date_in_shanghai;
use gongkai_store::{Filter, Store, StoredFinding};
use jiff::{ToSpan, civil::Date};

/// Identities whose findings are read together.
const AT_ONCE: usize = 500;
/// How far a chain of supervising bodies is followed; a registry may contain a circle.
const LEVELS: usize = 8;

/// Whose ledger it is.
pub(super) struct Of<'a> {
    pub(super) body: Option<&'a str>,
    pub(super) office: Option<&'a str>,
    pub(super) year: Option<i16>,
    pub(super) open_only: bool,
    /// Days from the discovery to the date by which it is to be mended.
    pub(super) days: u16,
}

/// One problem.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) office: String,
    pub(super) body: String,
    pub(super) year: i16,
    pub(super) code: String,
    pub(super) severity: &'static str,
    pub(super) problem: String,
    pub(super) basis: String,
    pub(super) expected: String,
    pub(super) actual: String,
    pub(super) place: String,
    pub(super) quote: String,
    pub(super) origin: &'static str,
    pub(super) found: Date,
    pub(super) mend_by: Date,
    pub(super) state: &'static str,
    pub(super) mended: Option<Date>,
    pub(super) fingerprint: String,
}

/// The heads of the columns, in their order.
pub(super) const HEADS: [&str; 17] = [
    "主管单位",
    "单位",
    "年度",
    "规则",
    "级别",
    "问题",
    "依据",
    "应有值",
    "实有值",
    "位置",
    "原文",
    "来源",
    "发现日期",
    "整改期限",
    "状态",
    "整改日期",
    "编号",
];

impl Entry {
    /// Its fields, in the order of the heads.
    pub(super) fn fields(&self) -> [String; HEADS.len()] {
        [
            self.office.clone(),
            self.body.clone(),
            self.year.to_string(),
            self.code.clone(),
            self.severity.to_owned(),
            self.problem.clone(),
            self.basis.clone(),
            self.expected.clone(),
            self.actual.clone(),
            self.place.clone(),
            self.quote.clone(),
            self.origin.to_owned(),
            self.found.to_string(),
            self.mend_by.to_string(),
            self.state.to_owned(),
            self.mended.map(|date| date.to_string()).unwrap_or_default(),
            self.fingerprint.clone(),
        ]
    }
}

/// All entries, by office, body, year and gravity.
pub(super) async fn entries(store: &dyn Store, of: &Of<'_>, today: Date) -> anyhow::Result<Vec<Entry>> {
    let bodies: HashMap<String, Body> =
        store.bodies().await?.into_iter().map(|body| (body.id.clone(), body)).collect();
    for (key, id) in [("--body", of.body), ("--office", of.office)] {
        if let Some(id) = id.filter(|id| !bodies.contains_key(*id)) {
            bail!("{key}：登记表里没有机构 {id} (the registry has no body {id})");
        }
    }
    let filter = Filter { body: of.body.map(str::to_owned), year: of.year, ..Filter::default() };
    let dues = store.dues(&filter).await?;
    let wanted = dues.iter().filter_map(|due| Some((bodies.get(&due.body)?, due.year)));
    let wanted: Vec<(&Body, i16)> =
        wanted.filter(|(body, _)| of.office.is_none_or(|office| is_under(&bodies, body, office))).collect();
    let mut entries = Vec::new();
    for chunk in wanted.chunks(AT_ONCE) {
        let identities: Vec<String> =
            chunk.iter().map(|(body, year)| format!("{}/{year}", body.id)).collect();
        let mut findings = store.findings_of(&identities).await?;
        for ((body, year), identity) in chunk.iter().zip(&identities) {
            let own = findings.remove(identity).unwrap_or_default();
            let office = body.parent.as_ref().and_then(|parent| bodies.get(parent));
            let office = office.map_or("", |office| office.name.as_str());
            let open = |found: &&StoredFinding| {
                !of.open_only || (found.fixed_at.is_none() && found.dismissed_at.is_none())
            };
            entries.extend(
                own.iter().filter(open).map(|found| entry(office, body, *year, found, of.days, today)),
            );
        }
    }
    let gravity = |entry: &Entry| ["错误", "警告", "提示"].iter().position(|word| *word == entry.severity);
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| (entry.office.clone(), entry.body.clone(), entry.year, gravity(entry));
        (key(one), &one.code, &one.fingerprint).cmp(&(key(other), &other.code, &other.fingerprint))
    });
    Ok(entries)
}

/// The office itself, and every body below it.
fn is_under(bodies: &HashMap<String, Body>, body: &Body, office: &str) -> bool {
    let above = |body: &&Body| bodies.get(body.parent.as_deref()?);
    std::iter::successors(Some(body), above).take(LEVELS).any(|body| body.id == office)
}

fn entry(office: &str, body: &Body, year: i16, found: &StoredFinding, days: u16, today: Date) -> Entry {
    let finding = &found.finding;
    let day = date_in_shanghai(found.first_seen_at);
    let mend_by = day.saturating_add(i64::from(days).days());
    Entry {
        office: office.to_owned(),
        body: body.name.clone(),
        year,
        code: finding.code.clone(),
        severity: severity_word(finding.severity, Lang::Zh),
        problem: finding.message.zh.clone(),
        basis: finding.basis.zh.clone(),
        expected: finding.expected.clone().unwrap_or_default(),
        actual: finding.actual.clone().unwrap_or_default(),
        place: where_it_is(finding, year),
        quote: finding.evidence.first().map(|evidence| evidence.text.clone()).unwrap_or_default(),
        origin: match finding.origin {
            Origin::Publication => "发布单位",
            Origin::Reading => "读取",
            Origin::Unclear => "待核实",
        },
        found: day,
        mend_by,
        state: match (found.fixed_at, found.dismissed_at) {
            (Some(_), _) => "已整改",
            (None, Some(_)) => "已忽略",
            (None, None) if today > mend_by => "逾期未整改",
            (None, None) => "整改中",
        },
        mended: found.fixed_at.map(date_in_shanghai),
        fingerprint: finding.fingerprint.clone(),
    }
}

/// The place in printed labels. Which form the table follows is said by the year here; the labels of rows and columns that both
/// forms have are the same.
fn where_it_is(finding: &Finding, year: i16) -> String {
    place(&Report { year: Some(year), ..Report::default() }, finding, Lang::Zh)
}
