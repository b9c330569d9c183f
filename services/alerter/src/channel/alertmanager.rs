//! The Alertmanager channel: alerts with labels and annotations, sent again while they are open, ended when they end.
//!
//! Alertmanager keeps nothing: an alert that is not repeated within its `resolve_timeout` counts as resolved. So open alerts are
//! sent without an end and again and again, and a closed one is sent with its end.
use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use gongkai_model::Severity;
use gongkai_runtime::clock::Clock;
use gongkai_store::{Failure, Store};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    Channel, Note,
    post::{self, Post},
};
use crate::{error::AlerterError, registry::Registry};

/// Alerts of one post.
const AT_ONCE: usize = 200;
/// Where it listens below its address.
const PATH: &str = "api/v2/alerts";

/// An Alertmanager.
pub struct Alertmanager {
    url: Url,
    client: Arc<dyn Post>,
    clock: Arc<dyn Clock>,
}

impl Alertmanager {
    /// The channel's name.
    pub const NAME: &'static str = "alertmanager";

    /// An Alertmanager at an address of `alert.alertmanager.url`; it may stand below a path.
    pub fn new(url: &str, client: Arc<dyn Post>, clock: Arc<dyn Clock>) -> Result<Self, AlerterError> {
        let wrong = |why: String| AlerterError::AlertmanagerUrl(why);
        let base = Url::parse(&format!("{}/", url.trim_end_matches('/')));
        let base = base.map_err(|error| wrong(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong(format!("scheme {}", base.scheme())));
        }
        let url = base.join(PATH).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { url, client, clock })
    }

    async fn send(&self, alerts: Vec<Value>, key: &str) -> Result<(), Failure> {
        let answer = self.client.post(&self.url, &Value::Array(alerts), key).await;
        let setting = "alert.alertmanager.url";
        post::settled(answer, "Alertmanager", &self.url, setting, self.clock.now())
    }
}

#[async_trait]
impl Channel for Alertmanager {
    fn name(&self) -> &str {
        Self::NAME
    }

    async fn tell(&self, note: &Note) -> Result<(), Failure> {
        self.send(vec![alert(note)], &note.idempotency_key()).await
    }
}

/// The alert as Alertmanager takes it. The label `alert` parts two revisions of one report, and an alert from the one that
/// opens after it.
fn alert(note: &Note) -> Value {
    let mut labels = Map::new();
    let mut label = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            labels.insert(name.to_owned(), Value::String(value));
        }
    };
    label("alertname", Some(alert_name(note.kind)));
    label("service", Some("gongkai".to_owned()));
    label("alert", Some(note.id.to_string()));
    label("kind", Some(note.kind.to_owned()));
    label("code", note.code.map(str::to_owned));
    label("severity", Some(urgency(note.severity).to_owned()));
    label("about", Some(about(note).to_owned()));
    label("region", note.region.clone());
    label("body", note.body.clone());
    label("body_name", note.body_name.clone());
    label("office", note.offices.first().cloned());
    label("site", note.site.clone());
    label("year", note.year.map(|year| year.to_string()));
    let annotations = json!({ "summary": note.message.zh, "zh": note.message.zh, "en": note.message.en });
    let mut alert = json!({
        "labels": labels,
        "annotations": annotations,
        "startsAt": note.since.to_string(),
        "generatorURL": note.url,
    });
    if note.change == "closed" {
        alert["endsAt"] = Value::String(note.at.max(note.since).to_string());
    }
    alert
}

/// A severity in the words of the rules and routes in deploy/.
const fn urgency(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint => "info",
        Severity::Warning => "warning",
        Severity::Error => "critical",
    }
}

/// What it is about, as the rules have it, so that the same routes serve.
const fn about(note: &Note) -> &'static str {
    match (note.kind.as_bytes(), note.body.is_some(), note.site.is_some()) {
        (b"parked", ..) => "work",
        (_, false, true) => "sites",
        _ => "reports",
    }
}

/// `site_blind` → `GongkaiSiteBlind`, beside the names of the Prometheus rules.
fn alert_name(kind: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    format!("Gongkai{}", kind.split('_').map(word).collect::<String>())
}

/// Sends what is open again.
pub struct Resender {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    registry: Registry,
    channel: Arc<Alertmanager>,
    console: String,
}

impl Resender {
    /// A resender for a channel; `console` is the address people open the console at.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        channel: Arc<Alertmanager>,
        console: impl Into<String>,
    ) -> Self {
        let registry = Registry::new(store.clone());
        Self { store, clock, registry, channel, console: console.into() }
    }

    /// Sends again and again until it is told to stop. What fails is logged, and made up for by the next time.
    pub async fn run(self, every: Duration, stop: CancellationToken) {
        loop {
            if let Err(failure) = self.once().await {
                tracing::warn!(error = failure.message, "open alerts could not be sent again; tried later");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    /// Sends everything that is open and was told, once; tells how many.
    pub async fn once(&self) -> Result<usize, Failure> {
        let around = self.registry.around(self.clock.now()).await?;
        let open = self.store.open_alerts(Alertmanager::NAME).await?;
        // What was not told yet is told by its own row of the ledger; what is news is over with the telling.
        let lasting = open.iter().filter(|alert| alert.told_at.is_some() && !alert.kind.is_news());
        let notes: Vec<Note> = lasting.map(|own| Note::of(own, &around, &self.console)).collect();
        for chunk in notes.chunks(AT_ONCE) {
            self.channel.send(chunk.iter().map(alert).collect(), "again").await?;
        }
        Ok(notes.len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use gongkai_model::Text;
    use gongkai_runtime::clock::FrozenClock;
    use gongkai_store::{AlertChange, AlertKind, Notified, SqlStore, StageResult, Telling};
    use uuid::Uuid;

    use super::{super::post::Answer, *};
    use crate::sample::at;

    #[derive(Default)]
    struct Server(Mutex<Vec<(String, Value)>>);

    #[async_trait]
    impl Post for Server {
        async fn post(&self, url: &Url, body: &Value, _key: &str) -> Result<Answer, String> {
            self.0.lock().unwrap().push((url.to_string(), body.clone()));
            Ok(Answer { status: 200, retry_after: None })
        }
    }

    fn note(change: &'static str) -> Note {
        Note {
            id: Uuid::from_u128(7),
            kind: "site_blind",
            code: None,
            change,
            severity: Severity::Warning,
            site: Some("s".into()),
            region: None,
            body: None,
            body_name: None,
            offices: Vec::new(),
            year: None,
            message: Text::new("无法观测", "blind"),
            at: at("2025-02-03T00:00:00Z"),
            since: at("2025-02-01T00:00:00Z"),
            news: false,
            url: "http://console.example/".into(),
        }
    }

    fn channel(server: &Arc<Server>, url: &str) -> Alertmanager {
        let clock = Arc::new(FrozenClock::at(at("2025-02-01T00:00:00Z")));
        Alertmanager::new(url, server.clone(), clock).unwrap()
    }

    #[tokio::test]
    async fn an_alert_starts_without_an_end_and_ends_with_one() {
        let server = Arc::new(Server::default());
        let channel = channel(&server, "http://am.example:9093/below");
        channel.tell(&note("open")).await.unwrap();
        channel.tell(&note("closed")).await.unwrap();
        let got = server.0.lock().unwrap();
        assert_eq!(got[0].0, "http://am.example:9093/below/api/v2/alerts");
        insta::assert_snapshot!(got[0].1, @r#"[{"annotations":{"en":"blind","summary":"无法观测","zh":"无法观测"},"generatorURL":"http://console.example/","labels":{"about":"sites","alert":"00000000-0000-0000-0000-000000000007","alertname":"GongkaiSiteBlind","kind":"site_blind","service":"gongkai","severity":"warning","site":"s"},"startsAt":"2025-02-01T00:00:00Z"}]"#);
        assert_eq!(got[1].1[0]["endsAt"], "2025-02-03T00:00:00Z");
        assert_eq!(got[0].1[0]["labels"], got[1].1[0]["labels"], "the same alert");
    }

    #[tokio::test]
    async fn what_is_open_and_was_told_is_sent_again_and_news_is_not() {
        let store: Arc<dyn Store> = Arc::new(SqlStore::sqlite_in_memory().await.unwrap());
        let now = at("2025-02-01T00:00:00Z");
        let change = |kind, key: &str| AlertChange {
            kind,
            key: key.into(),
            channel: Alertmanager::NAME.into(),
            open: true,
            telling: Telling::AtOnce,
            severity: Severity::Warning,
            site: None,
            body: None,
            year: None,
            message: Text::new("未见", "missing"),
        };
        let changes = [change(AlertKind::Overdue, "a"), change(AlertKind::New, "b")];
        store.change_alerts(&changes, now).await.unwrap();
        let server = Arc::new(Server::default());
        let clock: Arc<dyn Clock> = Arc::new(FrozenClock::at(now));
        let channel = Arc::new(channel(&server, "http://am.example:9093"));
        let resender = Resender::new(store.clone(), clock, channel, "http://console.example/");
        assert_eq!(resender.once().await.unwrap(), 0, "not told yet");
        let lease = Duration::from_secs(30);
        for ticket in store.take_due(gongkai_model::Stage::Notify, 10, 10, lease, now).await.unwrap() {
            let alert = ticket.subject.parse().unwrap();
            let result = StageResult::Notified(Notified { alert, at: now });
            store.finish(vec![gongkai_store::Finished { ticket, result }], now).await.unwrap();
        }
        assert_eq!(resender.once().await.unwrap(), 1);
        assert_eq!(server.0.lock().unwrap()[0].1[0]["labels"]["alertname"], "GongkaiOverdue");
        store.change_alerts(&[AlertChange { open: false, ..changes[0].clone() }], now).await.unwrap();
        assert_eq!(resender.once().await.unwrap(), 0, "ended");
    }
}
