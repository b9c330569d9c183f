//! What holds whatever a document does to the process that reads it.
use std::{
    ffi::OsString,
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use gongkai_model::{DocumentKind, Report};
use gongkai_parser::{Document, DocumentReader, InProcess, ReaderCommand, Readers, Readout};
use gongkai_store::{Failure, FailureClass};
use tokio::runtime::Runtime;

/// Long enough for a document on a busy machine.
const PATIENT: Duration = Duration::from_secs(30);
/// For documents that never end.
const SHORT: Duration = Duration::from_millis(700);

const FACTS: [(&str, fn()); 12] = [
    ("a process reads what this process reads", same_as_here),
    ("a document without end fails at its deadline, alone", endless),
    ("a document that kills its process fails, alone, and the death is told", deadly),
    ("an answer that is no reports fails its document, alone", nonsense),
    ("a process that is ended by hand says nothing about its document", ended_by_hand),
    ("a process that died between documents is replaced", replaced),
    ("a document that no process took is given to another", given_again),
    ("processes that never begin are no document's fault", never_begin),
    ("talk on standard error stops nobody", talkative),
    ("a process has an empty environment and a group of its own", apart),
    ("a read that is dropped, and readers that are dropped, leave no process", dropped),
    ("a process ends with its parent in the middle of a document", orphaned),
];

/// Shows the facts whose names contain an argument.
pub(crate) fn show(arguments: &[String]) {
    let words: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    for (name, fact) in FACTS {
        let asked = words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
        if !asked || arguments.iter().any(|argument| argument == "--list") {
            continue;
        }
        println!("fact: {name} ...");
        fact();
    }
}

fn command(arguments: &[&str]) -> ReaderCommand {
    let arguments = ["child"].iter().chain(arguments).map(OsString::from).collect();
    ReaderCommand { program: std::env::current_exe().unwrap(), name: "reader".into(), arguments }
}

fn readers(slots: u16, deadline: Duration) -> Readers {
    Readers::new(command(&[]), slots, deadline)
}

fn document(bytes: &[u8]) -> Document {
    Document { bytes: bytes.to_vec(), content_type: None, url: "http://a.invalid/t20260331.html".to_owned() }
}

fn page() -> Document {
    let page = gongkai_testkit::demo::reports().into_iter().find(|report| report.body == Some("yz-gov"));
    Document { content_type: Some("text/html".to_owned()), ..document(&page.unwrap().bytes()) }
}

/// The first report.
fn first(read: &Readout) -> Report {
    serde_json::from_str(&read.reports[0].json).unwrap()
}

fn assert_read(result: Result<Readout, Failure>) {
    let read = result.unwrap();
    assert_eq!(read.reports[0].head.facts.kind, DocumentKind::AnnualReport);
    assert_eq!(first(&read).tables.len(), 3);
}

fn failure(result: Result<Readout, Failure>, class: FailureClass, words: &[&str]) {
    let failure = result.unwrap_err();
    assert_eq!(failure.class, class, "{failure:?}");
    for word in words {
        assert!(failure.message.contains(word), "`{word}` is not in: {}", failure.message);
    }
}

/// The answer to `who`: process id, group, names in the environment.
async fn who(readers: &Readers) -> (u32, String) {
    let text = first(&readers.read(document(b"who")).await.unwrap()).text;
    let (id, rest) = text.split_once(' ').unwrap();
    (id.parse().unwrap(), rest.to_owned())
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENT, "{what}: not within {PATIENT:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn signal(name: &str, process: u32) -> bool {
    let mut kill = Command::new("kill");
    kill.args([format!("-{name}"), process.to_string()]).stderr(Stdio::null());
    kill.status().unwrap().success()
}

/// Gone, or dead and only not yet waited for.
fn gone(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.contains(") Z ") || !signal("0", process)
}

fn runtime() -> Runtime {
    Runtime::new().unwrap()
}

fn same_as_here() {
    runtime().block_on(async {
        let readers = readers(2, PATIENT);
        for report in gongkai_testkit::demo::reports() {
            let asked = Document { content_type: Some("text/html".to_owned()), ..document(&report.bytes()) };
            let (there, here) = tokio::join!(readers.read(asked.clone()), InProcess.read(asked));
            assert_eq!(there.unwrap(), here.unwrap(), "{}", report.file);
        }
        let large = document(&vec![b' '; gongkai_reading::MAX_BYTES + 1]);
        assert_eq!(first(&readers.read(large).await.unwrap()).error.unwrap().code, "too_large");
    });
}

fn endless() {
    runtime().block_on(async {
        let readers = readers(2, SHORT);
        assert_read(readers.read(page()).await);
        let neighbours = async {
            for _ in 0..5 {
                assert_read(readers.read(page()).await);
            }
        };
        let (ended, ()) = tokio::join!(readers.read(document(b"loop")), neighbours);
        failure(ended, FailureClass::Poison, &["http://a.invalid/", "longer than 700ms", "was ended"]);
        assert_read(readers.read(page()).await);
    });
}

fn deadly() {
    let deaths: [(&[u8], &[&str]); 5] = [
        (b"panic", &["exit status: 101", "misbehaving.rs", "this document is too much"]),
        (b"exit", &["exit status: 7"]),
        (b"overflow", &["signal", "stack"]),
        (b"allocate", &["signal", "memory allocation of"]),
        (b"kill", &["signal: 9"]),
    ];
    runtime().block_on(async {
        let readers = readers(2, PATIENT);
        for (bytes, words) in deaths {
            let poisoned = readers.read(document(bytes));
            let (died, neighbour) = tokio::join!(poisoned, readers.read(page()));
            failure(died, FailureClass::Poison, words);
            assert_read(neighbour);
        }
        assert_read(readers.read(page()).await);
    });
}

fn nonsense() {
    let answers: [(&[u8], &[&str]); 4] = [
        (b"rubbish", &["gave no reports", "expected value"]),
        (b"too large", &["gave no reports", "4294967295 bytes"]),
        (b"half", &["died while reading", "exit status: 0"]),
        (b"nothing", &["gave no reports", "an empty list"]),
    ];
    runtime().block_on(async {
        let readers = readers(1, PATIENT);
        for (bytes, words) in answers {
            failure(readers.read(document(bytes)).await, FailureClass::Poison, words);
            assert_read(readers.read(page()).await);
        }
    });
}

fn ended_by_hand() {
    runtime().block_on(async {
        let readers = readers(1, PATIENT);
        failure(readers.read(document(b"terminate")).await, FailureClass::Transient, &["signal: 15"]);
        assert_read(readers.read(page()).await);
    });
}

fn replaced() {
    runtime().block_on(async {
        let readers = readers(1, PATIENT);
        let (first, _) = who(&readers).await;
        assert_eq!(who(&readers).await.0, first, "a process is kept");
        assert!(signal("KILL", first));
        until("the process is dead", || gone(first));
        assert_ne!(who(&readers).await.0, first);
        assert_read(readers.read(page()).await);
    });
}

fn given_again() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("started");
    runtime().block_on(async {
        let starter = command(&["slow-starter", mark.to_str().unwrap()]);
        assert_read(Readers::new(starter, 1, PATIENT).read(page()).await);
    });
    assert!(mark.exists(), "the first process has ended before the document");
}

fn never_begin() {
    runtime().block_on(async {
        let dead = Readers::new(command(&["dead"]), 1, PATIENT);
        failure(dead.read(page()).await, FailureClass::Transient, &["exit status: 9"]);
        let program = Path::new("/nowhere/reader").to_owned();
        let absent = Readers::new(ReaderCommand { program, ..command(&[]) }, 1, PATIENT);
        failure(absent.read(page()).await, FailureClass::Transient, &["/nowhere/reader"]);
    });
}

fn talkative() {
    runtime().block_on(async {
        let readers = readers(1, PATIENT);
        assert_eq!(readers.read(document(b"talk")).await.unwrap().reports.len(), 1);
        assert_read(readers.read(page()).await);
    });
}

fn apart() {
    runtime().block_on(async {
        let (id, rest) = who(&readers(1, PATIENT)).await;
        assert_eq!(rest, if cfg!(target_os = "linux") { format!("{id} []") } else { "? []".to_owned() });
    });
}

fn dropped() {
    runtime().block_on(async {
        let readers = Arc::new(readers(1, PATIENT));
        let (first, _) = who(&readers).await;
        let reading = tokio::spawn({
            let readers = Arc::clone(&readers);
            async move { readers.read(document(b"loop")).await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!gone(first));
        reading.abort();
        assert!(reading.await.unwrap_err().is_cancelled());
        until("the dropped read's process ends", || gone(first));
        let (second, _) = who(&readers).await;
        drop(readers);
        until("the dropped readers' process ends", || gone(second));
    });
}

/// The parent is this test with bare pipes: to close them is what its death would do.
fn orphaned() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("child")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for frame in [br#"{"number":1,"content_type":null,"url":"http://a.invalid/"}"#.as_slice(), b"loop"] {
        input.write_all(&u32::try_from(frame.len()).unwrap().to_be_bytes()).unwrap();
        input.write_all(frame).unwrap();
    }
    let mut begun = [0; 12];
    child.stdout.as_mut().unwrap().read_exact(&mut begun).unwrap();
    assert_eq!(begun, [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert!(child.try_wait().unwrap().is_none(), "it is reading");
    drop(input);
    until("the process ends", || child.try_wait().unwrap().is_some());
}
