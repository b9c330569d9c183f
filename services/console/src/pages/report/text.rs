//! The normalised text of a report with the words marked that findings rest on.
use gongkai_model::{Finding, Report, Severity, Span};

/// Characters shown; a longer text is shown up to here.
const LONGEST: usize = 200_000;

/// A piece of the text: plain, or marked for a finding.
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) mark: Option<Mark>,
}

/// The finding that a piece belongs to.
#[derive(Clone)]
pub(crate) struct Mark {
    pub(crate) class: &'static str,
    pub(crate) fingerprint: String,
    pub(crate) code: String,
}

/// The text in pieces. Where marks overlap the graver one keeps the words; the other marks what is left.
pub(crate) fn pieces<'f>(report: &Report, findings: impl Iterator<Item = &'f Finding>) -> Vec<Piece> {
    let letters: Vec<char> = report.text.chars().take(LONGEST).collect();
    let mut owner: Vec<Option<usize>> = vec![None; letters.len()];
    let mut findings: Vec<&Finding> = findings.collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut marks = Vec::with_capacity(findings.len());
    for (number, finding) in findings.iter().enumerate() {
        for span in places(report, finding) {
            let (start, end) = (span.start as usize, (span.end as usize).min(letters.len()));
            for slot in owner.get_mut(start..end).unwrap_or_default() {
                slot.get_or_insert(number);
            }
        }
        marks.push(Mark {
            class: class(finding.severity),
            fingerprint: finding.fingerprint.clone(),
            code: finding.code.clone(),
        });
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before = None;
    for (letter, owner) in letters.into_iter().zip(owner) {
        match pieces.last_mut() {
            Some(last) if before == Some(owner) => last.text.push(letter),
            _ => {
                pieces.push(Piece { text: letter.into(), mark: owner.and_then(|at| marks.get(at)).cloned() })
            }
        }
        before = Some(owner);
    }
    pieces
}

/// True when the text is longer than what is shown.
pub(crate) fn is_cut(report: &Report) -> bool {
    report.text.chars().nth(LONGEST).is_some()
}

/// The finding's own words and its cell.
fn places(report: &Report, finding: &Finding) -> Vec<Span> {
    let mut places: Vec<Span> = finding.evidence.iter().map(|evidence| evidence.span).collect();
    let cell = (|| {
        let table = report.table(finding.table.as_deref()?)?;
        table.cell(finding.row.as_deref()?, finding.column.as_deref()?)
    })();
    places.extend(cell.map(|cell| cell.span));
    places.retain(|span| span.start < span.end);
    places
}

const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Hint => "note",
    }
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Evidence, Origin, Text};

    use super::*;

    fn finding(code: &str, severity: Severity, start: u32, end: u32) -> Finding {
        let evidence = vec![Evidence { text: String::new(), span: Span::new(start, end) }];
        let empty = || Text::new("", "");
        Finding {
            fingerprint: code.into(),
            code: code.into(),
            rule: String::new(),
            severity,
            origin: Origin::Publication,
            table: None,
            row: None,
            column: None,
            expected: None,
            actual: None,
            message: empty(),
            basis: empty(),
            evidence,
            suspects: Vec::new(),
        }
    }

    fn shown(findings: &[Finding]) -> String {
        let report = Report { text: "新收政府信息公开".into(), ..Report::default() };
        let piece = |piece: &Piece| match &piece.mark {
            Some(mark) => format!("[{} {}]", mark.code, piece.text),
            None => piece.text.clone(),
        };
        pieces(&report, findings.iter()).iter().map(piece).collect()
    }

    #[test]
    fn words_are_marked_by_characters_and_the_graver_finding_wins() {
        assert_eq!(shown(&[finding("T301", Severity::Error, 2, 4)]), "新收[T301 政府]信息公开");
        let both = [finding("H", Severity::Hint, 0, 6), finding("E", Severity::Error, 2, 4)];
        assert_eq!(shown(&both), "[H 新收][E 政府][H 信息]公开");
    }

    #[test]
    fn a_place_beyond_the_text_marks_nothing_and_breaks_nothing() {
        assert_eq!(
            shown(&[finding("T301", Severity::Error, 90, 99), finding("N501", Severity::Error, 6, 99)]),
            "新收政府信息[N501 公开]"
        );
    }
}
