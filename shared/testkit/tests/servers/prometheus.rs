//! Prometheus and Alertmanager start with the settings they are given and are told apart from what they cannot read.
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use gongkai_testkit::servers::{Alertmanager, Broker, Prometheus, PrometheusFiles, ServerError};

fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: test\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn both_start_beside_any_other_and_answer() {
    let receiver = "route: {receiver: none}\nreceivers: [{name: none}]\n";
    let alertmanager = Alertmanager::start(receiver).unwrap();
    assert!(get(alertmanager.address(), "/-/ready").contains("200 OK"));
    let config = format!(
        "alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{}']}}]}}]}}\n",
        alertmanager.address()
    );
    let [one, other] =
        [0; 2].map(|_| Prometheus::start(&PrometheusFiles { config: config.clone(), folder: None }).unwrap());
    assert_ne!(one.root(), other.root());
    let address = one.root().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    assert!(get(address, "/api/v1/query?query=1").contains("\"success\""));
    // It looks for them every few seconds.
    let end = Instant::now() + Duration::from_secs(30);
    while !get(address, "/api/v1/alertmanagers").contains(&alertmanager.address().to_string()) {
        assert!(Instant::now() < end, "the Alertmanager was not found");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn settings_that_are_wrong_are_told_with_what_the_server_says() {
    let files = PrometheusFiles { config: "nonsense: 1\n".into(), folder: None };
    let error = Prometheus::start(&files).unwrap_err();
    assert!(matches!(&error, ServerError::Server { log, .. } if log.contains("nonsense")), "{error}");
    let error = Alertmanager::start("nonsense: 1\n").unwrap_err();
    assert!(error.to_string().contains("nonsense"), "{error}");
}

#[test]
fn a_broker_shows_its_queues_to_prometheus() {
    let broker = Broker::start_with_metrics().unwrap();
    let detailed = get(broker.metrics(), "/metrics/detailed?family=queue_coarse_metrics");
    assert!(detailed.contains("200 OK"), "{detailed}");
    assert!(get(broker.metrics(), "/metrics").contains("rabbitmq_identity_info"));
}
