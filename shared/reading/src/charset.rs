//! Bytes to text: what is declared is tried first, what the bytes themselves say decides.
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a page is searched for a declaration or shown to the detector.
const PREFIX: usize = 4096;

/// Decoded text and the name of the charset that was used.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) charset: &'static str,
}

/// Decodes with, in this order: a byte-order mark, UTF-8 if they are valid UTF-8, the declared charset if the bytes obey it,
/// a guess from the first bytes that look foreign.
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return lossy(encoding, bytes.get(mark..).unwrap_or_default());
    }
    if let Some(encoding) = utf_16(bytes) {
        return lossy(encoding, bytes);
    }
    // Text of another charset that happens to be valid UTF-8 is too rare to believe a declaration more.
    if let Some(decoded) = strict(UTF_8, bytes).filter(|_| !bytes.is_ascii()) {
        return decoded;
    }
    let named =
        declared.and_then(encoding_of).or_else(|| meta_charset(bytes).and_then(|name| encoding_of(&name)));
    let named = named.filter(|encoding| can_be_chinese(encoding));
    if let Some(decoded) = named.and_then(|encoding| strict(encoding, bytes)) {
        return decoded;
    }
    // A page that is what it says but for a few broken bytes stays what it says.
    let said = lossy(named.unwrap_or(UTF_8), bytes);
    if lost(&said) * 50 <= said.text.chars().count() {
        return said;
    }
    [guess(bytes), GB18030, UTF_8]
        .into_iter()
        .map(|encoding| lossy(encoding, bytes))
        .min_by_key(lost)
        .unwrap_or(said)
}

/// UTF-16 by its mark, or without one by what it says: these pages are about 信息公开.
pub(crate) fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ if !bytes.contains(&0) => return None,
        _ => {}
    }
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| {
        strict(encoding, bytes)
            .is_some_and(|decoded| decoded.text.contains("公开") && !decoded.text.contains('\0'))
    })
}

/// Every byte is valid in the charsets of one byte a character and nothing is Chinese: declared, they say nothing.
fn can_be_chinese(encoding: &'static Encoding) -> bool {
    !encoding.is_single_byte() && encoding != UTF_16LE && encoding != UTF_16BE
}

/// How many characters could not be decoded.
fn lost(decoded: &Decoded) -> usize {
    decoded.text.matches('\u{FFFD}').count()
}

/// GBK and GB2312 are read as their superset.
fn encoding_of(name: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(name.trim().as_bytes())?;
    Some(if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<Decoded> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(Decoded { text: text.into_owned(), charset: encoding.name() })
}

fn lossy(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), charset: encoding.name() }
}

/// The detector sees a short stretch around the first foreign byte: whole pages cost too much.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|byte| *byte >= 0x80).unwrap_or(0);
    let stretch = bytes.get(first..bytes.len().min(first + PREFIX)).unwrap_or_default();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(stretch, true);
    let encoding = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    if encoding == encoding_rs::GBK { GB18030 } else { encoding }
}

/// `charset=…` of a `<meta>` element near the start.
fn meta_charset(bytes: &[u8]) -> Option<String> {
    let head: String = bytes
        .iter()
        .take(PREFIX)
        .map(|byte| if byte.is_ascii() { byte.to_ascii_lowercase() as char } else { ' ' })
        .collect();
    let mut rest = head.as_str();
    while let Some(at) = rest.find("<meta") {
        rest = rest.get(at + 5..)?;
        let element = rest.split('>').next()?;
        if let Some(at) = element.find("charset=") {
            let value = element.get(at + 8..)?.trim_start_matches(['"', '\'', ' ']);
            let end = value
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)))
                .unwrap_or(value.len());
            return value.get(..end).map(str::to_owned);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "一、总体情况。本机关依法公开政府信息，收到申请三件，均已答复。";

    #[test]
    fn a_false_declaration_does_not_win() {
        let (gbk, _, _) = GB18030.encode(LINE);
        for declared in [Some("utf-8"), None, Some("gb2312"), Some("no-such-charset")] {
            let decoded = decode(&gbk, declared);
            assert_eq!((decoded.text.as_str(), decoded.charset), (LINE, "gb18030"), "{declared:?}");
        }
        assert_eq!(decode(LINE.as_bytes(), Some("gb2312")).text, LINE);
    }

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        let text = "政府信息公开\n2024年";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little, None).text, text);
        assert_eq!(decode(&big, Some("utf-8")).text, text);
        assert_eq!(decode(&[&[0xFF, 0xFE], little.as_slice()].concat(), None).text, text);
        assert_eq!(utf_16(b"abc\0def"), None);
    }

    #[test]
    fn a_declared_charset_without_chinese_says_nothing() {
        let (gbk, _, _) = GB18030.encode(LINE);
        assert_eq!(decode(&gbk, Some("iso-8859-1")).text, LINE);
        let page = format!("<meta charset=utf-16>{LINE}");
        assert_eq!(decode(page.as_bytes(), None).text, page);
    }

    #[test]
    fn the_declaration_in_the_page_counts() {
        let page = format!(
            "<html><head><META http-equiv=Content-Type content='text/html; charset=gb2312'></head>{LINE}"
        );
        let (bytes, _, _) = GB18030.encode(&page);
        assert_eq!(decode(&bytes, None).charset, "gb18030");
        assert_eq!(meta_charset(b"<meta charset=\"Big5\">").as_deref(), Some("big5"));
    }

    #[test]
    fn broken_bytes_stay_visible() {
        let mut bytes = LINE.repeat(3).into_bytes();
        bytes.truncate(bytes.len() - 1);
        let decoded = decode(&bytes, Some("utf-8"));
        assert!(decoded.text.starts_with("一、总体情况") && decoded.text.ends_with('\u{FFFD}'));
    }
}
