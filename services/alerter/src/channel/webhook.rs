//! The webhook channel: posts each note as JSON with an `Idempotency-Key`.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_runtime::{clock::Clock, http::HttpClient};
use gongkai_store::{Failure, FailureClass};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::{
    channel::{Channel, Note},
    error::AlerterError,
};

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

/// Posts a note; an `Err` is a call without an answer, worded without the address's secrets.
#[async_trait]
pub trait Post: Send + Sync {
    /// Posts one note.
    async fn post(&self, url: &Url, note: &Note, idempotency_key: &str) -> Result<Answer, String>;
}

#[async_trait]
impl Post for HttpClient {
    async fn post(&self, url: &Url, note: &Note, idempotency_key: &str) -> Result<Answer, String> {
        let answer = self.post_json(url, note, idempotency_key).await.map_err(|error| error.to_string())?;
        Ok(Answer { status: answer.status, retry_after: answer.retry_after })
    }
}

/// The webhook.
pub struct Webhook {
    url: Url,
    client: Arc<dyn Post>,
    clock: Arc<dyn Clock>,
}

impl Webhook {
    /// The channel's name.
    pub const NAME: &'static str = "webhook";

    /// A webhook at an address of `alert.webhook_url`.
    pub fn new(url: &str, client: Arc<dyn Post>, clock: Arc<dyn Clock>) -> Result<Self, AlerterError> {
        let parsed = Url::parse(url).map_err(|error| AlerterError::WebhookUrl(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(AlerterError::WebhookUrl(format!("scheme {}", parsed.scheme())));
        }
        Ok(Self { url: parsed, client, clock })
    }

    fn failure(&self, answer: &Answer) -> Failure {
        let host = self.url.host_str().unwrap_or("?");
        let later = matches!(answer.status, 408 | 425 | 429) || answer.status >= 500;
        let now = self.clock.now();
        Failure {
            class: if later { FailureClass::Transient } else { FailureClass::Contract },
            message: format!(
                "webhook {host} answered {}; see its log, or correct alert.webhook_url",
                answer.status
            ),
            retry_at: answer.retry_after.as_deref().filter(|_| later).and_then(|text| retry_at(text, now)),
        }
    }
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> &str {
        Self::NAME
    }

    async fn tell(&self, note: &Note) -> Result<(), Failure> {
        let answer = self.client.post(&self.url, note, &note.idempotency_key()).await;
        let answer = answer.map_err(|message| Failure::new(FailureClass::Transient, message))?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(self.failure(&answer)) }
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use gongkai_model::{Severity, Text};
    use gongkai_runtime::clock::FrozenClock;
    use uuid::Uuid;

    use super::*;
    use crate::sample::at;

    struct Server {
        answer: Result<Answer, String>,
        got: Mutex<Vec<(String, String, String)>>,
    }

    #[async_trait]
    impl Post for Server {
        async fn post(&self, url: &Url, note: &Note, key: &str) -> Result<Answer, String> {
            let body = serde_json::to_string(note).unwrap();
            self.got.lock().unwrap().push((url.to_string(), key.to_owned(), body));
            self.answer.clone()
        }
    }

    fn note() -> Note {
        Note {
            id: Uuid::from_u128(7),
            kind: "overdue",
            change: "open",
            severity: Severity::Warning,
            site: Some("s".into()),
            body: Some("b1".into()),
            year: Some(2024),
            message: Text::new("未见", "missing"),
            at: at("2025-02-01T00:00:00Z"),
            url: "http://console.example/bodies/b1".into(),
        }
    }

    async fn tell(status: u16, retry_after: Option<&str>) -> Result<(), Failure> {
        let answer = Ok(Answer { status, retry_after: retry_after.map(str::to_owned) });
        let server = Arc::new(Server { answer, got: Mutex::default() });
        let clock = Arc::new(FrozenClock::at(at("2025-02-01T00:00:00Z")));
        Webhook::new("https://hooks.example/s/secret", server, clock).unwrap().tell(&note()).await
    }

    #[tokio::test]
    async fn a_note_is_posted_as_json_under_its_key() {
        let server =
            Arc::new(Server { answer: Ok(Answer { status: 204, retry_after: None }), got: Mutex::default() });
        let clock = Arc::new(FrozenClock::at(at("2025-02-01T00:00:00Z")));
        let webhook = Webhook::new("https://hooks.example/s/secret", server.clone(), clock).unwrap();
        webhook.tell(&note()).await.unwrap();
        let got = server.got.lock().unwrap();
        let (url, key, body) = &got[0];
        assert_eq!(url, "https://hooks.example/s/secret");
        assert_eq!(key, "00000000-0000-0000-0000-000000000007");
        insta::assert_snapshot!(body, @r#"{"id":"00000000-0000-0000-0000-000000000007","kind":"overdue","change":"open","severity":"warning","site":"s","body":"b1","year":2024,"message":{"zh":"未见","en":"missing"},"at":"2025-02-01T00:00:00Z","url":"http://console.example/bodies/b1"}"#);
    }

    #[tokio::test]
    async fn busy_servers_are_tried_again_when_they_say_and_refusals_are_parked() {
        let busy = tell(429, Some("120")).await.unwrap_err();
        assert_eq!((busy.class, busy.retry_at), (FailureClass::Transient, Some(at("2025-02-01T00:02:00Z"))));
        let dated = tell(503, Some("Sat, 01 Feb 2025 01:00:00 GMT")).await.unwrap_err();
        assert_eq!(dated.retry_at, Some(at("2025-02-01T01:00:00Z")));
        let far = tell(503, Some("9999999")).await.unwrap_err();
        assert_eq!(far.retry_at, Some(at("2025-02-02T00:00:00Z")));
        assert_eq!(tell(500, None).await.unwrap_err().class, FailureClass::Transient);
        let refused = tell(404, Some("120")).await.unwrap_err();
        assert_eq!((refused.class, refused.retry_at), (FailureClass::Contract, None));
        assert!(!refused.message.contains("secret"));
        assert!(tell(200, None).await.is_ok());
    }

    #[test]
    fn only_web_addresses_are_accepted() {
        let clock = Arc::new(FrozenClock::at(at("2025-02-01T00:00:00Z")));
        let server = || Arc::new(Server { answer: Err(String::new()), got: Mutex::default() });
        assert!(Webhook::new("ftp://hooks.example/", server(), clock.clone()).is_err());
        assert!(Webhook::new("hooks", server(), clock).is_err());
    }
}
