//! Traces of tables and reports outside the text: a title under 附件, a linked file, a picture in the report's place.
use std::sync::LazyLock;

use gongkai_model::{Span, TableHint, TableHintKind};
use regex::Regex;

use crate::page::Page;

static ATTACHED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(情况)?统计表|年度报告(附)?表|年报(附)?表|附\s*表").ok());
static FILE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\.(pdf|docx?|xlsx?|wps|et|ofd|rar|zip)([?#]|$)").ok());
/// Names of pictures that belong to the page and not to the report.
static DECORATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)logo|banner|icon|qr|ewm|erwei|二维码|weixin|wechat|weibo|jiucuo|纠错|conac|dzjg|党政机关|标识|(^|[^a-z])(bg|btn|top|foot|nav|arrow|search|share|print|close|home|jubao)|spacer|blank\.|loading|\.ico|\.gif$|打印|分享|微信|微博|徽").ok()
});

/// Traces within the report's own stretch of the page.
pub(super) fn find(page: &Page, own: Span) -> Vec<TableHint> {
    let within = |span: Span| own.start <= span.start && span.start <= own.end;
    let mut hints = Vec::new();
    let attached = page.rows.iter().filter_map(|row| row.line()).filter(|line| {
        line.text.chars().count() <= 60
            && within(line.span)
            && !line.text.contains(['。', '，', ','])
            && ATTACHED.as_ref().is_some_and(|p| p.is_match(&line.text))
    });
    hints.extend(attached.map(|line| TableHint { kind: TableHintKind::Attachment, quote: line.quote() }));
    let files = page.links.iter().filter(|link| FILE.as_ref().is_some_and(|p| p.is_match(&link.href)));
    hints.extend(
        files
            .filter(|link| own.start <= link.quote.span.start)
            .map(|link| TableHint { kind: TableHintKind::Attachment, quote: link.quote.clone() }),
    );
    let pictures = page.images.iter().filter(|image| {
        within(image.span) && !DECORATION.as_ref().is_some_and(|words| words.is_match(&image.text))
    });
    hints.extend(pictures.map(|quote| TableHint { kind: TableHintKind::Image, quote: quote.clone() }));
    hints.dedup();
    hints
}
