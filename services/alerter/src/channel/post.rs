//! Posting JSON to a channel, and what an answer means: told, later, or refused.
use async_trait::async_trait;
use gongkai_runtime::http::HttpClient;
use gongkai_store::{Failure, FailureClass};
use jiff::{SignedDuration, Timestamp};
use url::Url;

/// The longest wait that a server's Retry-After is granted.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What a server answered to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After` as sent: seconds or a date.
    pub retry_after: Option<String>,
}

/// Posts JSON; an `Err` is a call without an answer, worded without the address's secrets.
#[async_trait]
pub trait Post: Send + Sync {
    /// Posts one body.
    async fn post(&self, url: &Url, body: &serde_json::Value, key: &str) -> Result<Answer, String>;
}

#[async_trait]
impl Post for HttpClient {
    async fn post(&self, url: &Url, body: &serde_json::Value, key: &str) -> Result<Answer, String> {
        let answer = self.post_json(url, body, key).await.map_err(|error| error.to_string())?;
        Ok(Answer { status: answer.status, retry_after: answer.retry_after })
    }
}

/// What an answer means for the alert. `setting` is where the address comes from.
pub(super) fn settled(
    answer: Result<Answer, String>,
    channel: &str,
    url: &Url,
    setting: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let answer = answer.map_err(|message| Failure::new(FailureClass::Transient, message))?;
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or("?");
    let later = matches!(answer.status, 408 | 425 | 429) || answer.status >= 500;
    Err(Failure {
        class: if later { FailureClass::Transient } else { FailureClass::Contract },
        message: format!("{channel} {host} answered {}; see its log, or correct {setting}", answer.status),
        retry_at: answer.retry_after.as_deref().filter(|_| later).and_then(|text| retry_at(text, now)),
    })
}

/// A note that is no JSON, which cannot be.
pub(super) fn unwritable(error: &serde_json::Error) -> Failure {
    Failure::new(FailureClass::Contract, format!("the alert cannot be written as JSON: {error}"))
}

/// When to try again: seconds from now or an HTTP date, at most a day ahead.
fn retry_at(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    let wanted = match text.parse::<u32>() {
        Ok(seconds) => now.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok()?,
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp(),
    };
    Some(wanted.clamp(now, now.checked_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX)))
}
