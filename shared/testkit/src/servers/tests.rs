//! Addresses, ports and failures of servers, without a real one.
use std::{
    cell::RefCell,
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
};

use super::{
    Broker, ServerError,
    access::{BrokerAccess, DatabaseAccess},
    keeper::Keeper,
    launch::{self, Launched},
    ports,
};

fn elsewhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9).into()
}

#[test]
fn a_url_is_taken_apart_and_put_together_again() {
    let broker = BrokerAccess::of("amqp://guest:guest@127.0.0.1:15672/%2f").unwrap();
    assert_eq!(broker.url(), "amqp://guest:guest@127.0.0.1:15672/%2f");
    assert_eq!(broker.address().to_string(), "127.0.0.1:15672");
    assert_eq!(broker.url_through(elsewhere()), "amqp://guest:guest@127.0.0.1:9/%2f");
    let database = DatabaseAccess::of("postgresql://me:a%40b@localhost/postgres?sslmode=disable").unwrap();
    assert_eq!(database.url("facts"), "postgresql://me:a%40b@127.0.0.1:5432/facts?sslmode=disable");
    let through = database.url_through("facts", elsewhere()).unwrap();
    assert_eq!(through, "postgresql://me:a%40b@127.0.0.1:9/facts?sslmode=disable");
    assert_eq!(database.url_through(&database.url("facts"), elsewhere()).unwrap(), through);
    let error = BrokerAccess::of("127.0.0.1:5672").unwrap_err().to_string();
    assert!(error.contains("`127.0.0.1:5672`") && error.contains("amqp://"), "{error}");
}

#[test]
fn a_port_that_was_taken_meanwhile_is_replaced_and_another_failure_is_told() {
    let taken = RefCell::new(Vec::new());
    let port = launch::with_free_ports(|[port]: [u16; 1]| {
        if taken.borrow().len() < 2 {
            taken.borrow_mut().push(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap());
            return Err(ServerError::NoPort);
        }
        Ok(port)
    });
    assert!(ports::is_free(port.unwrap()));
    let attempts = RefCell::new(0);
    let failed = launch::with_free_ports(|_: [u16; 2]| {
        *attempts.borrow_mut() += 1;
        Err::<(), _>(ServerError::NoPort)
    });
    assert!(failed.is_err());
    assert_eq!(attempts.into_inner(), 1);
}

#[test]
fn a_server_that_does_not_start_is_told_with_the_end_of_its_log() {
    let keeper = Keeper::start(&env::temp_dir(), "nothing").unwrap();
    let mut command = keeper.command("sh");
    command.args(["-c", "echo here is why; exit 3"]);
    let log = keeper.folder().join("log");
    let child = keeper.server(command, &log, "nothing").unwrap();
    let mut launched = Launched { child, helpers: Vec::new(), server: "nothing", log, port: 1 };
    let error = launched.wait_until_ready("ready").unwrap_err().to_string();
    assert_eq!(error, "nothing ended while it started (exit status: 3); the end of its log:\nhere is why");
    let folder = keeper.folder().to_owned();
    drop(keeper);
    assert!(!folder.exists());
}

#[test]
fn daemons_and_sessions_of_their_own_are_ended_too() {
    let keeper = Keeper::start(&env::temp_dir(), "nothing").unwrap();
    let mut command = keeper.command("sh");
    command.args(["-c", "setsid sh -c 'echo $$; exec sleep 600' & sleep 600"]);
    let log = keeper.folder().join("log");
    let mut child = keeper.server(command, &log, "nothing").unwrap();
    let daemon = (0..1000).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        fs::read_to_string(&log).unwrap().trim().parse::<u32>().ok()
    });
    let daemon = format!("/proc/{}/environ", daemon.unwrap());
    assert!(fs::read(&daemon).is_ok_and(|environment| !environment.is_empty()));
    drop(keeper);
    child.wait().unwrap();
    // Gone, or dead and not yet taken off the list.
    assert!(fs::read(&daemon).map_or(true, |environment| environment.is_empty()));
}

#[test]
fn a_root_without_a_broker_is_told_with_the_way_to_make_one() {
    let error = Broker::start_in(Path::new("/nowhere")).unwrap_err().to_string();
    assert_eq!(error, "/nowhere/usr/lib/rabbitmq/bin is missing; install it with: tests/rabbitmq4");
}
