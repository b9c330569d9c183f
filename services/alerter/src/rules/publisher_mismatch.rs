//! P805: title (or preface) and signature name two different bodies of the registry that have nothing to do with each other.
use gongkai_model::{Body, Evidence, Finding, Report, Severity, Span, Text};

use crate::{facts::Facts, rules::RuleDoc};

/// How many lines from its end a report may be signed.
const NEAR_END: usize = 8;
/// A longer line is a sentence, not a signature.
const LONGEST: usize = 40;
/// What may stand in front of a name or behind it in a line that is a signature: a province, a stamp, a date.
const BESIDE: usize = 14;
/// Characters before the parts that count as preface.
const PREFACE: u32 = 300;

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P805",
    name: "publisher-mismatch",
    severity: Severity::Warning,
    severities: &[Severity::Warning],
    title: ["标题与落款为不同单位", "title and signature name different bodies"],
    explanation: [
        "标题（没有单位名称的，看引言）与落款各写明名录中的一个报告单位，而两者互不隶属，也不是对方的办公厅（室）、政务公开主管部门、领导小组、曾用名或者承继单位：\
         多为套用他人报告后未改。名称不能确定属于一个单位的，不作判断。",
        "Title (or, where it names nobody, the preface) and signature each name a reporting body of the registry, and neither is \
         above the other, its general or lead office, its leading group, a former name or its successor: mostly another body's \
         report was used and not changed throughout. A name that may belong to several bodies says nothing.",
    ],
    basis: [
        "《政府信息公开条例》第四十九条（各行政机关公布本机关的年度报告）",
        "Regulation on government-information disclosure, Art. 49 (each body publishes its own report)",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let report = &facts.read()?.report;
    let site = facts.body.site.as_deref();
    let (head, title) = headed(facts, report, site)?;
    let (foot, signature) = signed(facts, report, site)?;
    if !head.reports_itself || !foot.reports_itself || facts.around.belong_together(head, foot) {
        return None;
    }
    let (name, year) = (&facts.body.name, facts.year);
    let message = Text::new(
        format!("{name}{year}年度报告：标题为{}，落款为{}", head.name, foot.name),
        format!("{name}: report for {year}: the title names {}, the signature {}", head.name, foot.name),
    );
    let quote = |span: Span| Evidence { text: span.of(&report.text).to_owned(), span };
    Some(Finding {
        evidence: vec![quote(title), quote(signature)],
        ..facts.finding(&DOC, Severity::Warning, message, DOC.basis())
    })
}

/// The body in the title, else in the preface.
fn headed<'f>(facts: &'f Facts, report: &Report, site: Option<&str>) -> Option<(&'f Body, Span)> {
    let title = report.title.as_ref();
    if let Some(found) = title.and_then(|title| Some((facts.around.named(&title.text, site)?, title.span))) {
        return Some(found);
    }
    let first = report.sections.iter().map(|section| section.span.start).min()?;
    let from = title.map_or(0, |title| title.span.end).max(first.saturating_sub(PREFACE));
    let span = Span::new(from.min(first), first);
    Some((facts.around.named(span.of(&report.text), site)?, span))
}

/// The body in a line near the end that is a name and little else.
fn signed<'f>(facts: &'f Facts, report: &Report, site: Option<&str>) -> Option<(&'f Body, Span)> {
    let last = report.sections.iter().map(|section| section.span).max_by_key(|span| span.start)?;
    let lines = lines(report, last);
    let near = lines.iter().rev().take(NEAR_END);
    near.filter_map(|(span, line)| {
        let length = line.chars().filter(|letter| !letter.is_whitespace()).count();
        let body = facts.around.named(line, site).filter(|_| length <= LONGEST)?;
        let names = std::iter::once(&body.name).chain(&body.former_names);
        let alone = |name: &String| {
            let own = name.chars().count();
            length >= own && length <= own + BESIDE
        };
        let sentence = line.contains(['，', ',', '。', '；', '：', ':']);
        (!sentence && names.into_iter().any(alone)).then_some((body, *span))
    })
    .next()
}

/// The lines of a stretch of the text that hold anything, with their places.
fn lines(report: &Report, stretch: Span) -> Vec<(Span, String)> {
    let mut lines = Vec::new();
    let mut start = stretch.start;
    for line in stretch.of(&report.text).split('\n') {
        let end = start.saturating_add(u32::try_from(line.chars().count()).unwrap_or(u32::MAX));
        if !line.trim().is_empty() {
            lines.push((Span::new(start, end), line.to_owned()));
        }
        start = end.saturating_add(1);
    }
    lines
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Kind, Level};
    use jiff::civil::date;

    use super::*;
    use crate::{
        around::Around,
        sample::{body, facts, row, source},
    };

    fn signed_by(name: &str) -> Facts {
        let named = |id: &str, name: &str, kind| Body {
            name: name.into(),
            parent: (id != "gov").then(|| "gov".to_owned()),
            ..body(id, kind, Level::County)
        };
        let mut facts = facts(date(2025, 2, 1));
        facts.around = Around::new(
            vec![
                named("gov", "临川县人民政府", Kind::Government),
                named("office", "临川县人民政府办公室", Kind::Office),
                Body {
                    former_names: vec!["临川县水利局".into()],
                    ..named("b1", "临川县水务局", Kind::Department)
                },
                named("edu", "临川县教育局", Kind::Department),
            ],
            [],
        );
        facts.sources = vec![source("2025-01-20T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-01-20T00:00:00Z")];
        let report = &mut facts.history[0].report;
        report
            .text
            .push_str(&format!("六、其他\n向临川县教育局学习，无其他事项。\n\n{name}\n2025年1月18日\n"));
        let end = u32::try_from(report.text.chars().count()).unwrap();
        report.sections.last_mut().unwrap().span.end = end;
        facts
    }

    #[test]
    fn a_report_that_another_department_signed_is_a_warning_with_both_places() {
        let finding = check(&signed_by("临川县教育局")).unwrap();
        assert_eq!(finding.message.zh, "临川县水务局2024年度报告：标题为临川县水务局，落款为临川县教育局");
        assert_eq!(finding.evidence[1].text, "临川县教育局");
    }

    #[test]
    fn its_own_its_former_name_the_government_and_its_office_may_sign() {
        for name in [
            "临川县水务局",
            "临川县水利局",
            "临川县人民政府",
            "临川县人民政府办公室",
            "临川县气象局",
            "水务局",
        ] {
            assert_eq!(check(&signed_by(name)), None, "{name}");
        }
    }

    #[test]
    fn a_sentence_that_names_another_body_is_no_signature() {
        assert_eq!(check(&signed_by("本报告由临川县教育局协助编制。")), None);
    }

    #[test]
    fn a_body_that_does_not_report_for_itself_is_left_out() {
        let mut facts = signed_by("临川县教育局");
        let mut bodies: Vec<Body> = facts.around.bodies().values().cloned().collect();
        bodies.iter_mut().filter(|body| body.id == "edu").for_each(|body| body.reports_itself = false);
        facts.around = Around::new(bodies, []);
        assert_eq!(check(&facts), None);
    }
}
