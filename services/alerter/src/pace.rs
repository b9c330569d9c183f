//! A dear question, asked as often as it is cheap: it takes at most a twentieth of the time.
use std::time::Duration;

use tokio::time::Instant;

/// Of the time that the question took, so much passes before it is asked again.
const REST: u32 = 19;

/// When the question may be asked next.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    not_before: Option<Instant>,
}

impl Pace {
    /// The moment, if the question may be asked now.
    pub(crate) fn begin(&self) -> Option<Instant> {
        let now = Instant::now();
        self.not_before.is_none_or(|not_before| not_before <= now).then_some(now)
    }

    /// It was answered.
    pub(crate) fn done(&mut self, begun: Instant) {
        let rest = begun.elapsed().checked_mul(REST).unwrap_or(Duration::MAX);
        self.not_before = Instant::now().checked_add(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_dear_question_is_asked_seldom_and_a_cheap_one_always() {
        let mut pace = Pace::default();
        let begun = pace.begin().unwrap();
        pace.done(begun);
        let begun = pace.begin().unwrap();
        tokio::time::advance(Duration::from_secs(10)).await;
        pace.done(begun);
        tokio::time::advance(Duration::from_secs(189)).await;
        assert!(pace.begin().is_none());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(pace.begin().is_some());
    }
}
