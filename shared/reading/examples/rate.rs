//! How many documents a second are read, on one thread: `cargo run --release -p gongkai-reading --example rate -- FILE…`
#![expect(clippy::print_stdout, reason = "a tool for developers")]

use std::time::{Duration, Instant};

use gongkai_reading::{Hints, read};

/// How long the files are read again and again.
const SPAN: Duration = Duration::from_secs(5);

fn main() -> std::io::Result<()> {
    let mut documents = Vec::new();
    for path in std::env::args().skip(1) {
        documents.push(std::fs::read(path)?);
    }
    let bytes: usize = documents.iter().map(Vec::len).sum();
    let (start, mut rounds, mut cells) = (Instant::now(), 0_u32, 0);
    while start.elapsed() < SPAN && !documents.is_empty() {
        rounds += 1;
        for document in &documents {
            let reports = read(document, Hints::default());
            cells += reports
                .iter()
                .flat_map(|report| &report.tables)
                .map(|table| table.cells.len())
                .sum::<usize>();
        }
    }
    let seconds = start.elapsed().as_secs_f64() / f64::from(rounds.max(1));
    let count = f64::from(u32::try_from(documents.len()).unwrap_or(u32::MAX));
    println!(
        "{count} documents of {bytes} bytes, {cells} cells in {rounds} rounds: {:.0} documents/s",
        count / seconds
    );
    Ok(())
}
