//! A PostgreSQL is killed, stopped, frozen and started again.
use std::{net::TcpStream, thread, time::Duration};

use gongkai_testkit::servers::Database;

#[test]
fn a_database_comes_back_after_a_kill_and_after_a_stop_with_its_data() {
    let mut server = Database::start().unwrap();
    let url = server.create("facts").unwrap();
    server.sql(&url, "CREATE TABLE fact (n int); INSERT INTO fact VALUES (1), (2)").unwrap();
    assert_eq!(server.sql(&url, "SELECT n, n * 2 FROM fact ORDER BY n").unwrap(), "1|2\n2|4");

    // With a client in the middle of something.
    let busy = server.access();
    let client = thread::spawn(move || busy.sql("postgres", "SELECT pg_sleep(600)"));
    let asks =
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'";
    assert!((0..500).any(|_| server.sql("postgres", asks).unwrap() == "1"));
    server.kill().unwrap();
    assert!(client.join().unwrap().is_err());
    assert!(TcpStream::connect(server.address()).is_err());
    server.start_again().unwrap();
    assert_eq!(server.sql(&url, "SELECT sum(n) FROM fact").unwrap(), "3");

    server.stop().unwrap();
    assert!(TcpStream::connect(server.address()).is_err());
    server.start_again().unwrap();
    assert_eq!(server.sql(&url, "SELECT sum(n) FROM fact").unwrap(), "3");
}

#[test]
fn a_frozen_database_answers_when_it_is_thawed() {
    let server = Database::start().unwrap();
    server.freeze().unwrap();
    let access = server.access();
    let client = thread::spawn(move || access.sql("postgres", "SELECT 7"));
    thread::sleep(Duration::from_millis(300));
    assert!(!client.is_finished());
    server.thaw().unwrap();
    assert_eq!(client.join().unwrap().unwrap(), "7");
}

#[test]
fn a_database_is_made_anew_each_time_under_settings_of_real_life() {
    let server = Database::shared().unwrap();
    let (first, second) = (server.create("same").unwrap(), server.create("same").unwrap());
    assert_ne!(first, second);
    server.sql(&first, "CREATE TABLE here ()").unwrap();
    assert!(server.sql(&second, "SELECT FROM here").unwrap_err().to_string().contains("does not exist"));
    assert_eq!(server.sql(&first, "SHOW fsync").unwrap(), "on");
    assert_eq!(server.sql(&first, "SHOW server_encoding").unwrap(), "UTF8");
    assert_eq!(server.sql(&first, "SHOW max_connections").unwrap(), "200");
}
