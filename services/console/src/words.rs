//! How states, verdicts, gravities and dates are worded: a symbol and a word each, so that nothing hangs on colour.
use gongkai_model::{Kind, Level, Origin, PublishedKind, Rate, Severity, Verdict};
use gongkai_runtime::clock::ZONE;
use gongkai_store::{DueState, PollOutcome};
use jiff::{Timestamp, tz::TimeZone};

use crate::frame::Frame;

/// A small mark: class for its colour, symbol, word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) class: &'static str,
    pub(crate) symbol: &'static str,
    pub(crate) word: &'static str,
}

fn tag(f: &Frame, class: &'static str, symbol: &'static str, zh: &'static str, en: &'static str) -> Tag {
    Tag { class, symbol, word: f.t(zh, en) }
}

pub(crate) fn severity(f: &Frame, severity: Severity) -> Tag {
    match severity {
        Severity::Error => tag(f, "bad", "✕", "错误", "error"),
        Severity::Warning => tag(f, "warn", "▲", "警告", "warning"),
        Severity::Hint => tag(f, "note", "○", "提示", "hint"),
    }
}

pub(crate) fn verdict(f: &Frame, verdict: Option<Verdict>) -> Tag {
    match verdict {
        Some(Verdict::Consistent) => tag(f, "good", "✓", "一致", "consistent"),
        Some(Verdict::Inconsistent) => tag(f, "bad", "✕", "不一致", "inconsistent"),
        Some(Verdict::Incomplete) => tag(f, "warn", "◐", "不完整", "incomplete"),
        None => tag(f, "note", "–", "未判定", "not judged"),
    }
}

pub(crate) fn due_state(f: &Frame, state: DueState) -> Tag {
    match state {
        DueState::NotDue => tag(f, "note", "·", "未到期", "not due"),
        DueState::DueSoon => tag(f, "warn", "◔", "即将到期", "due soon"),
        DueState::InTime => tag(f, "good", "✓", "按时", "in time"),
        DueState::Late => tag(f, "warn", "▲", "逾期发布", "late"),
        DueState::Overdue => tag(f, "bad", "✕", "逾期未见", "overdue"),
        DueState::Missing => tag(f, "bad", "✕", "缺失", "missing"),
        DueState::Unknown => tag(f, "note", "?", "无法判断", "unknown"),
    }
}

pub(crate) fn poll(f: &Frame, outcome: PollOutcome, complete: bool) -> Tag {
    match outcome {
        PollOutcome::Ok if complete => tag(f, "good", "✓", "完整", "complete"),
        PollOutcome::Ok => tag(f, "warn", "◐", "不完整", "incomplete"),
        PollOutcome::Empty => tag(f, "warn", "▲", "未识别到条目", "no items"),
        PollOutcome::Challenge => tag(f, "warn", "▲", "验证页面", "challenge page"),
        PollOutcome::Login => tag(f, "warn", "▲", "需要登录", "login page"),
        PollOutcome::WrongType => tag(f, "warn", "▲", "不是网页", "not a web page"),
        PollOutcome::Unreachable => tag(f, "bad", "✕", "无法访问", "unreachable"),
        PollOutcome::Status => tag(f, "bad", "✕", "状态码异常", "HTTP status"),
        PollOutcome::Forbidden => tag(f, "note", "–", "robots禁止", "forbidden by robots.txt"),
    }
}

pub(crate) fn origin(f: &Frame, origin: Origin) -> &'static str {
    match origin {
        Origin::Publication => f.t("公布内容", "publication"),
        Origin::Reading => f.t("识读", "reading"),
        Origin::Unclear => f.t("原因不明", "unclear"),
    }
}

pub(crate) fn published_kind(f: &Frame, kind: PublishedKind) -> &'static str {
    match kind {
        PublishedKind::PublishLine => f.t("页面发布时间", "publish line of the page"),
        PublishedKind::Metadata => f.t("页面元数据", "page metadata"),
        PublishedKind::Signature => f.t("落款日期", "signature"),
        PublishedKind::Url => f.t("网址中的日期", "date in the address"),
        PublishedKind::FirstSeen => f.t("首次发现", "first seen"),
    }
}

pub(crate) fn level(f: &Frame, level: Level) -> &'static str {
    match level {
        Level::Central => f.t("中央", "central"),
        Level::Province => f.t("省级", "province"),
        Level::Prefecture => f.t("市级", "prefecture"),
        Level::County => f.t("县级", "county"),
        Level::Township => f.t("乡级", "township"),
    }
}

pub(crate) fn kind(f: &Frame, kind: Kind) -> &'static str {
    match kind {
        Kind::Government => f.t("人民政府", "government"),
        Kind::Office => f.t("办公厅（室）", "general office"),
        Kind::Department => f.t("部门", "department"),
        Kind::Township => f.t("乡镇", "township"),
        Kind::Street => f.t("街道", "street"),
        Kind::Zone => f.t("开发区", "zone"),
        Kind::Vertical => f.t("垂直管理", "vertical"),
    }
}

/// A moment as people in Asia/Shanghai read it, to the minute.
pub(crate) fn moment(at: Timestamp) -> String {
    let zone = TimeZone::get(ZONE).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::Offset::constant(8)));
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A rate with its numerator and denominator: `66.7% (2/3)`; a dash where there is nothing to divide by.
pub(crate) fn rate(rate: &Rate) -> String {
    let (numerator, denominator) = (rate.numerator, rate.denominator);
    rate.percent().map_or_else(|| "—".to_owned(), |percent| format!("{percent} ({numerator}/{denominator})"))
}

/// One segment of a path, percent-encoded.
pub(crate) fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_shanghai() {
        assert_eq!(moment("2025-01-31T16:30:00Z".parse().unwrap()), "2025-02-01 00:30");
    }

    #[test]
    fn a_body_id_cannot_leave_its_path_segment() {
        assert_eq!(segment("a/../b?c"), "a%2F..%2Fb%3Fc");
    }
}
