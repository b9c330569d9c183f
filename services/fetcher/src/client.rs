//! A polite GET: robots.txt first, then the host's turn, then the request; `Retry-After` is kept for the host.
use std::{sync::Arc, time::Duration};

use gongkai_runtime::{
    clock::Clock,
    http::{Fetched, GetRequest, HttpClient, HttpError},
    settings::FetchSettings,
};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use tokio::time::Instant;

use crate::{
    politeness::{Gate, Turn, retry_after},
    profile::Profile,
    robots::{Robots, RobotsVerdict},
};

/// Longest delay that robots.txt can ask for between two requests.
const LONGEST_CRAWL_DELAY: f64 = 30.0;
/// Longest wait for a turn; beyond it the work is given back.
const PATIENCE: Duration = Duration::from_secs(60);
/// Silence after 429 or 503 without a usable `Retry-After`.
const DEFAULT_HOLD: SignedDuration = SignedDuration::from_secs(30);

/// Why no request was made, or why it got no answer.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FetchError {
    /// robots.txt forbids it.
    #[error(
        "{url}: robots.txt forbids it (Disallow: {rule}); leave the column out of the profile or ask the site's operator"
    )]
    Forbidden {
        /// Address.
        url: String,
        /// The rule.
        rule: String,
    },
    /// robots.txt could not be had.
    #[error("{url}: robots.txt cannot be had, so nothing is fetched for now: {why}")]
    RobotsUnavailable {
        /// Address.
        url: String,
        /// Why.
        why: String,
        /// Asked for again then.
        until: Timestamp,
    },
    /// The host asked for silence, or too many wait for it.
    #[error("{url}: the host is left alone until {until} ({why})")]
    Held {
        /// Address.
        url: String,
        /// Until when.
        until: Timestamp,
        /// Who wants it.
        why: &'static str,
    },
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// The client that all fetching goes through.
pub struct PoliteClient {
    http: HttpClient,
    robots: Robots,
    gate: Gate,
    clock: Arc<dyn Clock>,
    interval: Duration,
}

impl PoliteClient {
    /// Over a guarded client, with the settings' User-Agent and interval.
    pub fn new(http: HttpClient, clock: Arc<dyn Clock>, settings: &FetchSettings) -> Self {
        let robots = Robots::new(http.clone(), Arc::clone(&clock), &settings.user_agent);
        let interval = Duration::from_millis(settings.host_interval_ms);
        Self { http, robots, gate: Gate::default(), clock, interval }
    }

    /// Gets an address of a site. Redirects stay on the site's hosts. Any HTTP status is an answer.
    ///
    /// # Errors
    /// See `FetchError`.
    pub async fn get(&self, profile: &Profile, request: GetRequest) -> Result<Fetched, FetchError> {
        let url = request.url.to_string();
        let delay = match self.robots.ask(&request.url).await {
            RobotsVerdict::Allowed(delay) => delay,
            RobotsVerdict::Forbidden(rule) => return Err(FetchError::Forbidden { url, rule }),
            RobotsVerdict::Unavailable { why, until } => {
                return Err(FetchError::RobotsUnavailable { url, why, until });
            }
        };
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.wait(&host, &url, self.interval_of(profile, delay)).await?;
        let hosts = profile.hosts.clone();
        let fetched = self.http.get(&request.following(Arc::new(move |to| hosts.has(to)))).await?;
        if matches!(fetched.status, 429 | 503) {
            let (now, asked) = (self.clock.now(), fetched.retry_after.as_deref());
            let until = asked.and_then(|value| retry_after(value, self.clock.now()));
            let until = until.or_else(|| now.checked_add(DEFAULT_HOLD).ok()).unwrap_or(now);
            self.gate.hold(&host, until, now);
        }
        Ok(fetched)
    }

    fn interval_of(&self, profile: &Profile, crawl_delay: Option<f64>) -> Duration {
        let delay = Duration::from_secs_f64(crawl_delay.unwrap_or(0.0).clamp(0.0, LONGEST_CRAWL_DELAY));
        profile.interval.unwrap_or(self.interval).max(delay)
    }

    async fn wait(&self, host: &str, url: &str, interval: Duration) -> Result<(), FetchError> {
        let (now, today) = (Instant::now(), self.clock.now());
        let held = |until, why| FetchError::Held { url: url.to_owned(), until, why };
        match self.gate.turn(host, interval, PATIENCE, now, today) {
            Turn::At(at) => {
                tokio::time::sleep_until(at).await;
                Ok(())
            }
            Turn::Held(until) => Err(held(until, "the host asked for it")),
            Turn::Crowded(wait) => {
                let wait = SignedDuration::try_from(wait).unwrap_or(DEFAULT_HOLD);
                Err(held(today.checked_add(wait).unwrap_or(today), "many requests wait for it"))
            }
        }
    }
}
