//! What a page can fail with; the frame words it in the reader's language.
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use gongkai_store::{RemarkError, StoreError};
use thiserror::Error;

/// Why there is no page.
#[derive(Clone, Debug, Error)]
pub(crate) enum PageError {
    /// Nothing has this address.
    #[error("not found")]
    NotFound,
    /// The question itself is wrong.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// What was said about a finding is not taken.
    #[error("{0}")]
    Remark(#[from] RemarkError),
    /// A token is needed, or another one.
    #[error("unauthorised")]
    Unauthorised,
    /// Actions are off: no token is configured.
    #[error("actions are off")]
    ActionsOff,
    /// More than is taken.
    #[error("too large")]
    TooLarge,
    /// The store is away for the moment.
    #[error("{0}")]
    Away(String),
    /// A defect.
    #[error("{0}")]
    Failed(String),
}

impl PageError {
    /// The HTTP status.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) | Self::Remark(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::ActionsOff => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() { Self::Away(error.to_string()) } else { Self::Failed(error.to_string()) }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Without a body: the frame knows the language and writes the page.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
