//! Facts about the relay.
use std::{sync::atomic::Ordering, time::Duration};

use gongkai_bus::Bus;
use gongkai_model::Stage;
use gongkai_runtime::{clock::Clock, lifecycle::Stop};
use gongkai_store::{Store, TaskState};

use crate::chain::{Chain, OPTIONS};

#[tokio::test(start_paused = true)]
async fn no_more_rows_than_the_window_are_with_the_bus() {
    let chain = Chain::new();
    for n in 0..20 {
        chain.raise(&format!("ok {n}")).await;
    }
    let stop = Stop::new();
    chain.relay(5, &stop);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 5);
    assert_eq!(chain.ledger.count(TaskState::Sent), 5);
    chain.worker(OPTIONS, &stop);
    chain.until(Duration::from_secs(5), || chain.ledger.count(TaskState::Done) == 20).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_is_answered_at_once_and_silence_within_the_poll() {
    let chain = Chain::new();
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let called = chain.raise("called").await;
    chain.deps.wake.wake(&[Stage::Parse]);
    chain.until_state(called, TaskState::Sent, Duration::from_millis(100)).await;
    let silent = chain.raise("silent").await;
    chain.until_state(silent, TaskState::Sent, Duration::from_millis(1_200)).await;
}

#[tokio::test(start_paused = true)]
async fn a_confirmed_row_is_sent_again_only_after_ten_minutes() {
    let chain = Chain::new();
    chain.raise("ok").await;
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    tokio::time::sleep(Duration::from_secs(595)).await;
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 1);
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_was_lost_is_filled_again_from_the_ledger() {
    let chain = Chain::new();
    for n in 0..5 {
        chain.raise(&format!("ok {n}")).await;
    }
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(chain.bus.depth(Stage::Parse).await.unwrap(), 5);
    chain.bus.delete_queue(Stage::Parse);
    chain.worker(OPTIONS, &stop);
    chain.until(Duration::from_secs(5), || chain.ledger.count(TaskState::Done) == 5).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_no_queue_takes_makes_its_row_ready_again() {
    let chain = Chain::new();
    chain.bus.delete_queue(Stage::Parse);
    let row = chain.raise("ok").await;
    let stop = Stop::new();
    chain.relay(1_000, &stop);
    chain.until(Duration::from_secs(5), || chain.ledger.row(row).error.is_some()).await;
    let waiting = chain.ledger.row(row);
    assert_eq!((waiting.state, waiting.attempt), (TaskState::Ready, 0));
    assert_eq!(waiting.error.as_deref(), Some("there is no queue parse"));
    assert!(waiting.not_before > chain.clock.now());
    chain.worker(OPTIONS, &stop);
    chain.until_state(row, TaskState::Done, Duration::from_secs(30)).await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_waited_for() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    chain.ledger.away.store(true, Ordering::SeqCst);
    let stop = Stop::new();
    let relay = chain.relay(1_000, &stop);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert!(!relay.is_finished());
    chain.ledger.away.store(false, Ordering::SeqCst);
    chain.until_state(row, TaskState::Sent, Duration::from_secs(35)).await;
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_is_closed_costs_no_row_and_the_stop_ends_the_relay() {
    let chain = Chain::new();
    let row = chain.raise("ok").await;
    chain.bus.close().await;
    let stop = Stop::new();
    let relay = chain.relay(1_000, &stop);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!((chain.ledger.row(row).state, chain.ledger.row(row).attempt), (TaskState::Ready, 0));
    stop.soft.cancel();
    tokio::time::timeout(Duration::from_secs(1), relay).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_commit_hands_over_is_sent_without_a_look_at_the_ledger() {
    let chain = Chain::new();
    chain.start();
    tokio::time::sleep(Duration::from_secs(2)).await;
    chain.raise("makes next").await;
    chain.until(Duration::from_secs(2), || chain.script.runs_of("next") == 1).await;
    chain.until(Duration::from_secs(1), || chain.ledger.count(TaskState::Done) == 2).await;
    assert_eq!(chain.ledger.handed.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn no_more_is_handed_over_than_the_window_leaves() {
    let chain = Chain::new();
    let stop = Stop::new();
    chain.relay(4, &stop);
    chain.worker(OPTIONS, &stop);
    tokio::time::sleep(Duration::from_secs(2)).await;
    chain.raise("makes next").await;
    chain.until(Duration::from_secs(5), || chain.script.runs_of("next") == 1).await;
    assert_eq!(chain.ledger.handed.load(Ordering::SeqCst), 0, "an eighth of four is none");
}

#[tokio::test(start_paused = true)]
async fn what_is_handed_over_while_the_bus_is_away_is_sent_later() {
    let chain = Chain::new();
    let stop = chain.start();
    tokio::time::sleep(Duration::from_secs(2)).await;
    chain.bus.delete_queue(Stage::Parse);
    let row = chain.raise("ok").await;
    let (now, lease) = (chain.clock.now(), Duration::from_secs(30));
    let handed = chain.ledger.take_due(Stage::Parse, 1, 1_000, lease, now).await.unwrap();
    assert_eq!(chain.deps.wake.hand(handed), []);
    chain.until_state(row, TaskState::Done, Duration::from_secs(20)).await;
    stop.soft.cancel();
}

#[tokio::test(start_paused = true)]
async fn after_the_stop_of_the_relay_a_commit_leaves_its_rows_to_others() {
    let chain = Chain::new();
    let stop = Stop::new();
    let relay = chain.relay(1_000, &stop);
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.soft.cancel();
    relay.await.unwrap();
    let row = chain.raise("ok").await;
    let ticket = chain.ledger.row(row).ticket();
    assert_eq!(chain.deps.wake.hand(vec![ticket.clone()]), [ticket]);
    assert!(chain.deps.wake.over().room.is_empty());
}
