//! Who dismissed a finding or took it up again, when and why.
use axum::{
    Json,
    extract::{Path, State},
};
use gongkai_store::Dismissal;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use crate::{ConsoleState, pages::item::Acts};

/// One act of a finding's history.
#[derive(Serialize, ToSchema)]
pub(super) struct DismissalItem {
    /// Dismissed, or taken up again.
    dismissed: bool,
    /// Why; null where nothing was said.
    note: Option<String>,
    /// The name that was given, which nobody has proven; null where none was.
    by: Option<String>,
    at: String,
}

impl DismissalItem {
    fn of(act: &Dismissal) -> Self {
        Self {
            dismissed: act.dismissed,
            note: act.remark.note().map(str::to_owned),
            by: act.remark.by().map(str::to_owned),
            at: act.at.to_string(),
        }
    }
}

/// One of them as it is answered.
pub(super) fn items(histories: &Acts, fingerprint: &str) -> Vec<DismissalItem> {
    histories.get(fingerprint).into_iter().flatten().map(DismissalItem::of).collect()
}

/// How a finding was dismissed and taken up again, oldest first; nothing for one that never was.
#[utoipa::path(get, path = "/api/v1/findings/{fingerprint}/dismissals", params(("fingerprint" = String, Path)), responses((status = 200, body = Vec<DismissalItem>)))]
pub(super) async fn history(
    State(state): State<ConsoleState>,
    Path(fingerprint): Path<String>,
) -> Answer<Vec<DismissalItem>> {
    let histories = state.store.dismissals(std::slice::from_ref(&fingerprint)).await?;
    Ok(Json(items(&histories, &fingerprint)))
}
