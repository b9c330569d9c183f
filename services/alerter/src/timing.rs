//! When a report was published, and how well that is proven: in time, late, or not to be said. Pure.
use gongkai_model::PublishedKind;
use jiff::civil::Date;

use crate::facts::Facts;

/// How a found report stands to a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// Something on record is not later than the date.
    InTime,
    /// Proven late by the page's own publish line.
    LateByLine(Date),
    /// Proven late: first seen on `seen`, and a complete list of `lacking` (on or after the date) did not have it.
    LateBySight {
        /// First seen.
        seen: Date,
        /// Day of the list that lacked it.
        lacking: Date,
    },
    /// Only dates that prove nothing are later (signature, address, metadata, list, a migrated page).
    Doubtful {
        /// The earliest of them.
        date: Date,
        /// What it is.
        kind: WeakDate,
    },
    /// First seen after the date, and no date is known.
    Unknown,
}

/// Dates that prove no delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WeakDate {
    /// Under the text.
    Signature,
    /// In the address.
    Url,
    /// In a `<meta>` element.
    Metadata,
    /// In the list.
    Listed,
    /// A publish line of a later year than the one after the report year: the page was moved.
    Migrated,
}

/// How the found report stands to `limit`.
pub(crate) fn timing(facts: &Facts, limit: Date) -> Timing {
    let lines = dates(facts, PublishedKind::PublishLine);
    if on_record(facts).into_iter().chain(lines.iter().copied()).any(|date| date <= limit) {
        return Timing::InTime;
    }
    let migrated = |date: &Date| i32::from(date.year()) > i32::from(facts.year) + 1;
    if let Some(line) = lines.iter().copied().filter(|date| !migrated(date)).min() {
        return Timing::LateByLine(line);
    }
    if let Some(late) = late_by_sight(facts, limit) {
        return late;
    }
    let weak = weak_dates(facts, &lines);
    match weak.iter().min() {
        Some((date, _)) if *date <= limit => Timing::InTime,
        Some(&(date, kind)) => Timing::Doubtful { date, kind },
        None => Timing::Unknown,
    }
}

/// The day that the report counts as published: the earliest page or list date, else signature or address; never later
/// than the day it was first seen.
pub(crate) fn published_on(facts: &Facts) -> Option<Date> {
    let stated = dates(facts, PublishedKind::PublishLine)
        .into_iter()
        .chain(dates(facts, PublishedKind::Metadata))
        .chain(facts.carriers().filter_map(|source| source.listed_date))
        .min();
    let weak = || weak_dates(facts, &[]).into_iter().map(|(date, _)| date).min();
    let seen = first_seen(facts).map(|(day, _)| day);
    [stated.or_else(weak), seen].into_iter().flatten().min()
}

/// Dates that show the report to have been there: first sights, list dates, page metadata.
fn on_record(facts: &Facts) -> Vec<Date> {
    let sources =
        facts.carriers().flat_map(|source| [Some(facts.day(source.first_seen_at)), source.listed_date]);
    sources.flatten().chain(dates(facts, PublishedKind::Metadata)).collect()
}

fn dates(facts: &Facts, kind: PublishedKind) -> Vec<Date> {
    let published = facts.published_rows().filter_map(|row| row.report.published.as_ref());
    published.filter(|published| published.kind == kind).map(|published| published.date).collect()
}

fn weak_dates(facts: &Facts, migrated: &[Date]) -> Vec<(Date, WeakDate)> {
    let of = |kind, weak| dates(facts, kind).into_iter().map(move |date| (date, weak));
    let signed =
        facts.published_rows().filter_map(|row| row.report.signed).map(|date| (date, WeakDate::Signature));
    let listed =
        facts.carriers().filter_map(|source| source.listed_date).map(|date| (date, WeakDate::Listed));
    of(PublishedKind::Signature, WeakDate::Signature)
        .chain(signed)
        .chain(of(PublishedKind::Url, WeakDate::Url))
        .chain(of(PublishedKind::Metadata, WeakDate::Metadata))
        .chain(listed)
        .chain(migrated.iter().map(|date| (*date, WeakDate::Migrated)))
        .collect()
}

fn first_seen(facts: &Facts) -> Option<(Date, &gongkai_store::Source)> {
    let first = facts.carriers().min_by_key(|source| source.first_seen_at)?;
    Some((facts.day(first.first_seen_at), first))
}

/// A complete list counts from the date itself on: that is how contract 4 words P801. A list of the morning of the last day would
/// lack a report that appeared that evening, which is in time; its own publish line then says so and comes first, and
/// what `lacking` names is the latest list there is, so the day itself stands there only when no later list lacked it.
/// P802 asks for a list of a later day, because there the report itself has no voice.
///
/// A page that was not read yet may carry an earlier date, or be something else: until then it proves no delay.
fn late_by_sight(facts: &Facts, limit: Date) -> Option<Timing> {
    facts.published_rows().next()?;
    let (seen, source) = first_seen(facts)?;
    let lacking = facts.polls.lacked(&source.column, limit, source.first_seen_at)?;
    Some(Timing::LateBySight { seen, lacking: lacking.min(facts.today) })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sample::{facts, poll, row, source};

    const LIMIT: Date = date(2025, 1, 31);

    fn with(kind: PublishedKind, day: Date) -> Facts {
        let mut facts = facts(date(2025, 6, 1));
        facts.sources = vec![source("2025-06-01T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-06-01T00:00:00Z")];
        facts.history[0].report.published = Some(gongkai_model::Published { date: day, kind, span: None });
        facts
    }

    #[test]
    fn a_publish_line_after_the_date_proves_delay_unless_something_earlier_is_on_record() {
        let mut facts = with(PublishedKind::PublishLine, date(2025, 2, 5));
        assert_eq!(timing(&facts, LIMIT), Timing::LateByLine(date(2025, 2, 5)));
        facts.history[0].report.signed = Some(date(2025, 1, 20));
        assert_eq!(
            timing(&facts, LIMIT),
            Timing::LateByLine(date(2025, 2, 5)),
            "a signature is no publication"
        );
        facts.sources[0].listed_date = Some(date(2025, 1, 30));
        assert_eq!(timing(&facts, LIMIT), Timing::InTime);
    }

    #[test]
    fn the_day_itself_is_in_time() {
        assert_eq!(timing(&with(PublishedKind::PublishLine, LIMIT), LIMIT), Timing::InTime);
    }

    #[test]
    fn a_publish_line_of_a_much_later_year_is_a_migration() {
        let facts = with(PublishedKind::PublishLine, date(2027, 2, 5));
        assert_eq!(
            timing(&facts, LIMIT),
            Timing::Doubtful { date: date(2027, 2, 5), kind: WeakDate::Migrated }
        );
    }

    #[test]
    fn signature_and_address_alone_are_doubtful() {
        for (kind, weak) in
            [(PublishedKind::Signature, WeakDate::Signature), (PublishedKind::Url, WeakDate::Url)]
        {
            let facts = with(kind, date(2025, 2, 5));
            assert_eq!(timing(&facts, LIMIT), Timing::Doubtful { date: date(2025, 2, 5), kind: weak });
            assert_eq!(timing(&with(kind, date(2025, 1, 20)), LIMIT), Timing::InTime);
        }
    }

    #[test]
    fn a_list_that_lacked_it_on_or_after_the_date_proves_delay() {
        let mut facts = with(PublishedKind::FirstSeen, date(2025, 6, 1));
        assert_eq!(timing(&facts, LIMIT), Timing::Unknown);
        facts.polls.add(&poll("s", "annual", "2025-01-30T08:00:00Z", true));
        assert_eq!(timing(&facts, LIMIT), Timing::Unknown, "a list before the date proves nothing");
        facts.polls.add(&poll("s", "annual", "2025-03-01T08:00:00Z", false));
        assert_eq!(timing(&facts, LIMIT), Timing::Unknown, "an incomplete list proves nothing");
        facts.polls.add(&poll("s", "annual", "2025-01-31T12:00:00Z", true));
        let on_the_day = Timing::LateBySight { seen: date(2025, 6, 1), lacking: LIMIT };
        assert_eq!(timing(&facts, LIMIT), on_the_day, "the contract counts a list of the day itself");
        facts.polls.add(&poll("s", "annual", "2025-02-03T08:00:00Z", true));
        let late = Timing::LateBySight { seen: date(2025, 6, 1), lacking: date(2025, 2, 3) };
        assert_eq!(timing(&facts, LIMIT), late);
        facts.history.clear();
        assert_eq!(timing(&facts, LIMIT), Timing::Unknown, "a page that is only listed proves nothing");
    }

    #[test]
    fn the_day_of_publication_is_the_earliest_on_record() {
        let mut facts = with(PublishedKind::PublishLine, date(2025, 2, 5));
        assert_eq!(published_on(&facts), Some(date(2025, 2, 5)));
        facts.sources[0].listed_date = Some(date(2025, 2, 3));
        assert_eq!(published_on(&facts), Some(date(2025, 2, 3)));
        assert_eq!(published_on(&with(PublishedKind::Signature, date(2025, 1, 9))), Some(date(2025, 1, 9)));
    }
}
