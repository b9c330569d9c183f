//! The JSON API under `/api/v1`: what the pages show, for programs; it describes itself at `/api/v1/openapi.json`.
use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{ConsoleState, draft, error::PageError, pages::ask};

mod act;
mod bodies;
mod check;
mod dismissals;
mod findings;
mod rates;
mod reports;
mod watch;

/// Entries of a page unless asked otherwise, and the most.
const PER_PAGE: u32 = 50;
const MOST_PER_PAGE: u32 = 200;

type Answer<T> = Result<Json<T>, PageError>;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "gongkai",
        description = "政府信息公开工作年度报告：单位、应发布状态、报告、问题、比率。 Annual reports on government-information disclosure: bodies, what is due, reports, findings, rates. Messages come in the language of `lang` (zh, en)."
    ),
    paths(
        bodies::list,
        bodies::one,
        bodies::dues,
        reports::list,
        reports::one,
        findings::list,
        rates::list,
        watch::sites,
        watch::status,
        check::check,
        act::dismiss,
        dismissals::history,
        act::replay,
    ),
    components(schemas(Problem))
)]
struct Described;

/// The API's routes.
pub(crate) fn routes() -> Router<ConsoleState> {
    Router::new()
        .route("/api/v1/openapi.json", get(async || Json(Described::openapi())))
        .route("/api/v1/bodies", get(bodies::list))
        .route("/api/v1/bodies/{id}", get(bodies::one))
        .route("/api/v1/dues", get(bodies::dues))
        .route("/api/v1/reports", get(reports::list))
        .route("/api/v1/reports/{id}", get(reports::one))
        .route("/api/v1/reports/{id}/replay", post(act::replay))
        .route("/api/v1/findings", get(findings::list))
        .route("/api/v1/findings/{fingerprint}/dismiss", post(act::dismiss))
        .route("/api/v1/findings/{fingerprint}/dismissals", get(dismissals::history))
        .route("/api/v1/rates", get(rates::list))
        .route("/api/v1/sites", get(watch::sites))
        .route("/api/v1/status", get(watch::status))
        .route("/api/v1/check", post(check::check).layer(DefaultBodyLimit::max(draft::MAX_BODY)))
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// HTTP status.
    status: u16,
    /// A word for programs: `not_found`, `bad_request`, `unauthorised`, `actions_off`, `too_large`, `away`, `failed`.
    code: &'static str,
    /// Which parameter, or what is away.
    detail: Option<String>,
    /// What to do, in the language that was asked for.
    message: String,
}

impl Problem {
    /// An error as JSON.
    pub(crate) fn answer(error: &PageError, message: &str) -> Response {
        let (code, detail) = match error {
            PageError::NotFound => ("not_found", None),
            PageError::BadRequest(what) => ("bad_request", Some(what.clone())),
            PageError::Remark(why) => ("bad_request", Some(why.to_string())),
            PageError::Unauthorised => ("unauthorised", None),
            PageError::ActionsOff => ("actions_off", None),
            PageError::TooLarge => ("too_large", None),
            PageError::Away(_) => ("away", None),
            PageError::Failed(_) => ("failed", None),
        };
        let status = error.status();
        let problem = Self { status: status.as_u16(), code, detail, message: message.to_owned() };
        (status, Json(problem)).into_response()
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Listing<T: ToSchema> {
    items: Vec<T>,
    /// This page, from 1.
    page: u32,
    per_page: u32,
    /// The next page, if there is one.
    next: Option<u32>,
}

/// Which page.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// From 1.
    #[param(value_type = Option<u32>)]
    page: String,
    /// Entries of a page, at most 200; 50 if not said.
    #[param(value_type = Option<u32>)]
    per_page: String,
}

impl Paging {
    fn read(&self) -> Result<(u32, u32), PageError> {
        let per_page = match self.per_page.trim() {
            "" => PER_PAGE,
            text => text.parse().map_err(|_| PageError::BadRequest("per_page".into()))?,
        };
        if per_page == 0 || per_page > MOST_PER_PAGE {
            return Err(PageError::BadRequest("per_page".into()));
        }
        Ok((ask::page(&self.page)?, per_page))
    }
}

/// Limit (one more than is shown, which tells whether there is a next page) and offset.
const fn window(page: u32, per_page: u32) -> (u32, u32) {
    (per_page + 1, (page - 1) * per_page)
}

impl<T: ToSchema> Listing<T> {
    /// A page out of what [`window`] gave.
    fn of(mut items: Vec<T>, page: u32, per_page: u32) -> Self {
        let next = (items.len() > per_page as usize).then_some(page + 1);
        items.truncate(per_page as usize);
        Self { items, page, per_page, next }
    }
}
