//! The webhook channel: posts each note as JSON with an `Idempotency-Key`.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_runtime::clock::Clock;
use gongkai_store::Failure;
use url::Url;

use super::{
    Channel, Note,
    post::{self, Post},
};
use crate::error::AlerterError;

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
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> &str {
        Self::NAME
    }

    async fn tell(&self, note: &Note) -> Result<(), Failure> {
        let body = serde_json::to_value(note).map_err(|error| post::unwritable(&error))?;
        let answer = self.client.post(&self.url, &body, &note.idempotency_key()).await;
        post::settled(answer, "webhook", &self.url, "alert.webhook_url", self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use gongkai_model::{Severity, Text};
    use gongkai_runtime::clock::FrozenClock;
    use gongkai_store::FailureClass;
    use uuid::Uuid;

    use super::{super::post::Answer, *};
    use crate::sample::at;

    struct Server {
        answer: Result<Answer, String>,
        got: Mutex<Vec<(String, String, String)>>,
    }

    #[async_trait]
    impl Post for Server {
        async fn post(&self, url: &Url, body: &serde_json::Value, key: &str) -> Result<Answer, String> {
            self.got.lock().unwrap().push((url.to_string(), key.to_owned(), body.to_string()));
            self.answer.clone()
        }
    }

    fn note() -> Note {
        Note {
            id: Uuid::from_u128(7),
            kind: "overdue",
            code: Some("P802"),
            change: "open",
            severity: Severity::Warning,
            site: Some("s".into()),
            region: Some("9901".into()),
            body: Some("b1".into()),
            body_name: Some("临川县水务局".into()),
            offices: vec!["gov".into()],
            year: Some(2024),
            message: Text::new("未见", "missing"),
            at: at("2025-02-01T00:00:00Z"),
            since: at("2025-02-01T00:00:00Z"),
            news: false,
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
        insta::assert_snapshot!(body, @r#"{"at":"2025-02-01T00:00:00Z","body":"b1","body_name":"临川县水务局","change":"open","code":"P802","id":"00000000-0000-0000-0000-000000000007","kind":"overdue","message":{"en":"missing","zh":"未见"},"offices":["gov"],"region":"9901","severity":"warning","since":"2025-02-01T00:00:00Z","site":"s","url":"http://console.example/bodies/b1","year":2024}"#);
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
