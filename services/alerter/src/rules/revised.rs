//! P806: a published report was changed. Compares the versions of a page, and a page with the one that replaced it.
use gongkai_model::{Finding, Severity, Text};
use gongkai_store::{ReportRow, Source};
use uuid::Uuid;

use crate::{
    difference::{Difference, difference},
    facts::Facts,
    rules::RuleDoc,
};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P806",
    name: "revised-after-publication",
    severity: Severity::Warning,
    severities: &[Severity::Warning, Severity::Hint],
    title: ["发布后内容变动", "changed after publication"],
    explanation: [
        "期限过后，表格中的数字、文中的数字或组成部分有变动的，列明变动前后的内容（至多十处）；仅文字表述变动，或期限前的变动，只作提示；\
         页面装饰、浏览次数等不计。只比较同一页面的各版本，或原页面撤下后替换它的页面。位置仅由推断得出的单元格不作比较。",
        "After the due date a cell, a number in the text or a part changed: both values are given, ten changes at most. Changed \
         wording, or a change before the date, is a hint; page furniture and counters are nothing. Versions of one page are \
         compared, and a page that was taken down with the one that replaced it. Cells whose place was inferred are left out.",
    ],
    basis: [
        "《政府信息公开条例》第六条（及时、准确公开）；国办公开办函〔2021〕30号",
        "Regulation on government-information disclosure, Art. 6 (timely and accurate); notice 国办公开办函〔2021〕30号",
    ],
};

/// One change of a published report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Revision {
    /// The version that brought it.
    pub version: Uuid,
    /// Warning for numbers or parts after the date, else a hint.
    pub severity: Severity,
    /// What to tell.
    pub message: Text,
}

/// Every change on record, newest first.
pub(crate) fn revisions(facts: &Facts) -> Vec<Revision> {
    let mut pairs = pairs(facts);
    pairs.sort_by_key(|(_, new)| std::cmp::Reverse(new.fetched_at));
    pairs.into_iter().filter_map(|(old, new)| revision(facts, old, new)).collect()
}

/// Looks at the facts: the newest change that matters, else the newest hint.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let revisions = revisions(facts);
    let chosen = revisions.iter().find(|r| r.severity == Severity::Warning).or_else(|| revisions.first())?;
    Some(facts.finding(&DOC, chosen.severity, chosen.message.clone(), DOC.basis()))
}

fn revision(facts: &Facts, old: &ReportRow, new: &ReportRow) -> Option<Revision> {
    let difference = difference(&old.report, &new.report);
    if difference == Difference::default() {
        return None;
    }
    let day = facts.day(new.fetched_at);
    let after = day > facts.deadline.counts_from;
    let severity = if difference.is_material() && after { Severity::Warning } else { Severity::Hint };
    let (name, year, what) = (&facts.body.name, facts.year, difference.text());
    let (zh, en) = if after { ("期限后", "after its date") } else { ("期限前", "before its date") };
    let message = Text::new(
        format!("{name}{year}年度报告{zh}有变动（{day}发现）：{}", what.zh),
        format!("{name}: report for {year} changed {en} (seen {day}): {}", what.en),
    );
    Some(Revision { version: new.version, severity, message })
}

/// Versions that follow each other. Versions read by different normalisers are not compared: the reading changed, not the page.
fn pairs(facts: &Facts) -> Vec<(&ReportRow, &ReportRow)> {
    let mut pairs = Vec::new();
    for source in &facts.sources {
        let versions = versions(facts, source);
        pairs.extend(versions.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))));
        if let (Some(last), Some(first)) = (versions.last(), successor(facts, source)) {
            pairs.push((last, first));
        }
    }
    pairs.retain(|(old, new)| facts.normalisers.get(&old.version) == facts.normalisers.get(&new.version));
    pairs
}

/// Readable versions of a page, oldest first.
fn versions<'f>(facts: &'f Facts, source: &Source) -> Vec<&'f ReportRow> {
    let readable = |row: &&ReportRow| row.report.kind == gongkai_model::DocumentKind::AnnualReport;
    let mut versions: Vec<_> =
        facts.history.iter().filter(|row| row.source == source.id).filter(readable).collect();
    versions.sort_by_key(|row| (row.fetched_at, row.report.index));
    // A page may carry several reports of one body and year; only the first of each version is followed.
    versions.dedup_by_key(|row| row.version);
    versions
}

/// The first version of the page that replaced one that is gone.
fn successor<'f>(facts: &'f Facts, source: &Source) -> Option<&'f ReportRow> {
    source.gone_since?;
    let seen_alive = source.last_fetched_at.unwrap_or(source.first_seen_at);
    let later =
        facts.sources.iter().filter(|other| other.id != source.id && other.first_seen_at >= seen_alive);
    versions(facts, later.min_by_key(|other| other.first_seen_at)?).first().copied()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sample::{at, facts, report, row, source};

    const PART_ONE: &str = "一、总体情况\n全年收到申请12件。\n";

    fn revised(second: &str, upheld: i64, words: &str) -> Facts {
        let mut facts = facts(date(2025, 6, 1));
        let page = source("2025-01-20T00:00:00Z");
        let mut new = row(&page, second);
        new.report = report(words, upheld);
        facts.history = vec![new, row(&page, "2025-01-20T00:00:00Z")];
        facts.sources = vec![page];
        facts
    }

    #[test]
    fn a_cell_changed_after_the_date_is_a_warning_with_the_difference() {
        let finding = check(&revised("2025-03-05T00:00:00Z", 5, PART_ONE)).unwrap();
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(
            finding.message.zh,
            "临川县水务局2024年度报告期限后有变动（2025-03-05发现）：行政复议/结果维持：3→5；行政复议/总计：3→5"
        );
    }

    #[test]
    fn wording_or_an_early_change_is_a_hint_and_no_change_is_nothing() {
        let wording = revised("2025-03-05T00:00:00Z", 3, "一、总体情况\n全年共收到申请12件。\n");
        assert_eq!(check(&wording).unwrap().severity, Severity::Hint);
        assert_eq!(check(&revised("2025-01-31T10:00:00Z", 5, PART_ONE)).unwrap().severity, Severity::Hint);
        assert_eq!(check(&revised("2025-03-05T00:00:00Z", 3, PART_ONE)), None);
    }

    #[test]
    fn versions_of_different_normalisers_are_not_compared() {
        let mut facts = revised("2025-03-05T00:00:00Z", 5, PART_ONE);
        facts.normalisers = [(facts.history[0].version, 2), (facts.history[1].version, 1)].into();
        assert_eq!(check(&facts), None);
    }

    #[test]
    fn a_page_that_replaced_one_that_is_gone_is_compared_and_a_copy_is_not() {
        let mut facts = revised("2025-03-05T00:00:00Z", 5, PART_ONE);
        let copy = source("2025-03-04T00:00:00Z");
        facts.history[0].source = copy.id;
        facts.sources.push(copy);
        assert_eq!(check(&facts), None, "two pages that both stand are copies");
        facts.sources[0].gone_since = Some(at("2025-03-01T00:00:00Z"));
        assert_eq!(check(&facts).unwrap().severity, Severity::Warning);
    }
}
