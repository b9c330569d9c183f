//! Prints what is read of a file, for work on the reading core: `cargo run -p gongkai-reading --example cells -- FILE…`
#![expect(clippy::print_stdout, reason = "a tool for developers")]

use gongkai_reading::{Hints, read};

fn main() -> std::io::Result<()> {
    println!("source\ttable\trow\tcolumn\tvalue\tstate\tprinted");
    for path in std::env::args().skip(1) {
        for report in read(&std::fs::read(&path)?, Hints::default()) {
            for table in &report.tables {
                for cell in &table.cells {
                    let value = cell.value.map(|value| value.to_string()).unwrap_or_default();
                    println!(
                        "{path}\t{}\t{}\t{}\t{value}\t{}\t{}",
                        table.key,
                        cell.row,
                        cell.column,
                        cell.state.as_str(),
                        cell.printed
                    );
                }
            }
            if std::env::var_os("META").is_some() {
                eprintln_meta(&report);
            }
        }
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a tool for developers")]
fn eprintln_meta(report: &gongkai_model::Report) {
    let parts: Vec<_> =
        report.sections.iter().map(|s| (s.number, s.heading.as_ref().map(|h| h.text.clone()))).collect();
    eprintln!(
        "{:?} {:?}\n title {:?}\n publisher {:?} year {:?} index {:?}\n published {:?} signed {:?}\n sections {parts:?}\n forms {:?} absent {:?}\n hints {:?}\n doubts {:?}",
        report.kind,
        report.error,
        report.title.as_ref().map(|t| &t.text),
        report.publisher.as_ref().map(|t| &t.text),
        report.year,
        report.index_number.as_ref().map(|t| &t.text),
        report.published,
        report.signed,
        report.tables.iter().map(|t| (t.key, t.form)).collect::<Vec<_>>(),
        report.tables.iter().map(|t| &t.absent).collect::<Vec<_>>(),
        report.hints.iter().map(|h| &h.quote.text).collect::<Vec<_>>(),
        report.doubts
    );
}
