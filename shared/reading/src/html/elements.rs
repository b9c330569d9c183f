//! Which elements part lines, say nothing or are not shown.
use scraper::node::Element;

pub(super) fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "title"
            | "nav"
            | "footer"
            | "select"
            | "button"
            | "iframe"
            | "object"
            | "svg"
            | "textarea"
            | "del"
            | "s"
            | "strike"
    )
}

pub(super) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| name == "hidden" || (name == "style" && hides(value)))
}

/// `display: none` or `visibility: hidden`, in any case and with any blanks.
fn hides(style: &str) -> bool {
    let says = |word: &str| {
        style.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    // Nearly every style says neither word; only the rest is looked at closely.
    (says("none") || says("hidden")) && {
        let style: String =
            style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    }
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "hr"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "tr"
            | "td"
            | "th"
            | "table"
            | "tbody"
            | "caption"
            | "section"
            | "article"
            | "header"
            | "main"
            | "aside"
            | "form"
            | "pre"
            | "blockquote"
            | "figure"
            | "center"
            | "body"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ucaptitle"
            | "ucapcontent"
            | "publishtime"
            | "pubdate"
            | "item"
            | "content"
            | "description"
    )
}

pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// What stands in a field of a form; buttons and choices say nothing.
pub(super) fn typed(element: &Element) -> Option<&str> {
    let shown =
        matches!(element.attr("type").unwrap_or("text").to_ascii_lowercase().as_str(), "text" | "number");
    (element.name() == "input" && shown).then(|| element.attr("value"))?
}
