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
    sync::Arc,
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

use gongkai_harness::{installation::Installation, service::Service, web};
use gongkai_model::Stage;
use gongkai_testkit::{
    reports::Layout,
    season::Season,
    servers::{Broker, Database},
};

const USAGE: &str = "\
bench-chain [N] [--parsers P] [--styled] [--statements] [--set GROUP__KEY=VALUE]…
  N reports (2000) of about 40 KB on a local site; P parser processes (2); the program is $GONGKAI_BIN or the one beside this.
  --styled takes pages as a word processor writes them only, of about 56 KB.
  --statements also tells which statements took PostgreSQL's time (they are then counted, which takes some time itself).
  Prints documents per second from the first to the last, and CPU seconds and memory of every process.";

fn main() -> ExitCode {
    let mut reports = 2_000;
    let mut parsers = 2;
    let (mut settings, mut statements, mut styled) = (Vec::new(), false, false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--parsers" => parsers = value().parse().unwrap_or(0),
            "--statements" => statements = true,
            "--styled" => styled = true,
            "--set" => settings.extend(value().split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))),
            number => reports = number.parse().unwrap_or(0),
        }
    }
    if reports == 0 || parsers == 0 {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    let season =
        if styled { Season::new(reports, Some(Layout::StyledPage)) } else { Season::of_pages(reports) };
    measure(season, reports, parsers, &settings, statements);
    ExitCode::SUCCESS
}

fn measure(season: Season, reports: usize, parsers: usize, settings: &[(String, String)], statements: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let others = SERVERS.map(|(_, name)| processes(name));
    let (broker, mut database) = (Broker::start().unwrap(), Database::start().unwrap());
    if statements {
        count_statements(&mut database);
    }
    let season = Arc::new(season);
    let size = |at: usize| season.page(&format!("/r/{at}.html")).map_or(0, |(_, page)| page.len());
    let bytes = (0..reports.min(100)).map(size).sum::<usize>() / reports.min(100);
    let site = runtime.block_on(season.clone().serve()).unwrap();
    let store = database.create("bench").unwrap();
    if statements {
        database.sql(&store, "CREATE EXTENSION pg_stat_statements").unwrap();
    }
    let mut installation = Installation::new(&season, &site.root(), &store, &broker.url(), "bench");
    for (key, value) in settings {
        installation = installation.with(key, value);
    }
    let mut services = started(&installation, parsers);
    let day = calendar(&installation);
    println!("the day's calendar: {} bodies' reports settled in {:.1} s", day.0, day.1.as_secs_f64());
    // What came before is not the chain's: the schema, the calendar, and what servers and this process did.
    let earlier: Vec<Used> = services.iter().map(|(_, service)| Used::by(service.id())).collect();
    let before = Used::beside(&others);
    let begin = now();
    services.push(("fetcher", installation.start(&["fetcher"])));
    let ended = watch(&database, &store, reports);
    println!("{reports} reports of {} KB, {parsers} parsers", bytes / 1024);
    println!(
        "judged: {:.0} reports/s (the last {} in {:.1} s)",
        ended.judged / ended.seconds,
        ended.judged,
        ended.seconds
    );
    println!("all done: {:.1} s after the start of the fetcher", ended.at - begin);
    for ((name, service), earlier) in services.iter().zip(earlier.into_iter().chain([Used::default()])) {
        println!("{}", Used::by(service.id()).since(earlier).line(name, reports));
    }
    for ((name, used), (_, before)) in Used::beside(&others).into_iter().zip(before) {
        println!("{}", used.since(before).line(name, reports));
    }
    println!("{}", stages(&installation));
    println!(
        "{}",
        pages(services.iter_mut().find(|(name, _)| *name == "console").map(|(_, console)| console))
    );
    if statements {
        println!("{}", database.sql(&store, STATEMENTS).unwrap());
    }
}

/// Milliseconds in all, calls, microseconds a call, statement.
const STATEMENTS: &str = "
SELECT round(total_exec_time::numeric), calls, round((mean_exec_time * 1000)::numeric), left(regexp_replace(query, E'[ \\n]+', ' ', 'g'), 90)
FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 40";

fn count_statements(database: &mut Database) {
    database.sql("postgres", "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'").unwrap();
    database.stop().unwrap();
    database.start_again().unwrap();
}

/// What people look at most, each at the second request: how long the console takes for it.
const PAGES: [&str; 6] = ["", "bodies", "reports", "search?q=0", "api/v1/rates", "feed/findings.atom"];

fn pages(console: Option<&mut Service>) -> String {
    let Some(root) = console.map(Service::console) else { return String::new() };
    let lines = PAGES.iter().map(|page| {
        let address = format!("{root}{page}");
        web::get(&address);
        let begin = Instant::now();
        let answer = web::get(&address);
        format!("/{page} {:.0} ms ({})", begin.elapsed().as_secs_f64() * 1_000.0, answer.status)
    });
    format!("console: {}", lines.collect::<Vec<_>>().join(", "))
}

/// How many pieces of work there were.
fn stages(installation: &Installation) -> String {
    let counts = installation.counts().unwrap();
    let lines = counts.iter().map(|count| format!("{} {}", count.stage.as_str(), count.done));
    format!("rows done: {}", lines.collect::<Vec<_>>().join(", "))
}

/// Every service but the fetcher, whose start begins the work.
fn started(installation: &Installation, parsers: usize) -> Vec<(&'static str, Service)> {
    let mut console = installation.start(&["console"]);
    console.says("控制台 (console)");
    let names = ["alerter", "validator"].into_iter().chain((0..parsers).map(|_| "parser"));
    let others = names.map(|name| (name, installation.start(&[name])));
    [("console", console)].into_iter().chain(others).collect()
}

/// Waits until the alerter has settled what is due of every body, as it does once a day; tells of how many, and how long it took.
fn calendar(installation: &Installation) -> (u64, Duration) {
    let begin = Instant::now();
    loop {
        let counts = installation.counts().unwrap();
        let done: u64 = counts.iter().filter(|count| count.stage == Stage::Due).map(|count| count.done).sum();
        if done > 0 && counts.iter().all(|count| count.ready + count.delayed + count.sent == 0) {
            return (done, begin.elapsed());
        }
        patient(begin, "the calendar is not settled");
        thread::sleep(Duration::from_millis(300));
    }
}

/// The end of the work, as the store knows it: asking for it all the time would cost a tenth of what is measured.
struct Ended {
    /// How many documents were judged after the first ones.
    judged: f64,
    /// From the first ones to the last.
    seconds: f64,
    /// When nothing was left to do, in seconds since 1970.
    at: f64,
}

/// Rows that are not done; few at any time.
const OPEN: &str = "SELECT count(*) FROM tasks WHERE state IN ('ready', 'sent')";
/// Documents judged, those of the first moment, seconds to the last, and when all was done.
const JUDGED: &str = "
SELECT count(judged_at), count(*) FILTER (WHERE judged_at = first), (max(judged_at) - first) / 1000.0,
  (SELECT max(updated_at) FROM tasks) / 1000.0
FROM reports, (SELECT min(judged_at) AS first FROM reports) AS f GROUP BY first";

/// Waits until everything is done.
fn watch(database: &Database, store: &str, reports: usize) -> Ended {
    let begin = Instant::now();
    loop {
        patient(begin, "not everything is judged");
        thread::sleep(Duration::from_secs(2));
        if database.sql(store, OPEN).unwrap() != "0" {
            continue;
        }
        let answer = database.sql(store, JUDGED).unwrap();
        let numbers: Vec<f64> = answer.split('|').filter_map(|number| number.parse().ok()).collect();
        if let [judged, first, seconds, at] = numbers[..]
            && judged >= reports as f64
        {
            return Ended { judged: judged - first, seconds, at };
        }
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    UNIX_EPOCH.elapsed().unwrap().as_secs_f64()
}

fn patient(begin: Instant, what: &str) {
    assert!(begin.elapsed() < Duration::from_secs(1_800), "{what} within half an hour");
}

/// CPU seconds, and the most memory ever held, in KiB.
#[derive(Clone, Copy, Default)]
struct Used {
    cpu: f64,
    memory: u64,
}

impl Used {
    /// What works beside the services; `others` are servers of the same names that were there before.
    fn beside(others: &[Vec<u32>; 2]) -> [(&'static str, Self); 3] {
        let server = |at: usize| {
            let (title, name) = SERVERS[at];
            let own = processes(name).into_iter().filter(|id| !others[at].contains(id));
            (title, own.map(Self::own).fold(Self::default(), Self::and))
        };
        [server(0), server(1), ("site and measuring", Self::own(std::process::id()))]
    }

    /// Of a process and its children.
    fn by(id: u32) -> Self {
        children(id).into_iter().map(Self::by).fold(Self::own(id), Self::and)
    }

    fn own(id: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let memory = peak.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
        Self { cpu: (ticks(11) + ticks(12)) / 100.0, memory }
    }

    fn and(self, other: Self) -> Self {
        Self { cpu: self.cpu + other.cpu, memory: self.memory + other.memory }
    }

    /// The CPU time since `earlier`; memory is the most ever held.
    fn since(self, earlier: Self) -> Self {
        Self { cpu: self.cpu - earlier.cpu, ..self }
    }

    fn line(self, name: &str, reports: usize) -> String {
        let each = self.cpu * 1_000.0 / reports as f64;
        format!("  {:7.2} s CPU  {each:5.2} ms a report  {:6} MiB  {name}", self.cpu, self.memory / 1024)
    }
}

/// The servers of the bench: what they are called, and their processes.
const SERVERS: [(&str, &str); 2] = [("RabbitMQ", "beam.smp"), ("PostgreSQL", "postgres")];

/// All processes with a name.
fn processes(name: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let named = entries
        .filter(|entry| fs::read_to_string(entry.path().join("comm")).is_ok_and(|comm| comm.trim() == name));
    named.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok()).collect()
}

/// Children belong to the thread that has made them.
fn children(id: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let texts = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    texts
        .flat_map(|text| text.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<_>>())
        .collect()
}
