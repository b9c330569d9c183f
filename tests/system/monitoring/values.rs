//! A dozen reports go through the running chain; what Prometheus then answers to every panel was computed by hand, here.
use std::collections::{BTreeMap, BTreeSet};

use gongkai_harness::{installation::SERVICES, wait::until_ok, web};
use serde_json::Value;

use super::{
    boards::{Target, targets},
    scene::{LIMIT, Sample, Scene},
};
use crate::{
    browser::{Browser, DESK, PHONE},
    console::keep,
};

mod expected;

use expected::{MEASURED, QUIET, VALUES};

const YEAR: &str = "2025";

/// `level=county kind=department` as labels.
fn labels(text: &str) -> BTreeMap<String, String> {
    text.split_whitespace()
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

fn sorted(mut samples: Vec<Sample>) -> Vec<Sample> {
    samples.sort_by(|one, other| one.0.cmp(&other.0));
    samples
}

/// The answer is these samples and no others.
fn compare(answer: Vec<Sample>, expected: &[(&str, f64)]) -> Result<(), String> {
    let expected = sorted(expected.iter().map(|(text, value)| (labels(text), *value)).collect());
    let answer = sorted(answer);
    let same = answer.len() == expected.len()
        && answer
            .iter()
            .zip(&expected)
            .all(|((own, value), (other, hand))| own == other && (value - hand).abs() < 1e-9);
    if same { Ok(()) } else { Err(format!("answered {answer:#?}\nby hand {expected:#?}")) }
}

/// What must be so of a panel's query.
enum Expectation {
    /// Exactly these samples.
    Equal(&'static [(&'static str, f64)]),
    /// Something finite and nothing negative: it was measured. Where nothing has happened, a quantile is no number.
    Measured,
}

fn expectation(target: &Target) -> Expectation {
    let is_this = |board: &str, title: &str, at: usize| {
        board == target.board && at == target.at && target.title.ends_with(title)
    };
    let equal = VALUES.iter().filter(|(board, title, at, _)| is_this(board, title, *at));
    let measured = MEASURED.iter().filter(|(board, title, at)| is_this(board, title, *at));
    let about = format!("{} {} {}", target.board, target.title, target.at);
    match (equal.collect::<Vec<_>>()[..].as_ref(), measured.count()) {
        ([(.., samples)], 0) => Expectation::Equal(samples),
        ([], 1) => Expectation::Measured,
        (found, measured) => panic!("{about}: {} values and {measured} measured", found.len()),
    }
}

fn holds(scene: &Scene, target: &Target) -> Result<(), String> {
    let answer = scene.ask(&target.with(YEAR))?;
    let held = match expectation(target) {
        Expectation::Equal(samples) => compare(answer, samples),
        Expectation::Measured => {
            let is_measured = answer.iter().any(|(_, value)| value.is_finite());
            let sound = is_measured && answer.iter().all(|(_, value)| value.is_nan() || *value >= 0.0);
            if sound { Ok(()) } else { Err(format!("{answer:#?}")) }
        }
    };
    held.map_err(|why| format!("{} / {} {}: {}\n{why}", target.board, target.title, target.at, target.expr))
}

/// `promtool check metrics`, and what the contract names, on each service's own exposition.
fn expositions_are_sound(scene: &mut Scene) {
    let everywhere = [
        "gongkai_fetch_seconds_bucket{",
        "gongkai_build_info{version=",
        "gongkai_away{what=\"bus\"} 0",
        "gongkai_away{what=\"store\"} 0",
        "process_resident_memory_bytes",
    ];
    let own: [(&str, &[&str]); 5] = [
        (
            "fetcher",
            &[
                "gongkai_documents_fetched_total{outcome=",
                "gongkai_messages_total{outcome=\"dead_lettered\",queue=\"fetch\"} 0",
                "gongkai_stage_seconds_bucket{stage=\"fetch\"",
            ],
        ),
        (
            "parser",
            &[
                "gongkai_messages_total{outcome=\"done\",queue=\"parse\"} 12",
                "gongkai_stage_seconds_count{stage=\"parse\"} 12",
            ],
        ),
        ("validator", &["gongkai_messages_total{outcome=\"done\",queue=\"judge\"} 12"]),
        (
            "alerter",
            &[
                "gongkai_messages_total{outcome=\"retried\",queue=\"due\"} 0",
                "gongkai_messages_total{outcome=\"done\",queue=\"notify\"} 0",
                "gongkai_site_last_success_timestamp_seconds{site=\"xiushui\"}",
                "gongkai_queue_depth{queue=\"parse\"} 0",
                "gongkai_dead_letters{queue=\"judge\"} 0",
                "gongkai_oldest_unfinished_seconds 0",
                "gongkai_reports{level=\"county\",region=\"9902\",verdict=\"consistent\",year=\"2025\"} 1",
                "gongkai_findings{code=\"P806\",region=\"9902\",severity=\"warning\"} 0",
                "gongkai_reports_expected{kind=\"department\",level=\"county\",region=\"9902\",year=\"2025\"} 3",
                "gongkai_reports_missing{kind=\"department\",level=\"county\",region=\"9902\",year=\"2025\"} 0",
                "gongkai_reports_overdue{kind=\"department\",level=\"county\",region=\"9902\",year=\"2025\"} 1",
                "gongkai_reports_late{kind=\"department\",level=\"county\",region=\"9901\",year=\"2025\"} 1",
                "gongkai_reports_revised_total{region=\"9901\"} 0",
            ],
        ),
        ("console", &[]),
    ];
    for (service, series) in own {
        let text = web::get(&scene.metrics(service)).text();
        scene.folder().write("metrics.txt", &text);
        let checked = scene.folder().shell("promtool check metrics < metrics.txt");
        assert_eq!((checked.code(), checked.err.as_str()), (0, ""), "{service}: {}", checked.out);
        for name in everywhere.iter().chain(series) {
            assert!(text.contains(&format!("\n{name}")), "{service} does not show {name}\n{text}");
        }
        // What comes from the store is the alerter's alone.
        let from_the_store = text.contains("\ngongkai_reports{") || text.contains("\ngongkai_queue_depth{");
        assert_eq!(from_the_store, service == "alerter", "{service}");
    }
}

/// The alerts that fire now, by name and region.
fn firing(scene: &Scene) -> Result<BTreeSet<(String, String)>, String> {
    let samples = scene.ask("ALERTS{alertstate=\"firing\"}")?;
    let label = |labels: &BTreeMap<String, String>, name: &str| labels.get(name).cloned().unwrap_or_default();
    Ok(samples.iter().map(|(labels, _)| (label(labels, "alertname"), label(labels, "region"))).collect())
}

/// The planted troubles and no others are told, and reach Alertmanager.
fn exactly_the_planted_alerts_fire(scene: &Scene) {
    let planted = [
        ("GongkaiReportOverdue", "9901"),
        ("GongkaiReportOverdue", "9902"),
        ("GongkaiReportLate", "9901"),
        ("GongkaiReportInconsistent", "9901"),
    ];
    let planted: BTreeSet<_> =
        planted.iter().map(|(name, region)| ((*name).to_owned(), (*region).to_owned())).collect();
    until_ok("the planted alerts", LIMIT, || {
        let firing = firing(scene)?;
        if firing == planted { Ok(()) } else { Err(format!("{firing:?}")) }
    });
    until_ok("the alerts in Alertmanager", LIMIT, || {
        let alerts = web::get(&format!("http://{}/api/v2/alerts", scene.alertmanager.address())).text();
        let alerts: Value = serde_json::from_str(&alerts).map_err(|error| error.to_string())?;
        let alerts = alerts.as_array().unwrap();
        let late = alerts.iter().find(|alert| alert["labels"]["alertname"] == "GongkaiReportLate");
        let late = late.filter(|_| alerts.len() == planted.len()).ok_or_else(|| format!("{alerts:#?}"))?;
        assert_eq!(late["annotations"]["summary"], "9901：1 份年度报告逾期发布");
        assert_eq!(late["annotations"]["summary_en"], "9901: 1 annual report(s) published late");
        Ok(())
    });
}

/// The console templates, as a browser shows them.
fn console_templates_show_the_same(scene: &Scene) {
    let mut browser = Browser::start();
    for (page, words) in expected::CONSOLES {
        let address = format!("{}consoles/{page}", scene.prometheus.root());
        browser.open(&address, PHONE);
        keep(&format!("prometheus {page} phone"), || browser.picture());
        let width = browser.value("[document.documentElement.scrollWidth, window.innerWidth]");
        assert!(width[0].as_u64() <= width[1].as_u64(), "{page} scrolls sideways: {width}");
        browser.open(&address, DESK);
        keep(&format!("prometheus {page} desk"), || browser.picture());
        assert_eq!(browser.complaints(), [] as [&str; 0], "{page}");
        let text = browser.value("document.body.innerText").as_str().unwrap().replace('\t', " ");
        for words in *words {
            assert!(text.contains(words), "{page} does not show “{words}”:\n{text}");
        }
        for request in browser.requested() {
            assert!(request.starts_with(&scene.prometheus.root()), "{page} asks {request}");
        }
    }
}

/// Processes to which it is away, by job.
fn missed(scene: &Scene, what: &str) -> Result<BTreeSet<String>, String> {
    let samples = scene.ask(&format!("max by (job) (gongkai_away{{what=\"{what}\"}}) > 0"))?;
    Ok(samples.into_iter().filter_map(|(mut labels, _)| labels.remove("job")).collect())
}

/// The broker and the database go and come back: every process says so, and rules see what it says.
fn every_process_misses_what_is_away(scene: &mut Scene) {
    let all: BTreeSet<String> = SERVICES.iter().map(|name| format!("gongkai-{name}")).collect();
    let becomes = |scene: &Scene, what: &str, expected: &BTreeSet<String>| {
        until_ok(&format!("{what} is away to {expected:?}"), LIMIT, || {
            let missed = missed(scene, what)?;
            if missed == *expected { Ok(()) } else { Err(format!("{missed:?}")) }
        });
    };
    scene.broker.kill().unwrap();
    becomes(scene, "bus", &all);
    let pending = || scene.ask("ALERTS{alertname=\"GongkaiBrokerAway\"}").map(|alerts| alerts.len());
    until_ok("the alert", LIMIT, || {
        pending().and_then(|n| if n == all.len() { Ok(()) } else { Err(n.to_string()) })
    });
    scene.broker.start_again().unwrap();
    becomes(scene, "bus", &BTreeSet::new());
    scene.database.kill().unwrap();
    becomes(scene, "store", &all);
    scene.database.start_again().unwrap();
    becomes(scene, "store", &BTreeSet::new());
}

#[test]
fn every_panel_and_every_rate_equals_what_a_hand_has_computed() {
    let mut scene = Scene::settled();
    let targets = targets();
    until_ok("every panel's value", LIMIT, || targets.iter().try_for_each(|target| holds(&scene, target)));
    // A panel that is rightly empty says so.
    let empty = VALUES.iter().filter(|(.., samples)| samples.is_empty()).count();
    assert_eq!(empty, QUIET);
    expositions_are_sound(&mut scene);
    exactly_the_planted_alerts_fire(&scene);
    console_templates_show_the_same(&scene);
    every_process_misses_what_is_away(&mut scene);
}
