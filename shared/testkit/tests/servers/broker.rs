//! A RabbitMQ node is killed, stopped, frozen and started again.
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use gongkai_testkit::servers::Broker;

/// The first bytes of the frame by which a broker answers the protocol header: method, channel 0, then `Connection.Start`.
fn greeting(address: SocketAddr) -> io::Result<[u8; 11]> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"AMQP\0\0\x09\x01")?;
    let mut frame = [0; 11];
    stream.read_exact(&mut frame)?;
    Ok(frame)
}

fn answers(address: SocketAddr) -> bool {
    greeting(address).is_ok_and(|frame| frame[..3] == [1, 0, 0] && frame[7..] == [0, 10, 0, 10])
}

#[test]
fn a_broker_comes_back_after_a_kill_and_after_a_stop_with_its_data() {
    let mut broker = Broker::start().unwrap();
    let address = broker.address();
    assert!(answers(address));
    assert_eq!(broker.url(), format!("amqp://guest:guest@127.0.0.1:{}/%2f", broker.port()));
    let version = broker.version().unwrap();
    assert!(version.starts_with(['3', '4']), "{version}");
    assert!(broker.ctl(&["list_users"]).unwrap().starts_with("guest"));
    let error = broker.ctl(&["no_such_command"]).unwrap_err().to_string();
    assert!(error.contains("no_such_command"), "{error}");
    broker.ctl(&["add_vhost", "kept"]).unwrap();

    broker.freeze().unwrap();
    assert!(!answers(address));
    broker.thaw().unwrap();
    assert!(answers(address));

    broker.kill().unwrap();
    assert!(TcpStream::connect(address).is_err());
    broker.start_again().unwrap();
    assert!(answers(address));
    assert!(broker.ctl(&["list_vhosts"]).unwrap().lines().any(|vhost| vhost == "kept"));

    broker.stop().unwrap();
    assert!(TcpStream::connect(address).is_err());
    broker.start_again().unwrap();
    assert!(broker.ctl(&["list_vhosts"]).unwrap().lines().any(|vhost| vhost == "kept"));
    drop(broker);
    assert!(TcpStream::connect(address).is_err());
}
