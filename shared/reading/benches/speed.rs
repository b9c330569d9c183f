//! Documents a second on one thread, stage by stage in one run: `cargo bench -p gongkai-reading`, or with files behind `--`.
//! `--once` does all that `check` does once, for `valgrind --tool=callgrind`, whose counts do not depend on the machine's load.
#![expect(clippy::print_stdout, reason = "a tool for developers")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use gongkai_judging::{JudgeContext, judge, render};
use gongkai_model::{Lang, Report};
use gongkai_reading::{Hints, parsed, read, scanned};
use gongkai_testkit::reports::{Layout, ReportPlan};

/// How long each stage is repeated; every stage has its turn in each of several rounds, so that a busy machine hits all alike.
const TURN: Duration = Duration::from_millis(250);
const ROUNDS: u32 = 8;

/// A page or text, as bytes and as text.
struct Document {
    name: String,
    content: Vec<u8>,
    text: String,
}

impl Document {
    fn new(name: String, content: Vec<u8>) -> Self {
        Self { name, text: String::from_utf8_lossy(&content).into_owned(), content }
    }
}

/// Something that is done to a document.
type Stage = (&'static str, fn(&Document));

const STAGES: [Stage; 5] = [
    ("scanner alone", |document| {
        black_box(scanned(&document.text));
    }),
    ("html5ever alone", |document| {
        black_box(parsed(&document.text));
    }),
    ("reading", |document| {
        black_box(reports(document));
    }),
    ("reading + judging", |document| {
        for report in reports(document) {
            black_box(judge(&report, &JudgeContext::new(document.name.as_str())));
        }
    }),
    ("reading + judging + line of JSON", |document| {
        for report in reports(document) {
            let judgement = judge(&report, &JudgeContext::new(document.name.as_str()));
            let (source, report, judgement) = (document.name.as_str(), &report, &judgement);
            let document = render::Document { source, report, judgement, body: None };
            black_box(render::json::line(&document, Lang::Zh).ok());
        }
    }),
];

fn reports(document: &Document) -> Vec<Report> {
    read(&document.content, Hints::default())
}

/// The pages that `generate-reports` writes, as many as are given.
fn generated(count: u64) -> Vec<Document> {
    let page = |seed| {
        let mut plan = ReportPlan::random(seed);
        if !plan.layout.is_page() {
            plan.layout = Layout::TablePage;
        }
        Document::new(format!("{seed}.html"), plan.generate().content.into_bytes())
    };
    (1_000_003..1_000_003 + count).map(page).collect()
}

fn main() -> std::io::Result<()> {
    let mut documents = Vec::new();
    let arguments = std::env::args().skip(1);
    for path in arguments.filter(|argument| !argument.starts_with("--")) {
        let content = std::fs::read(&path)?;
        documents.push(Document::new(path, content));
    }
    if documents.is_empty() {
        documents = generated(100);
    }
    let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
    // `cargo test --benches` only sees that it runs.
    let rounds = if asked("--bench") { ROUNDS } else { 0 };
    if let Some((_, check)) = STAGES.last().filter(|_| asked("--once")) {
        documents.iter().for_each(check);
        return Ok(());
    }
    let bytes: usize = documents.iter().map(|document| document.content.len()).sum();
    println!("{} documents of {} bytes on average", documents.len(), bytes / documents.len());
    let sure = documents.iter().filter(|document| scanned(&document.text)).count();
    println!("the scanner is sure of {sure}");
    let mut spent = [(Duration::ZERO, 0_u32); STAGES.len()];
    for _ in 0..rounds {
        for ((_, stage), (time, done)) in STAGES.iter().zip(&mut spent) {
            let start = Instant::now();
            for document in documents.iter().cycle() {
                stage(document);
                *done += 1;
                if start.elapsed() >= TURN {
                    break;
                }
            }
            *time += start.elapsed();
        }
    }
    for ((name, _), (time, done)) in STAGES.iter().zip(&spent) {
        let each = time.as_secs_f64() / f64::from((*done).max(1));
        println!("{name:34} {:8.0} documents/s {:8.3} ms each", 1.0 / each, each * 1_000.0);
    }
    Ok(())
}
