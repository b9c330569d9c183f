//! Channels that alerts are told through.
use async_trait::async_trait;
use gongkai_model::{Severity, Text};
use gongkai_store::{Alert, AlertState, Failure};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

pub mod webhook;

/// What is told: the alert as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Alert id; the same for every attempt and for opening and closing.
    pub id: Uuid,
    /// What it is about (`late`, `overdue`, …).
    pub kind: &'static str,
    /// `open` or `closed`.
    pub change: &'static str,
    /// Gravity.
    pub severity: Severity,
    /// Site, when known.
    pub site: Option<String>,
    /// Body, when known.
    pub body: Option<String>,
    /// Report year, when known.
    pub year: Option<i16>,
    /// What to tell, in Chinese and English.
    pub message: Text,
    /// When it opened, or closed.
    pub at: Timestamp,
    /// Page of the console.
    pub url: String,
}

impl Note {
    /// The note of an alert; `console` is the address of the console without a slash at its end.
    pub fn of(alert: &Alert, console: &str) -> Self {
        let closed = alert.state == AlertState::Closed;
        let console = console.trim_end_matches('/');
        let url = alert
            .body
            .as_ref()
            .map_or_else(|| format!("{console}/"), |body| format!("{console}/bodies/{body}"));
        Self {
            id: alert.id,
            kind: alert.kind.as_str(),
            change: if closed { "closed" } else { "open" },
            severity: alert.severity,
            site: alert.site.clone(),
            body: alert.body.clone(),
            year: alert.year,
            message: alert.message.clone(),
            at: alert.closed_at.filter(|_| closed).unwrap_or(alert.opened_at),
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
