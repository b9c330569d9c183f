//! The source of a document as a URI reference: addresses as they are, relative paths relative, everything else percent-encoded.

/// `examples/年报 1.html` is `examples/%E5%B9%B4…%201.html`, `/a` is `file:///a`, and standard input keeps its name `-`.
pub(super) fn reference(source: &str) -> String {
    if source.starts_with("http://") || source.starts_with("https://") {
        return source.to_owned();
    }
    let scheme = if source.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded = source
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    encoded.fold(scheme.to_owned(), |whole, part| whole + &part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_becomes_a_reference_that_cannot_mean_something_else() {
        assert_eq!(reference("-"), "-");
        assert_eq!(reference("drafts/云泽 1.html"), "drafts/%E4%BA%91%E6%B3%BD%201.html");
        assert_eq!(reference("../a%b?c#d.html"), "../a%25b%3Fc%23d.html");
        assert_eq!(reference("javascript:x"), "javascript%3Ax");
        assert_eq!(reference("/srv/a.html"), "file:///srv/a.html");
        assert_eq!(reference("https://yz.example/a%20b?x=1"), "https://yz.example/a%20b?x=1");
    }
}
