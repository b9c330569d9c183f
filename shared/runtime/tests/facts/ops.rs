//! Facts about the operations endpoints, asked over a real socket.
use std::sync::{Arc, atomic::Ordering};

use gongkai_runtime::{lifecycle::Stop, ops, telemetry::Metrics};
use gongkai_store::Store;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::ledger::Ledger;

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_service_tells_its_metrics_its_health_and_whether_it_is_ready() {
    let ledger = Arc::new(Ledger::default());
    let (metrics, stop) = (Arc::new(Metrics::new("0.1.0").unwrap()), Stop::new());
    let router = ops::router(metrics, Arc::clone(&ledger) as Arc<dyn Store>, stop.clone());
    let listener = ops::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(ops::serve(listener, router, stop.clone()));

    let exposition = get(address, "/metrics").await;
    assert!(exposition.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{exposition}");
    assert!(exposition.contains("gongkai_build_info{version=\"0.1.0\"} 1"), "{exposition}");
    assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(get(address, "/readyz").await.starts_with("HTTP/1.1 200"));

    ledger.away.store(true, Ordering::SeqCst);
    let not_ready = get(address, "/readyz").await;
    assert!(not_ready.starts_with("HTTP/1.1 503") && not_ready.contains("the store is away"), "{not_ready}");
    assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200"));

    stop.soft.cancel();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = ops::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = ops::bind(&address).await.unwrap_err().to_string();
    assert!(error.contains(&address), "{error}");
}
