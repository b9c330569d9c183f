//! How often a host is asked: one request an interval, and silence for as long as it asks for.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use tokio::time::Instant;

/// Longest silence that a host can ask for.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_hours(24);
/// Hosts are forgotten beyond so many, oldest first in time.
const MOST_HOSTS: usize = 10_000;

#[derive(Debug, Default)]
struct Host {
    next: Option<Instant>,
    held_until: Option<Timestamp>,
}

/// The gate before all requests.
#[derive(Debug, Default)]
pub struct Gate {
    hosts: Mutex<HashMap<String, Host>>,
}

/// When a request may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// At this moment; the turn is taken.
    At(Instant),
    /// The host asked for silence until then; no turn is taken.
    Held(Timestamp),
    /// The wait would be longer than the caller allows; no turn is taken.
    Crowded(Duration),
}

impl Gate {
    /// Takes the next turn of a host, at least `interval` after the one before.
    pub fn turn(
        &self,
        host: &str,
        interval: Duration,
        patience: Duration,
        now: Instant,
        today: Timestamp,
    ) -> Turn {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MOST_HOSTS {
            hosts.retain(|_, host| {
                host.next.is_some_and(|next| next > now) || host.held_until.is_some_and(|until| until > today)
            });
        }
        let host = hosts.entry(host.to_owned()).or_default();
        if let Some(until) = host.held_until.filter(|until| *until > today) {
            return Turn::Held(until);
        }
        let at = host.next.filter(|next| *next > now).unwrap_or(now);
        let wait = at.duration_since(now);
        if wait > patience {
            return Turn::Crowded(wait);
        }
        host.next = Some(at + interval);
        Turn::At(at)
    }

    /// Keeps silent towards a host until then; never shorter than asked before, never longer than a day.
    pub fn hold(&self, host: &str, until: Timestamp, now: Timestamp) {
        let until = until.min(now.checked_add(LONGEST_HOLD).unwrap_or(Timestamp::MAX));
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = hosts.entry(host.to_owned()).or_default();
        host.held_until = Some(host.held_until.map_or(until, |known| known.max(until)));
    }
}

/// The moment that `Retry-After` names: seconds from now, or a date in one of HTTP's three forms.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Timestamp> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(i64::MAX).min(LONGEST_HOLD.as_secs());
        return now.checked_add(SignedDuration::from_secs(seconds)).ok();
    }
    let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let date = forms.iter().find_map(|form| DateTime::strptime(form, value).ok())?;
    date.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn turns_of_one_host_are_an_interval_apart_and_hosts_do_not_wait_for_each_other() {
        let (gate, now, today) = (Gate::default(), Instant::now(), Timestamp::UNIX_EPOCH);
        let turn = |host| gate.turn(host, SECOND, SECOND * 5, now, today);
        assert_eq!(turn("a"), Turn::At(now));
        assert_eq!(turn("a"), Turn::At(now + SECOND));
        assert_eq!(turn("b"), Turn::At(now));
        assert_eq!(gate.turn("a", SECOND, SECOND * 5, now + SECOND * 9, today), Turn::At(now + SECOND * 9));
    }

    #[test]
    fn a_wait_that_is_too_long_takes_no_turn() {
        let (gate, now, today) = (Gate::default(), Instant::now(), Timestamp::UNIX_EPOCH);
        gate.turn("a", SECOND * 10, SECOND, now, today);
        assert_eq!(gate.turn("a", SECOND, SECOND, now, today), Turn::Crowded(SECOND * 10));
        assert_eq!(gate.turn("a", SECOND, SECOND * 10, now, today), Turn::At(now + SECOND * 10));
    }

    #[test]
    fn a_host_that_asks_for_silence_gets_it() {
        let (gate, now) = (Gate::default(), Instant::now());
        let (today, until) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T00:10:00Z"));
        gate.hold("a", until, today);
        gate.hold("a", at("2026-01-01T00:05:00Z"), today);
        assert_eq!(gate.turn("a", SECOND, SECOND, now, today), Turn::Held(until));
        assert_eq!(gate.turn("a", SECOND, SECOND, now, until), Turn::At(now));
        gate.hold("b", at("2036-01-01T00:00:00Z"), today);
        assert_eq!(gate.turn("b", SECOND, SECOND, now, today), Turn::Held(at("2026-01-02T00:00:00Z")));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = at("1994-11-06T08:49:00Z");
        let want = Some(at("1994-11-06T08:49:37Z"));
        for value in [
            "37",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(retry_after(value, now), want, "{value}");
        }
        assert_eq!(retry_after("99999999999999999999", now), Some(at("1994-11-07T08:49:00Z")));
        for value in ["", "soon", "-5", "1.5"] {
            assert_eq!(retry_after(value, now), None, "{value}");
        }
    }
}
