//! A draft in the body, findings in the answer; nothing is kept.
use axum::{
    Json,
    body::to_bytes,
    extract::{Request, State},
    http::header,
};
use gongkai_judging::render::{Document, json};
use serde_json::Value;

use super::{Answer, Problem};
use crate::{
    ConsoleState,
    draft::{Draft, MAX_BODY},
    error::PageError,
    frame::Frame,
};

/// Checks a document, as `gongkai check --format json` does. At most 8 MiB.
#[utoipa::path(
    post, path = "/api/v1/check",
    request_body(content = String, content_type = "application/octet-stream", description = "The document as it is; its Content-Type is a hint"),
    responses((status = 200, body = Vec<Object>, description = "One object a report of the document"), (status = 413, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn check(
    State(state): State<ConsoleState>,
    f: Frame,
    request: Request,
) -> Answer<Vec<Value>> {
    // A place is taken before the body is.
    let _place = state.drafts.place()?;
    let declared = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let certain = declared.filter(|kind| kind.starts_with("text/") || kind.starts_with("application/xhtml"));
    let content_type = certain.map(str::to_owned);
    let bytes = to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| PageError::TooLarge)?;
    if bytes.is_empty() {
        return Err(PageError::BadRequest("body".into()));
    }
    let checked = state.drafts.check(Draft { bytes: bytes.to_vec(), content_type }).await?;
    let object = |(report, judgement): &(_, _)| {
        serde_json::to_value(json::document(
            &Document { source: "draft", report, judgement, body: None },
            f.lang,
        ))
    };
    let objects: Result<Vec<_>, _> = checked.iter().map(object).collect();
    Ok(Json(objects.map_err(|error| PageError::Failed(error.to_string()))?))
}
