//! Which alerts an assessment opens and closes.
use jiff::civil::{Date, date};

use super::*;
use crate::{assess::assess, sample};

fn open(facts: &Facts, stored: &[StoredFinding], hold: bool) -> Vec<(AlertKind, bool)> {
    let channels = ["webhook".to_owned()];
    let route = Route { channels: &channels, hold };
    let changes = alert_changes(facts, &assess(facts), stored, &route);
    changes
        .into_iter()
        .filter(|change| change.open)
        .map(|change| (change.kind, change.telling == Telling::Held))
        .collect()
}

fn overdue(today: Date) -> Facts {
    let mut facts = sample::facts(today);
    facts.polls.add(&sample::poll("s", "annual", "2025-02-01T00:00:00Z", true));
    facts
}

fn stored(finding: Finding, dismissed: bool) -> StoredFinding {
    let at = sample::at("2025-02-01T00:00:00Z");
    StoredFinding {
        finding,
        identity: "b1/2024".into(),
        body: Some("b1".into()),
        year: Some(2024),
        first_seen_at: at,
        last_seen_at: at,
        fixed_at: None,
        dismissed_at: dismissed.then_some(at),
    }
}

#[test]
fn an_overdue_report_opens_one_alert_until_its_finding_is_dismissed() {
    let facts = overdue(date(2025, 2, 3));
    assert_eq!(open(&facts, &[], false), [(AlertKind::Overdue, false)]);
    let finding = assess(&facts).findings[0].clone();
    assert_eq!(open(&facts, &[stored(finding, true)], false), []);
}

#[test]
fn what_passes_from_overdue_to_missing_opens_as_missing_and_ends_overdue_without_a_word() {
    let channels = ["webhook".to_owned()];
    let of_p802 = |today, hold, dismissed: bool| {
        let facts = overdue(today);
        let finding = assess(&facts).findings[0].clone();
        let route = Route { channels: &channels, hold };
        let changes = alert_changes(&facts, &assess(&facts), &[stored(finding, dismissed)], &route);
        let own = changes.into_iter().filter(|change| change.kind.code() == Some("P802"));
        own.map(|change| (change.kind, change.open, change.telling)).collect::<Vec<_>>()
    };
    use AlertKind::{Missing, Overdue};
    use Telling::{AtOnce, Held, Never};
    let (before, after) = (date(2025, 3, 1), date(2025, 3, 2));
    assert_eq!(of_p802(before, false, false), [(Overdue, true, AtOnce), (Missing, false, Never)]);
    assert_eq!(of_p802(after, false, false), [(Overdue, false, Never), (Missing, true, AtOnce)]);
    assert_eq!(of_p802(after, true, false), [(Overdue, false, Never), (Missing, true, Held)]);
    assert_eq!(of_p802(after, false, true), [(Overdue, false, AtOnce), (Missing, false, AtOnce)]);
}

#[test]
fn a_page_that_is_listed_and_not_read_yet_is_not_told_as_the_report() {
    let mut facts = overdue(date(2025, 2, 3));
    facts.sources = vec![sample::source("2025-02-02T00:00:00Z")];
    assert_eq!(open(&facts, &[], false), [], "neither missing nor published");
    facts.history = vec![sample::row(&facts.sources[0], "2025-02-02T00:00:00Z")];
    assert!(open(&facts, &[], false).contains(&(AlertKind::New, false)));
}

#[test]
fn during_the_first_import_of_a_site_alerts_are_held_except_that_it_is_blind() {
    assert_eq!(open(&overdue(date(2025, 2, 3)), &[], true), [(AlertKind::Overdue, true)]);
    let mut blind = sample::facts(date(2025, 2, 3));
    assert_eq!(open(&blind, &[], true), [], "the first poll is still to come");
    blind.polls.add(&sample::poll("s", "annual", "2025-02-02T00:00:00Z", false));
    assert_eq!(open(&blind, &[], true), [(AlertKind::SiteBlind, false)]);
}

#[test]
fn only_the_current_and_the_previous_report_year_alert() {
    assert_eq!(open(&overdue(date(2026, 12, 31)), &[], false).len(), 1);
    assert_eq!(open(&overdue(date(2027, 1, 1)), &[], false).len(), 0);
}

#[test]
fn an_inconsistent_report_opens_an_alert_while_a_finding_of_its_tables_holds() {
    let mut facts = sample::facts(date(2025, 2, 3));
    facts.sources = vec![sample::source("2025-01-20T00:00:00Z")];
    facts.history = vec![sample::row(&facts.sources[0], "2025-01-20T00:00:00Z")];
    facts.history[0].verdict = Some(Verdict::Inconsistent);
    let mut finding =
        facts.finding(&crate::rules::published_late::DOC, Severity::Error, Text::default(), Text::default());
    finding.code = "T301".into();
    let kinds = |dismissed| {
        open(&facts, &[stored(finding.clone(), dismissed)], false)
            .into_iter()
            .map(|(kind, _)| kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(false), [AlertKind::New, AlertKind::Inconsistent]);
    assert_eq!(kinds(true), [AlertKind::New]);
}
