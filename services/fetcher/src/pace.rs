//! How often a site is looked at where nobody says otherwise: by the season in which reports appear.
use gongkai_runtime::clock::date_in_shanghai;
use jiff::{SignedDuration, Timestamp};

/// January to March: both due dates, 31 January and 31 March (Art. 49), and the weeks before them.
const SEASON: std::ops::RangeInclusive<i8> = 1..=3;
const DAILY: SignedDuration = SignedDuration::from_hours(24);
const WEEKLY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After something new appeared, whatever the interval: more may follow, and what was just published is often mended.
pub(crate) const SOON: SignedDuration = SignedDuration::from_hours(1);

/// The usual time between two visits: a day in the season, a week outside it.
pub(crate) fn usual(now: Timestamp) -> SignedDuration {
    if SEASON.contains(&date_in_shanghai(now).month()) { DAILY } else { WEEKLY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_season_is_from_january_to_march_in_shanghai() {
        let cases = [
            ("2025-12-31T15:59:59Z", WEEKLY),
            ("2025-12-31T16:00:00Z", DAILY),
            ("2026-03-31T15:59:59Z", DAILY),
            ("2026-03-31T16:00:00Z", WEEKLY),
            ("2026-08-01T00:00:00Z", WEEKLY),
        ];
        for (now, want) in cases {
            assert_eq!(usual(now.parse().unwrap()), want, "{now}");
        }
    }
}
