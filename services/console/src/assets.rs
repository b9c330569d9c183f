//! The stylesheet and the icon, built into the binary.
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

pub(crate) const STYLESHEET: &str = include_str!("../assets/console.css");
/// Beside the other on a page of its own; not served.
pub(crate) const PRINTOUT: &str = include_str!("../assets/printout.css");
const DRAFT_SCRIPT: &str = include_str!("../assets/draft.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// `/assets/console.css`
pub(crate) async fn stylesheet() -> Response {
    asset("text/css; charset=utf-8", STYLESHEET)
}

/// `/assets/draft.js`
pub(crate) async fn draft_script() -> Response {
    asset("text/javascript; charset=utf-8", DRAFT_SCRIPT)
}

/// `/assets/icon.svg`
pub(crate) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

fn asset(kind: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")], body).into_response()
}
