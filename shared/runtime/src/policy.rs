//! What becomes of a row whose work failed: by class, another attempt later or set aside.
use std::time::Duration;

use gongkai_store::{Failure, FailureClass};
use jiff::Timestamp;

use crate::{backoff::Backoff, relay::later};

/// Attempts before a row with a transient failure is set aside: a pause is 450 s on average in the long run, so that is more than
/// seven days. A holiday week without a webhook or a mail server loses no alert.
pub const TRANSIENT_ATTEMPTS: i32 = 1_400;
/// Attempts before a row that breaks its worker is set aside.
pub const POISON_ATTEMPTS: i32 = 3;
/// Pauses between attempts.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(600));
/// A site that changed is not helped by haste.
const SITE_PAUSES: Backoff = Backoff::new(Duration::from_secs(1_200), Duration::from_secs(6 * 3_600));
/// The furthest that a Retry-After is honoured.
const FURTHEST: Duration = Duration::from_secs(24 * 3_600);

/// What to do with the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another attempt at this time.
    RetryAt(Timestamp),
    /// Set it aside.
    Park,
}

/// Decides over a failure after `failed_before` failed attempts of this generation.
pub fn decide(failure: &Failure, failed_before: i32, now: Timestamp) -> Next {
    let attempts = failed_before.saturating_add(1);
    let pauses = match failure.class {
        FailureClass::Document | FailureClass::Contract => return Next::Park,
        FailureClass::Transient if attempts >= TRANSIENT_ATTEMPTS => return Next::Park,
        FailureClass::Poison if attempts >= POISON_ATTEMPTS => return Next::Park,
        FailureClass::Transient | FailureClass::Poison => PAUSES,
        FailureClass::SiteChanged => SITE_PAUSES,
    };
    let own = later(now, pauses.after(u32::try_from(attempts).unwrap_or(1)));
    let asked = failure.retry_at.unwrap_or(own).min(later(now, FURTHEST));
    Next::RetryAt(own.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2025-03-01T00:00:00Z".parse().unwrap()
    }

    fn failure(class: FailureClass) -> Failure {
        Failure { class, message: "m".to_owned(), retry_at: None }
    }

    /// Seconds until the next attempt.
    fn pause(failure: &Failure, failed_before: i32) -> f64 {
        match decide(failure, failed_before, now()) {
            Next::RetryAt(at) => at.duration_since(now()).as_secs_f64(),
            Next::Park => panic!("parked"),
        }
    }

    #[test]
    fn documents_and_broken_contracts_are_set_aside_at_once() {
        for class in [FailureClass::Document, FailureClass::Contract] {
            assert_eq!(decide(&failure(class), 0, now()), Next::Park);
        }
    }

    #[test]
    fn passing_troubles_are_tried_again_with_growing_pauses_and_an_end() {
        let failure = failure(FailureClass::Transient);
        assert!((1.0..=2.0).contains(&pause(&failure, 0)));
        assert!((64.0..=128.0).contains(&pause(&failure, 6)));
        assert!((300.0..=600.0).contains(&pause(&failure, 10)));
        assert!((300.0..=600.0).contains(&pause(&failure, TRANSIENT_ATTEMPTS - 2)));
        assert_eq!(decide(&failure, TRANSIENT_ATTEMPTS - 1, now()), Next::Park);
    }

    #[test]
    fn a_channel_that_is_away_is_tried_for_a_week() {
        let failure = failure(FailureClass::Transient);
        let week: f64 = (0..TRANSIENT_ATTEMPTS - 1).map(|failed| pause(&failure, failed)).sum();
        assert!(week >= 7.0 * 86_400.0, "{week}");
    }

    #[test]
    fn what_breaks_its_worker_is_set_aside_after_three_attempts() {
        let failure = failure(FailureClass::Poison);
        assert!(pause(&failure, 1) >= 2.0);
        assert_eq!(decide(&failure, 2, now()), Next::Park);
    }

    #[test]
    fn a_changed_site_is_looked_at_again_without_haste_and_without_end() {
        let failure = failure(FailureClass::SiteChanged);
        assert!(pause(&failure, 0) >= 600.0);
        assert!((3.0 * 3600.0..=6.0 * 3600.0).contains(&pause(&failure, 1_000_000)));
    }

    #[test]
    fn a_time_that_the_other_side_names_is_kept_but_not_for_ever() {
        let asking = |seconds: u64| Failure {
            retry_at: Some(later(now(), Duration::from_secs(seconds))),
            ..failure(FailureClass::Transient)
        };
        assert!((pause(&asking(3_600), 0) - 3_600.0).abs() < 1e-6);
        assert!(pause(&asking(0), 3) >= 8.0, "never sooner than our own pause");
        assert!((pause(&asking(1_000_000_000), 0) - 86_400.0).abs() < 1e-6);
    }
}
