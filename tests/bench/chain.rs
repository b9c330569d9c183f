//! Measures the whole chain: N generated reports on a local site, every service its own process, on private servers.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement ends at the first thing that is not as it should be, and is there to print"
)]
use std::{
    env, fs,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use gongkai_harness::{installation::Installation, service::Service};
use gongkai_testkit::{
    reports::Layout,
    season::Season,
    servers::{Broker, Database},
};

const USAGE: &str = "\
bench-chain [N] [--parsers P] [--set GROUP__KEY=VALUE]…
  N reports (2000) of about 40 KB on a local site; P parser processes (2); the program is $GONGKAI_BIN or the one beside this.
  Prints documents per second from the first to the last, and CPU seconds and memory of every process.";

fn main() -> ExitCode {
    let mut reports = 2_000;
    let mut parsers = 2;
    let mut settings = Vec::new();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--parsers" => parsers = value().parse().unwrap_or(0),
            "--set" => settings.extend(value().split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))),
            number => reports = number.parse().unwrap_or(0),
        }
    }
    if reports == 0 || parsers == 0 {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    measure(reports, parsers, &settings);
    ExitCode::SUCCESS
}

fn measure(reports: usize, parsers: usize, settings: &[(String, String)]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (broker, database) = (Broker::start().unwrap(), Database::start().unwrap());
    let season = Season::new(reports, Some(Layout::StyledPage));
    let bytes: usize =
        (0..100).map(|at| season.page(&format!("/r/{at}.html")).map_or(0, |(_, page)| page.len())).sum();
    let site = runtime.block_on(Season::new(reports, Some(Layout::StyledPage)).serve()).unwrap();
    let store = database.create("bench").unwrap();
    let mut installation = Installation::new(&season, &site.root(), &store, &broker.url(), "bench");
    for (key, value) in settings {
        installation = installation.with(key, value);
    }
    // The schema is made before the clock runs.
    let mut named = vec![("console", installation.start(&["console"]))];
    if let Some((_, console)) = named.first_mut() {
        console.says("控制台 (console)");
    }
    let begin = Instant::now();
    let names = ["alerter", "validator"].into_iter().chain((0..parsers).map(|_| "parser")).chain(["fetcher"]);
    named.extend(names.map(|name| (name, installation.start(&[name]))));
    let (first, last) = watch(&installation, reports, begin);
    println!("{reports} reports of {} KB, {parsers} parsers", bytes / 100 / 1024);
    let seconds = (last - first).as_secs_f64();
    println!("judged: {:.0} reports/s ({seconds:.1} s from the first to the last)", reports as f64 / seconds);
    installation.settle("the bench", reports, &[]);
    println!("all done: {:.1} s after the start", begin.elapsed().as_secs_f64());
    for (name, service) in &named {
        print_use(name, service.id());
    }
    for (name, id) in servers() {
        print_use(&name, id);
    }
    print_use("site (this process)", std::process::id());
    drop(named.into_iter().map(|(_, service)| service).collect::<Vec<Service>>());
}

/// When the first document was judged, and when the last.
fn watch(installation: &Installation, reports: usize, begin: Instant) -> (Instant, Instant) {
    let mut first = None;
    loop {
        let judged = installation.judged();
        if judged > 0 && first.is_none() {
            first = Some(Instant::now());
        }
        if judged >= reports as u64 {
            return (first.unwrap_or(begin), Instant::now());
        }
        assert!(
            begin.elapsed() < Duration::from_secs(1_800),
            "not done within half an hour: {judged} judged"
        );
        thread::sleep(Duration::from_millis(250));
    }
}

/// The processes of the servers, children included.
fn servers() -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        let Ok(name) = fs::read_to_string(entry.path().join("comm")) else { continue };
        if ["beam.smp", "postgres"].contains(&name.trim()) {
            let title =
                fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default().replace('\0', " ");
            found.push((title.chars().take(60).collect(), id));
        }
    }
    found
}

/// CPU seconds and memory of a process and of the children it has ended or has.
fn print_use(name: &str, id: u32) {
    let own = stat(id);
    let children: Vec<(f64, u64)> = children(id).into_iter().map(stat).collect();
    let cpu = own.0 + children.iter().map(|(cpu, _)| cpu).sum::<f64>();
    let memory = own.1 + children.iter().map(|(_, memory)| memory).sum::<u64>();
    if cpu > 0.05 {
        println!("  {cpu:7.2} s CPU {:6} MiB  {name}", memory / 1024);
    }
}

/// CPU seconds, and the most memory ever held in KiB.
fn stat(id: u32) -> (f64, u64) {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    ((ticks(11) + ticks(12)) / 100.0, peak)
}

fn children(id: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}
