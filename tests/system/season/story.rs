//! What happens in the season, and what must be told of it: written side by side, day by day.
use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::rules::Alert;
use super::town::{CITIES, Edition, Event, Flaw, Place, Trouble, id, usual_day};

/// Something that happens before the looks of a day.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Happens(Event),
    /// A person dismisses that a report is missing, or takes it up again.
    Dismiss(Place, bool),
}

/// Those that do something else than publish once, in time.
const LATE: Place = (0, 1);
const MISSING: Place = (0, 2);
/// Dated in time, put on the site later.
const BELATED: Place = (0, 3);
const INCONSISTENT: Place = (0, 4);
const WRONG_PERIOD: Place = (0, 5);
const WRONG_DATE: Place = (0, 6);
const REVISED: Place = (1, 1);
/// Revised before its due date.
const REVISED_EARLY: Place = (1, 2);
const WITHDRAWN: Place = (2, 1);
/// Signed by another department, and corrected before its due date.
const SIGNED_BY_ANOTHER: Place = (1, 5);
/// Shown by another city too, for some weeks.
const ABROAD: Place = (2, 3);
const ELSEWHERE: usize = 4;
/// Twice on its own site, with the same numbers.
const TWICE: Place = (2, 5);
/// Twice on its own site for some weeks, with other numbers.
const DIFFERING: Place = (2, 7);
/// Not published yet when their site goes away, and there when it comes back.
const UNSEEN: [Place; 3] = [(3, 1), (3, 2), (3, 3)];
const AWAY: usize = 3;
const EMPTY: usize = 4;
const CHALLENGED: usize = 5;

/// What the rules of Prometheus must say on some days, by region. Nobody is named there.
pub(super) fn firing(day: Date) -> Option<&'static [Alert]> {
    const NOTHING: Date = date(2026, 1, 4);
    const AFTER_DUE: Date = date(2026, 2, 1);
    const IN_MARCH: Date = date(2026, 3, 4);
    const DISMISSED: Date = date(2026, 3, 5);
    const TAKEN_UP: Date = date(2026, 3, 10);
    const AT_THE_END: Date = date(2026, 4, 30);
    Some(match day {
        NOTHING => &[],
        AFTER_DUE => &[("Overdue", "9900"), ("Inconsistent", "9900")],
        IN_MARCH | TAKEN_UP => FIRING_IN_MARCH,
        DISMISSED => FIRING_IN_MARCH.get(1..).unwrap_or_default(),
        AT_THE_END => &[("Missing", "9900"), ("Late", "9900"), ("Inconsistent", "9900"), ("Revised", "9901")],
        _ => return None,
    })
}

const FIRING_IN_MARCH: &[Alert] = &[
    ("Missing", "9900"),
    ("Late", "9900"),
    ("Inconsistent", "9900"),
    ("Revised", "9901"),
    ("Withdrawn", "9902"),
];
/// What fired in the season, and what of it was over at least once: the missing one while it was dismissed.
pub(super) const FIRED: &[Alert] = &[
    ("Overdue", "9900"),
    ("Missing", "9900"),
    ("Late", "9900"),
    ("Inconsistent", "9900"),
    ("Revised", "9901"),
    ("Withdrawn", "9902"),
];
pub(super) const OVER: &[Alert] = &[("Overdue", "9900"), ("Missing", "9900"), ("Withdrawn", "9902")];

pub(super) struct Story {
    acts: BTreeMap<Date, Vec<Act>>,
    expected: Vec<String>,
}

impl Story {
    /// With so many bodies in each city.
    pub(super) fn new(bodies: usize) -> Self {
        let mut story = Self { acts: BTreeMap::new(), expected: Vec::new() };
        story.usual(bodies);
        story.offices();
        story.bodies();
        story.sites();
        story.expected.sort();
        story
    }

    pub(super) fn acts_of(&self, day: Date) -> &[Act] {
        self.acts.get(&day).map_or(&[], Vec::as_slice)
    }

    /// True when something happens or must be told.
    pub(super) fn concerns(&self, day: Date) -> bool {
        self.acts.contains_key(&day) || self.expected.iter().any(|line| line.starts_with(&day.to_string()))
    }

    /// What must be told, sorted.
    pub(super) fn expected(&self) -> &[String] {
        &self.expected
    }

    fn act(&mut self, day: Date, act: Act) {
        self.acts.entry(day).or_default().push(act);
    }

    fn tell(&mut self, day: Date, what: &str, whom: &str) {
        self.expected.push(format!("{day} {what} {whom}"));
    }

    fn publish(&mut self, day: Date, place: Place, edition: Edition) {
        self.act(day, Act::Happens(Event::Published(place, edition)));
        self.tell(day, "open new", &id(place));
    }

    /// Bodies that publish once, in time, and the end of each site's first import.
    fn usual(&mut self, bodies: usize) {
        for city in 0..CITIES {
            self.tell(date(2025, 12, 1), "open digest", &format!("c{city}"));
            for place in (0..bodies).map(|at| (city, at)) {
                let other =
                    [LATE, MISSING, BELATED, INCONSISTENT, WRONG_PERIOD, WRONG_DATE, SIGNED_BY_ANOTHER];
                if !other.contains(&place) && !UNSEEN.contains(&place) {
                    self.publish(usual_day(place), place, Edition::sound(usual_day(place)));
                }
            }
        }
    }

    /// Digests: departments are supervised by their city's government, the governments by nobody.
    fn offices(&mut self) {
        for city in 0..CITIES {
            for day in [date(2026, 1, 17), date(2026, 1, 24), date(2026, 1, 30), date(2026, 2, 1)] {
                self.tell(day, "open office_digest", &id((city, 0)));
            }
        }
        for day in [date(2026, 3, 17), date(2026, 3, 24), date(2026, 3, 30), date(2026, 4, 1)] {
            self.tell(day, "open office_digest", "-");
        }
    }

    fn bodies(&mut self) {
        let due = date(2026, 2, 1);
        for place in [LATE, MISSING, BELATED] {
            self.tell(due, "open overdue", &id(place));
        }
        let late = date(2026, 2, 5);
        self.publish(late, LATE, Edition::sound(late));
        self.tell(late, "closed overdue", &id(LATE));
        self.tell(late, "open late", &id(LATE));
        let belated = date(2026, 2, 3);
        self.publish(belated, BELATED, Edition::sound(date(2026, 1, 30)));
        self.tell(belated, "closed overdue", &id(BELATED));
        // Thirty days after the date; that it was overdue ends without a word.
        self.tell(date(2026, 3, 2), "open missing", &id(MISSING));
        for (day, dismissed, told) in
            [(date(2026, 3, 5), true, "closed missing"), (date(2026, 3, 10), false, "open missing")]
        {
            self.act(day, Act::Dismiss(MISSING, dismissed));
            self.tell(day, told, &id(MISSING));
        }
        self.flawed(INCONSISTENT, Flaw::Inconsistent, None, "open inconsistent");
        self.flawed(WRONG_PERIOD, Flaw::Period, None, "open year_mismatch");
        self.flawed(WRONG_DATE, Flaw::None, Some(date(2025, 1, 20)), "open published_early");
        let another = |place| Edition { number: 1, ..Edition::sound(usual_day(place)) };
        let revised = date(2026, 2, 20);
        self.act(revised, Act::Happens(Event::Published(REVISED, another(REVISED))));
        self.tell(revised, "open revised", &id(REVISED));
        let early = date(2026, 1, 29);
        self.act(early, Act::Happens(Event::Published(REVISED_EARLY, another(REVISED_EARLY))));
        self.withdrawn();
        self.signed_by_another();
        self.copies();
    }

    fn flawed(&mut self, place: Place, flaw: Flaw, dated: Option<Date>, told: &str) {
        let day = usual_day(place);
        self.publish(day, place, Edition { flaw, ..Edition::sound(dated.unwrap_or(day)) });
        self.tell(day, told, &id(place));
    }

    /// What is put right before the due date is no revision to be told.
    fn signed_by_another(&mut self) {
        self.flawed(SIGNED_BY_ANOTHER, Flaw::Signature, None, "open publisher_mismatch");
        let right = date(2026, 1, 22);
        let sound = Edition::sound(usual_day(SIGNED_BY_ANOTHER));
        self.act(right, Act::Happens(Event::Published(SIGNED_BY_ANOTHER, sound)));
        self.tell(right, "closed publisher_mismatch", &id(SIGNED_BY_ANOTHER));
    }

    /// A copy that comes after the due date is neither a late report nor a revision, and one that goes is no withdrawal.
    fn copies(&mut self) {
        let (from, until) = (date(2026, 1, 27), date(2026, 2, 10));
        self.copied(ELSEWHERE, ABROAD, 0, from, Some(until));
        self.tell(from, "open untrusted_host", &id(ABROAD));
        self.tell(until, "closed untrusted_host", &id(ABROAD));
        self.copied(TWICE.0, TWICE, 0, date(2026, 2, 10), None);
        let (from, until) = (date(2026, 2, 17), date(2026, 3, 3));
        self.copied(DIFFERING.0, DIFFERING, 1, from, Some(until));
        self.tell(from, "open copies_differ", &id(DIFFERING));
        self.tell(until, "closed copies_differ", &id(DIFFERING));
    }

    fn copied(&mut self, city: usize, place: Place, number: u64, from: Date, until: Option<Date>) {
        let edition = Edition { number, ..Edition::sound(usual_day(place)) };
        self.act(from, Act::Happens(Event::Copied(city, place, edition)));
        if let Some(until) = until {
            self.act(until, Act::Happens(Event::CopyGone(city, place)));
        }
    }

    /// Three complete lists, a day apart, after the page had gone.
    fn withdrawn(&mut self) {
        self.act(date(2026, 3, 1), Act::Happens(Event::Withdrawn(WITHDRAWN)));
        self.tell(date(2026, 3, 4), "open withdrawn", &id(WITHDRAWN));
        let back = date(2026, 3, 20);
        let same = Edition::sound(usual_day(WITHDRAWN));
        self.act(back, Act::Happens(Event::Published(WITHDRAWN, same)));
        self.tell(back, "closed withdrawn", &id(WITHDRAWN));
    }

    fn sites(&mut self) {
        let back = date(2026, 2, 11);
        self.trouble(AWAY, Trouble::Away, date(2026, 1, 28), back);
        self.tell(date(2026, 2, 1), "open site_blind", &format!("c{AWAY}"));
        self.tell(back, "closed site_blind", &format!("c{AWAY}"));
        for place in UNSEEN {
            self.publish(back, place, Edition::sound(date(2026, 1, 30)));
        }
        for (city, trouble, from, until) in [
            (EMPTY, Trouble::EmptyList, date(2026, 2, 20), date(2026, 2, 26)),
            (CHALLENGED, Trouble::Challenge, date(2026, 3, 10), date(2026, 3, 13)),
        ] {
            self.trouble(city, trouble, from, until);
            self.tell(from, "open site_changed", &format!("c{city}"));
            self.tell(until, "closed site_changed", &format!("c{city}"));
        }
    }

    fn trouble(&mut self, city: usize, trouble: Trouble, from: Date, until: Date) {
        self.act(from, Act::Happens(Event::Trouble(city, trouble)));
        self.act(until, Act::Happens(Event::Over(city)));
    }
}
