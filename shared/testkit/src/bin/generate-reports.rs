//! Writes invented reports to a folder, with the cells and findings that they must give, for measurements and the demo.
use std::{
    env, fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use gongkai_testkit::{
    demo,
    reports::{Layout, ReportPlan},
};

const USAGE: &str = "\
generate-reports DIR N [--seed S]   N HTML reports in DIR; beside it DIR.cells.tsv (as `extract --format tsv`) and DIR.findings.tsv
generate-reports --demo EXAMPLES    the reports of the demo site and the drafts";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["--demo", folder] => write_demo(Path::new(folder)),
        [folder, count] => number(count).and_then(|count| write_many(folder, count, 1)),
        [folder, count, "--seed", seed] => {
            number(count).and_then(|count| write_many(folder, count, number(seed)?))
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even standard error is gone.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

fn number(text: &str) -> io::Result<u64> {
    text.parse()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, format!("`{text}` is no number\n{USAGE}")))
}

fn write_demo(examples: &Path) -> io::Result<()> {
    for report in demo::reports() {
        let file = examples.join(report.file);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, report.bytes())?;
    }
    Ok(())
}

fn write_many(folder: &str, count: u64, seed: u64) -> io::Result<()> {
    let folder = folder.trim_end_matches('/');
    fs::create_dir_all(folder)?;
    let mut cells = io::BufWriter::new(fs::File::create(format!("{folder}.cells.tsv"))?);
    let mut findings = io::BufWriter::new(fs::File::create(format!("{folder}.findings.tsv"))?);
    writeln!(cells, "source\ttable\trow\tcolumn\tvalue\tstate\tprinted")?;
    writeln!(findings, "source\tcode\ttable\trow\tcolumn")?;
    for at in 0..count {
        let mut plan = ReportPlan::random(seed.wrapping_mul(1_000_003).wrapping_add(at));
        if !plan.layout.is_page() {
            plan.layout = Layout::TablePage;
        }
        let file = format!("{folder}/r{at:05}.html");
        let report = plan.generate();
        fs::write(&file, &report.content)?;
        cells.write_all(report.cells_tsv(&file).as_bytes())?;
        for finding in &report.findings {
            let (code, row) = (finding.code, finding.row.as_deref().unwrap_or_default());
            let table = finding.table.map(|key| key.as_str()).unwrap_or_default();
            let column = finding.column.map(|key| key.as_str()).unwrap_or_default();
            writeln!(findings, "{file}\t{code}\t{table}\t{row}\t{column}")?;
        }
    }
    cells.flush()?;
    findings.flush()
}
