//! Actions for programs: the token comes in `Authorization: Bearer …`, which no page of another site can send.
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use gongkai_store::Remark;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Answer, Problem,
    dismissals::{DismissalItem, items},
};
use crate::{
    ConsoleState,
    access::bearer,
    error::PageError,
    pages::actions::{From, authorise, process_again, set_dismissed},
};

/// Dismiss, or take up again.
#[derive(Deserialize, ToSchema)]
pub(super) struct Dismissal {
    dismissed: bool,
    /// Why: one line of at most 500 characters. A dismissal needs it.
    #[serde(default)]
    note: String,
    /// Who says so: a name of at most 50 characters.
    #[serde(default)]
    by: String,
}

/// What a finding is now.
#[derive(Serialize, ToSchema)]
pub(super) struct Dismissed {
    fingerprint: String,
    dismissed: bool,
    /// All that was done with it, oldest first.
    dismissals: Vec<DismissalItem>,
}

/// From where.
#[derive(Deserialize, ToSchema)]
pub(super) struct Again {
    from: From,
}

/// How many documents go through again.
#[derive(Serialize, ToSchema)]
pub(super) struct Raised {
    raised: u64,
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, PageError> {
    serde_json::from_slice(body).map_err(|error| PageError::BadRequest(error.to_string()))
}

/// Dismisses a finding, or takes it up again.
#[utoipa::path(post, path = "/api/v1/findings/{fingerprint}/dismiss", params(("fingerprint" = String, Path)), request_body = Dismissal, responses((status = 200, body = Dismissed), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn dismiss(
    State(state): State<ConsoleState>,
    Path(fingerprint): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Answer<Dismissed> {
    authorise(&state, bearer(&headers)).await?;
    let Dismissal { dismissed, note, by } = read(&body)?;
    let remark = Remark::new(dismissed, &note, &by)?;
    set_dismissed(&state, &fingerprint, dismissed, &remark).await?;
    let histories = state.store.dismissals(std::slice::from_ref(&fingerprint)).await?;
    let dismissals = items(&histories, &fingerprint);
    Ok(Json(Dismissed { fingerprint, dismissed, dismissals }))
}

/// Sends a stored report through reading or judging again.
#[utoipa::path(post, path = "/api/v1/reports/{id}/replay", params(("id" = String, Path)), request_body = Again, responses((status = 200, body = Raised), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn replay(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Answer<Raised> {
    authorise(&state, bearer(&headers)).await?;
    let id = Uuid::parse_str(&id).map_err(|_| PageError::NotFound)?;
    let Again { from } = read(&body)?;
    Ok(Json(Raised { raised: process_again(&state, id, from).await? }))
}
