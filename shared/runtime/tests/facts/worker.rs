//! Facts about the worker loop.
use std::{sync::atomic::Ordering, time::Duration};

use gongkai_bus::{Bus, DELIVERY_LIMIT};
use gongkai_model::Stage;
use gongkai_runtime::{lifecycle::Stop, policy::TRANSIENT_ATTEMPTS, worker::WorkerOptions};
use gongkai_store::{FailureClass, Store, TaskState};
use uuid::Uuid;

use crate::{
    chain::{Chain, OPTIONS},
    ledger::REFUSED,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test(start_paused = true)]
async fn every_row_is_done_once_within_the_slots_and_committed_in_batches() {
    let chain = Chain::new();
    for n in 0..200 {
        chain.raise(&format!("slow {n}")).await;
    }
    chain.start();
    chain.until(2 * MINUTE, || chain.ledger.count(TaskState::Done) == 200).await;
    assert!(chain.script.runs.lock().unwrap().values().all(|runs| runs.len() == 1));
    assert_eq!(chain.script.most.load(Ordering::SeqCst), 4);
    assert_eq!(chain.counted("done"), 200);
    let commits = chain.ledger.commits.load(Ordering::SeqCst);
    assert!(commits <= 100, "{commits} commits of rows that end four at a time");
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_a_hang_cost_their_own_row_alone_and_set_it_aside_after_three_attempts() {
    let chain = Chain::new();
    let (panic, hang, good) =
        (chain.raise("panic").await, chain.raise("hang").await, chain.raise("ok").await);
    chain.start();
    chain.until_state(good, TaskState::Done, MINUTE).await;
    chain.until_state(panic, TaskState::Parked, HOUR).await;
    chain.until_state(hang, TaskState::Parked, HOUR).await;
    for (row, subject, error) in [
        (panic, "panic", "the handler panicked: a page that breaks us"),
        (hang, "hang", "not done within 60s"),
    ] {
        let row = chain.ledger.row(row);
        assert_eq!(
            (row.attempt, row.class, row.error.as_deref()),
            (3, Some(FailureClass::Poison), Some(error))
        );
        assert_eq!(chain.script.runs_of(subject), 3);
    }
    assert_eq!((chain.counted("done"), chain.counted("retried"), chain.counted("dead_lettered")), (1, 4, 2));
}

#[tokio::test(start_paused = true)]
async fn a_passing_trouble_is_tried_again_with_growing_pauses() {
    let chain = Chain::new();
    let row = chain.raise("busy 5").await;
    chain.start();
    chain.until_state(row, TaskState::Done, HOUR).await;
    let runs = chain.script.runs.lock().unwrap()["busy 5"].clone();
    let pauses: Vec<f64> =
        runs.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs_f64()).collect();
    assert_eq!(pauses.len(), 5);
    for (pause, least) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0]) {
        assert!((least..=least * 2.0 + 1.5).contains(pause), "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trouble_that_does_not_pass_has_an_end() {
    let chain = Chain::new();
    let row = chain.raise("busy 9999").await;
    chain.ledger.set_attempt(row, TRANSIENT_ATTEMPTS - 3);
    chain.start();
    chain.until_state(row, TaskState::Parked, 2 * HOUR).await;
    assert_eq!(chain.script.runs_of("busy 9999"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_read_is_set_aside_at_once() {
    let chain = Chain::new();
    let row = chain.raise("document").await;
    chain.start();
    chain.until_state(row, TaskState::Parked, MINUTE).await;
    assert_eq!(chain.script.runs_of("document"), 1);
    assert_eq!(chain.ledger.row(row).error.as_deref(), Some("encrypted"));
}

#[tokio::test(start_paused = true)]
async fn work_that_is_done_while_the_store_is_away_is_committed_when_it_is_back() {
    let chain = Chain::new();
    let row = chain.raise("slow").await;
    chain.start();
    chain.until(MINUTE, || chain.script.running.load(Ordering::SeqCst) == 1).await;
    chain.ledger.away.store(true, Ordering::SeqCst);
    tokio::time::sleep(8 * MINUTE).await;
    chain.ledger.away.store(false, Ordering::SeqCst);
    chain.until_state(row, TaskState::Done, MINUTE).await;
    tokio::time::sleep(HOUR).await;
    assert_eq!(chain.script.runs_of("slow"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_hours_costs_no_row() {
    let chain = Chain::new();
    let row = chain.raise("slow").await;
    chain.start();
    chain.until(MINUTE, || chain.script.running.load(Ordering::SeqCst) == 1).await;
    chain.ledger.away.store(true, Ordering::SeqCst);
    tokio::time::sleep(3 * HOUR).await;
    chain.ledger.away.store(false, Ordering::SeqCst);
    chain.until_state(row, TaskState::Done, 5 * MINUTE).await;
    assert_eq!(chain.script.runs_of("slow"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_of_the_stage_is_kept_aside() {
    let chain = Chain::new();
    chain.start();
    let judge = gongkai_bus::Envelope::new(Stage::Judge, Uuid::from_u128(1), 1, "s").to_bytes();
    for body in [b"hello".as_slice(), br#"{"schema":9}"#, &judge] {
        chain.bus.inject(Stage::Parse, body).unwrap();
    }
    chain.until(MINUTE, || chain.ledger.unroutable.lock().unwrap().len() == 3).await;
    let mut kept = chain.ledger.unroutable.lock().unwrap().clone();
    kept.sort();
    assert_eq!(
        kept,
        [
            "a message of stage judge in the queue of parse",
            "a message of version 9 that names no row",
            "not a message: expected value at line 1 column 1",
        ]
    );
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_row_whose_message_is_newer_waits_in_the_ledger_and_is_sent_again() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    let stop = Stop::new();
    chain.worker(OPTIONS, &stop);
    let body = format!(r#"{{"schema":3,"task":"{row}","generation":1}}"#);
    chain.bus.inject(Stage::Parse, body.as_bytes()).unwrap();
    chain.until(MINUTE, || chain.counted("retried") == 1).await;
    assert_eq!((chain.ledger.row(row).state, chain.ledger.row(row).attempt), (TaskState::Ready, 0));
    chain.relay(1_000, &stop);
    chain.until_state(row, TaskState::Done, 2 * MINUTE).await;
}

#[tokio::test(start_paused = true)]
async fn a_row_whose_messages_stay_newer_is_set_aside_after_an_hour() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    chain.worker(OPTIONS, &Stop::new());
    let body = format!(r#"{{"schema":3,"task":"{row}","generation":1}}"#);
    for _ in 0..62 {
        chain.bus.inject(Stage::Parse, body.as_bytes()).unwrap();
        tokio::time::sleep(MINUTE).await;
    }
    let row = chain.ledger.row(row);
    assert_eq!((row.state, row.class), (TaskState::Parked, Some(FailureClass::Contract)));
    assert_eq!(
        (chain.counted("retried"), chain.counted("dead_lettered"), chain.script.runs_of("ok")),
        (60, 1, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn an_older_generation_has_no_effect() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    chain.raise("ok").await;
    chain.worker(OPTIONS, &Stop::new());
    chain.bus.inject(Stage::Parse, &chain.body(row, 1)).unwrap();
    tokio::time::sleep(MINUTE).await;
    assert_eq!(chain.script.runs_of("ok"), 0);
    assert_eq!((chain.ledger.row(row).state, chain.ledger.row(row).generation), (TaskState::Ready, 2));
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_of_a_row_in_work_does_not_start_it_again() {
    let chain = Chain::new();
    let row = chain.raise("slow").await;
    chain.worker(OPTIONS, &Stop::new());
    for _ in 0..10 {
        chain.bus.inject(Stage::Parse, &chain.body(row, 1)).unwrap();
    }
    chain.until_state(row, TaskState::Done, MINUTE).await;
    assert_eq!(chain.script.runs_of("slow"), 1);
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_the_store_refuses_costs_no_other() {
    let chain = Chain::new();
    let bad = chain.raise(&format!("slow {REFUSED}")).await;
    for n in 0..3 {
        chain.raise(&format!("slow {n}")).await;
    }
    chain.start();
    chain.until(MINUTE, || chain.ledger.count(TaskState::Done) == 3).await;
    chain.until_state(bad, TaskState::Parked, MINUTE).await;
    let row = chain.ledger.row(bad);
    assert_eq!(row.class, Some(FailureClass::Contract));
    assert_eq!(
        row.error.as_deref(),
        Some("its result could not be stored: the store refused: such a result")
    );
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_to_be_alone_has_no_company() {
    let chain = Chain::new();
    for n in 0..12 {
        let row = chain.raise(&format!("slow {n}")).await;
        if n % 3 == 0 {
            chain.ledger.set_alone(row);
        }
    }
    chain.start();
    chain.until(2 * MINUTE, || chain.ledger.count(TaskState::Done) == 12).await;
    assert_eq!(chain.script.company_of_alone.load(Ordering::SeqCst), 1);
    assert!(chain.script.most.load(Ordering::SeqCst) > 1);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_to_be_alone_does_not_wait_for_other_work() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    chain.ledger.set_alone(row);
    chain.start();
    chain.until_state(row, TaskState::Done, MINUTE).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_and_commits_what_is_begun_and_begins_nothing() {
    let chain = Chain::new();
    for n in 0..20 {
        chain.raise(&format!("slow {n}")).await;
    }
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    let worker = chain.worker(OPTIONS, &stop);
    chain.until(MINUTE, || chain.script.running.load(Ordering::SeqCst) == 4).await;
    let begun = chain.script.runs.lock().unwrap().len();
    stop.soft.cancel();
    tokio::time::timeout(Duration::from_secs(2), worker).await.unwrap().unwrap();
    assert_eq!(chain.ledger.count(TaskState::Done), begun);
    // What was not begun is back in its queue, and what was done is not done again.
    chain.worker(OPTIONS, &Stop::new());
    chain.until(MINUTE, || chain.ledger.count(TaskState::Done) == 20).await;
    assert_eq!(chain.script.runs.lock().unwrap().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_due_together_travel_together_except_one_that_is_to_be_alone() {
    let chain = Chain::new();
    let mut rows = Vec::new();
    for n in 0..100 {
        rows.push(chain.raise(&format!("ok {n}")).await);
    }
    chain.ledger.set_alone(rows[50]);
    chain.relay(1_000, &Stop::new());
    chain.until(MINUTE, || chain.ledger.count(TaskState::Sent) == 100).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut consumer = chain.bus.consume(Stage::Parse, 100).await.unwrap();
    let mut named = Vec::new();
    for _ in 0..chain.bus.depth(Stage::Parse).await.unwrap() {
        let delivery = consumer.next().await.unwrap();
        named.push(gongkai_bus::Envelope::rows_of(&delivery.body));
        delivery.ack().await.unwrap();
    }
    assert!(named.len() < 15, "{} messages for 100 rows", named.len());
    assert!(named.iter().any(|of| of.len() == 1 && of[0].task == rows[50]), "{named:?}");
    let mut all: Vec<_> = named.iter().flatten().map(|row| row.task).collect();
    all.sort();
    rows.sort();
    assert_eq!(all, rows);
}

#[tokio::test(start_paused = true)]
async fn work_that_was_dropped_in_the_middle_is_done_by_the_next_worker() {
    let chain = Chain::new();
    let row = chain.raise("slow").await;
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    let first = chain.worker(OPTIONS, &stop);
    chain.until(MINUTE, || chain.script.running.load(Ordering::SeqCst) == 1).await;
    first.abort();
    let _ = first.await;
    chain.worker(OPTIONS, &stop);
    chain.until_state(row, TaskState::Done, MINUTE).await;
    assert_eq!(chain.script.runs_of("slow"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_is_tried_once_alone_and_then_set_aside() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    let stop = Stop::new();
    chain.dead_letters(&stop);
    for expected in [TaskState::Ready, TaskState::Parked] {
        chain.bus.inject(Stage::Parse, &chain.body(row, 1)).unwrap();
        let mut consumer = chain.bus.consume(Stage::Parse, 1).await.unwrap();
        for _ in 0..=DELIVERY_LIMIT {
            consumer.next().await.unwrap().requeue().await.unwrap();
        }
        tokio::time::sleep(MINUTE).await;
        let row = chain.ledger.row(row);
        assert_eq!((row.state, row.alone), (expected, true));
    }
    assert_eq!((chain.counted("retried"), chain.counted("dead_lettered")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_without_a_row_is_kept_and_one_of_a_done_row_is_forgotten() {
    let chain = Chain::new();
    let done = chain.raise("ok").await;
    let ticket = chain.ledger.row(done).ticket();
    let finished = gongkai_store::Finished { ticket, result: gongkai_store::StageResult::Nothing };
    chain.ledger.finish(vec![finished], "2025-03-01T00:00:00Z".parse().unwrap()).await.unwrap();
    chain.dead_letters(&Stop::new());
    for body in [chain.body(done, 1), chain.body(Uuid::from_u128(99), 1), b"rubbish".to_vec()] {
        chain.bus.inject(Stage::Parse, &body).unwrap();
        let mut consumer = chain.bus.consume(Stage::Parse, 1).await.unwrap();
        for _ in 0..=DELIVERY_LIMIT {
            consumer.next().await.unwrap().requeue().await.unwrap();
        }
    }
    chain.until(MINUTE, || chain.ledger.unroutable.lock().unwrap().len() == 2).await;
    tokio::time::sleep(MINUTE).await;
    assert_eq!(
        *chain.ledger.unroutable.lock().unwrap(),
        ["a dead letter whose row is not in the ledger", "a dead letter that names no row"]
    );
    assert_eq!(chain.ledger.row(done).state, TaskState::Done);
}

#[tokio::test(start_paused = true)]
async fn a_worker_without_slots_still_has_one() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    chain.worker(WorkerOptions { slots: 0, batch: 0, ..OPTIONS }, &stop);
    chain.until_state(row, TaskState::Done, MINUTE).await;
}
