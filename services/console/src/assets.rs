//! The one stylesheet, built into the binary.
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const STYLESHEET: &str = include_str!("../assets/console.css");

/// `/assets/console.css`
pub(crate) async fn stylesheet() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, STYLESHEET).into_response()
}
