//! What is asked of a server and what it answered.
use std::{fmt, sync::Arc};

use reqwest::{Response, StatusCode, header};
use url::Url;

use super::HttpError;

/// Tells whether a redirect to this address may be followed.
pub type MayFollow = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// What to do with a body that is larger than allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLimit {
    /// Error `TooLarge`.
    #[default]
    Refuse,
    /// Keep the first part (robots.txt).
    Cut,
}

/// A GET, or a POST that only asks.
#[derive(Clone)]
pub struct GetRequest {
    /// Address.
    pub url: Url,
    /// ETag of what is known: 304 is an answer then.
    pub etag: Option<String>,
    /// Last-Modified of what is known.
    pub last_modified: Option<String>,
    /// Largest body, when other than the client's.
    pub max_bytes: Option<u64>,
    /// What happens beyond it.
    pub on_limit: OnLimit,
    /// Which redirects may be followed; `None` = all that the client's own rules let through.
    pub may_follow: Option<MayFollow>,
    /// Media type and body of a POST that asks for a list.
    pub post: Option<(&'static str, String)>,
}

impl GetRequest {
    /// A plain GET.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            etag: None,
            last_modified: None,
            max_bytes: None,
            on_limit: OnLimit::Refuse,
            may_follow: None,
            post: None,
        }
    }

    /// As a POST with this media type and body. A redirect by 301, 302 or 303 is followed with a GET, as browsers do it.
    #[must_use]
    pub fn posting(mut self, content_type: &'static str, body: String) -> Self {
        self.post = Some((content_type, body));
        self
    }

    /// Only if it changed.
    #[must_use]
    pub fn conditional(mut self, etag: Option<String>, last_modified: Option<String>) -> Self {
        (self.etag, self.last_modified) = (etag, last_modified);
        self
    }

    /// With a condition on redirects.
    #[must_use]
    pub fn following(mut self, may_follow: MayFollow) -> Self {
        self.may_follow = Some(may_follow);
        self
    }

    /// With its own limit on the body.
    #[must_use]
    pub fn limited(mut self, max_bytes: u64, on_limit: OnLimit) -> Self {
        (self.max_bytes, self.on_limit) = (Some(max_bytes), on_limit);
        self
    }
}

impl fmt::Debug for GetRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetRequest")
            .field("url", &self.url.as_str())
            .field("etag", &self.etag)
            .finish_non_exhaustive()
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// HTTP status.
    pub status: u16,
    /// Address after redirects.
    pub final_url: Url,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// `Content-Type` with its parameters.
    pub content_type: Option<String>,
    /// `Retry-After` as sent: seconds or a date.
    pub retry_after: Option<String>,
    /// Body after decompression.
    pub body: Vec<u8>,
    /// The body was longer and was cut at the limit.
    pub cut: bool,
}

impl Fetched {
    pub(super) fn head(final_url: Url, response: &Response) -> Self {
        let text = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Self {
            status: response.status().as_u16(),
            final_url,
            etag: text(header::ETAG),
            last_modified: text(header::LAST_MODIFIED),
            content_type: text(header::CONTENT_TYPE),
            retry_after: text(header::RETRY_AFTER),
            body: Vec::new(),
            cut: false,
        }
    }

    /// The media type without parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.content_type.as_deref()?.split(';').next()?.trim().to_ascii_lowercase();
        (!value.is_empty()).then_some(value)
    }
}

/// Where a response redirects to; `None` when it does not.
pub(super) fn redirect_target(from: &Url, response: &Response) -> Result<Option<Url>, HttpError> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&response.status()) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(header::LOCATION) else { return Ok(None) };
    let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let bad =
        |why: String| HttpError::BadUrl { url: text.clone(), why: format!("Location sent by {from}: {why}") };
    match std::str::from_utf8(location.as_bytes()) {
        Ok(text) => from.join(text.trim()).map(Some).map_err(|error| bad(error.to_string())),
        Err(_) => Err(bad("not UTF-8".to_owned())),
    }
}

/// Scheme and host of an address whose path may be a secret.
pub(super) fn without_secret(url: &Url) -> String {
    format!("{}://{}/…", url.scheme(), url.host_str().unwrap_or_default())
}
