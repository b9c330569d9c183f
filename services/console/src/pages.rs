//! One file a page: what it asks the store, and its template.
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::error::PageError;

pub(crate) mod actions;
pub(crate) mod ask;
pub(crate) mod bodies;
pub(crate) mod body;
pub(crate) mod changes;
pub(crate) mod draft;
pub(crate) mod item;
pub(crate) mod login;
pub(crate) mod original;
pub(crate) mod overview;
pub(crate) mod report;
pub(crate) mod reports;
pub(crate) mod search;

type Page = Result<Response, PageError>;

fn html(template: &impl Template) -> Page {
    Ok(Html(template.render()?).into_response())
}

/// Everything without a page of its own.
pub(crate) async fn not_found() -> PageError {
    PageError::NotFound
}
