//! P809: pages or files that stand at the same time carry different cells for one report.
use gongkai_model::{DocumentKind, Finding, Severity, Text};
use gongkai_store::ReportRow;

use crate::{
    difference::{Difference, difference},
    facts::Facts,
    rules::RuleDoc,
};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P809",
    name: "copies-differ",
    severity: Severity::Warning,
    severities: &[Severity::Warning],
    title: ["同一报告的几个版本数据不一致", "copies of one report carry different cells"],
    explanation: [
        "同一单位同一年度的报告同时在几处发布（页面、附件、上级门户），其表格中同一格的内容不同。空白与0视为不同；位置仅由推断得出的格不作比较，\
         一处根本没有的表格也不算。已撤下的页面不比较（见P806）。",
        "The report of one body for one year stands in several places at once (page, attachment, superior portal), and one cell \
         differs. A blank and 0 are different; cells whose place was inferred are left out, and so is a table that one of them \
         lacks. Pages that are gone are not compared (see P806).",
    ],
    basis: [
        "《政府信息公开条例》第六条（及时、准确公开）",
        "Regulation on government-information disclosure, Art. 6 (timely and accurate)",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let (rows, current) = (standing(facts), facts.read()?);
    // The current report may be the copy that was taken away: then only those that stand are compared, and their scope is the same.
    let stands = |row: &&&ReportRow| row.id == current.id;
    let of_its_scope = |row: &&&ReportRow| row.scope == current.scope;
    let first = rows.iter().find(stands).or_else(|| rows.iter().find(of_its_scope))?;
    let copy =
        |row: &&&ReportRow| row.id != first.id && row.scope == first.scope && comparable(facts, first, row);
    let (other, differing) = rows.iter().filter(copy).find_map(|other| {
        let difference = difference(&first.report, &other.report);
        let cells = Difference { cells: difference.cells, ..Difference::default() };
        (!cells.cells.is_empty()).then_some((other, cells))
    })?;
    let (name, year, what) = (&facts.body.name, facts.year, differing.text());
    let message = Text::new(
        format!("{name}{year}年度报告两处发布的数据不一致（{} → {}）：{}", first.url, other.url, what.zh),
        format!("{name}: report for {year} differs between {} and {}: {}", first.url, other.url, what.en),
    );
    Some(facts.finding(&DOC, Severity::Warning, message, DOC.basis()))
}

/// What each page that still stands says now: the reports of its newest version.
fn standing(facts: &Facts) -> Vec<&ReportRow> {
    let pages = facts.sources.iter().filter(|source| source.gone_since.is_none());
    let newest = pages.filter_map(|page| {
        facts
            .history
            .iter()
            .filter(|row| row.source == page.id)
            .max_by_key(|row| (row.fetched_at, row.version))
    });
    let versions: Vec<_> = newest.map(|row| row.version).collect();
    let readable =
        |row: &&ReportRow| versions.contains(&row.version) && row.report.kind == DocumentKind::AnnualReport;
    facts.history.iter().filter(readable).collect()
}

/// Read by the same normaliser: otherwise the reading differs, not what was published.
fn comparable(facts: &Facts, one: &ReportRow, other: &ReportRow) -> bool {
    facts.normalisers.get(&one.version) == facts.normalisers.get(&other.version)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sample::{at, facts, report, row, source};

    const PART_ONE: &str = "一、总体情况\n全年收到申请12件。\n";

    fn copied(upheld: i64) -> Facts {
        let mut facts = facts(date(2025, 2, 10));
        facts.sources = vec![source("2025-01-20T00:00:00Z"), source("2025-01-22T00:00:00Z")];
        facts.sources[1].url = "http://www.yunze.example/1.html".into();
        facts.history = facts.sources.iter().map(|page| row(page, "2025-01-22T00:00:00Z")).collect();
        facts.history[1].report = report(PART_ONE, upheld);
        facts.history[1].current = false;
        facts
    }

    #[test]
    fn another_cell_in_a_copy_is_a_warning_with_both_addresses_and_values() {
        let finding = check(&copied(5)).unwrap();
        assert_eq!(
            finding.message.zh,
            "临川县水务局2024年度报告两处发布的数据不一致（http://www.linchuan.example/xxgk/1.html → http://www.yunze.example/1.html）：行政复议/结果维持：3→5；行政复议/总计：3→5"
        );
        assert_eq!(check(&copied(3)), None);
    }

    #[test]
    fn a_page_that_is_gone_and_a_reading_of_another_kind_are_not_compared() {
        let mut gone = copied(5);
        gone.sources[1].gone_since = Some(at("2025-02-01T00:00:00Z"));
        assert_eq!(check(&gone), None);
        gone.history[0].current = false;
        gone.history[1].current = true;
        assert_eq!(check(&gone), None, "also where the page that is gone was the newer one");
        let mut other = copied(5);
        other.normalisers = [(other.history[0].version, 2), (other.history[1].version, 1)].into();
        assert_eq!(check(&other), None);
    }

    #[test]
    fn a_copy_that_was_corrected_meanwhile_counts_as_it_is_now() {
        let mut facts = copied(5);
        let corrected = row(&facts.sources[1], "2025-02-01T00:00:00Z");
        facts.history.push(ReportRow { current: false, ..corrected });
        assert_eq!(check(&facts), None);
    }
}
