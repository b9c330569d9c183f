//! A reader process that a document can bring to do anything: it does what the document's text says.
use std::{
    env, fs, hint,
    io::{self, Write},
    path::Path,
    process::{self, Command},
};

use gongkai_model::Report;
use gongkai_parser::child::run_with;
use gongkai_reading::Hints;

/// Address space of these processes: enough for a document, soon used up.
const MEMORY_MIB: u64 = 256;

/// `child`, or `child KIND PATH`.
pub(crate) fn child(arguments: &[String]) {
    let (kind, path) = (arguments.get(1).map(String::as_str), arguments.get(2).map(Path::new));
    match (kind, path) {
        // Ends before it takes a document: always, or the first time only.
        (Some("dead"), _) => process::exit(9),
        (Some("slow-starter"), Some(path)) if !path.exists() => {
            fs::write(path, "").unwrap();
            process::exit(9)
        }
        _ => run_with(MEMORY_MIB, read).unwrap(),
    }
}

fn read(bytes: &[u8], hints: Hints<'_>) -> Vec<Report> {
    match bytes {
        b"loop" => loop {
            hint::spin_loop();
        },
        b"panic" => panic!("this document\nis too much"),
        b"exit" => process::exit(7),
        b"overflow" => vec![Report { year: Some(deep(1) as i16), ..Report::default() }],
        b"allocate" => allocate(),
        b"terminate" => by_hand("TERM"),
        b"kill" => by_hand("KILL"),
        b"talk" => talk(),
        b"rubbish" => instead(b"\0\0\0\x07rubbish"),
        b"too large" => instead(&[0xFF; 4]),
        b"half" => instead(b"\0\0\0\x07rub"),
        b"nothing" => Vec::new(),
        b"who" => vec![Report { text: who(), ..Report::default() }],
        _ => gongkai_reading::read(bytes, hints),
    }
}

fn deep(level: u64) -> u64 {
    let room = [level; 512];
    if level == u64::MAX { 0 } else { deep(hint::black_box(room)[7] + 1) + hint::black_box(room)[8] }
}

fn allocate() -> Vec<Report> {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 1024 * 1024]);
        hint::black_box(&all);
    }
}

fn by_hand(signal: &str) -> Vec<Report> {
    Command::new("kill").args([format!("-{signal}"), process::id().to_string()]).status().unwrap();
    Vec::new()
}

/// More words on standard error than a pipe holds, and a good answer.
fn talk() -> Vec<Report> {
    let line = "words ".repeat(1_000);
    for _ in 0..200 {
        writeln!(io::stderr(), "{line}").unwrap();
    }
    gongkai_reading::read(b"", Hints::default())
}

/// Writes bytes where the answer belongs, and ends.
fn instead(bytes: &[u8]) -> Vec<Report> {
    io::stdout().write_all(bytes).unwrap();
    io::stdout().flush().unwrap();
    process::exit(0)
}

/// Process id, process group (Linux) and the names in the environment.
fn who() -> String {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let group = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(2)).unwrap_or("?");
    let names: Vec<String> = env::vars().map(|(name, _)| name).collect();
    format!("{} {group} [{}]", process::id(), names.join(" "))
}
