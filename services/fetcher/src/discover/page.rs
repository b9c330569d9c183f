//! One answer of a column: a list page, or the reason why it is none.
use gongkai_runtime::http::{Fetched, HttpError};
use gongkai_store::PollOutcome;
use jiff::Timestamp;
use scraper::Html;

use crate::{
    charset,
    client::FetchError,
    list::{self, ListPage},
    look::{self, Format, Look},
    politeness::retry_after,
    profile::{Column, Profile},
};

/// Why reading stopped before the end.
pub(super) struct Stop {
    pub(super) outcome: PollOutcome,
    pub(super) detail: String,
    pub(super) retry_at: Option<Timestamp>,
    /// 404, 410 or a page that apologises: what a counted list ends with.
    pub(super) past_the_end: bool,
}

impl Stop {
    pub(super) fn new(outcome: PollOutcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into(), retry_at: None, past_the_end: false }
    }

    fn at(mut self, retry_at: Option<Timestamp>) -> Self {
        self.retry_at = retry_at;
        self
    }

    fn past_the_end(mut self) -> Self {
        self.past_the_end = true;
        self
    }
}

/// The list page of an answer, or why it is none.
pub(super) fn read_page(
    profile: &Profile,
    column: &Column,
    fetched: &Fetched,
    now: Timestamp,
) -> Result<ListPage, Stop> {
    let (url, status) = (&fetched.final_url, fetched.status);
    let retry_at = fetched.retry_after.as_deref().and_then(|value| retry_after(value, now));
    let html = || {
        let source = charset::decode(&fetched.body, fetched.content_type.as_deref(), profile.encoding);
        (Html::parse_document(&source), source)
    };
    match status {
        200..=299 => {}
        404 | 410 => {
            return Err(Stop::new(PollOutcome::Status, format!("{url}: status {status}")).past_the_end());
        }
        412 | 521 => {
            return Err(Stop::new(PollOutcome::Challenge, format!("{url}: status {status}")).at(retry_at));
        }
        408 | 429 | 500.. => {
            return Err(Stop::new(PollOutcome::Unreachable, format!("{url}: status {status}")).at(retry_at));
        }
        _ => {
            let challenged =
                look::format(fetched) == Format::Html && matches!(look::look(&html().0), Look::Challenge(_));
            let outcome = if challenged { PollOutcome::Challenge } else { PollOutcome::Status };
            return Err(Stop::new(outcome, format!("{url}: status {status}")));
        }
    }
    // Records come in XML or in a script as well as in a web page; what is no text holds none.
    let as_records = (column.records.is_some() || column.json.is_some())
        && !fetched.body.is_empty()
        && !fetched.body.contains(&0);
    let format = look::format(fetched);
    if format == Format::File || (format != Format::Html && !as_records) {
        let media = fetched.media_type().unwrap_or_else(|| "no type".to_owned());
        return Err(Stop::new(PollOutcome::WrongType, format!("{url}: {media} where a list page should be")));
    }
    let (html, source) = html();
    let page = list::read(column, url, &html, &source);
    if page.is_list && !page.items.is_empty() {
        return Ok(page);
    }
    let look = look::look(&html);
    let complaint =
        look.complaint().unwrap_or_else(|| "nothing on the page fits the profile's `list`".to_owned());
    let detail = format!("{url}: {complaint}");
    match look {
        Look::Challenge(_) => Err(Stop::new(PollOutcome::Challenge, detail)),
        Look::Busy(_) => Err(Stop::new(PollOutcome::Unreachable, detail)),
        Look::Login => Err(Stop::new(PollOutcome::Login, detail)),
        _ if page.is_list => Ok(page),
        Look::Apology(_) => Err(Stop::new(PollOutcome::Empty, detail).past_the_end()),
        Look::Blank | Look::Content => Err(Stop::new(PollOutcome::Empty, detail)),
    }
}

/// What a request without an answer means for the poll.
pub(super) fn stop_of(error: FetchError) -> Stop {
    let detail = error.to_string();
    match error {
        FetchError::Forbidden { .. } => Stop::new(PollOutcome::Forbidden, detail),
        FetchError::RobotsUnavailable { until, .. } | FetchError::Held { until, .. } => {
            Stop::new(PollOutcome::Unreachable, detail).at(Some(until))
        }
        FetchError::Http(HttpError::TooLarge { .. }) => Stop::new(PollOutcome::WrongType, detail),
        FetchError::Http(HttpError::RedirectRefused { .. } | HttpError::TooManyRedirects { .. }) => {
            Stop::new(PollOutcome::Status, detail)
        }
        FetchError::Http(_) => Stop::new(PollOutcome::Unreachable, detail),
    }
}
