//! Random tables: sound ones raise nothing, one wrong cell is found, and blanks are never taken for numbers.
use gongkai_judging::{
    JudgeContext, Judgement, judge,
    sample::{Sample, SampleCell},
};
use gongkai_model::{Report, TableForm, form};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Rows of requests that are no results.
const NOT_RESULTS: [&str; 4] = ["new_received", "carried_over", "results_total", "carried_forward"];

/// A cell by table, row and column.
type At = (&'static str, &'static str, &'static str);

/// A sound report as numbers; wrong cells and blanks are put in before it is built.
#[derive(Clone, Debug)]
struct Sound {
    year: i16,
    cells: Vec<(At, i64)>,
}

impl Sound {
    fn value(&self, at: At) -> i64 {
        self.cells.iter().find(|(known, _)| *known == at).map_or(0, |(_, value)| *value)
    }

    fn build(&self, blank: &[bool]) -> Report {
        let mut sample = Sample::of_year(Some(self.year));
        for (index, ((table, row, column), value)) in self.cells.iter().enumerate() {
            let cell = match blank.get(index) {
                Some(true) => SampleCell::Blank(String::new()),
                _ => SampleCell::Printed(Decimal::from(*value)),
            };
            sample.set(table, row, column, cell).expect("a cell of the form");
        }
        sample.build()
    }
}

fn table(year: i16, key: &str) -> &'static TableForm {
    let id = if year < 2021 { "2019" } else { "2021" };
    form(id).and_then(|form| form.table(key)).expect("a known form")
}

/// A sound report from a stream of small numbers.
fn sound() -> impl Strategy<Value = Sound> {
    let year = prop_oneof![Just(2020_i16), Just(2023_i16)];
    (year, prop::collection::vec(0_i64..9, 300)).prop_map(|(year, numbers)| {
        let mut numbers = numbers.into_iter().cycle();
        let mut next = move || numbers.next().unwrap_or_default();
        let mut cells = requests(table(year, "requests"), &mut next);
        cells.extend(proceedings(table(year, "proceedings"), &mut next));
        Sound { year, cells }
    })
}

fn requests(form: &'static TableForm, next: &mut impl FnMut() -> i64) -> Vec<(At, i64)> {
    let rows: Vec<_> = form.rows().map(|(_, row)| row.key.as_str()).collect();
    let columns: Vec<_> = form.blocks[0].columns.iter().map(|column| column.key.as_str()).collect();
    let applicants: Vec<Vec<i64>> = (0..6).map(|_| applicant(&rows, next)).collect();
    let mut cells = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut values: Vec<i64> = applicants.iter().map(|column| column[index]).collect();
        values.push(values.iter().sum());
        cells.extend(columns.iter().zip(values).map(|(column, value)| (("requests", *row, *column), value)));
    }
    cells
}

/// One column that adds up and balances.
fn applicant(rows: &[&str], next: &mut impl FnMut() -> i64) -> Vec<i64> {
    let mut values: Vec<i64> =
        rows.iter().map(|row| if NOT_RESULTS.contains(row) { 0 } else { next() }).collect();
    let results: i64 = values.iter().sum();
    let forward = next();
    let over = next().min(results + forward);
    for (row, value) in rows.iter().zip(&mut values) {
        match *row {
            "results_total" => *value = results,
            "carried_forward" => *value = forward,
            "carried_over" => *value = over,
            "new_received" => *value = results + forward - over,
            _ => {}
        }
    }
    values
}

fn proceedings(form: &'static TableForm, next: &mut impl FnMut() -> i64) -> Vec<(At, i64)> {
    let mut cells = Vec::new();
    for (block, row) in form.rows() {
        let mut values: Vec<_> = (0..4).map(|_| next()).collect();
        values.push(values.iter().sum());
        let at = |column: &gongkai_model::Column| ("proceedings", row.key.as_str(), column.key.as_str());
        cells.extend(block.columns.iter().map(at).zip(values));
    }
    cells
}

fn look(report: &Report) -> Judgement {
    judge(report, &JudgeContext::new("random"))
}

/// The quoted words of every finding are the slices that they claim to be.
fn assert_evidence(report: &Report, judgement: &Judgement) {
    for finding in &judgement.findings {
        assert!(finding.evidence.iter().all(|one| one.text == one.span.of(&report.text)), "{finding:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_sound_report_raises_nothing(sound in sound()) {
        let judgement = look(&sound.build(&[]));
        prop_assert!(judgement.findings.is_empty(), "{:?}", judgement.findings);
        prop_assert_eq!(judgement.verdict, Some(gongkai_model::Verdict::Consistent));
    }

    #[test]
    fn one_wrong_cell_is_found_in_its_row_or_column(
        sound in sound(), which in any::<prop::sample::Index>(), change in 1_i64..50, upwards: bool,
    ) {
        let mut wrong = sound;
        let index = which.index(wrong.cells.len());
        wrong.cells[index].1 += if upwards { change } else { -change };
        let (_, row, column) = wrong.cells[index].0;
        let report = wrong.build(&[]);
        let judgement = look(&report);
        assert_evidence(&report, &judgement);
        let names = judgement.findings.iter().any(|finding| {
            let here = finding.row.as_deref() == Some(row) || finding.column.as_deref() == Some(column);
            here && finding.code.starts_with('T')
        });
        prop_assert!(names, "{row} {column}: {:?}", judgement.findings);
        prop_assert_eq!(judgement.verdict, Some(gongkai_model::Verdict::Inconsistent));
    }

    #[test]
    fn blanking_any_cells_of_a_sound_report_breaks_no_relation(
        sound in sound(), blank in prop::collection::vec(any::<bool>(), 200),
    ) {
        let report = sound.build(&blank);
        let judgement = look(&report);
        assert_evidence(&report, &judgement);
        let accused: Vec<_> = judgement.findings.iter().filter(|f| f.code.starts_with('T')).collect();
        prop_assert!(accused.is_empty(), "{accused:?}");
    }

    #[test]
    fn a_wrong_total_is_found_through_blanks_exactly_when_no_filling_can_help(
        sound in sound(), row in any::<prop::sample::Index>(), blank in prop::collection::vec(any::<bool>(), 6),
        less in 1_i64..20,
    ) {
        let mut wrong = sound;
        let rows: Vec<_> = table(wrong.year, "requests").rows().map(|(_, row)| row.key.as_str()).collect();
        let row = rows[row.index(rows.len())];
        let first = wrong.cells.iter().position(|(at, _)| at.0 == "requests" && at.1 == row).expect("the row");
        let total = (wrong.value(("requests", row, "total")) - less).max(0);
        wrong.cells[first + 6].1 = total;
        let mut blanks = vec![false; wrong.cells.len()];
        blanks[first..first + 6].copy_from_slice(&blank);
        let printed: i64 = (0..6).filter(|i| !blank[*i]).map(|i| wrong.cells[first + i].1).sum();
        let fits = if blank.contains(&true) { printed <= total } else { printed == total };
        let judgement = look(&wrong.build(&blanks));
        let fires = judgement.findings.iter().any(|f| f.code == "T301" && f.row.as_deref() == Some(row));
        prop_assert_eq!(fires, !fits);
    }
}
