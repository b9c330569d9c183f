//! A dozen invented reports whose sums and rates were computed by hand.
use rust_decimal::Decimal;

use super::*;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn cohort(level: Level, kind: Kind, year: i16) -> Cohort {
    Cohort { region: "9901".into(), level, kind, year }
}

/// A report with these numbers, in the order of the form; `x` stands for a blank.
fn report(body: &str, cohort: Cohort, scope: Scope, wrong: bool, numbers: &str) -> Counted {
    let numbers: Vec<&str> = numbers.split_whitespace().collect();
    assert_eq!(numbers.len(), Item::ALL.len());
    let values = Item::ALL.iter().copied().zip(numbers);
    let values = values.filter(|(_, n)| *n != "x").map(|(item, n)| (item, n.parse().unwrap())).collect();
    Counted { body: body.into(), cohort, scope, wrong, values }
}

fn dozen() -> Vec<Counted> {
    let county = |year| cohort(Level::County, Kind::Department, year);
    let city = |year| cohort(Level::Prefecture, Kind::Government, year);
    let own = |body, year, numbers| report(body, county(year), Scope::Own, false, numbers);
    vec![
        //                 new over grant part den una not oth all fwd | review u c o p t | litigation u c o p t
        own("a", 2024, "   10    0    8    1   0   1   0   0  10   0     0 0 0 0 0           0 0 0 0 0"),
        own("b", 2024, "   20    2   10    5   3   2   1   0  21   1     1 1 0 0 2           0 0 0 0 0"),
        own("c", 2024, "    x    0    5    0   0   0   0   0   5   0     0 0 0 0 0           0 0 0 0 0"),
        report("d", county(2024), Scope::Own, true, "9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9"),
        own("a", 2025, "   15    0   10    2   1   1   1   0  15   0     2 1 0 1 4           1 0 0 0 1"),
        own("b", 2025, "   30    1   12    6   4   3   2   1  28   3     0 2 1 0 3           2 1 0 1 4"),
        own("c", 2025, "    7    0    7    0   0   0   0   0   7   0     x x x x x           0 0 0 0 0"),
        own("d", 2025, "    4    0    4    0   x   0   0   0   4   0     0 0 0 0 0           0 0 0 0 0"),
        report("e", county(2025), Scope::Own, true, "100 0 50 0 0 0 0 0 40 0 0 9 0 0 9 0 0 0 0 0"),
        report("f", county(2025), Scope::Area, false, "60 0 60 0 0 0 0 0 60 0 0 0 0 0 0 0 0 0 0 0"),
        report("g", city(2025), Scope::Own, false, "   3 0 1 0 2 0 0 0 3 0 0 0 0 0 0 0 0 0 0 0"),
        report(
            "g",
            city(2025),
            Scope::Area,
            false,
            " 500 20 300 50 60 40 30 10 490 30 5 2 1 2 10 6 1 1 2 10",
        ),
    ]
}

fn of(level: Level, year: i16) -> Figures {
    figures(&[], &dozen()).into_iter().find(|f| f.cohort.level == level && f.cohort.year == year).unwrap()
}

fn parts(rate: &Rate) -> (i64, i64, u64, u64) {
    (rate.numerator, rate.denominator, rate.n, rate.left_out)
}

/// Stores keep items: who changes them here, or how they are found, starts a new edition.
#[test]
fn items_of_an_edition_stay_what_they_are() {
    let names: Vec<&str> = Item::ALL.iter().map(|item| item.as_str()).collect();
    let first = "new_received carried_over granted partially_granted denied unavailable not_processed other_handling \
                 results_total carried_forward review_upheld review_corrected review_other review_pending review_total \
                 litigation_upheld litigation_corrected litigation_other litigation_pending litigation_total";
    assert_eq!((Item::EDITION, names.join(" ").as_str()), (1, first));
    for item in Item::ALL {
        assert_eq!(serde_json::to_value(item).unwrap(), item.as_str());
    }
}

#[test]
fn rates_are_what_a_hand_computes_and_a_blank_is_left_out_above_and_below_the_line() {
    let sums = of(Level::County, 2025).sums(Scope::Own);
    assert_eq!(sums.reports, 4, "a, b, c and d; e contradicts itself, f speaks for an area");
    assert_eq!(sums.requests(), Sum { numerator: 56, denominator: 0, n: 4, left_out: 0 });
    let expected = [
        // a 15 of 10 and b 30 of 20; of c last year is blank, and d's contradicted itself.
        (RateName::YearOnYear, (15, 30, 2, 2), Some(dec("0.5"))),
        // 12 + 18 + 7 + 4 of 15 + 28 + 7 + 4.
        (RateName::Disclosed, (41, 54, 4, 0), Some(dec("0.7592592592592592592592592593"))),
        // 1 + 4 + 0 of 15 + 28 + 7; d's is blank.
        (RateName::Denied, (5, 50, 3, 1), Some(dec("0.1"))),
        (RateName::Unavailable, (4, 54, 4, 0), Some(dec("0.0740740740740740740740740741"))),
        (RateName::NotProcessed, (3, 54, 4, 0), Some(dec("0.0555555555555555555555555556"))),
        // 0 + 3 + 0 + 0 of 15 + 31 + 7 + 4.
        (RateName::CarriedForward, (3, 57, 4, 0), Some(dec("0.0526315789473684210526315789"))),
        // 1 + 2 + 0 of (4 − 1) + 3 + 0; c's block is blank.
        (RateName::ReviewCorrected, (3, 6, 3, 1), Some(dec("0.5"))),
        // 0 + 1 of 1 + (4 − 1) + 0 + 0.
        (RateName::LitigationCorrected, (1, 4, 4, 0), Some(dec("0.25"))),
    ];
    let rates = sums.rates();
    assert_eq!(rates.len(), expected.len());
    for (rate, (name, counts, value)) in rates.iter().zip(expected) {
        assert_eq!((rate.rate, parts(rate), rate.value()), (name, counts, value));
    }
    assert_eq!(rates[1].percent().as_deref(), Some("75.9%"));
    assert_eq!(sums.item(Item::Denied), Sum { numerator: 5, denominator: 0, n: 3, left_out: 1 });
}

#[test]
fn areas_parts_and_contradicting_reports_are_never_counted_together() {
    let county = of(Level::County, 2025);
    assert_eq!(county.sums(Scope::Area).requests().numerator, 60);
    let wrong = &county.wrong[&Scope::Own];
    assert_eq!((wrong.reports, wrong.requests().numerator), (1, 100));
    assert_eq!(wrong.rate(RateName::Disclosed).value(), Some(dec("1.25")));
    let city = of(Level::Prefecture, 2025);
    assert_eq!(
        (city.sums(Scope::Own).requests().numerator, city.sums(Scope::Area).requests().numerator),
        (3, 500)
    );
    assert_eq!(
        city.sums(Scope::Own).rate(RateName::Disclosed).value(),
        Some(dec("0.3333333333333333333333333333"))
    );
    let area = city.sums(Scope::Area);
    assert_eq!(parts(&area.rate(RateName::Disclosed)), (350, 490, 1, 0));
    assert_eq!(parts(&area.rate(RateName::ReviewCorrected)), (2, 8, 1, 0));
    assert_eq!(parts(&area.rate(RateName::LitigationCorrected)), (1, 8, 1, 0));
    assert_eq!(parts(&area.rate(RateName::CarriedForward)), (30, 520, 1, 0));
}

#[test]
fn nothing_below_the_line_is_no_rate_and_not_0() {
    let sums = of(Level::County, 2024).sums(Scope::Own);
    let litigation = sums.rate(RateName::LitigationCorrected);
    assert_eq!((parts(&litigation), litigation.value(), litigation.percent()), ((0, 0, 3, 0), None, None));
    assert_eq!(parts(&sums.rate(RateName::YearOnYear)), (0, 0, 0, 3), "nothing is known of 2023");
    assert_eq!(sums.requests(), Sum { numerator: 30, denominator: 0, n: 2, left_out: 1 });
    assert_eq!(Sums::default().rate(RateName::Disclosed).value(), None);
}

#[test]
fn publication_is_over_bodies_and_soundness_over_found_reports() {
    let publication = Publication {
        due: 8,
        found: 6,
        in_time: 5,
        late: 1,
        overdue: 1,
        missing: 1,
        consistent: 3,
        inconsistent: 2,
        incomplete: 1,
        well_formed: 4,
        ..Publication::default()
    };
    let cohort = cohort(Level::County, Kind::Office, 2025);
    let mut all = figures(&[(cohort.clone(), publication)], &dozen());
    let own = all.iter().find(|f| f.cohort == cohort).unwrap();
    let rates = own.publication_rates();
    let told: Vec<_> = rates.iter().map(|rate| (rate.name.zh.as_str(), rate.percent().unwrap())).collect();
    let expected = [("发布率", "75.0%"), ("及时率", "62.5%"), ("规范率", "66.7%"), ("勾稽一致率", "50.0%")];
    assert_eq!(told, expected.map(|(name, value)| (name, value.to_owned())));
    let mut total = all.remove(0);
    let one = total.clone();
    total.merge(&one);
    assert_eq!(total.sums(Scope::Own).requests().numerator, 2 * one.sums(Scope::Own).requests().numerator);
}
