//! The other end of a webhook: takes every JSON that is posted and keeps it with its idempotency key.
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// What was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// `Idempotency-Key`, empty without one.
    pub key: String,
    /// The body as text.
    pub body: String,
}

/// A running receiver; it ends when this is dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    posted: Arc<Mutex<Vec<Posted>>>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// A receiver on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let posted = Arc::new(Mutex::new(Vec::new()));
        let router = Router::new().route("/alerts", post(take)).with_state(Arc::clone(&posted));
        // Ended by `drop` and by nothing else.
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, posted, server })
    }

    /// Where to post to.
    pub fn url(&self) -> String {
        format!("http://{}/alerts", self.address)
    }

    /// Everything posted so far, in its order.
    pub fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(posted): State<Arc<Mutex<Vec<Posted>>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let posted_now = Posted { key: key.to_owned(), body: String::from_utf8_lossy(&body).into_owned() };
    posted.lock().unwrap_or_else(PoisonError::into_inner).push(posted_now);
    StatusCode::OK
}
