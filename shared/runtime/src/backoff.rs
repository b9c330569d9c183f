//! How long to wait before another try: doubling, with jitter, up to a limit.
use std::time::Duration;

/// Growing pauses between tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Pause after the first failure.
    pub first: Duration,
    /// Longest pause.
    pub longest: Duration,
}

impl Backoff {
    /// Pauses from `first` to `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The pause after `failures` failures in a row (1 = the first): between half of it and all of it at random,
    /// so that many who failed together do not come back together.
    pub fn after(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let full = self.first.saturating_mul(1 << doublings).min(self.longest);
        full.mul_f64(fastrand::f64().mul_add(0.5, 0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BACKOFF: Backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(600));

    #[test]
    fn pauses_double_up_to_the_longest() {
        for (failures, full) in [(0, 2), (1, 2), (2, 4), (3, 8), (9, 512), (10, 600), (u32::MAX, 600)] {
            let pause = BACKOFF.after(failures).as_secs_f64();
            assert!((f64::from(full) / 2.0..=f64::from(full)).contains(&pause), "{failures}: {pause}");
        }
    }

    proptest! {
        #[test]
        fn a_pause_is_never_nothing_and_never_more_than_the_longest(failures in any::<u32>()) {
            let pause = BACKOFF.after(failures);
            prop_assert!(pause >= BACKOFF.first / 2 && pause <= BACKOFF.longest);
        }
    }
}
