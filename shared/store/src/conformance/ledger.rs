//! Rows of work: made, sent, ended, tried again, set aside.
use std::{sync::Arc, time::Duration};

use gongkai_model::Stage;
use uuid::Uuid;

use super::scene::{LIST, at, failure, finish, found, page, polled, take, watched};
use crate::{Ended, FailureClass, Filter, Finished, HandOver, StageResult, Store, TaskState, Ticket};

const SUBJECT: &str = "jiaoyu/2025";

pub async fn a_new_row_is_ready_and_sent_once(store: Arc<dyn Store>) {
    let made = store.raise(Stage::Due, SUBJECT, at(10), at(0)).await.unwrap();
    assert_eq!((made.generation, made.stage, made.subject.as_str()), (1, Stage::Due, SUBJECT));
    assert!(take(&*store, Stage::Due, at(9)).await.is_empty(), "not before its time");
    assert!(take(&*store, Stage::Judge, at(10)).await.is_empty(), "not for another stage");
    assert_eq!(take(&*store, Stage::Due, at(10)).await, std::slice::from_ref(&made));
    assert!(take(&*store, Stage::Due, at(11)).await.is_empty(), "sent already");
    let task = store.open_task(made.task, 1).await.unwrap().unwrap();
    assert_eq!(
        (task.state, task.lease_until, task.attempt, task.alone),
        (TaskState::Sent, Some(at(40)), 0, false)
    );
}

pub async fn rows_of_a_lost_queue_are_sent_again(store: Arc<dyn Store>) {
    let sent = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    let other = store.raise(Stage::Judge, "v", at(0), at(0)).await.unwrap();
    let (due, judge) = (take(&*store, Stage::Due, at(1)).await, take(&*store, Stage::Judge, at(1)).await);
    store.confirm(&[due, judge].concat(), at(600), at(2)).await.unwrap();
    assert_eq!(store.send_again(Stage::Due, at(10)).await.unwrap(), 1);
    store.confirm(std::slice::from_ref(&sent), at(700), at(10)).await.unwrap();
    assert_eq!(
        take(&*store, Stage::Due, at(10)).await,
        std::slice::from_ref(&sent),
        "in the same generation"
    );
    assert!(take(&*store, Stage::Judge, at(10)).await.is_empty(), "another queue is not concerned");
    assert!(finish(&*store, &sent, StageResult::Nothing, at(11)).await);
    assert_eq!(store.send_again(Stage::Due, at(12)).await.unwrap(), 0, "what is done stays done");
    assert!(store.open_task(other.task, 1).await.unwrap().is_some());
}

pub async fn raising_again_makes_a_new_generation_of_the_same_row(store: Arc<dyn Store>) {
    let first = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    assert!(finish(&*store, &first, StageResult::Nothing, at(1)).await);
    let second = store.raise(Stage::Due, SUBJECT, at(2), at(2)).await.unwrap();
    assert_eq!((second.task, second.generation), (first.task, 2));
    assert_eq!(take(&*store, Stage::Due, at(2)).await, [second]);
    assert!(store.open_task(first.task, 1).await.unwrap().is_none());
}

pub async fn of_two_generations_in_one_batch_only_the_newer_is_written(store: Arc<dyn Store>) {
    let older = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    let newer = store.raise(Stage::Due, SUBJECT, at(1), at(1)).await.unwrap();
    let finished = |ticket: &Ticket| Finished { ticket: ticket.clone(), result: StageResult::Nothing };
    let batch = vec![finished(&older), finished(&newer), finished(&newer)];
    assert_eq!(store.finish(batch, at(2)).await.unwrap(), [false, true, false]);
}

pub async fn marks_on_a_waiting_row_coalesce_at_the_earlier_time(store: Arc<dyn Store>) {
    store.raise(Stage::Due, SUBJECT, at(10), at(0)).await.unwrap();
    let last = store.raise(Stage::Due, SUBJECT, at(19), at(9)).await.unwrap();
    assert_eq!(
        take(&*store, Stage::Due, at(10)).await,
        [last],
        "steady marks do not put the work off for ever"
    );
}

pub async fn the_window_bounds_what_is_sent(store: Arc<dyn Store>) {
    for n in 0..5 {
        store.raise(Stage::Due, &format!("b{n}/2025"), at(n), at(n)).await.unwrap();
    }
    let lease = Duration::from_secs(30);
    let first = store.take_due(Stage::Due, 10, 3, lease, at(10)).await.unwrap();
    let subjects: Vec<&str> = first.iter().map(|ticket| ticket.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["b0/2025", "b1/2025", "b2/2025"],
        "those that wait longest, no more than the window"
    );
    assert!(store.take_due(Stage::Due, 10, 3, lease, at(11)).await.unwrap().is_empty());
    finish(&*store, &first[0], StageResult::Nothing, at(12)).await;
    assert_eq!(store.take_due(Stage::Due, 10, 3, lease, at(13)).await.unwrap().len(), 1);
    assert_eq!(
        store.take_due(Stage::Due, 1, 100, lease, at(13)).await.unwrap().len(),
        1,
        "no more than the limit"
    );
}

pub async fn an_expired_lease_is_taken_again_in_the_same_generation(store: Arc<dyn Store>) {
    let made = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    take(&*store, Stage::Due, at(0)).await;
    assert!(take(&*store, Stage::Due, at(29)).await.is_empty());
    assert_eq!(take(&*store, Stage::Due, at(30)).await, std::slice::from_ref(&made));
    assert!(finish(&*store, &made, StageResult::Nothing, at(31)).await, "whichever delivery ends it first");
    assert!(!finish(&*store, &made, StageResult::Nothing, at(32)).await);
    assert!(take(&*store, Stage::Due, at(1000)).await.is_empty());
}

pub async fn a_confirmed_row_keeps_its_longer_lease(store: Arc<dyn Store>) {
    let made = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    let taken = take(&*store, Stage::Due, at(0)).await;
    store.confirm(&taken, at(600), at(1)).await.unwrap();
    assert!(take(&*store, Stage::Due, at(599)).await.is_empty());
    assert_eq!(take(&*store, Stage::Due, at(600)).await, std::slice::from_ref(&made));
    finish(&*store, &made, StageResult::Nothing, at(601)).await;
    store.confirm(&taken, at(900), at(602)).await.unwrap();
    assert!(store.open_task(made.task, 1).await.unwrap().is_none(), "a late confirm does not reopen");
}

pub async fn a_row_given_back_is_no_attempt(store: Arc<dyn Store>) {
    store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    let taken = take(&*store, Stage::Due, at(0)).await;
    store.give_back(&taken, at(5), "broker away", at(1)).await.unwrap();
    let task = store.open_task(taken[0].task, 1).await.unwrap().unwrap();
    assert_eq!((task.state, task.attempt, task.error.as_deref()), (TaskState::Ready, 0, Some("broker away")));
    assert!(take(&*store, Stage::Due, at(4)).await.is_empty());
    assert_eq!(take(&*store, Stage::Due, at(5)).await, taken);
    finish(&*store, &taken[0], StageResult::Nothing, at(6)).await;
    store.give_back(&taken, at(7), "late", at(7)).await.unwrap();
    assert!(take(&*store, Stage::Due, at(8)).await.is_empty(), "what is done is not given back");
}

pub async fn new_rows_are_handed_over_as_far_as_there_is_room(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    let ticket = store.raise(Stage::Fetch, &column.to_string(), at(1), at(1)).await.unwrap();
    let pages: Vec<_> = (0..3).map(|n| found(&format!("{LIST}{n}.html"), "报告")).collect();
    let result = StageResult::Column(polled(column, pages, at(1)));
    let batch = [Finished { ticket, result }];
    let over = HandOver { lease: Duration::from_secs(30), room: [(Stage::Fetch, 2)].into() };
    let ended = store.end(&batch, &over, at(1)).await.unwrap();
    assert_eq!((ended.own, ended.waiting), (vec![true], [Stage::Fetch].into()));
    assert_eq!(ended.handed.len(), 2);
    assert_eq!(store.with_bus(Stage::Fetch).await.unwrap(), 2);
    let left = take(&*store, Stage::Fetch, at(2)).await;
    assert_eq!(left.len(), 1, "what is handed over is not looked for");
    assert!(!ended.handed.contains(&left[0]));
    for ticket in &ended.handed {
        assert!(store.open_task(ticket.task, ticket.generation).await.unwrap().is_some());
    }
    let mut again = take(&*store, Stage::Fetch, at(31)).await;
    again.sort_by_key(|ticket| ticket.task);
    let mut handed = ended.handed;
    handed.sort_by_key(|ticket| ticket.task);
    assert_eq!(again, handed, "a relay that died with them is not waited for");
    assert_eq!(
        store.end(&batch, &over, at(32)).await.unwrap(),
        Ended { own: vec![false], ..Ended::default() }
    );
}

pub async fn a_stale_generation_changes_nothing(store: Arc<dyn Store>) {
    let old = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    take(&*store, Stage::Due, at(0)).await;
    let new = store.raise(Stage::Due, SUBJECT, at(1), at(1)).await.unwrap();
    let stale = failure(FailureClass::Poison, "stale");
    assert!(store.open_task(old.task, old.generation).await.unwrap().is_none());
    assert!(!finish(&*store, &old, StageResult::Nothing, at(2)).await);
    store.retry(&old, &stale, at(99), at(2)).await.unwrap();
    store.park(&old, &stale, at(2)).await.unwrap();
    store.confirm(std::slice::from_ref(&old), at(99), at(2)).await.unwrap();
    store.give_back(std::slice::from_ref(&old), at(99), "stale", at(2)).await.unwrap();
    let task = store.open_task(new.task, new.generation).await.unwrap().unwrap();
    assert_eq!((task.state, task.attempt, task.error.as_deref()), (TaskState::Ready, 0, None));
    assert_eq!(take(&*store, Stage::Due, at(2)).await, [new]);
}

pub async fn a_row_is_finished_once_and_the_rest_of_its_batch_goes_on(store: Arc<dyn Store>) {
    let mut batch = Vec::new();
    for subject in ["a/2025", "b/2025", "c/2025"] {
        let ticket = store.raise(Stage::Due, subject, at(0), at(0)).await.unwrap();
        batch.push(Finished { ticket, result: StageResult::Nothing });
    }
    store.raise(Stage::Due, "b/2025", at(1), at(1)).await.unwrap();
    assert_eq!(store.finish(batch.clone(), at(2)).await.unwrap(), [true, false, true]);
    assert_eq!(store.finish(batch, at(3)).await.unwrap(), [false, false, false]);
    assert!(store.finish(Vec::new(), at(4)).await.unwrap().is_empty());
}

pub async fn a_failed_row_waits_and_counts_its_attempts(store: Arc<dyn Store>) {
    let ticket = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    take(&*store, Stage::Due, at(0)).await;
    for attempt in 1..=2 {
        let later = at(i64::from(attempt) * 100);
        store.retry(&ticket, &failure(FailureClass::Transient, "timeout"), later, at(1)).await.unwrap();
        let task = store.open_task(ticket.task, 1).await.unwrap().unwrap();
        assert_eq!((task.state, task.attempt, task.not_before), (TaskState::Ready, attempt, later));
        assert_eq!((task.class, task.error.as_deref()), (Some(FailureClass::Transient), Some("timeout")));
    }
    assert!(take(&*store, Stage::Due, at(199)).await.is_empty());
    assert_eq!(take(&*store, Stage::Due, at(200)).await, [ticket]);
    let raised = store.raise(Stage::Due, SUBJECT, at(201), at(201)).await.unwrap();
    let task = store.open_task(raised.task, raised.generation).await.unwrap().unwrap();
    assert_eq!((task.attempt, task.error), (0, None), "a new generation starts afresh");
}

pub async fn a_parked_row_comes_back_by_redrive_only(store: Arc<dyn Store>) {
    let ticket = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    store.park(&ticket, &failure(FailureClass::Contract, "blob missing"), at(5)).await.unwrap();
    assert!(take(&*store, Stage::Due, at(9999)).await.is_empty());
    let letters = store.dead_letters(&Filter::default()).await.unwrap();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(
        (letter.task, letter.about.as_str(), letter.attempt, letter.since),
        (ticket.task, SUBJECT, 1, at(5))
    );
    assert_eq!((letter.class, letter.error.as_deref()), (Some(FailureClass::Contract), Some("blob missing")));
    assert_eq!(store.redrive(&Filter::default(), at(10)).await.unwrap(), 1);
    assert!(store.dead_letters(&Filter::default()).await.unwrap().is_empty());
    let again = take(&*store, Stage::Due, at(10)).await;
    assert_eq!((again[0].task, again[0].generation), (ticket.task, 2));
    assert_eq!(store.redrive(&Filter::default(), at(11)).await.unwrap(), 0);
}

pub async fn redrive_keeps_to_its_filter(store: Arc<dyn Store>) {
    let source = page(&*store, super::scene::PAGE).await;
    let parked = failure(FailureClass::Poison, "died");
    let fetch = store.raise(Stage::Fetch, &source.to_string(), at(2), at(2)).await.unwrap();
    let due = store.raise(Stage::Due, SUBJECT, at(2), at(2)).await.unwrap();
    store.park(&fetch, &parked, at(3)).await.unwrap();
    store.park(&due, &parked, at(3)).await.unwrap();
    let only = |filter: Filter| {
        let store = store.clone();
        async move { store.dead_letters(&filter).await.unwrap().iter().map(|l| l.stage).collect::<Vec<_>>() }
    };
    assert_eq!(
        only(Filter { site: Some(super::scene::SITE.into()), ..Filter::default() }).await,
        [Stage::Fetch]
    );
    assert_eq!(only(Filter { id: Some(source), ..Filter::default() }).await, [Stage::Fetch]);
    assert_eq!(only(Filter { id: Some(due.task), ..Filter::default() }).await, [Stage::Due]);
    assert_eq!(
        only(Filter { body: Some("jiaoyu".into()), year: Some(2025), ..Filter::default() }).await,
        [Stage::Due]
    );
    assert_eq!(only(Filter { year: Some(2024), ..Filter::default() }).await, []);
    assert_eq!(only(Filter { limit: 1, offset: 1, ..Filter::default() }).await.len(), 1);
    let stage = Filter { stage: Some(Stage::Fetch), ..Filter::default() };
    assert_eq!(store.redrive(&stage, at(4)).await.unwrap(), 1);
    assert_eq!(only(Filter::default()).await, [Stage::Due]);
}

pub async fn a_dead_lettered_row_is_tried_alone_and_then_parked(store: Arc<dyn Store>) {
    let ticket = store.raise(Stage::Due, SUBJECT, at(0), at(0)).await.unwrap();
    take(&*store, Stage::Due, at(0)).await;
    assert!(store.dead_lettered(ticket.task, at(1)).await.unwrap());
    let again = Ticket { alone: true, ..ticket.clone() };
    assert_eq!(take(&*store, Stage::Due, at(1)).await, [again]);
    assert!(store.open_task(ticket.task, 1).await.unwrap().unwrap().alone);
    assert!(!store.dead_lettered(ticket.task, at(2)).await.unwrap());
    assert!(take(&*store, Stage::Due, at(9999)).await.is_empty());
    assert_eq!(store.dead_letters(&Filter::default()).await.unwrap()[0].class, Some(FailureClass::Poison));
    assert!(!store.dead_lettered(Uuid::now_v7(), at(3)).await.unwrap(), "an unknown row is not invented");
    store.keep_unroutable(b"{", "no envelope", at(4)).await.unwrap();
}

pub async fn counts_tell_every_stage_and_state(store: Arc<dyn Store>) {
    let mut tickets = Vec::new();
    for n in 0..6 {
        tickets.push(store.raise(Stage::Due, &format!("b{n}/2025"), at(n), at(n)).await.unwrap());
    }
    let broken = failure(FailureClass::Transient, "timeout");
    finish(&*store, &tickets[0], StageResult::Nothing, at(10)).await;
    store.park(&tickets[1], &broken, at(10)).await.unwrap();
    store.retry(&tickets[2], &broken, at(500), at(10)).await.unwrap();
    store.take_due(Stage::Due, 1, 100, Duration::from_secs(30), at(10)).await.unwrap();
    let counts = store.stage_counts(at(10)).await.unwrap();
    assert_eq!(counts.iter().map(|count| count.stage).collect::<Vec<_>>(), Stage::ALL);
    let due = counts.iter().find(|count| count.stage == Stage::Due).unwrap();
    assert_eq!((due.ready, due.delayed, due.sent, due.done, due.parked), (2, 1, 1, 1, 1));
    assert_eq!(due.oldest_unfinished, Some(at(2)));
    let judge = counts.iter().find(|count| count.stage == Stage::Judge).unwrap();
    assert_eq!((judge.ready, judge.done, judge.oldest_unfinished), (0, 0, None));
    let later = store.stage_counts(at(500)).await.unwrap();
    let due = later.iter().find(|count| count.stage == Stage::Due).unwrap();
    assert_eq!((due.ready, due.delayed), (3, 0), "its time has come");
}
