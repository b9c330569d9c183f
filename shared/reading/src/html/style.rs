//! Styles that hide an element.

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
    let begins = |at: usize, word: &[u8]| {
        style.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    style.iter().enumerate().any(|(at, byte)| match byte {
        b'n' | b'N' => begins(at, b"none"),
        b'h' | b'H' => begins(at, b"hidden"),
        _ => false,
    })
}
