//! A fetch of a page: new bytes are archived first; what is no document never takes the place of the last good one.
use gongkai_runtime::http::{Fetched, GetRequest, HttpError};
use gongkai_store::{Blob, Failure, FailureClass, PageFetched, PageOutcome, Source, StageResult};
use scraper::Html;
use url::Url;

use super::{FetchHandler, Outcome};
use crate::{
    charset,
    client::FetchError,
    look::{self, Format, Look},
    pace,
    politeness::retry_after,
    profile::{Column, Detail, Profile},
};

/// The outcome when the archive failed, which is ours to mend, not the site's.
const ARCHIVE: &str = "archive";
/// Failed attempts after which a host that does not answer counts as changed: it is asked seldom then, and never given up.
const OUTAGE: i32 = 6;

impl FetchHandler {
    pub(super) async fn page(&self, profile: &Profile, source: &Source, failed_before: i32) -> Outcome {
        match self.visit(profile, source).await {
            (Err(failure), name)
                if failure.class == FailureClass::Transient && failed_before >= OUTAGE && name != ARCHIVE =>
            {
                (Err(Failure { class: FailureClass::SiteChanged, ..failure }), name)
            }
            outcome => outcome,
        }
    }

    async fn visit(&self, profile: &Profile, source: &Source) -> Outcome {
        let url = match Url::parse(&source.url) {
            Ok(url) => url,
            Err(error) => {
                return (
                    Err(Failure::new(FailureClass::Contract, format!("{}: {error}", source.url))),
                    "bad_url",
                );
            }
        };
        let mut request = GetRequest::new(url);
        if source.blob.is_some() {
            request = request.conditional(source.etag.clone(), source.last_modified.clone());
        }
        let fetched = match self.client.get(profile, request).await {
            Ok(fetched) => fetched,
            Err(error) => return failed(&error),
        };
        match self.outcome(profile, source, fetched).await {
            Err((failure, name)) => (Err(failure), name),
            Ok(outcome) => {
                let name = match &outcome {
                    PageOutcome::Same => "same",
                    PageOutcome::Fresh { .. } => "fresh",
                    PageOutcome::Gone { .. } => "gone",
                };
                let column = profile.column(&source.column);
                let changed = source.blob.is_some() && matches!(outcome, PageOutcome::Fresh { .. });
                let usual = self.next_visit(profile, column, source);
                let soon = changed && !self.was_just_here(source);
                let next_fetch_at = if soon { self.soon().min(usual) } else { usual };
                let page = PageFetched { source: source.id, at: self.clock.now(), outcome, next_fetch_at };
                (Ok(StageResult::Page(page)), name)
            }
        }
    }

    /// Bytes that changed again since a visit a short while ago are a counter or a clock more often than a correction; coming
    /// back at once each time would never end.
    fn was_just_here(&self, source: &Source) -> bool {
        let lately = pace::SOON.saturating_mul(2);
        source.last_fetched_at.is_some_and(|at| self.clock.now().duration_since(at) < lately)
    }

    async fn outcome(
        &self,
        profile: &Profile,
        source: &Source,
        fetched: Fetched,
    ) -> Result<PageOutcome, (Failure, &'static str)> {
        let (status, url) = (fetched.status, &source.url);
        let changed = |what: &str| {
            Failure::new(FailureClass::SiteChanged, format!("{url}: {what}; the last good version stays"))
        };
        match status {
            200..=299 => {}
            304 if source.blob.is_some() => return Ok(PageOutcome::Same),
            404 | 410 => return Ok(PageOutcome::Gone { status }),
            412 | 521 => return Err((changed(&format!("a challenge (status {status})")), "challenge")),
            304 | 408 | 429 | 500.. => {
                let now = self.clock.now();
                let retry_at = fetched.retry_after.as_deref().and_then(|value| retry_after(value, now));
                let message = format!("{url}: status {status}; it is tried again later");
                return Err((Failure { class: FailureClass::Transient, message, retry_at }, "unreachable"));
            }
            _ => return Err((changed(&format!("status {status}")), "status")),
        }
        // Many servers answer for a page that they have no more with their home page.
        if fetched.final_url.path() == "/" && request_path(url) != "/" {
            return Err((changed("it leads to the home page"), "empty"));
        }
        if let Some((what, name)) = complaint(profile, profile.column(&source.column), &fetched) {
            return Err((changed(&what), name));
        }
        let (media_type, size) = (fetched.media_type(), fetched.body.len());
        let blob = Blob::new(fetched.body);
        let id = blob.id().clone();
        if source.blob.as_ref() == Some(&id) {
            return Ok(PageOutcome::Same);
        }
        self.archive.keep(blob).await.map_err(|error| (Failure::from(error), ARCHIVE))?;
        Ok(PageOutcome::Fresh {
            blob: id,
            size: u64::try_from(size).unwrap_or(u64::MAX),
            media_type,
            etag: fetched.etag,
            last_modified: fetched.last_modified,
        })
    }
}

fn request_path(url: &str) -> String {
    Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default()
}

/// What speaks against these bytes being the document.
fn complaint(
    profile: &Profile,
    column: Option<&Column>,
    fetched: &Fetched,
) -> Option<(String, &'static str)> {
    if fetched.body.is_empty() {
        return Some(("an empty body".to_owned(), "empty"));
    }
    let detail = column.map_or(Detail::Any, |column| column.detail);
    let media = || fetched.media_type().unwrap_or_else(|| "no type".to_owned());
    match (look::format(fetched), detail) {
        (Format::Other, _) => Some((format!("{} carries no report", media()), "wrong_type")),
        (Format::File | Format::Text, Detail::Page) => {
            Some((format!("{} where a web page should be", media()), "wrong_type"))
        }
        (Format::File | Format::Text, _) => None,
        (Format::Html, _) => web_page_complaint(profile, column, fetched, detail),
    }
}

fn web_page_complaint(
    profile: &Profile,
    column: Option<&Column>,
    fetched: &Fetched,
    detail: Detail,
) -> Option<(String, &'static str)> {
    let source = charset::decode(&fetched.body, fetched.content_type.as_deref(), profile.encoding);
    let content = column.and_then(|column| column.content.as_ref());
    if content.is_none()
        && detail != Detail::File
        && !names_a_file(&fetched.final_url)
        && look::shows_much(&source)
    {
        return None;
    }
    let html = Html::parse_document(&source);
    if content.is_some_and(|selector| html.select(selector).next().is_some()) && detail != Detail::File {
        return None;
    }
    let look = look::look(&html);
    let what = look.complaint();
    match look {
        Look::Challenge(_) => what.map(|what| (what, "challenge")),
        Look::Login => what.map(|what| (what, "login")),
        Look::Apology(_) | Look::Busy(_) | Look::Blank => what.map(|what| (what, "empty")),
        Look::Content if detail == Detail::File || names_a_file(&fetched.final_url) => {
            Some(("a web page where a file should be".to_owned(), "wrong_type"))
        }
        Look::Content if content.is_some() => {
            Some(("nothing fits the profile's `content`".to_owned(), "empty"))
        }
        Look::Content => None,
    }
}

fn names_a_file(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    [".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".ofd", ".rtf"].iter().any(|end| path.ends_with(end))
}

fn failed(error: &FetchError) -> Outcome {
    let message = error.to_string();
    let (class, retry_at, name) = match error {
        FetchError::Forbidden { .. } => (FailureClass::SiteChanged, None, "forbidden"),
        FetchError::RobotsUnavailable { until, .. } | FetchError::Held { until, .. } => {
            (FailureClass::Transient, Some(*until), "unreachable")
        }
        FetchError::Http(error) => {
            let class = match error {
                HttpError::TooLarge { .. } => FailureClass::Document,
                HttpError::BadUrl { .. } | HttpError::Setup { .. } => FailureClass::Contract,
                error if error.is_transient() => FailureClass::Transient,
                _ => FailureClass::SiteChanged,
            };
            (class, None, error.name())
        }
    };
    (Err(Failure { class, message, retry_at }), name)
}
