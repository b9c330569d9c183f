//! `/reports/{id}/changes/{other}`: what is different between two versions: cells and wording.
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use gongkai_store::ReportRow;
use similar::{ChangeTag, TextDiff};
use uuid::Uuid;

use super::{Page, html};
use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    sheet::{Comparison, Wanted, compare},
    words,
};

/// After so long a difference becomes coarser instead of better.
const PATIENCE: Duration = Duration::from_millis(500);
/// Characters of a text that are compared.
const LONGEST: usize = 200_000;
/// Unchanged lines around a changed one.
const AROUND: usize = 1;

/// A line of the wording.
pub(crate) struct Wording {
    pub(crate) class: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) word: &'static str,
    pub(crate) text: String,
}

#[derive(Template)]
#[template(path = "changes.html")]
struct Changes {
    f: Frame,
    title: String,
    old: (String, String),
    new: (String, String),
    tables: Vec<Comparison>,
    groups: Vec<Vec<Wording>>,
}

/// The page; the later version is the new one, whichever was named first.
pub(crate) async fn page(
    State(state): State<ConsoleState>,
    f: Frame,
    Path((one, other)): Path<(String, String)>,
) -> Page {
    let (one, other) = (row(&state, &one).await?, row(&state, &other).await?);
    // Only versions of one report are compared; anything else is two reports, not a change.
    if one.identity() != other.identity() {
        return Err(PageError::NotFound);
    }
    let (old, new) = if one.fetched_at <= other.fetched_at { (one, other) } else { (other, one) };
    let mut tables = compare(&f, &old.report, &new.report, Wanted::Changed);
    tables.retain(|table| !table.lines.is_empty());
    let (frame, texts) = (f.clone(), [cut(&old.report.text), cut(&new.report.text)]);
    let groups = tokio::task::spawn_blocking(move || wording(&frame, &texts))
        .await
        .map_err(|error| PageError::Failed(error.to_string()))?;
    let link = |row: &ReportRow| (format!("/reports/{}", row.id), words::moment(row.fetched_at));
    let title = new.report.title.as_ref().map_or_else(|| new.url.clone(), |title| title.text.clone());
    html(&Changes { title, old: link(&old), new: link(&new), tables, groups, f })
}

async fn row(state: &ConsoleState, id: &str) -> Result<ReportRow, PageError> {
    let id = Uuid::parse_str(id).map_err(|_| PageError::NotFound)?;
    state.store.report(id).await?.ok_or(PageError::NotFound)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn wording(f: &Frame, [old, new]: &[String; 2]) -> Vec<Vec<Wording>> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let line = |change: similar::Change<&str>| {
        let (class, sign, word) = match change.tag() {
            ChangeTag::Delete => ("gone", "−", f.t("删去", "removed")),
            ChangeTag::Insert => ("added", "+", f.t("新增", "added")),
            ChangeTag::Equal => ("same", " ", ""),
        };
        Wording { class, sign, word, text: change.value().trim_end_matches(['\n', '\r']).to_owned() }
    };
    let groups = diff.grouped_ops(AROUND);
    groups.iter().map(|ops| ops.iter().flat_map(|op| diff.iter_changes(op)).map(line).collect()).collect()
}
