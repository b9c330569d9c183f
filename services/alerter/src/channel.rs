//! Channels that alerts are told through.
use async_trait::async_trait;
use gongkai_model::{Severity, Text};
use gongkai_store::{Alert, AlertKind, AlertState, Failure};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::around::Around;

pub mod alertmanager;
#[cfg(feature = "email")]
pub mod email;
pub mod post;
pub mod webhook;

/// What is told: the alert as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Alert id; the same for every attempt and for opening and closing.
    pub id: Uuid,
    /// What it is about (`late`, `overdue`, …).
    pub kind: &'static str,
    /// The rule behind it, where there is one.
    pub code: Option<&'static str>,
    /// `open` or `closed`.
    pub change: &'static str,
    /// Gravity.
    pub severity: Severity,
    /// Site, when known.
    pub site: Option<String>,
    /// 4-digit region of the body, when known.
    pub region: Option<String>,
    /// Body, when known.
    pub body: Option<String>,
    /// Its name.
    pub body_name: Option<String>,
    /// The offices that it concerns, nearest first: those above the body, for a digest of an office itself first.
    pub offices: Vec<String>,
    /// Report year, when known.
    pub year: Option<i16>,
    /// What to tell, in Chinese and English.
    pub message: Text,
    /// When it opened, or closed.
    pub at: Timestamp,
    /// When it opened.
    pub since: Timestamp,
    /// Told once; nothing ends it.
    #[serde(skip)]
    pub news: bool,
    /// Page of the console.
    pub url: String,
}

impl Note {
    /// The note of an alert; `console` is the address of the console.
    pub fn of(alert: &Alert, around: &Around, console: &str) -> Self {
        let closed = alert.state == AlertState::Closed;
        let console = console.trim_end_matches('/');
        let url = alert
            .body
            .as_ref()
            .map_or_else(|| format!("{console}/"), |body| format!("{console}/bodies/{body}"));
        let body = alert.body.as_deref().and_then(|id| around.body(id));
        let own = body.filter(|_| alert.kind == AlertKind::OfficeDigest);
        let above = body.map(|body| around.above(body)).unwrap_or_default();
        Self {
            id: alert.id,
            kind: alert.kind.as_str(),
            code: alert.kind.code(),
            change: if closed { "closed" } else { "open" },
            severity: alert.severity,
            site: alert.site.clone(),
            region: body.map(|body| body.region().to_owned()),
            body: alert.body.clone(),
            body_name: body.map(|body| body.name.clone()),
            offices: own.into_iter().chain(above).map(|office| office.id.clone()).collect(),
            year: alert.year,
            message: alert.message.clone(),
            at: alert.closed_at.filter(|_| closed).unwrap_or(alert.opened_at),
            since: alert.opened_at,
            news: alert.kind.is_news(),
            url,
        }
    }

    /// The same for every attempt to tell one change: the alert's id when it opens, and another key when it closes, which
    /// receivers must not take for a repetition. An alert that opens again has a new id.
    pub fn idempotency_key(&self) -> String {
        if self.change == "open" { self.id.to_string() } else { format!("{}-{}", self.id, self.change) }
    }
}

/// A way to tell people.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Its name in the settings and in alerts.
    fn name(&self) -> &str;

    /// Tells one note. `Transient` failures are tried again, others are parked.
    async fn tell(&self, note: &Note) -> Result<(), Failure>;
}
