//! Starts one private broker and one private database for a whole test run, so that each test binary need not start its own.
use std::{
    env,
    io::{self, Write},
    os::unix::process::ExitStatusExt,
    panic::resume_unwind,
    process::{Command, ExitCode, ExitStatus},
    thread,
    time::Instant,
};

use gongkai_testkit::servers::{AMQP_URL, Broker, Database, POSTGRES_URL, ServerError};

const USAGE: &str = "\
test-servers -- COMMAND [ARGUMENT]…
Runs a command with GONGKAI_TEST_AMQP_URL and GONGKAI_TEST_POSTGRES_URL set to private servers, which end with it.";

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1);
    let (Some(dashes), Some(program)) = (words.next(), words.next()) else { return told(&USAGE) };
    if dashes != "--" {
        return told(&USAGE);
    }
    let begin = Instant::now();
    let (broker, database) = match start() {
        Ok(servers) => servers,
        Err(error) => return told(&error),
    };
    let seconds = begin.elapsed().as_secs_f32();
    // Nothing is lost when nobody reads it.
    let _ = writeln!(io::stderr(), "started a broker and a database in {seconds:.1} s");
    let mut command = Command::new(&program);
    command.args(words).env(AMQP_URL, broker.url()).env(POSTGRES_URL, database.url("postgres"));
    match command.status() {
        Ok(status) => code(status),
        Err(error) => told(&format!("cannot start {}: {error}", program.display())),
    }
}

/// Both at once: the broker takes seconds.
fn start() -> Result<(Broker, Database), ServerError> {
    thread::scope(|scope| {
        let database = scope.spawn(Database::start);
        let broker = Broker::start();
        let database = database.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((broker?, database?))
    })
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn told(what: &dyn std::fmt::Display) -> ExitCode {
    // Nothing is left to do when even standard error is gone.
    let _ = writeln!(io::stderr(), "{what}");
    ExitCode::from(2)
}
