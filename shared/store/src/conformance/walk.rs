//! A scripted random walk: many workers, late messages and marks on a few rows, checked against a plain model.
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use gongkai_model::Stage;

use super::scene::{at, failure, fetched, finish, of, page, read, take};
use crate::{FailureClass, Filter, Parsed, StageResult, Store, TaskState, Ticket};

const STEPS: u32 = 400;
const SEEDS: u64 = 4;
/// Deliveries that workers hold at a time, most of them stale.
const HELD: usize = 12;

/// The newest generation of a row and whether it is still to be done.
type Model = BTreeMap<String, (i64, bool)>;

pub async fn interleaved_work_never_doubles_a_report_nor_loses_a_row(store: Arc<dyn Store>) {
    let source = page(&*store, super::scene::PAGE).await;
    let mut versions = Vec::new();
    for n in 0..4 {
        versions.push(fetched(&*store, source, &format!("bytes {n}"), at(2 + n)).await);
    }
    for version in &versions {
        read(&*store, *version, &version.to_string(), vec![of("jiaoyu", 2025)], at(9)).await;
    }
    let mut model: Model = BTreeMap::new();
    for version in &versions {
        let ticket = store.raise(Stage::Parse, &version.to_string(), at(10), at(10)).await.unwrap();
        model.insert(version.to_string(), (ticket.generation, true));
    }
    for seed in 0..SEEDS {
        walk(&*store, seed, &mut model).await;
    }
    for (subject, (generation, open)) in &model {
        let version = subject.parse().unwrap();
        assert_eq!(
            store.reports_of_version(version).await.unwrap().len(),
            1,
            "one report a version, whatever happened"
        );
        assert!(*generation > 1 && !open, "the walk has worked on every row");
    }
    assert_eq!(store.latest(&Filter::default()).await.unwrap().len(), 1);
    let current: Vec<_> =
        store.history("jiaoyu", 2025, 100).await.unwrap().into_iter().filter(|r| r.current).collect();
    assert_eq!(
        current.iter().map(|row| row.version).collect::<Vec<_>>(),
        versions[3..],
        "the newest, and only it"
    );
}

async fn walk(store: &dyn Store, seed: u64, model: &mut Model) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut held: Vec<Ticket> = Vec::new();
    let start = 1_000 + i64::try_from(seed).unwrap() * 1_000_000;
    for step in 0..STEPS {
        let now = start + i64::from(step) * 10;
        match random.u32(0..10) {
            0 | 1 => {
                let subject = random.choice(model.keys().cloned().collect::<Vec<_>>()).unwrap();
                let ticket = store.raise(Stage::Parse, &subject, at(now), at(now)).await.unwrap();
                model.insert(subject, (ticket.generation, true));
            }
            2..=4 => {
                let lease = Duration::from_secs(25);
                let mut taken = store.take_expired(Stage::Parse, 1, lease, at(now)).await.unwrap();
                taken.extend(store.take_due(Stage::Parse, 2, 3, lease, at(now)).await.unwrap());
                for ticket in &taken {
                    assert_eq!(
                        model[&ticket.subject],
                        (ticket.generation, true),
                        "only the newest open one is sent"
                    );
                }
                held.extend(taken);
                held.drain(..held.len().saturating_sub(HELD));
            }
            5..=7 if !held.is_empty() => end(store, &mut random, &held, model, now).await,
            8 if !held.is_empty() => {
                // A lost worker: its delivery stays held and may come back late.
                let ticket = random.choice(&held).unwrap();
                let broken = failure(FailureClass::Transient, "timeout");
                store.retry(ticket, &broken, at(now + 20), at(now)).await.unwrap();
            }
            _ => {}
        }
        check(store, &held, model).await;
    }
    drain(store, model, start + 100_000).await;
}

/// Ends a held ticket, stale or not, and tells the same as the model.
async fn end(store: &dyn Store, random: &mut fastrand::Rng, held: &[Ticket], model: &mut Model, now: i64) {
    let ticket = random.choice(held).unwrap();
    let version = ticket.subject.parse().unwrap();
    let text_hash = format!("{version}-{}", random.u8(0..3));
    let parsed = Parsed { version, text_hash, normaliser: 1, reports: vec![of("jiaoyu", 2025)] };
    let ended = finish(store, ticket, StageResult::Parsed(parsed), at(now)).await;
    let row = model.get_mut(&ticket.subject).unwrap();
    assert_eq!(ended, *row == (ticket.generation, true), "a row ends once, in its newest generation");
    if ended {
        row.1 = false;
    }
}

async fn check(store: &dyn Store, held: &[Ticket], model: &Model) {
    for ticket in held {
        let task = store.open_task(ticket.task, ticket.generation).await.unwrap();
        assert_eq!(task.is_some(), model[&ticket.subject] == (ticket.generation, true));
        assert!(task.is_none_or(|task| matches!(task.state, TaskState::Ready | TaskState::Sent)));
    }
}

/// Every row that is open comes out once its lease or delay has passed: none is lost.
async fn drain(store: &dyn Store, model: &mut Model, now: i64) {
    let open: Vec<String> =
        model.iter().filter(|(_, row)| row.1).map(|(subject, _)| subject.clone()).collect();
    let taken = take(store, Stage::Parse, at(now)).await;
    let mut subjects: Vec<String> = taken.iter().map(|ticket| ticket.subject.clone()).collect();
    subjects.sort();
    assert_eq!(subjects, open);
    for ticket in &taken {
        assert!(finish(store, ticket, StageResult::Nothing, at(now)).await);
        model.insert(ticket.subject.clone(), (ticket.generation, false));
    }
}
