//! How the watching itself goes: sites and stages.
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use crate::ConsoleState;

/// A site with its last polls.
#[derive(Serialize, ToSchema)]
pub(super) struct SiteItem {
    id: String,
    name: String,
    region: String,
    home: String,
    /// Last poll that read every page of a column and found items.
    last_success_at: Option<String>,
    last_poll: Option<PollItem>,
}

/// A poll of a list.
#[derive(Serialize, ToSchema)]
struct PollItem {
    column: String,
    at: String,
    outcome: &'static str,
    complete: bool,
    pages: u32,
    items: u32,
    detail: Option<String>,
}

/// Rows of the ledger at one stage.
#[derive(Serialize, ToSchema)]
pub(super) struct StageItem {
    stage: &'static str,
    ready: u64,
    delayed: u64,
    sent: u64,
    done: u64,
    /// Dead letters.
    parked: u64,
    oldest_unfinished_at: Option<String>,
}

/// How far work has come.
#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    stages: Vec<StageItem>,
    /// Reports whose body or year is unknown.
    unassigned: u64,
}

/// Sites with their last polls.
#[utoipa::path(get, path = "/api/v1/sites", responses((status = 200, body = Vec<SiteItem>)))]
pub(super) async fn sites(State(state): State<ConsoleState>) -> Answer<Vec<SiteItem>> {
    let found = state.store.sites().await?.into_iter();
    let item = |status: gongkai_store::SiteStatus| SiteItem {
        id: status.site.id,
        name: status.site.name,
        region: status.site.region,
        home: status.site.home,
        last_success_at: status.last_success_at.map(|at| at.to_string()),
        last_poll: status.last_poll.map(|poll| PollItem {
            column: poll.column,
            at: poll.at.to_string(),
            outcome: poll.outcome.as_str(),
            complete: poll.complete,
            pages: poll.pages,
            items: poll.items,
            detail: poll.detail,
        }),
    };
    Ok(Json(found.map(item).collect()))
}

/// Rows of the ledger by stage and state.
#[utoipa::path(get, path = "/api/v1/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(state): State<ConsoleState>) -> Answer<Status> {
    let counts = state.store.stage_counts(state.clock.now()).await?;
    let item = |count: gongkai_store::StageCount| StageItem {
        stage: count.stage.as_str(),
        ready: count.ready,
        delayed: count.delayed,
        sent: count.sent,
        done: count.done,
        parked: count.parked,
        oldest_unfinished_at: count.oldest_unfinished.map(|at| at.to_string()),
    };
    let unassigned = state.store.unassigned().await?;
    Ok(Json(Status { stages: counts.into_iter().map(item).collect(), unassigned }))
}
