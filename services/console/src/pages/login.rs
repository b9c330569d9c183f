//! `/login`: where reading needs a token, a browser gives it once and keeps a cookie.
use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;

use super::{Page, html};
use crate::{ConsoleState, error::PageError, frame::Frame};

/// Where to go afterwards.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// The form.
#[derive(Deserialize)]
pub(crate) struct Entry {
    token: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    f: Frame,
    next: String,
}

/// The form; where reading is free there is nothing to sign in to.
pub(crate) async fn form(State(state): State<ConsoleState>, f: Frame, Query(asked): Query<Next>) -> Page {
    if !state.access.is_closed() {
        return Err(PageError::NotFound);
    }
    html(&Login { f, next: asked.next })
}

/// Gives the cookie and goes on.
pub(crate) async fn enter(State(state): State<ConsoleState>, Form(entry): Form<Entry>) -> Page {
    let secure = state.public_url.starts_with("https:");
    let cookie = state.access.cookie(secure).ok_or(PageError::NotFound)?;
    if !state.access.reads(&entry.token) {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        return Err(PageError::Unauthorised);
    }
    // Two slashes at the start would name another host.
    let next = format!("/{}", entry.next.trim_start_matches(['/', '\\']));
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}
