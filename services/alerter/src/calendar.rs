//! The calendar of due reports: which body owes a report for a year, until when, and how it stands. Pure.
use gongkai_model::{Body, Kind, Level, Text};
pub use gongkai_runtime::clock::watched_years;
use gongkai_store::DueState;
use jiff::{ToSpan, civil::Date};

/// Days before the date from which a report is due soon.
pub const SOON_DAYS: i64 = 7;
/// Days after the date from which an absent report is missing.
pub const MISSING_DAYS: i64 = 30;
/// The first report year of the Regulation (Decree 492, in force since 1 May 2008).
pub const FIRST_YEAR: i16 = 2008;
/// The first report year of the revised Regulation (Decree 711).
pub const REVISED_YEAR: i16 = 2019;

/// What sets a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBasis {
    /// Decree 492, Art. 31: every administrative organ, 31 March (report years 2008-2018).
    Decree492,
    /// Decree 711, Art. 49(1): departments, 31 January.
    Departments,
    /// Decree 711, Art. 49(2): local governments of county level and above, 31 March.
    Governments,
    /// A local notice, as the registry says.
    LocalNotice,
    /// Nothing: townships, streets and zones without a local date.
    Unset,
}

impl DueBasis {
    /// The basis in words.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Decree492 => (
                "《政府信息公开条例》（国务院令第492号）第三十一条",
                "Regulation on government-information disclosure (Decree 492), Art. 31",
            ),
            Self::Departments => (
                "《政府信息公开条例》（国务院令第711号）第四十九条第一款",
                "Regulation on government-information disclosure (Decree 711), Art. 49(1)",
            ),
            Self::Governments => (
                "《政府信息公开条例》（国务院令第711号）第四十九条第二款",
                "Regulation on government-information disclosure (Decree 711), Art. 49(2)",
            ),
            Self::LocalNotice => ("地方通知规定的期限", "date set by a local notice"),
            Self::Unset => (
                "条例第四十九条未规定该类机关的期限；按惯例自3月31日起算",
                "Art. 49 sets no date for such bodies; by practice counted from 31 March",
            ),
        };
        Text::new(zh, en)
    }
}

/// Until when a report is due (Asia/Shanghai; the day itself is in time).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Last day in time; `None` where neither law nor local notice sets one.
    pub due: Option<Date>,
    /// The day after which an absent report counts as overdue: `due`, else 31 March.
    pub counts_from: Date,
    /// An own (local) date before the legal one.
    pub own: Option<Date>,
    /// What sets `due`.
    pub basis: DueBasis,
}

/// What is due of a body for a report year; `None` when it owes nothing: it does not report for itself, did not
/// exist in that year, or had ended before the date (its successor reports).
pub fn deadline(body: &Body, year: i16) -> Option<Deadline> {
    if !body.reports_itself || year < FIRST_YEAR {
        return None;
    }
    let deadline = date_of(body, year)?;
    let born_later = body.valid_from.is_some_and(|from| from.year() > year);
    let ended_before = body.valid_to.is_some_and(|to| to < deadline.counts_from);
    (!born_later && !ended_before).then_some(deadline)
}

fn date_of(body: &Body, year: i16) -> Option<Deadline> {
    let following = year.checked_add(1)?;
    let january = Date::new(following, 1, 31).ok()?;
    let march = Date::new(following, 3, 31).ok()?;
    let legal = |due, basis, own| Deadline { due: Some(due), counts_from: due, own, basis };
    if year < REVISED_YEAR {
        // The registry's local date is today's; it says nothing about the time of Decree 492.
        return Some(legal(march, DueBasis::Decree492, None));
    }
    let local = body.local_due.as_deref().and_then(|text| local_date(text, following));
    let earlier = |due: Date| local.filter(|own| *own < due);
    Some(match (law_of(body.kind, body.level), local) {
        (DueBasis::Departments, _) => legal(january, DueBasis::Departments, earlier(january)),
        (DueBasis::Governments, _) => legal(march, DueBasis::Governments, earlier(march)),
        (_, Some(own)) => legal(own, DueBasis::LocalNotice, None),
        (_, None) => Deadline { due: None, counts_from: march, own: None, basis: DueBasis::Unset },
    })
}

/// Which paragraph of Art. 49 speaks of such a body; below county level none does.
const fn law_of(kind: Kind, level: Level) -> DueBasis {
    match (kind, level) {
        (_, Level::Township) | (Kind::Township | Kind::Street | Kind::Zone, _) => DueBasis::Unset,
        (Kind::Government, _) => DueBasis::Governments,
        (Kind::Office | Kind::Department | Kind::Vertical, _) => DueBasis::Departments,
    }
}

/// `MM-DD` in a year; 29 February is the 28th where there is none.
fn local_date(text: &str, year: i16) -> Option<Date> {
    let (month, day) = text.trim().split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(year, month, day)
        .or_else(|_| Date::new(year, month, if (month, day) == (2, 29) { 28 } else { day }))
        .ok()
}

/// How a report stands that was not found. `proven` = every column of the body's site was read completely since.
pub fn state_of_absent(deadline: &Deadline, today: Date, proven: bool) -> DueState {
    let after = days(deadline.counts_from, today);
    match after {
        ..=0 if -after > SOON_DAYS => DueState::NotDue,
        ..=0 => DueState::DueSoon,
        _ if !proven => DueState::Unknown,
        _ if after >= MISSING_DAYS => DueState::Missing,
        _ => DueState::Overdue,
    }
}

/// Whole days from one date to another; negative when `to` is earlier.
pub fn days(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// The day from which an absent report is missing.
pub fn missing_from(deadline: &Deadline) -> Date {
    deadline.counts_from.saturating_add(MISSING_DAYS.days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn body(kind: Kind, level: Level) -> Body {
        crate::sample::body("b1", kind, level)
    }

    fn due(kind: Kind, level: Level, year: i16) -> Option<Date> {
        deadline(&body(kind, level), year).and_then(|d| d.due)
    }

    #[test]
    fn under_decree_492_every_organ_is_due_on_31_march() {
        for year in [2008, 2012, 2018] {
            for kind in Kind::ALL {
                for level in Level::ALL {
                    assert_eq!(
                        due(kind, level, year),
                        Some(date(year + 1, 3, 31)),
                        "{kind:?} {level:?} {year}"
                    );
                }
            }
        }
        assert_eq!(deadline(&body(Kind::Department, Level::County), 2007), None);
    }

    #[test]
    fn since_2019_the_date_follows_kind_and_level() {
        for year in [2019, 2020, 2021, 2025] {
            for level in [Level::Central, Level::Province, Level::Prefecture, Level::County] {
                for kind in [Kind::Office, Kind::Department, Kind::Vertical] {
                    assert_eq!(due(kind, level, year), Some(date(year + 1, 1, 31)), "{kind:?} {level:?}");
                }
                assert_eq!(due(Kind::Government, level, year), Some(date(year + 1, 3, 31)), "{level:?}");
                for kind in [Kind::Township, Kind::Street, Kind::Zone] {
                    assert_eq!(due(kind, level, year), None, "{kind:?} {level:?}");
                }
            }
            for kind in Kind::ALL {
                assert_eq!(due(kind, Level::Township, year), None, "{kind:?} at township level");
            }
        }
    }

    #[test]
    fn a_township_has_the_date_of_its_local_notice_or_none_and_then_counts_from_31_march() {
        let mut township = body(Kind::Township, Level::Township);
        let unset = deadline(&township, 2024).unwrap();
        assert_eq!((unset.due, unset.counts_from, unset.basis), (None, date(2025, 3, 31), DueBasis::Unset));
        township.local_due = Some("01-20".into());
        let local = deadline(&township, 2024).unwrap();
        assert_eq!(
            (local.due, local.own, local.basis),
            (Some(date(2025, 1, 20)), None, DueBasis::LocalNotice)
        );
        township.local_due = Some("02-29".into());
        assert_eq!(deadline(&township, 2024).unwrap().due, Some(date(2025, 2, 28)));
        township.local_due = Some("soon".into());
        assert_eq!(deadline(&township, 2024).unwrap().due, None);
    }

    #[test]
    fn a_local_date_never_moves_the_legal_one_and_says_nothing_of_old_years() {
        let mut department = body(Kind::Department, Level::County);
        department.local_due = Some("01-15".into());
        let earlier = deadline(&department, 2024).unwrap();
        assert_eq!((earlier.due, earlier.own), (Some(date(2025, 1, 31)), Some(date(2025, 1, 15))));
        assert_eq!(deadline(&department, 2016).unwrap().own, None);
        department.local_due = Some("02-28".into());
        let later = deadline(&department, 2024).unwrap();
        assert_eq!((later.due, later.own), (Some(date(2025, 1, 31)), None));
    }

    #[test]
    fn bodies_that_do_not_report_or_did_not_exist_owe_nothing() {
        let mut department = body(Kind::Department, Level::County);
        department.valid_from = Some(date(2024, 11, 1));
        assert!(deadline(&department, 2024).is_some());
        assert_eq!(deadline(&department, 2023), None);
        department.valid_from = None;
        department.valid_to = Some(date(2025, 1, 30));
        assert_eq!(deadline(&department, 2024), None);
        department.valid_to = Some(date(2025, 1, 31));
        assert!(deadline(&department, 2024).is_some());
        department.reports_itself = false;
        assert_eq!(deadline(&department, 2024), None);
    }

    #[test]
    fn the_states_of_an_absent_report_follow_the_days() {
        let deadline = deadline(&body(Kind::Department, Level::County), 2024).unwrap();
        let on = |month, day, proven| state_of_absent(&deadline, date(2025, month, day), proven);
        let table = [
            (1, 1, DueState::NotDue, DueState::NotDue),
            (1, 23, DueState::NotDue, DueState::NotDue),
            (1, 24, DueState::DueSoon, DueState::DueSoon),
            (1, 31, DueState::DueSoon, DueState::DueSoon),
            (2, 1, DueState::Overdue, DueState::Unknown),
            (3, 1, DueState::Overdue, DueState::Unknown),
            (3, 2, DueState::Missing, DueState::Unknown),
            (12, 31, DueState::Missing, DueState::Unknown),
        ];
        for (month, day, proven, unproven) in table {
            assert_eq!((on(month, day, true), on(month, day, false)), (proven, unproven), "{month}-{day}");
        }
        assert_eq!(missing_from(&deadline), date(2025, 3, 2));
    }

    #[test]
    fn a_weekend_shifts_nothing() {
        // 31 January 2026 is a Saturday.
        let deadline = deadline(&body(Kind::Department, Level::County), 2025).unwrap();
        assert_eq!(deadline.due, Some(date(2026, 1, 31)));
        assert_eq!(state_of_absent(&deadline, date(2026, 2, 1), true), DueState::Overdue);
    }

    #[test]
    fn two_report_years_are_watched() {
        assert_eq!(watched_years(date(2026, 1, 1)), [2025, 2024]);
    }
}
