//! P801: published after its due date. Accuses only with proof; dates that prove nothing give a hint.
use gongkai_model::{Finding, Severity, Text};
use jiff::civil::Date;

use crate::{
    calendar::{DueBasis, days},
    facts::Facts,
    rules::RuleDoc,
    timing::{Timing, WeakDate, timing},
};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P801",
    name: "published-late",
    severity: Severity::Warning,
    severities: &[Severity::Warning, Severity::Hint],
    title: ["年度报告逾期发布", "report published after its due date"],
    explanation: [
        "证据有二：页面标注的发布时间晚于期限，且没有更早的发布记录；或者期限当日及之后的一次完整巡查未见该报告，其后才首次发现。\
         仅有落款、网址、元数据或网站迁移日期晚于期限的，只作提示。单位自定（地方）期限早于法定期限的，逾自定期限也只作提示。期限当日发布视为按时。",
        "Proof is either a publish line on the page that is later than the date, with nothing earlier on record, or a complete \
         list, read on the date or after, that lacked the report before it was first seen. A signature, an address, metadata or \
         the date of a site's migration alone gives a hint, and so does a local date that is earlier than the legal one. The \
         day itself is in time.",
    ],
    basis: [
        "《政府信息公开条例》第四十九条；2008—2018年度为国务院令第492号第三十一条",
        "Regulation on government-information disclosure, Art. 49; for 2008-2018 Decree 492, Art. 31",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    if !facts.found() {
        return None;
    }
    let due = facts.deadline.due?;
    let basis = facts.deadline.basis;
    if let Some(message) = message(facts, due, false) {
        return Some(facts.finding(&DOC, message.0, message.1, basis.text()));
    }
    let own = facts.deadline.own?;
    let (_, message) = message(facts, own, true)?;
    Some(facts.finding(&DOC, Severity::Hint, message, DueBasis::LocalNotice.text()))
}

fn message(facts: &Facts, due: Date, own: bool) -> Option<(Severity, Text)> {
    let (name, year) = (&facts.body.name, facts.year);
    let (due_zh, due_en) =
        if own { ("地方通知规定的期限", "the local date") } else { ("期限", "the date") };
    let text = |date: Date, how_zh: String, how_en: String| {
        let late = days(due, date);
        Text::new(
            format!("{name}{year}年度报告晚于{due_zh}{due}发布，逾期{late}天：{how_zh}"),
            format!("{name}: report for {year} published {late} day(s) after {due_en}, {due}: {how_en}"),
        )
    };
    match timing(facts, due) {
        Timing::InTime | Timing::Unknown => None,
        Timing::LateByLine(date) => Some((
            Severity::Warning,
            text(date, format!("页面发布时间{date}"), format!("the page says {date}")),
        )),
        Timing::LateBySight { seen, lacking } => Some((
            Severity::Warning,
            text(
                seen,
                format!("{lacking}完整巡查未见，{seen}首次发现"),
                format!("the complete list of {lacking} lacked it, first seen on {seen}"),
            ),
        )),
        Timing::Doubtful { date, kind } => {
            let (zh, en) = weak(kind);
            let message = Text::new(
                format!("{name}{year}年度报告可能晚于{due_zh}{due}发布：{zh}{date}，尚无发布时间佐证"),
                format!(
                    "{name}: report for {year} may be later than {due_en}, {due}: {en} {date}, no publish line proves it"
                ),
            );
            Some((Severity::Hint, message))
        }
    }
}

const fn weak(kind: WeakDate) -> (&'static str, &'static str) {
    match kind {
        WeakDate::Signature => ("落款日期", "signed"),
        WeakDate::Url => ("网址中的日期", "the address has"),
        WeakDate::Metadata => ("页面元数据日期", "page metadata has"),
        WeakDate::Listed => ("栏目列表日期", "the list has"),
        WeakDate::Migrated => ("页面发布时间（疑为网站迁移）", "the page says (perhaps moved)"),
    }
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Published, PublishedKind};
    use jiff::civil::date;

    use super::*;
    use crate::sample::{facts, poll, row, source};

    fn published(kind: PublishedKind, day: Date) -> Facts {
        let mut facts = facts(date(2025, 6, 1));
        facts.sources = vec![source("2025-06-01T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-06-01T00:00:00Z")];
        facts.history[0].report.published = Some(Published { date: day, kind, span: None });
        facts
    }

    fn found(facts: &Facts) -> Option<(Severity, String)> {
        check(facts).map(|finding| (finding.severity, finding.message.zh))
    }

    #[test]
    fn a_late_publish_line_is_a_warning_with_the_days() {
        let (severity, message) = found(&published(PublishedKind::PublishLine, date(2025, 2, 5))).unwrap();
        assert_eq!(severity, Severity::Warning);
        assert_eq!(
            message,
            "临川县水务局2024年度报告晚于期限2025-01-31发布，逾期5天：页面发布时间2025-02-05"
        );
    }

    #[test]
    fn a_late_first_sight_after_a_list_that_lacked_it_is_a_warning() {
        let mut facts = published(PublishedKind::FirstSeen, date(2025, 6, 1));
        assert_eq!(found(&facts), None, "first import proves nothing");
        facts.polls.add(&poll("s", "annual", "2025-02-03T08:00:00Z", true));
        let (severity, message) = found(&facts).unwrap();
        assert_eq!(severity, Severity::Warning);
        assert!(message.ends_with("逾期121天：2025-02-03完整巡查未见，2025-06-01首次发现"), "{message}");
    }

    #[test]
    fn a_signature_or_address_alone_is_a_hint() {
        for kind in [PublishedKind::Signature, PublishedKind::Url, PublishedKind::Metadata] {
            assert_eq!(found(&published(kind, date(2025, 2, 5))).unwrap().0, Severity::Hint, "{kind:?}");
        }
    }

    #[test]
    fn missing_the_own_date_and_meeting_the_legal_one_is_a_hint_on_the_local_notice() {
        let mut facts = published(PublishedKind::PublishLine, date(2025, 1, 20));
        assert_eq!(found(&facts), None);
        facts.deadline.own = Some(date(2025, 1, 15));
        let finding = check(&facts).unwrap();
        assert_eq!((finding.severity, finding.basis.zh.as_str()), (Severity::Hint, "地方通知规定的期限"));
    }

    #[test]
    fn a_body_without_a_date_is_never_late() {
        let mut facts = published(PublishedKind::PublishLine, date(2025, 5, 5));
        facts.deadline.due = None;
        assert_eq!(found(&facts), None);
    }
}
