//! Styles that hide an element.
use std::sync::LazyLock;

use memchr::memmem::Finder;

static NONE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("none"));
static HIDDEN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("hidden"));

/// `display: none` or `visibility: hidden`, in any case and with any blanks.
pub(super) fn hides(style: &str) -> bool {
    // Nearly every style says neither word; only the rest is looked at closely.
    may_hide(style.as_bytes()) && {
        let style: String =
            style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    }
}

/// The style has the word `none` or `hidden`.
fn may_hide(style: &[u8]) -> bool {
    // Styles in capitals are rare, and all bytes are looked at together.
    if style.iter().fold(false, |capitals, byte| capitals | byte.is_ascii_uppercase()) {
        let style = style.to_ascii_lowercase();
        return NONE.find(&style).is_some() || HIDDEN.find(&style).is_some();
    }
    NONE.find(style).is_some() || HIDDEN.find(style).is_some()
}
