//! Time as an argument: services read it from here, tests set it.
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The zone of due dates and of dates on pages.
pub const ZONE: &str = "Asia/Shanghai";

/// A source of the present moment.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Today in Asia/Shanghai.
    fn today(&self) -> Date {
        date_in_shanghai(self.now())
    }
}

/// The date of a moment in Asia/Shanghai.
pub fn date_in_shanghai(at: Timestamp) -> Date {
    let zone = TimeZone::get(ZONE).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::Offset::constant(8)));
    at.to_zoned(zone).date()
}

/// The report years that are watched: the current one (last calendar year) and the one before.
pub fn watched_years(today: Date) -> [i16; 2] {
    let year = today.year();
    [year.saturating_sub(1), year.saturating_sub(2)]
}

/// The machine's clock, with the calendar's day fixed when `calendar.today` is set.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    /// Overrides today.
    pub today: Option<Date>,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn today(&self) -> Date {
        self.today.unwrap_or_else(|| date_in_shanghai(self.now()))
    }
}

/// A clock that stands still until it is moved; for tests and simulations.
#[derive(Clone, Debug)]
pub struct FrozenClock(Arc<Mutex<Timestamp>>);

impl FrozenClock {
    /// Stands at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(at)))
    }

    /// Moves to `at`.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
