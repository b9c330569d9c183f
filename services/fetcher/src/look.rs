//! What a 200 really is: a challenge, a login page, an apology or a blank page is not the document that was asked for.
use std::sync::LazyLock;

use gongkai_runtime::http::Fetched;
use memchr::memchr_iter;
use regex::Regex;
use scraper::{ElementRef, Html, Node, Selector};

/// Pages with less visible text than this are looked at for words of a challenge, a login or an apology.
const SHORT: usize = 400;
/// Block pages of firewalls may explain themselves at length; none is longer than this.
const LONGEST_BLOCK: usize = 3_000;
/// Pages with less than this show nothing.
const NOTHING: usize = 10;

const CHALLENGE: &[&str] = &[
    "安全验证",
    "人机验证",
    "验证码",
    "滑块",
    "请开启JavaScript",
    "启用JavaScript",
    "访问过于频繁",
    "请求过于频繁",
    "访问被拒绝",
    "请求被拦截",
    "已被拦截",
    "非法请求",
    "Checking your browser",
    "enable JavaScript",
];
/// What a firewall says of itself; on a page that does not speak of a report it is believed at any length.
const BLOCK: &[&str] = &[
    "请求被拦截",
    "已被拦截",
    "访问被拦截",
    "访问被拒绝",
    "非法请求",
    "防火墙",
    "安全验证",
    "人机验证",
    "Access Denied",
    "Web Application Firewall",
];
static BLOCKED: LazyLock<Regex> = LazyLock::new(|| words(BLOCK));
const APOLOGY: &[&str] = &[
    "页面不存在",
    "页面没有找到",
    "找不到页面",
    "无法找到",
    "内容不存在",
    "内容已被删除",
    "文章不存在",
    "已删除",
    "404 Not Found",
    "Not Found",
];
/// The server speaks of itself, not of the address: what was asked for may well be there.
const BUSY: &[&str] = &["系统维护", "正在维护", "维护中", "暂停服务", "系统繁忙", "服务繁忙", "服务器繁忙"];

/// What a page that is about annual reports says somewhere.
const REPORT: &[&str] = &["年度报告", "年报", "政府信息公开"];

/// The format of bytes, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A web page.
    Html,
    /// Plain text.
    Text,
    /// A file that can carry a report: PDF, Word, spreadsheet, OFD, image.
    File,
    /// Nothing that can.
    Other,
}

/// What a page turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing against it.
    Content,
    /// A challenge.
    Challenge(String),
    /// A login page.
    Login,
    /// An error page under status 200: there is no such page.
    Apology(String),
    /// An error page under status 200: the server cannot answer now.
    Busy(String),
    /// A page that shows nothing.
    Blank,
}

impl Look {
    /// What is wrong, for people; `None` for content.
    pub fn complaint(&self) -> Option<String> {
        match self {
            Self::Content => None,
            Self::Challenge(why) => Some(format!("a challenge instead of the page ({why})")),
            Self::Login => Some("a login page".to_owned()),
            Self::Apology(words) | Self::Busy(words) => {
                Some(format!("an error page under status 200 ({words})"))
            }
            Self::Blank => Some("a page without content".to_owned()),
        }
    }
}

/// The format, from the first bytes, then the declared type.
pub fn format(fetched: &Fetched) -> Format {
    let bytes = fetched.body.as_slice();
    let magic: [&[u8]; 8] = [
        b"%PDF-",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"{\\rtf",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"II*\0",
    ];
    if magic.iter().any(|start| bytes.starts_with(start)) {
        return Format::File;
    }
    let head: &[u8] = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if head.contains(&0) && !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff") {
        return Format::Other;
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with("<!doctype html") || text.contains("<html") || text.contains("<body") {
        return Format::Html;
    }
    match fetched.media_type().as_deref() {
        Some("text/html" | "application/xhtml+xml") => Format::Html,
        Some(media) if media.starts_with("text/plain") => Format::Text,
        // Without a type only what looks like markup counts.
        None if start.starts_with('<') => Format::Html,
        _ => Format::Other,
    }
}

/// True for a page that surely shows so much text that [`look`] will have nothing against it; `false` decides nothing. Text that
/// is not shown, or that may be none, is not counted, and a page that hides text in unusual ways is left to the parser.
pub fn shows_much(source: &str) -> bool {
    if find_tag(source, "<template").is_some() || BLOCKED.is_match(source) {
        return false;
    }
    let (mut rest, mut shown) = (source, 0);
    while let Some((text, markup)) = rest.split_once('<') {
        shown += text.chars().filter(|c| !c.is_whitespace()).count();
        if shown >= SHORT {
            return true;
        }
        let Some(after) = behind(markup) else { return false };
        rest = after;
    }
    shown + rest.chars().filter(|c| !c.is_whitespace()).count() >= SHORT
}

/// What follows a tag, a comment, or an element whose text is not shown; markup is what follows its `<`.
fn behind(markup: &str) -> Option<&str> {
    if let Some(comment) = markup.strip_prefix("!--") {
        return comment.split_once("-->").map(|(_, after)| after);
    }
    let name: String =
        markup.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if is_hidden(&name) {
        let end = find_tag(markup, &format!("</{name}"))?;
        return markup.get(end..)?.split_once('>').map(|(_, after)| after);
    }
    let mut rest = markup;
    loop {
        let (at, end) = rest.char_indices().find(|(_, c)| matches!(c, '>' | '"' | '\''))?;
        rest = rest.get(at + 1..)?;
        if end == '>' {
            return Some(rest);
        }
        rest = rest.split_once(end)?.1;
    }
}

/// Where a tag begins (`<` and ASCII), in whatever case it is written.
fn find_tag(text: &str, tag: &str) -> Option<usize> {
    let (bytes, tag) = (text.as_bytes(), tag.as_bytes());
    memchr_iter(b'<', bytes)
        .find(|at| bytes.get(*at..*at + tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag)))
}

/// One search for many words.
#[expect(clippy::unwrap_used, reason = "words without marks are a pattern, and a test looks for each")]
fn words(words: &[&str]) -> Regex {
    Regex::new(&words.join("|")).unwrap()
}

/// Looks at a page on which what was asked for was not recognised.
pub fn look(page: &Html) -> Look {
    let facts = Facts::of(page);
    if facts.shown < NOTHING && (facts.scripts || facts.refresh) {
        return Look::Challenge("a script and no text".to_owned());
    }
    if facts.password && facts.shown < SHORT {
        return Look::Login;
    }
    if facts.shown < SHORT {
        if let Some(words) = CHALLENGE.iter().find(|words| facts.text.contains(**words)) {
            return Look::Challenge((*words).to_owned());
        }
        if let Some(words) = BUSY.iter().find(|words| facts.text.contains(**words)) {
            return Look::Busy((*words).to_owned());
        }
        if let Some(words) = APOLOGY.iter().find(|words| facts.text.contains(**words)) {
            return Look::Apology((*words).to_owned());
        }
    }
    if facts.shown < LONGEST_BLOCK
        && !REPORT.iter().any(|words| facts.text.contains(words))
        && let Some(words) = BLOCK.iter().find(|words| facts.text.contains(**words))
    {
        return Look::Challenge((*words).to_owned());
    }
    if facts.shown < NOTHING && !facts.embeds {
        return Look::Blank;
    }
    Look::Content
}

struct Facts {
    /// Title and visible text, the beginning of it.
    text: String,
    /// Visible characters outside the title.
    shown: usize,
    scripts: bool,
    refresh: bool,
    password: bool,
    embeds: bool,
}

impl Facts {
    fn of(page: &Html) -> Self {
        let has = |selector: &str| {
            Selector::parse(selector).is_ok_and(|selector| page.select(&selector).next().is_some())
        };
        let title = Selector::parse("title").ok().and_then(|title| page.select(&title).next());
        let mut text: String = title.map(|title| title.text().collect()).unwrap_or_default();
        text.push('\n');
        let mut shown = 0;
        for node in page.tree.nodes() {
            let Node::Text(piece) = node.value() else { continue };
            if node.ancestors().filter_map(ElementRef::wrap).any(|element| is_hidden(element.value().name()))
            {
                continue;
            }
            shown += piece.chars().filter(|c| !c.is_whitespace()).count();
            text.push_str(piece);
            if shown >= LONGEST_BLOCK {
                break;
            }
        }
        Self {
            text,
            shown,
            scripts: has("script"),
            refresh: has("meta[http-equiv='refresh' i]"),
            password: has("input[type='password' i]"),
            embeds: has("iframe[src], embed[src], object[data], img[src], a[href]"),
        }
    }
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "title" | "head")
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn fetched(content_type: Option<&str>, body: &[u8]) -> Fetched {
        Fetched {
            status: 200,
            final_url: Url::parse("http://a.example/").unwrap(),
            etag: None,
            last_modified: None,
            content_type: content_type.map(Into::into),
            retry_after: None,
            body: body.to_vec(),
            cut: false,
        }
    }

    #[test]
    fn the_bytes_say_what_they_are() {
        let cases: &[(Option<&str>, &[u8], Format)] = &[
            (Some("text/html"), b"%PDF-1.7", Format::File),
            (Some("application/pdf"), b"<!DOCTYPE html><html>", Format::Html),
            (Some("text/html; charset=gbk"), b"\xd4\xc6<p>", Format::Html),
            (None, b"  <div>x</div>", Format::Html),
            (Some("application/json"), b"{\"a\":1}", Format::Other),
            (Some("application/octet-stream"), b"PK\x03\x04", Format::File),
            (Some("text/plain"), b"abc", Format::Text),
            (Some("application/octet-stream"), b"\x00\x01", Format::Other),
        ];
        for (content_type, body, want) in cases {
            assert_eq!(format(&fetched(*content_type, body)), *want, "{content_type:?} {body:?}");
        }
    }

    #[test]
    fn a_page_that_surely_shows_much_is_one_that_the_parser_has_nothing_against() {
        let long = "公开".repeat(SHORT);
        let much = [
            format!("<body><p>{long}</p>"),
            format!("<script>if (1 < 2) {{}}</script><p title=\"a > b\">{long}"),
            format!("<!-- {long} --><p>{long}</p>"),
            format!("<head><title>x</title></head>{long}<p>"),
        ];
        let not_sure = [
            format!("<script>{long}</script>"),
            format!("<p title=\"{long} > {long}\">x</p>"),
            format!("<noscript><p>{long}</p></noscript><b>"),
            format!("<template><p>{long}</p></template><p>{long}</p>"),
            format!("<!-- {long} <p>{long}"),
            format!("<STYLE>{long}</style><p>短</p>"),
            "<p>短</p>".to_owned(),
        ];
        for page in much {
            assert!(shows_much(&page), "{page}");
            assert_eq!(look(&Html::parse_document(&page)), Look::Content, "{page}");
        }
        let blocked = BLOCK.iter().map(|words| format!("<p>{long}</p>{words}"));
        for page in not_sure.into_iter().chain(blocked) {
            assert!(!shows_much(&page), "{page}");
        }
    }

    #[test]
    fn soft_failures_are_told_apart() {
        let long = "公开".repeat(SHORT);
        let cases = [
            ("<html><head><script>var a=1</script></head><body></body></html>".to_owned(), "challenge"),
            ("<meta http-equiv=Refresh content='0;url=/x'>".to_owned(), "challenge"),
            ("<body>请开启JavaScript并刷新该页</body>".to_owned(), "challenge"),
            ("<title>统一身份认证</title><form>用户登录<input type=PASSWORD></form>".to_owned(), "login"),
            ("<title>404</title><p>抱歉，您访问的页面不存在或已删除</p>".to_owned(), "apology"),
            ("<p>系统繁忙，请稍后再试</p>".to_owned(), "busy"),
            ("<title>系统维护</title><p>页面不存在</p>".to_owned(), "busy"),
            ("<html><body>  </body></html>".to_owned(), "blank"),
            ("<html><body><iframe src='a.pdf'></iframe></body></html>".to_owned(), "content"),
            (format!("<body>{long}<input type=password> 验证码</body>"), "content"),
            (format!("<title>提示</title><p>{}您的请求已被拦截</p>", "说明".repeat(SHORT)), "challenge"),
            (format!("<p>政府信息公开工作年度报告{}建成防火墙</p>", "说明".repeat(SHORT)), "content"),
            (format!("<p>{}建成防火墙</p>", "说明".repeat(LONGEST_BLOCK)), "content"),
        ];
        for (html, want) in cases {
            let got = match look(&Html::parse_document(&html)) {
                Look::Content => "content",
                Look::Challenge(_) => "challenge",
                Look::Login => "login",
                Look::Apology(_) => "apology",
                Look::Busy(_) => "busy",
                Look::Blank => "blank",
            };
            assert_eq!(got, want, "{html}");
        }
    }
}
