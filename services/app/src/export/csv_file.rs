//! The ledger as CSV, for whatever reads it: UTF-8 with a mark at its start, which spreadsheets need, and no cell that runs.
use super::ledger::{Entry, HEADS};

/// The whole file.
pub(super) fn bytes(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADS)?;
    for entry in entries {
        writer.write_record(entry.fields().map(|field| harmless(&field)))?;
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?)
}

/// A spreadsheet takes a text that begins like a formula for one and runs it: an apostrophe in front makes it a text again. A
/// plain number is none.
pub(super) fn harmless(field: &str) -> String {
    let like_a_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if like_a_formula && !is_number(field) { format!("'{field}") } else { field.to_owned() }
}

/// Digits with a sign and a point, as our own numbers are written.
pub(super) fn is_number(field: &str) -> bool {
    let digits = field.strip_prefix(['+', '-']).unwrap_or(field);
    !digits.is_empty()
        && digits.parse::<f64>().is_ok()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_made_harmless_and_a_number_stays_one() {
        for (field, wanted) in [
            ("=HYPERLINK(\"http://a\")", "'=HYPERLINK(\"http://a\")"),
            ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-", "'-"),
            ("-12", "-12"),
            ("+79", "+79"),
            ("3.5", "3.5"),
            ("云泽市财政局", "云泽市财政局"),
            ("", ""),
        ] {
            assert_eq!(harmless(field), wanted);
        }
    }
}
