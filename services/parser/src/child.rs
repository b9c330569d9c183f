//! The life of a reader process: takes documents from standard input, answers on standard output, ends with its parent.
use std::{
    io::{self, Read, Write},
    panic,
    process::exit,
    sync::mpsc::{self, SyncSender},
    thread,
};

use gongkai_model::Report;
use gongkai_reading::Hints;

use crate::{
    frames::{self, Answer, Header},
    readout::Readout,
};

/// Address space of a reader process, unless told otherwise.
pub const MEMORY_MIB: u64 = 1024;

/// Reads documents until the parent has ended. A panic while reading ends the process: what it leaves behind is not trusted.
pub fn run(memory_mib: u64) -> io::Result<()> {
    run_with(memory_mib, gongkai_reading::read)
}

/// The same with another reader.
pub fn run_with(memory_mib: u64, read: impl Fn(&[u8], Hints<'_>) -> Vec<Report>) -> io::Result<()> {
    limit(memory_mib)?;
    // One line, for the parent keeps the last one.
    panic::set_hook(Box::new(|panic| {
        let _ = writeln!(io::stderr().lock(), "{}", panic.to_string().replace('\n', " "));
    }));
    let gone = |whole: bool| exit(if whole { 0 } else { 2 });
    serve(io::stdin(), io::stdout(), read, gone)
}

/// Limits the address space; reading that asks for more aborts the process. A death leaves no core file.
#[cfg(target_os = "linux")]
fn limit(memory_mib: u64) -> io::Result<()> {
    use rlimit::Resource;
    let (_, allowed) = Resource::AS.get()?;
    let most = memory_mib.saturating_mul(1024 * 1024).min(allowed);
    Resource::AS.set(most, most)?;
    Resource::CORE.set(0, 0)
}

/// Elsewhere the limit is not dependable; the deadline and the bounds of reading remain.
#[cfg(not(target_os = "linux"))]
fn limit(_memory_mib: u64) -> io::Result<()> {
    Ok(())
}

/// Answers each request. `gone` is called as soon as the input has ended, also in the middle of reading: nobody waits for the
/// answer any more, and a document that is read without end must not outlive a parent that was killed.
fn serve(
    input: impl Read + Send + 'static,
    mut output: impl Write,
    read: impl Fn(&[u8], Hints<'_>) -> Vec<Report>,
    gone: impl FnOnce(bool) + Send + 'static,
) -> io::Result<()> {
    let (taken, requests) = mpsc::sync_channel(0);
    thread::Builder::new().name("intake".to_owned()).spawn(move || {
        let ended = take_in(input, &taken);
        if let Err(error) = &ended {
            let _ = writeln!(io::stderr().lock(), "the input broke off: {error}");
        }
        gone(ended.is_ok());
    })?;
    for (header, bytes) in requests {
        frames::put(&mut output, &header.number.to_be_bytes())?;
        let hints = Hints { content_type: header.content_type.as_deref(), url: Some(&header.url) };
        answer(&mut output, Readout::of(&read(&bytes, hints)).map_err(io::Error::other)?)?;
    }
    Ok(())
}

fn answer(output: &mut impl Write, Readout { text_hash, reports }: Readout) -> io::Result<()> {
    let (heads, documents): (Vec<_>, Vec<_>) =
        reports.into_iter().map(|report| (report.head, report.json)).unzip();
    frames::put(output, &serde_json::to_vec(&Answer { text_hash, heads })?)?;
    documents.iter().try_for_each(|json| frames::put(output, json.as_bytes()))
}

/// The parent sends one request at a time, so this waits for the next one, or for the end, while a document is being read.
fn take_in(mut input: impl Read, taken: &SyncSender<(Header, Vec<u8>)>) -> io::Result<()> {
    while let Some(header) = frames::take(&mut input)? {
        let header = serde_json::from_slice(&header)?;
        let Some(bytes) = frames::take(&mut input)? else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        if taken.send((header, bytes)).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(bytes: &[u8]) -> Vec<u8> {
        let header = Header { number: 7, content_type: None, url: "http://a.invalid/2023".to_owned() };
        let mut wire = Vec::new();
        frames::put(&mut wire, &serde_json::to_vec(&header).unwrap()).unwrap();
        frames::put(&mut wire, bytes).unwrap();
        wire
    }

    fn served(input: Vec<u8>) -> (Vec<u8>, bool) {
        let (tell, told) = mpsc::channel();
        let mut output = Vec::new();
        let gone = move |whole| tell.send(whole).unwrap();
        serve(io::Cursor::new(input), &mut output, gongkai_reading::read, gone).unwrap();
        (output, told.recv().unwrap())
    }

    #[test]
    fn a_request_is_acknowledged_by_its_number_and_answered_with_its_reports() {
        let (output, whole) = served(asked(b""));
        let mut output = output.as_slice();
        assert_eq!(frames::take(&mut output).unwrap().unwrap(), 7_u64.to_be_bytes());
        let read = Readout::of(&gongkai_reading::read(b"", Hints::default())).unwrap();
        let answer: Answer = serde_json::from_slice(&frames::take(&mut output).unwrap().unwrap()).unwrap();
        assert_eq!((&answer.text_hash, &answer.heads[0]), (&read.text_hash, &read.reports[0].head));
        assert_eq!(frames::take(&mut output).unwrap().unwrap(), read.reports[0].json.as_bytes());
        assert!(output.is_empty());
        assert!(whole);
    }

    #[test]
    fn half_a_request_is_not_read() {
        let mut half = asked(b"document");
        half.pop();
        let (output, whole) = served(half);
        assert!(output.is_empty());
        assert!(!whole);
    }
}
