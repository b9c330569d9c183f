//! One robots.txt a host: fetched when needed, kept for a day, asked for again soon when the host could not say.
use std::{collections::HashMap, sync::Arc};

use gongkai_runtime::{
    clock::Clock,
    http::{GetRequest, HttpClient, HttpError, OnLimit},
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use url::Url;

use super::{MAX_BYTES, Rules, product_token};

/// How long rules hold (RFC 9309, 2.4: not more than 24 hours).
const KEEP: SignedDuration = SignedDuration::from_hours(24);
/// How long "could not be asked" holds.
const KEEP_FAILURE: SignedDuration = SignedDuration::from_mins(5);

/// What robots.txt says about an address.
#[derive(Clone, Debug, PartialEq)]
pub enum RobotsVerdict {
    /// It may be fetched, with this many seconds between two requests.
    Allowed(Option<f64>),
    /// A rule forbids it.
    Forbidden(String),
    /// robots.txt could not be had: the host counts as forbidden for the time being.
    Unavailable {
        /// Why.
        why: String,
        /// When it is asked for again.
        until: Timestamp,
    },
}

#[derive(Clone)]
enum Known {
    Rules(Arc<Rules>),
    Unavailable(String),
}

#[derive(Clone)]
struct Entry {
    known: Known,
    until: Timestamp,
}

type Slot = Arc<Mutex<Option<Entry>>>;

/// The robots.txt files of all hosts.
pub struct Robots {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    token: String,
    slots: Mutex<HashMap<String, Slot>>,
}

impl Robots {
    /// Rules are looked up for the product token of this User-Agent.
    pub fn new(http: HttpClient, clock: Arc<dyn Clock>, user_agent: &str) -> Self {
        Self { http, clock, token: product_token(user_agent), slots: Mutex::default() }
    }

    /// Whether an address may be fetched. Asks the host at most once a day; others wait for that one answer.
    pub async fn ask(&self, url: &Url) -> RobotsVerdict {
        let origin = url.origin().ascii_serialization();
        let slot = Arc::clone(self.slots.lock().await.entry(origin).or_default());
        let mut entry = slot.lock().await;
        let now = self.clock.now();
        let current = match entry.as_ref().filter(|entry| entry.until > now) {
            Some(entry) => entry.clone(),
            None => {
                let fresh = self.renew(url, entry.as_ref(), now).await;
                entry.insert(fresh).clone()
            }
        };
        match current.known {
            Known::Unavailable(why) => RobotsVerdict::Unavailable { why, until: current.until },
            Known::Rules(rules) => {
                let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                match rules.forbids(&format!("{}{query}", url.path())) {
                    Some(rule) => RobotsVerdict::Forbidden(rule.to_owned()),
                    None => RobotsVerdict::Allowed(rules.crawl_delay),
                }
            }
        }
    }

    async fn renew(&self, url: &Url, old: Option<&Entry>, now: Timestamp) -> Entry {
        let outcome = self.load(url).await;
        match (outcome, old) {
            (Ok(rules), _) => Entry { known: Known::Rules(Arc::new(rules)), until: after(now, KEEP) },
            // Rules that are known stay in force while the host cannot be asked.
            (Err(_), Some(Entry { known: known @ Known::Rules(_), .. })) => {
                Entry { known: known.clone(), until: after(now, KEEP_FAILURE) }
            }
            (Err(why), _) => Entry { known: Known::Unavailable(why), until: after(now, KEEP_FAILURE) },
        }
    }

    async fn load(&self, url: &Url) -> Result<Rules, String> {
        let mut address = url.clone();
        address.set_path("/robots.txt");
        address.set_query(None);
        address.set_fragment(None);
        let request = GetRequest::new(address).limited(MAX_BYTES, OnLimit::Cut);
        match self.http.get(&request).await {
            Ok(answer) => match answer.status {
                200..=299 => Ok(Rules::parse(&String::from_utf8_lossy(&answer.body), &self.token)),
                // The host asks for patience, it does not say that there are no rules.
                429 => Err(format!("{} answered 429", request.url)),
                300..=499 => Ok(Rules::default()),
                status => Err(format!("{} answered {status}", request.url)),
            },
            // RFC 9309, 2.3.1.2: after too many redirects, or ones that cannot be followed, there are no rules.
            Err(HttpError::TooManyRedirects { .. } | HttpError::RedirectRefused { .. }) => {
                Ok(Rules::default())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
