//! Runs the registry over one report: findings in the order of the report, counts, verdict.
use std::collections::HashMap;

use gongkai_model::{DocumentKind, Finding, Form, Report, Severity, Text, Verdict, form_of_year, forms};

use crate::{
    case::Case,
    draft::{Draft, decimal},
    evaluated::evaluated,
    fingerprint::fingerprint,
    label::table_form,
    rule::Rule,
    rules::RULES,
    verdict::verdict,
};

/// Stands in a rule's basis for the notice that set the form.
const NOTICE: &str = "{notice}";

/// What a report is judged with, besides itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgeContext {
    /// What fingerprints hang on: the report's id in the chain, else the path of its source.
    pub identity: String,
}

impl JudgeContext {
    /// A report judged alone.
    pub fn new(identity: impl Into<String>) -> Self {
        Self { identity: identity.into() }
    }
}

/// What was found in a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// In the order of the report, then of codes, then of rows and columns.
    pub findings: Vec<Finding>,
    /// What the document's own tables amount to; `None` unless it is an annual report.
    pub verdict: Option<Verdict>,
    /// Findings by severity.
    pub counts: Counts,
    /// Codes of the rules that could be evaluated: the silence of another says nothing.
    pub evaluated: Vec<&'static str>,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Hints.
    pub hint: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[Finding]) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self { error: count(Severity::Error), warning: count(Severity::Warning), hint: count(Severity::Hint) }
    }
}

/// Judges one report. Same input, same findings.
pub fn judge(report: &Report, context: &JudgeContext) -> Judgement {
    let case = Case::new(report);
    let mut drafts: Vec<(&Rule, Draft)> = Vec::new();
    for rule in RULES.iter().copied().filter(|rule| rule.kinds.contains(&report.kind)) {
        drafts.extend((rule.check)(&case).into_iter().map(|draft| (rule, draft)));
    }
    drafts.sort_by_cached_key(|(rule, draft)| (section(report, draft), rule.code, position(report, draft)));
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut finish = |(rule, draft): (&Rule, Draft)| {
        let first = fingerprint(rule.code, &context.identity, &draft, 0);
        let ordinal = seen.entry(first.clone()).or_default();
        let own =
            if *ordinal == 0 { first } else { fingerprint(rule.code, &context.identity, &draft, *ordinal) };
        *ordinal += 1;
        finding(report, rule, draft, own)
    };
    let findings: Vec<_> = drafts.into_iter().map(&mut finish).collect();
    let verdict = (report.kind == DocumentKind::AnnualReport).then(|| verdict(&case, &findings));
    Judgement { verdict, counts: Counts::of(&findings), evaluated: evaluated(&case), findings }
}

fn finding(report: &Report, rule: &Rule, draft: Draft, fingerprint: String) -> Finding {
    let basis = draft.basis.clone().unwrap_or_else(|| basis(report, rule, &draft));
    Finding {
        fingerprint,
        code: rule.code.to_owned(),
        rule: rule.name.to_owned(),
        severity: draft.severity.unwrap_or_else(|| rule.severity()),
        origin: draft.origin,
        table: draft.table.map(|key| key.to_string()),
        row: draft.row,
        column: draft.column.map(|key| key.to_string()),
        expected: draft.expected.map(decimal),
        actual: draft.actual.map(decimal),
        message: draft.message,
        basis,
        evidence: draft.evidence,
        suspects: Vec::new(),
    }
}

/// The rule's basis with the notice of the table's own form, else of the year's, else of all its forms.
fn basis(report: &Report, rule: &Rule, draft: &Draft) -> Text {
    let own = draft.table.and_then(|key| report.table(key.as_str())).map(|table| table.form.as_str());
    let form = own.and_then(gongkai_model::form).or_else(|| report.year.and_then(form_of_year));
    match form {
        Some(form) => {
            Text::new(rule.basis.zh.replace(NOTICE, form.notice), rule.basis.en.replace(NOTICE, form.notice))
        }
        None => general_basis(rule),
    }
}

/// The rule's basis where no form is in question: the notices of the forms that have its relation, else all.
pub(crate) fn general_basis(rule: &Rule) -> Text {
    let has_relation =
        |form: &&Form| form.tables.iter().any(|t| t.relations.iter().any(|r| r.rule == *rule.code));
    let all = forms().all();
    let with_relation: Vec<_> = all.iter().filter(has_relation).map(|form| form.notice).collect();
    let notices =
        if with_relation.is_empty() { all.iter().map(|form| form.notice).collect() } else { with_relation };
    Text::new(
        rule.basis.zh.replace(NOTICE, &notices.join("、")),
        rule.basis.en.replace(NOTICE, &notices.join(" and ")),
    )
}

/// The part of the report that a finding belongs to; 0 for the document, the last for what has no place.
fn section(report: &Report, draft: &Draft) -> u8 {
    let of_table = draft.table.and_then(|key| table_form(report, key.as_str())).map(|table| table.section);
    of_table.or_else(|| draft.row.as_deref().and_then(|part| part.parse().ok())).unwrap_or_default()
}

/// Row and column as positions of the form; what has none comes first.
fn position(report: &Report, draft: &Draft) -> (Option<usize>, Option<usize>) {
    let Some(table) = draft.table.and_then(|key| table_form(report, key.as_str())) else {
        return (None, None);
    };
    let row = draft.row.as_deref().and_then(|row| table.rows().position(|(_, known)| known.key == *row));
    let columns = || table.blocks.iter().flat_map(|block| &block.columns);
    (row, draft.column.and_then(|column| columns().position(|known| known.key == column)))
}
