//! However a test process ends, its servers end with it: no process, no folder, no shared memory.
use std::{
    env, fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use gongkai_testkit::servers::{AMQP_URL, Broker, Database, POSTGRES_URL, RABBITMQ_ROOT};
use tempfile::TempDir;

/// How the process below ends; unset when the tests are run.
const ENDING: &str = "TESTKIT_ENDING";

/// The processes whose environment names a folder, and those that work in it.
fn processes_of(folder: &TempDir) -> Vec<String> {
    let name = folder.path().to_str().unwrap();
    let of_it = |process: &fs::DirEntry| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        let works_in = fs::read_link(process.path().join("cwd")).unwrap_or_default();
        works_in.starts_with(name) || String::from_utf8_lossy(&environment).contains(name)
    };
    let command = |process: fs::DirEntry| fs::read_to_string(process.path().join("comm")).unwrap_or_default();
    fs::read_dir("/proc").unwrap().flatten().filter(of_it).map(command).collect()
}

/// The number of the System V memory of the PostgreSQL in a folder.
fn memory_segment(folder: &TempDir) -> String {
    let servers = fs::read_dir(folder).unwrap().flatten();
    let file = servers
        .filter_map(|server| fs::read_to_string(server.path().join("data/postmaster.pid")).ok())
        .next();
    file.unwrap().lines().nth(6).unwrap().split_whitespace().last().unwrap().to_owned()
}

fn has_memory_segment(number: &str) -> bool {
    let list = fs::read_to_string("/proc/sysvipc/shm").unwrap();
    list.lines().any(|line| line.split_whitespace().nth(1) == Some(number))
}

fn wait_until_nothing_is_left(folder: &TempDir) {
    let end = Instant::now() + Duration::from_secs(15);
    loop {
        let (files, processes) = (fs::read_dir(folder).unwrap().count(), processes_of(folder));
        if files == 0 && processes.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "left: {files} files, {processes:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A folder for everything temporary, which PostgreSQL's user may enter.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

/// This test binary with servers of its own in `folder`, as soon as they run.
fn process_with_servers(folder: &TempDir, ending: &str) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "nothing_stays::a_process_with_shared_servers", "--nocapture"]);
    command.env("TMPDIR", folder.path()).env(ENDING, ending);
    for variable in [AMQP_URL, POSTGRES_URL, RABBITMQ_ROOT] {
        command.env_remove(variable);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.into_iter().any(|line| line.contains("servers run")));
    child
}

#[test]
#[ignore = "run by the other tests of this file as a process of its own"]
fn a_process_with_shared_servers() {
    Database::shared().unwrap();
    let ending = env::var(ENDING).unwrap_or_default();
    if ending == "none" {
        // The broker takes seconds: one of the endings is enough for it.
        Broker::shared().unwrap();
    }
    println!("servers run");
    match ending.as_str() {
        "panic" => panic!("as asked"),
        "exit" => std::process::exit(7),
        _ => thread::sleep(Duration::from_secs(600)),
    }
}

#[test]
fn a_killed_process_leaves_nothing() {
    let folder = folder();
    let mut child = process_with_servers(&folder, "none");
    let (running, segment) = (processes_of(&folder), memory_segment(&folder));
    for server in ["beam.smp", "epmd", "postgres"] {
        assert!(running.iter().any(|name| name.trim() == server), "{server} is not in {running:?}");
    }
    assert!(has_memory_segment(&segment));
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until_nothing_is_left(&folder);
    assert!(!has_memory_segment(&segment));
}

#[test]
fn a_process_that_panics_or_exits_leaves_nothing() {
    for (ending, code) in [("panic", 101), ("exit", 7)] {
        let folder = folder();
        let mut child = process_with_servers(&folder, ending);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        wait_until_nothing_is_left(&folder);
    }
}

#[test]
fn the_servers_of_a_test_run_end_with_its_command() {
    let folder = folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_test-servers"));
    command.args(["--", "sh", "-c", "echo $GONGKAI_TEST_AMQP_URL $GONGKAI_TEST_POSTGRES_URL; exit 9"]);
    command.env("TMPDIR", folder.path()).env_remove(RABBITMQ_ROOT);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(9));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("amqp://") && said.contains(" postgres://"), "{said}");
    // At once: whoever started the run may look.
    assert_eq!((fs::read_dir(&folder).unwrap().count(), processes_of(&folder)), (0, vec![]));
}
