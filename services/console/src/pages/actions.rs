//! What a form may change: a finding is dismissed or taken up again, a report is processed again. The token travels in the form itself.
use std::time::Duration;

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use gongkai_model::Stage;
use gongkai_store::{Filter, Remark};
use serde::Deserialize;
use uuid::Uuid;

use super::Page;
use crate::{ConsoleState, error::PageError, words::segment};

/// A wrong token is answered so much later: guessing becomes slow.
const PENALTY: Duration = Duration::from_millis(500);

/// Dismiss, or take up again.
#[derive(Deserialize)]
pub(crate) struct Dismissal {
    token: String,
    fingerprint: String,
    /// The report, or else the body, on whose page the form stands.
    report: Option<Uuid>,
    body: Option<String>,
    dismissed: bool,
    #[serde(default)]
    note: String,
    #[serde(default)]
    by: String,
}

/// From where a report goes through again.
#[derive(Deserialize)]
pub(crate) struct Again {
    token: String,
    from: From,
}

/// Where it starts.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum From {
    /// From the stored original.
    Fetched,
    /// From what was read.
    Parsed,
}

/// Refuses, slowly, whoever has no token.
pub(crate) async fn authorise(state: &ConsoleState, token: Option<&str>) -> Result<(), PageError> {
    let answer = state.access.act(token);
    if answer.is_err() {
        tokio::time::sleep(PENALTY).await;
    }
    answer
}

/// `POST /findings/dismiss`
pub(crate) async fn dismiss(State(state): State<ConsoleState>, Form(asked): Form<Dismissal>) -> Page {
    authorise(&state, Some(&asked.token)).await?;
    let remark = Remark::new(asked.dismissed, &asked.note, &asked.by)?;
    let back = shown_at(&state, asked.report, asked.body.as_deref()).await?;
    set_dismissed(&state, &asked.fingerprint, asked.dismissed, &remark).await?;
    Ok(Redirect::to(&back).into_response())
}

/// The page on which a finding stood: never an address of the form's, and a body only if something is due of it.
async fn shown_at(
    state: &ConsoleState,
    report: Option<Uuid>,
    body: Option<&str>,
) -> Result<String, PageError> {
    if let Some(report) = report {
        return Ok(format!("/reports/{report}#findings"));
    }
    let body = body.ok_or_else(|| PageError::BadRequest("neither report nor body".to_owned()))?;
    let filter = Filter { body: Some(body.to_owned()), limit: 1, ..Filter::default() };
    if state.store.dues(&filter).await?.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(format!("/bodies/{}#findings", segment(body)))
}

/// `POST /reports/{id}/replay`
pub(crate) async fn replay(
    State(state): State<ConsoleState>,
    Path(id): Path<Uuid>,
    Form(asked): Form<Again>,
) -> Page {
    authorise(&state, Some(&asked.token)).await?;
    process_again(&state, id, asked.from).await?;
    Ok(Redirect::to(&format!("/reports/{id}")).into_response())
}

/// Marks a finding; one that is not there is not found.
pub(crate) async fn set_dismissed(
    state: &ConsoleState,
    fingerprint: &str,
    dismissed: bool,
    remark: &Remark,
) -> Result<(), PageError> {
    if !state.store.dismiss(fingerprint, dismissed, remark, state.clock.now()).await? {
        return Err(PageError::NotFound);
    }
    tracing::info!(fingerprint, dismissed, "a finding was marked in the console");
    Ok(())
}

/// Sends the version of a report through again; tells how many rows that raised.
pub(crate) async fn process_again(state: &ConsoleState, report: Uuid, from: From) -> Result<u64, PageError> {
    let row = state.store.report(report).await?.ok_or(PageError::NotFound)?;
    let stage = match from {
        From::Fetched => Stage::Parse,
        From::Parsed => Stage::Judge,
    };
    let filter = Filter { id: Some(row.version), ..Filter::default() };
    let raised = state.store.replay(stage, &filter, state.clock.now()).await?;
    tracing::info!(%report, stage = stage.as_str(), raised, "a report goes through again, asked for in the console");
    Ok(raised)
}
