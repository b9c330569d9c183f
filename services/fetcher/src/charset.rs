//! Bytes of a list page to text: profile, header, byte order mark, `<meta>`, then what fits.
use encoding_rs::{Encoding, GB18030, UTF_8};

/// Where a `<meta>` must stand to be looked at.
const HEAD: usize = 4096;

/// The text of a page: what a profile fixes, then UTF-8 if the bytes are valid UTF-8, what is declared, GB18030; where nothing
/// fits to the last byte, what loses least.
pub fn decode(bytes: &[u8], content_type: Option<&str>, fixed: Option<&'static Encoding>) -> String {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default()).0.into_owned();
    }
    let declared = content_type.and_then(in_header).or_else(|| in_meta(bytes));
    // Servers declare a charset of single bytes by default; every byte is valid in it, and none of it is Chinese.
    let declared = declared.filter(|encoding| !encoding.is_single_byte());
    // Text of another charset that happens to be valid UTF-8 is too rare to believe a declaration more.
    let candidates = [fixed, Some(UTF_8), declared, Some(GB18030)];
    let decoded = |encoding: &'static Encoding| encoding.decode_without_bom_handling(bytes).0.into_owned();
    let lost = |text: &String| text.matches('\u{FFFD}').count();
    let mut best: Option<(usize, String)> = None;
    for text in candidates.into_iter().flatten().map(decoded) {
        let lost = lost(&text);
        if lost == 0 {
            return text;
        }
        if best.as_ref().is_none_or(|(least, _)| lost < *least) {
            best = Some((lost, text));
        }
    }
    best.map(|(_, text)| text).unwrap_or_default()
}

fn in_header(content_type: &str) -> Option<&'static Encoding> {
    label_after(content_type)
}

fn in_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD.min(bytes.len()))?;
    let text: String = head.iter().map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
    let metas = text.split("<meta").skip(1).filter_map(|rest| rest.split('>').next());
    metas.into_iter().find_map(label_after)
}

fn label_after(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, value) = lower.split_once("charset")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label: String =
        value.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_the_encoding_that_fits() {
        let gbk = GB18030.encode("云泽市年度报告").0;
        let meta = [b"<META http-equiv=Content-Type content=\"text/html; charset=gb2312\">".as_slice(), &gbk]
            .concat();
        let wrong = [b"<meta charset='utf-8'>".as_slice(), &gbk].concat();
        assert!(decode(&meta, None, None).contains("云泽市年度报告"));
        assert!(decode(&wrong, None, None).contains("云泽市年度报告"));
        assert!(decode(&gbk, Some("text/html; charset=GBK"), None).contains("云泽市年度报告"));
        assert!(decode(&gbk, None, None).contains("云泽市年度报告"));
        assert!(
            decode("云泽市".as_bytes(), Some("text/html; charset=gbk"), None).contains("云泽市"),
            "an odd GBK reading gives way"
        );
        assert_eq!(
            decode("云泽".as_bytes(), Some("text/html; charset=gbk"), None),
            "云泽",
            "an even one too"
        );
        assert_eq!(decode(&gbk, Some("text/html; charset=ISO-8859-1"), None), "云泽市年度报告");
        let broken = [gbk.as_ref(), b"\xd4<p>".as_slice()].concat();
        assert!(decode(&broken, Some("text/html; charset=utf-8"), None).starts_with("云泽市年度报告"));
        assert!(decode(b"\xef\xbb\xbf\xe4\xba\x91", None, None).starts_with('云'));
    }

    #[test]
    fn a_profile_may_fix_the_encoding() {
        let big5 = encoding_rs::BIG5.encode("雲澤市").0;
        assert_eq!(decode(&big5, None, Some(encoding_rs::BIG5)), "雲澤市");
    }
}
