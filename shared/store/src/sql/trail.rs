//! What happened to a document or report, stage by stage, and what it waits for.
mod resolve;
mod steps;
mod work;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::query::Conn;
use crate::{error::StoreResult, views::Trail};

/// What a trail is about: sources, known identities (body, year), alerts.
#[derive(Debug, Default)]
struct About {
    sources: BTreeSet<String>,
    identities: BTreeSet<(String, i16)>,
    alerts: BTreeSet<String>,
}

impl About {
    fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.identities.is_empty() && self.alerts.is_empty()
    }
}

/// The history of an id, a URL, or a (body, year) written `body/year`; nothing is known of anything else.
pub(super) async fn trail(conn: &mut Conn, what: &str, now: Timestamp) -> StoreResult<Option<Trail>> {
    let about = resolve::about(conn, what).await?;
    if about.is_empty() {
        return Ok(None);
    }
    let mut steps = steps::of_sources(conn, &about).await?;
    steps.extend(steps::of_reports(conn, &about).await?);
    steps.extend(steps::of_findings(conn, &about).await?);
    steps.extend(steps::of_dues(conn, &about).await?);
    steps.extend(steps::of_alerts(conn, &about).await?);
    let tasks = work::tasks(conn, &about).await?;
    steps.extend(tasks.iter().map(work::step));
    // Stable: what happened at the same moment stays in the order of the chain.
    steps.sort_by_key(|step| step.at);
    let waits_for = match work::waits_for(&tasks, now) {
        Some(waits_for) => Some(waits_for),
        None => work::next_fetch(conn, &about).await?,
    };
    Ok(Some(Trail { about: what.to_owned(), steps, waits_for }))
}
