//! The console: what was found, what is missing and what contradicts itself, as pages that need no JavaScript and no other host.
use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use gongkai_runtime::clock::Clock;
use gongkai_store::{Archive, Store};

use crate::draft::Drafts;
pub use access::Access;
pub use printout::Printout;

mod access;
mod api;
mod assets;
pub mod draft;
mod error;
mod feed;
mod frame;
mod pages;
mod printout;
mod sheet;
mod words;

/// What the pages are made from.
#[derive(Clone)]
pub struct ConsoleState {
    /// Reports, findings, due reports, sites.
    pub store: Arc<dyn Store>,
    /// Original bytes.
    pub archive: Arc<dyn Archive>,
    /// Today, for report year and days overdue.
    pub clock: Arc<dyn Clock>,
    /// Who may read and who may act.
    pub access: Access,
    /// Reads drafts, away from this process's threads.
    pub drafts: Drafts,
    /// Address at which people reach the console, with a slash at its end; for links in feeds.
    pub public_url: String,
}

/// The pages: `/`, `/reports`, `/reports/{id}`, `/bodies/{id}`, `/bodies/{id}/{year}`, `/original/{blob}`, `/assets/console.css`, and
/// pages in style for what is not there or fails. Headers (CSP, nosniff, …) are set here; `/metrics` and the like are merged in by the app.
pub fn router(state: ConsoleState) -> Router {
    Router::new()
        .route("/", get(pages::overview::page))
        .route("/reports", get(pages::reports::page))
        .route("/reports/{id}", get(pages::report::page))
        .route("/reports/{id}/changes/{other}", get(pages::changes::page))
        .route("/search", get(pages::search::page))
        .route("/bodies", get(pages::bodies::page))
        .route("/bodies/{id}", get(pages::body::page))
        .route("/bodies/{id}/{year}", get(pages::body::current_report))
        .route("/original/{blob}", get(pages::original::file))
        .route(
            "/draft",
            get(pages::draft::form).post(pages::draft::check).layer(DefaultBodyLimit::max(draft::MAX_BODY)),
        )
        .route("/findings/dismiss", post(pages::actions::dismiss))
        .route("/reports/{id}/replay", post(pages::actions::replay))
        .route("/login", get(pages::login::form).post(pages::login::enter))
        .route("/assets/draft.js", get(assets::draft_script))
        .route("/assets/console.css", get(assets::stylesheet))
        .route("/assets/icon.svg", get(assets::icon))
        .route("/feed/reports.atom", get(feed::reports))
        .route("/feed/findings.atom", get(feed::findings))
        .merge(api::routes())
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(state.clone(), access::guard))
        .with_state(state)
        .layer(middleware::from_fn(frame::frame))
}
