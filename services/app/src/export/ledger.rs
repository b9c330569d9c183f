//! The entries of the ledger: every finding of the bodies asked for, with what it rests on and how it stands.
use gongkai_judging::{place, render::severity_word};
use gongkai_model::{Body, Finding, Lang, Origin, Report};
use gongkai_runtime::clock::date_in_shanghai;
use gongkai_store::{Filter, Store, StoredFinding};
use jiff::{ToSpan, civil::Date};

use super::selection::Selection;
use crate::table::{Column, Kind, Table, Value};

/// Identities whose findings are read together.
const AT_ONCE: usize = 500;
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

/// The table, its heads as offices know them.
pub(super) static TABLE: Table = Table { name: "问题台账", columns: &COLUMNS };

pub(super) static COLUMNS: [Column; 17] = [
    Kind::Text.column("主管单位"),
    Kind::Text.column("单位"),
    Kind::Whole.column("年度"),
    Kind::Text.column("规则"),
    Kind::Text.column("级别"),
    Kind::Text.column("问题"),
    Kind::Text.column("依据"),
    Kind::Text.column("应有值"),
    Kind::Text.column("实有值"),
    Kind::Text.column("位置"),
    Kind::Text.column("原文"),
    Kind::Text.column("来源"),
    Kind::Date.column("发现日期"),
    Kind::Date.column("整改期限"),
    Kind::Text.column("状态"),
    Kind::Date.column("整改日期"),
    Kind::Text.column("编号"),
];

impl Entry {
    /// Its row.
    pub(super) fn row(&self) -> [Value; COLUMNS.len()] {
        [
            Value::text(&self.office),
            Value::text(&self.body),
            Value::Whole(self.year.into()),
            Value::text(&self.code),
            Value::text(self.severity),
            Value::text(&self.problem),
            Value::text(&self.basis),
            Value::figure(&self.expected),
            Value::figure(&self.actual),
            Value::text(&self.place),
            Value::text(&self.quote),
            Value::text(self.origin),
            Value::Date(self.found),
            Value::Date(self.mend_by),
            Value::text(self.state),
            Value::known(self.mended, Value::Date),
            Value::text(&self.fingerprint),
        ]
    }
}

/// All entries, by office, body, year and gravity.
pub(super) async fn entries(
    store: &dyn Store,
    selection: &Selection,
    days: u16,
    today: Date,
) -> anyhow::Result<Vec<Entry>> {
    let (bodies, wanted) = (&selection.bodies, selection.wanted());
    let of_one = wanted.bodies.filter(|bodies| bodies.len() == 1).and_then(|mut bodies| bodies.pop());
    let filter = Filter { body: of_one, year: wanted.year, ..Filter::default() };
    let dues = store.dues(&filter).await?;
    let wanted_of = dues.iter().filter_map(|due| Some((bodies.get(&due.body)?, due.year)));
    let wanted_of: Vec<(&Body, i16)> = wanted_of.filter(|(body, _)| selection.includes(body)).collect();
    let mut entries = Vec::new();
    for chunk in wanted_of.chunks(AT_ONCE) {
        let identities: Vec<String> =
            chunk.iter().map(|(body, year)| format!("{}/{year}", body.id)).collect();
        let mut findings = store.findings_of(&identities).await?;
        for ((body, year), identity) in chunk.iter().zip(&identities) {
            let own = findings.remove(identity).unwrap_or_default();
            let office = body.parent.as_ref().and_then(|parent| bodies.get(parent));
            let office = office.map_or("", |office| office.name.as_str());
            let open = |found: &&StoredFinding| {
                !wanted.open || (found.fixed_at.is_none() && found.dismissed_at.is_none())
            };
            entries
                .extend(own.iter().filter(open).map(|found| entry(office, body, *year, found, days, today)));
        }
    }
    let gravity = |entry: &Entry| ["错误", "警告", "提示"].iter().position(|word| *word == entry.severity);
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| (entry.office.clone(), entry.body.clone(), entry.year, gravity(entry));
        (key(one), &one.code, &one.fingerprint).cmp(&(key(other), &other.code, &other.fingerprint))
    });
    Ok(entries)
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
