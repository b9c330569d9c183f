//! What operators ask of every service: `/metrics`, `/healthz`, `/readyz`.
use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use gongkai_store::Store;
use tokio::{net::TcpListener, time::timeout};

use crate::{error::RuntimeError, lifecycle::Stop, telemetry::Metrics};

/// Content type of the text exposition.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long the store may take to answer before the service counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the endpoints look at.
#[derive(Clone)]
struct Ops {
    metrics: Arc<Metrics>,
    store: Arc<dyn Store>,
    stop: Stop,
}

/// The three endpoints, to be served alone or merged into a service's own.
pub fn router(metrics: Arc<Metrics>, store: Arc<dyn Store>, stop: Stop) -> Router {
    Router::new()
        .route("/metrics", get(exposition))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readiness))
        .with_state(Ops { metrics, store, stop })
}

/// Listens on `address` (`IP:PORT`; port 0 = any free one).
pub async fn bind(address: &str) -> Result<TcpListener, RuntimeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| RuntimeError::Listen { address: address.to_owned(), source })
}

/// Serves until the stop: open requests are finished, new ones refused.
pub async fn serve(listener: TcpListener, router: Router, stop: Stop) -> Result<(), RuntimeError> {
    let served =
        axum::serve(listener, router).with_graceful_shutdown(async move { stop.soft.cancelled().await });
    served.await.map_err(|source| RuntimeError::System { what: "the HTTP server ended", source })
}

async fn exposition(State(ops): State<Ops>) -> Response {
    match ops.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, EXPOSITION)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// Ready: not stopping, and the store answers.
async fn readiness(State(ops): State<Ops>) -> (StatusCode, String) {
    let not_ready = |why: String| (StatusCode::SERVICE_UNAVAILABLE, why + "\n");
    if ops.stop.is_stopping() {
        return not_ready("stopping".to_owned());
    }
    match timeout(PATIENCE, ops.store.schema_version()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n".to_owned()),
        Ok(Err(error)) => not_ready(error.to_string()),
        Err(_) => not_ready(format!("the store has not answered within {PATIENCE:?}")),
    }
}
