//! Digests for supervising offices before and after a due date: who has not published yet, who is late, missing or unknown. Pure.
use std::collections::{BTreeMap, HashMap, HashSet};

use gongkai_model::{Severity, Text};
use gongkai_runtime::clock::{ZONE, date_in_shanghai};
use gongkai_store::{AlertChange, AlertKind, Due, DueState, Telling};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    around::Around,
    calendar::{days, deadline},
    digest::listed,
};

/// Digests go out in the morning of the day, when the night's polls are in.
const FROM_HOUR: i8 = 8;
/// From then on a digest no longer waits for bodies that could not be settled today.
const AT_LATEST: i8 = 12;
/// Where bodies are gathered that nobody supervises.
const NOBODY: &str = "-";

/// Which digest of a due date it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Before14,
    Before7,
    Before1,
    After1,
}

impl Slot {
    /// The digest of a day, `after` days after the date; one that was missed is made up for until the next.
    const fn of(after: i64) -> Option<Self> {
        Some(match after {
            -14..=-8 => Self::Before14,
            -7..=-2 => Self::Before7,
            -1..=0 => Self::Before1,
            1..=3 => Self::After1,
            _ => return None,
        })
    }

    /// The last day that it is made up for, days after the date.
    const fn last(self) -> i64 {
        match self {
            Self::Before14 => -8,
            Self::Before7 => -2,
            Self::Before1 => 0,
            Self::After1 => 3,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Before14 => "T-14",
            Self::Before7 => "T-7",
            Self::Before1 => "T-1",
            Self::After1 => "T+1",
        }
    }
}

/// The bodies of an office that owe a report by one date.
struct Group<'d> {
    year: i16,
    date: Date,
    dues: Vec<(&'d str, &'d Due)>,
}

/// True on days on which a digest of some due date may be told.
pub(crate) fn is_day(dues: &[Due], today: Date) -> bool {
    dues.iter().filter_map(|due| due.due).any(|date| Slot::of(days(date, today)).is_some())
}

/// The digests that are to be told now, for one channel; those that were told already change nothing in the store. Those
/// with bodies of sites that are being imported wait, as long as their day can be made up for.
pub(crate) fn digests(
    around: &Around,
    dues: &[Due],
    importing: &HashSet<String>,
    (today, now): (Date, Timestamp),
    channel: &str,
) -> Vec<AlertChange> {
    let hour = hour(today, now);
    if hour < FROM_HOUR {
        return Vec::new();
    }
    let settled = |due: &Due| date_in_shanghai(due.assessed_at) >= today.min(date_in_shanghai(now));
    let mut changes = Vec::new();
    for ((office, _), group) in groups(around, dues, today) {
        let after = days(group.date, today);
        let Some(slot) = Slot::of(after) else { continue };
        let imported = |due: &Due| {
            let site = around.body(&due.body).and_then(|body| body.site.as_ref());
            !site.is_some_and(|site| importing.contains(site))
        };
        let wait_for_sites = after < slot.last() && !group.dues.iter().all(|(_, due)| imported(due));
        let wait_for_bodies = hour < AT_LATEST && !group.dues.iter().all(|(_, due)| settled(due));
        if wait_for_sites || wait_for_bodies {
            continue;
        }
        let body = around.body(office);
        let open = group.dues.iter().any(|(_, due)| is_outstanding(due.state));
        changes.push(AlertChange {
            kind: AlertKind::OfficeDigest,
            key: format!("{office}/{}/{}", group.date, slot.as_str()),
            channel: channel.to_owned(),
            open: true,
            telling: Telling::AtOnce,
            severity: if open && after > 0 { Severity::Warning } else { Severity::Hint },
            site: None,
            body: body.map(|body| body.id.clone()),
            year: Some(group.year),
            message: message(body.map_or("无上级的单位", |body| &body.name), &group, after),
        });
    }
    changes
}

/// The hour in Asia/Shanghai; a calendar that was set to another day has no hour to wait for.
fn hour(today: Date, now: Timestamp) -> i8 {
    if today != date_in_shanghai(now) {
        return AT_LATEST;
    }
    TimeZone::get(ZONE).map_or(AT_LATEST, |zone| now.to_zoned(zone).hour())
}

fn groups<'d>(around: &'d Around, dues: &'d [Due], today: Date) -> BTreeMap<(&'d str, Date), Group<'d>> {
    let mut groups: BTreeMap<(&str, Date), Group<'_>> = BTreeMap::new();
    for due in dues {
        let Some(body) = around.body(&due.body) else { continue };
        let Some(date) = due.due.filter(|date| Slot::of(days(*date, today)).is_some()) else { continue };
        if deadline(body, due.year).and_then(|own| own.due) != Some(date) {
            continue;
        }
        let office = around.office(body).map_or(NOBODY, |office| office.id.as_str());
        let group = || Group { year: due.year, date, dues: Vec::new() };
        groups.entry((office, date)).or_insert_with(group).dues.push((&body.name, due));
    }
    groups
}

const fn is_outstanding(state: DueState) -> bool {
    matches!(state, DueState::Overdue | DueState::Missing | DueState::Unknown | DueState::Late)
}

fn message(office: &str, group: &Group<'_>, after: i64) -> Text {
    let mut lists: HashMap<Part, Vec<&str>> = HashMap::new();
    group.dues.iter().for_each(|(name, due)| lists.entry(part(due)).or_default().push(name));
    let (count, year, date) = (group.dues.len(), group.year, group.date);
    let published = lists.get(&Part::Published).map_or(0, Vec::len);
    let when = match after {
        ..0 => Text::new(format!("还有{}天", -after), format!("{} day(s) left", -after)),
        0 => Text::new("今日到期", "today"),
        _ => Text::new(format!("已过{after}天"), format!("{after} day(s) ago")),
    };
    let mut zh = format!(
        "{office}：{year}年度报告期限{date}（{}），应发布{count}家，已按时发布{published}家",
        when.zh
    );
    let mut en = format!(
        "{office}: reports for {year} due {date} ({}): {published} of {count} published in time",
        when.en
    );
    for (part, label_zh, label_en) in [
        (Part::Waiting, "尚未发布", "not yet"),
        (Part::Late, "逾期发布", "late"),
        (Part::Missing, "逾期未见", "none found"),
        (Part::Unknown, "无法判断", "unknown"),
    ] {
        let Some(names) = lists.get(&part) else { continue };
        let named = names.iter().map(|name| Text::new(*name, *name));
        let named = listed(named, names.len(), "家");
        zh += &format!("；{label_zh}{}家：{}", names.len(), named.zh);
        en += &format!("; {label_en} {}: {}", names.len(), named.en);
    }
    Text::new(zh, en)
}

/// Where a body stands in a digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Published,
    Waiting,
    Late,
    Missing,
    Unknown,
}

const fn part(due: &Due) -> Part {
    match due.state {
        DueState::InTime => Part::Published,
        DueState::NotDue | DueState::DueSoon => Part::Waiting,
        DueState::Late => Part::Late,
        DueState::Overdue | DueState::Missing => Part::Missing,
        DueState::Unknown => Part::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Body, Kind, Level};
    use jiff::civil::date;

    use super::*;
    use crate::sample::{at, body};

    fn around() -> Around {
        let named = |id: &str, name: &str, kind, parent: Option<&str>| Body {
            name: name.into(),
            parent: parent.map(str::to_owned),
            ..body(id, kind, Level::County)
        };
        Around::new(
            vec![
                named("gov", "临川县人民政府", Kind::Government, None),
                named("water", "临川县水务局", Kind::Department, Some("gov")),
                named("edu", "临川县教育局", Kind::Department, Some("gov")),
                named("tax", "临川县税务局", Kind::Vertical, None),
            ],
            [],
        )
    }

    fn due(body: &str, state: DueState, assessed: &str) -> Due {
        let date = if body == "gov" { date(2025, 3, 31) } else { date(2025, 1, 31) };
        Due {
            body: body.into(),
            year: 2024,
            due: Some(date),
            state,
            report: None,
            published: None,
            reason: Text::default(),
            assessed_at: at(assessed),
        }
    }

    fn told(now: &str, states: [DueState; 3]) -> Vec<(String, String)> {
        let now = at(now);
        let assessed = "2025-01-16T23:00:00Z".parse::<Timestamp>().unwrap().max(now);
        let dues: Vec<Due> = ["water", "edu", "tax"]
            .into_iter()
            .zip(states)
            .chain([("gov", DueState::NotDue)])
            .map(|(body, state)| due(body, state, &assessed.to_string()))
            .collect();
        let changes = digests(&around(), &dues, &HashSet::new(), (date_in_shanghai(now), now), "webhook");
        changes.into_iter().map(|change| (change.key, change.message.zh)).collect()
    }

    const WAITING: [DueState; 3] = [DueState::NotDue; 3];

    #[test]
    fn each_office_is_told_who_has_not_published_two_weeks_before() {
        assert_eq!(
            told("2025-01-17T01:00:00Z", [DueState::InTime, DueState::NotDue, DueState::NotDue]),
            [
                (
                    "-/2025-01-31/T-14".to_owned(),
                    "无上级的单位：2024年度报告期限2025-01-31（还有14天），应发布1家，已按时发布0家；尚未发布1家：临川县税务局".to_owned()
                ),
                (
                    "gov/2025-01-31/T-14".to_owned(),
                    "临川县人民政府：2024年度报告期限2025-01-31（还有14天），应发布2家，已按时发布1家；尚未发布1家：临川县教育局".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn the_day_after_names_late_missing_and_unknown() {
        let after = told("2025-02-01T01:00:00Z", [DueState::Overdue, DueState::Late, DueState::Unknown]);
        assert_eq!(
            after[0].1,
            "无上级的单位：2024年度报告期限2025-01-31（已过1天），应发布1家，已按时发布0家；无法判断1家：临川县税务局"
        );
        assert_eq!(
            after[1].1,
            "临川县人民政府：2024年度报告期限2025-01-31（已过1天），应发布2家，已按时发布0家；逾期发布1家：临川县教育局；逾期未见1家：临川县水务局"
        );
    }

    #[test]
    fn the_days_are_those_of_shanghai_and_the_morning_is_waited_for() {
        let keys = |now: &str| told(now, WAITING).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys("2025-01-16T23:59:59Z"), Vec::<String>::new(), "before eight in the morning");
        assert_eq!(keys("2025-01-17T00:00:00Z").len(), 2);
        assert_eq!(keys("2025-01-16T15:00:00Z"), Vec::<String>::new(), "the evening before");
        assert_eq!(keys("2025-01-24T01:00:00Z")[1], "gov/2025-01-31/T-7");
        assert_eq!(keys("2025-01-20T01:00:00Z")[1], "gov/2025-01-31/T-14", "made up for");
        assert_eq!(keys("2025-01-30T01:00:00Z")[1], "gov/2025-01-31/T-1");
        assert_eq!(keys("2025-02-05T01:00:00Z"), Vec::<String>::new());
        assert_eq!(keys("2025-03-17T01:00:00Z"), ["-/2025-03-31/T-14"], "the government's own date");
    }

    #[test]
    fn bodies_that_were_not_settled_today_are_waited_for_until_noon() {
        let dues = [due("water", DueState::DueSoon, "2025-01-29T23:00:00Z")];
        let at_hour = |now: &str| {
            digests(&around(), &dues, &HashSet::new(), (date(2025, 1, 31), at(now)), "webhook").len()
        };
        assert_eq!(at_hour("2025-01-31T01:00:00Z"), 0);
        assert_eq!(at_hour("2025-01-31T04:00:00Z"), 1);
    }

    #[test]
    fn a_site_that_is_being_imported_is_waited_for_as_long_as_the_day_can_be_made_up_for() {
        let importing = HashSet::from(["s".to_owned()]);
        let told = |day: i8| {
            let now = at(&format!("2025-02-0{day}T05:00:00Z"));
            let dues = [due("water", DueState::Unknown, &now.to_string())];
            digests(&around(), &dues, &importing, (date(2025, 2, day), now), "webhook").len()
        };
        assert_eq!([1, 2, 3, 4].map(told), [0, 0, 1, 0]);
    }
}
