//! The life of findings.
use std::sync::Arc;

use gongkai_model::{Severity, Stage, Text, Verdict};

use super::scene::{PAGE, at, due, fetched, finding, identity, judge, of, page, read, take, work};
use crate::{Dismissal, DueAssessed, DueState, Filter, Remark, StageResult, Store, StoredFinding};

/// A report of a body for 2025 that was read.
async fn read_report(store: &dyn Store) -> (uuid::Uuid, uuid::Uuid) {
    let source = page(store, PAGE).await;
    let version = fetched(store, source, "one", at(2)).await;
    read(store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    (source, version)
}

async fn findings(store: &dyn Store) -> Vec<StoredFinding> {
    store.findings(&identity("jiaoyu", 2025)).await.unwrap()
}

pub async fn a_finding_lives_persists_is_fixed_and_comes_back(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(4)).await;
    let row = store.reports_of_version(version).await.unwrap().remove(0);
    assert_eq!(row.verdict, Some(Verdict::Inconsistent));
    let born = findings(&*store).await.remove(0);
    assert_eq!((born.first_seen_at, born.last_seen_at, born.fixed_at), (at(4), at(4), None));
    assert_eq!(
        (born.body.as_deref(), born.year, &born.finding),
        (Some("jiaoyu"), Some(2025), &finding("T301", "f1"))
    );

    let mut worded = finding("T301", "f1");
    worded.message = Text::new("总计与分项之和不符", "the total is not the sum of its parts");
    worded.severity = Severity::Warning;
    judge(&*store, version, vec![worded.clone(), finding("T302", "f2")], &["T301", "T302"], at(5)).await;
    let seen = findings(&*store).await;
    assert_eq!(
        seen.iter().map(|f| f.finding.fingerprint.as_str()).collect::<Vec<_>>(),
        ["f2", "f1"],
        "gravest first"
    );
    assert_eq!((&seen[1].finding, seen[1].first_seen_at, seen[1].last_seen_at), (&worded, at(4), at(5)));

    judge(&*store, version, vec![finding("T302", "f2")], &["T301", "T302"], at(6)).await;
    let seen = findings(&*store).await;
    assert_eq!((seen[0].fixed_at, seen[1].fixed_at), (None, Some(at(6))), "open ones first");

    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(7)).await;
    let back = findings(&*store).await.into_iter().find(|f| f.finding.fingerprint == "f1").unwrap();
    assert_eq!((back.first_seen_at, back.last_seen_at, back.fixed_at), (at(4), at(7), None));
}

pub async fn a_rule_that_was_not_evaluated_fixes_nothing(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(4)).await;
    judge(&*store, version, Vec::new(), &["T302"], at(5)).await;
    assert_eq!(findings(&*store).await[0].fixed_at, None);
    judge(&*store, version, Vec::new(), &["T301"], at(6)).await;
    assert_eq!(findings(&*store).await[0].fixed_at, Some(at(6)));
    judge(&*store, version, Vec::new(), &["T301"], at(7)).await;
    assert_eq!(findings(&*store).await[0].fixed_at, Some(at(6)), "fixed once");
}

pub async fn a_version_that_is_not_current_changes_no_finding(store: Arc<dyn Store>) {
    let (source, old) = read_report(&*store).await;
    judge(&*store, old, vec![finding("T301", "f1")], &["T301", "T302"], at(4)).await;
    let new = fetched(&*store, source, "two", at(5)).await;
    read(&*store, new, "h2", vec![of("jiaoyu", 2025)], at(6)).await;
    judge(&*store, new, vec![finding("T302", "f2")], &["T301", "T302"], at(7)).await;
    judge(&*store, old, vec![finding("T301", "f1")], &["T301", "T302"], at(8)).await;
    let open: Vec<_> = findings(&*store).await.into_iter().filter(|f| f.fixed_at.is_none()).collect();
    assert_eq!(open.iter().map(|f| f.finding.fingerprint.as_str()).collect::<Vec<_>>(), ["f2"]);
    assert_eq!(store.reports_of_version(old).await.unwrap()[0].verdict, Some(Verdict::Inconsistent));
    let latest = store.latest_findings(&Filter::default()).await.unwrap();
    assert_eq!(latest.iter().map(|f| f.finding.code.as_str()).collect::<Vec<_>>(), ["T302"]);
}

pub async fn a_dismissed_finding_stays_dismissed(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(4)).await;
    assert!(store.dismiss("f1", true, &Remark::default(), at(5)).await.unwrap());
    assert!(!store.dismiss("nothing", true, &Remark::default(), at(5)).await.unwrap());
    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(6)).await;
    assert!(store.dismiss("f1", true, &Remark::default(), at(7)).await.unwrap());
    assert_eq!(findings(&*store).await[0].dismissed_at, Some(at(5)));
    assert!(store.latest_findings(&Filter::default()).await.unwrap().is_empty());
    assert_eq!(store.latest(&Filter::default()).await.unwrap()[0].errors, 0);
    assert!(store.dismiss("f1", false, &Remark::default(), at(8)).await.unwrap());
    assert_eq!(findings(&*store).await[0].dismissed_at, None);
    assert_eq!(store.latest(&Filter::default()).await.unwrap()[0].errors, 1);
}

pub async fn who_dismissed_when_and_why_is_kept_for_good(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    judge(&*store, version, vec![finding("T301", "f1"), finding("T302", "f2")], &["T301", "T302"], at(4))
        .await;
    let said = |dismissed, note, by| Remark::new(dismissed, note, by).unwrap();
    let acts = [
        (true, said(true, "数据已更正 ' \" <b>", "张三"), 5),
        (true, said(true, "数据已更正 ' \" <b>", "张三"), 6),
        (true, said(true, "经核实属实", ""), 7),
        (false, Remark::default(), 8),
        (false, Remark::default(), 9),
        (true, said(true, "经核实属实", "李四"), 10),
    ];
    assert!(store.dismiss("f2", false, &Remark::default(), at(5)).await.unwrap());
    for (dismissed, remark, now) in &acts {
        assert!(store.dismiss("f1", *dismissed, remark, at(*now)).await.unwrap());
    }
    assert!(!store.dismiss("nothing", true, &acts[0].1, at(11)).await.unwrap());
    let asked = ["f1", "f2", "nothing"].map(str::to_owned);
    let expected: Vec<_> = [0, 2, 3, 5]
        .map(|n: usize| acts[n].clone())
        .into_iter()
        .map(|(dismissed, remark, now)| Dismissal { dismissed, remark, at: at(now) })
        .collect();
    let kept = || async { store.dismissals(&asked).await.unwrap() };
    assert_eq!(
        kept().await,
        [("f1".to_owned(), expected.clone())].into(),
        "what says nothing new is not kept"
    );
    judge(&*store, version, Vec::new(), &["T301"], at(12)).await;
    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(13)).await;
    assert_eq!(kept().await["f1"], expected, "whatever becomes of the finding");
    assert!(store.dismissals(&[]).await.unwrap().is_empty());
    let trail = store.trail("jiaoyu/2025", at(14)).await.unwrap().unwrap();
    let told: Vec<_> =
        trail.steps.iter().filter(|step| ["dismissed", "taken_up"].contains(&step.what.as_str())).collect();
    assert_eq!(told.iter().map(|step| step.at).collect::<Vec<_>>(), [at(5), at(7), at(8), at(10)]);
    assert!(told[3].detail.ends_with("理由 (note): 经核实属实 · 李四"), "{}", told[3].detail);
}

pub async fn findings_of_the_calendar_and_of_the_report_do_not_touch(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    let assess = async |findings, now| {
        let assessed = DueAssessed {
            due: due("jiaoyu", 2025, DueState::Late, at(now)),
            findings,
            evaluated: vec!["P801".into(), "P802".into()],
            alerts: Vec::new(),
        };
        work(&*store, Stage::Due, "jiaoyu/2025", StageResult::Due(Box::new(assessed)), at(now)).await;
    };
    assess(vec![finding("P801", "p1")], 4).await;
    judge(&*store, version, vec![finding("T301", "f1")], &["T301", "P801"], at(5)).await;
    let open = |all: Vec<StoredFinding>| {
        all.into_iter().filter(|f| f.fixed_at.is_none()).map(|f| f.finding.code).collect::<Vec<_>>()
    };
    assert_eq!(open(findings(&*store).await), ["P801", "T301"]);
    assert_eq!(store.latest(&Filter::default()).await.unwrap()[0].errors, 2);
    assess(Vec::new(), 6).await;
    assert_eq!(open(findings(&*store).await), ["T301"]);
}

pub async fn judging_marks_what_is_due(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    assert!(take(&*store, Stage::Due, at(3)).await.is_empty(), "read, not judged");
    judge(&*store, version, Vec::new(), &[], at(4)).await;
    assert_eq!(take(&*store, Stage::Due, at(4)).await[0].subject, "jiaoyu/2025");
}

pub async fn dismissing_marks_what_is_due(store: Arc<dyn Store>) {
    let (_, version) = read_report(&*store).await;
    judge(&*store, version, vec![finding("T301", "f1")], &["T301"], at(4)).await;
    take(&*store, Stage::Due, at(4)).await;
    for (dismissed, now) in [(true, 5), (false, 6)] {
        assert!(store.dismiss("f1", dismissed, &Remark::default(), at(now)).await.unwrap());
        assert_eq!(take(&*store, Stage::Due, at(now)).await[0].subject, "jiaoyu/2025");
    }
    assert!(!store.dismiss("nothing", true, &Remark::default(), at(7)).await.unwrap());
    assert!(take(&*store, Stage::Due, at(7)).await.is_empty());
}
