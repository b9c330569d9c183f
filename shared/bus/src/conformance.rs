//! What every backend must do, as a suite that a backend's tests run: `conformance::run(open)`.
use std::{collections::BTreeSet, future::Future, sync::Arc, time::Duration};

use gongkai_model::Stage;
use thiserror::Error;
use uuid::Uuid;

use crate::{
    bus::{Bus, BusError, Consumer, DELIVERY_LIMIT, Delivery, Outcome},
    envelope::Envelope,
};

/// How long something that must happen may take.
const SOON: Duration = Duration::from_secs(10);
/// How long is waited for something that must not happen.
const QUIET: Duration = Duration::from_millis(200);

/// A promise that was not kept.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not kept: {fact}: {detail}")]
pub struct Broken {
    /// Which promise.
    pub fact: &'static str,
    /// What happened instead.
    pub detail: String,
}

type Kept = Result<(), String>;
type Shared = Arc<dyn Bus>;

/// Checks every promise, each on a bus that `open` gives: new, or with all queues empty.
pub async fn run(open: impl AsyncFn() -> Result<Shared, BusError>) -> Result<(), Broken> {
    check("what is published is delivered", &open, delivers).await?;
    check("fates come in the order of the batch", &open, confirms_a_batch).await?;
    check("stages have queues of their own", &open, keeps_stages_apart).await?;
    check("no more than the prefetch is out", &open, honours_prefetch).await?;
    check("what is acknowledged is gone", &open, forgets_what_is_acknowledged).await?;
    check("what is given back is delivered again, counted", &open, redelivers).await?;
    check("a delivery dropped unsettled comes back", &open, takes_back_dropped_deliveries).await?;
    check("a consumer's end gives back what it had out", &open, takes_back_from_consumers).await?;
    check("two consumers share a queue", &open, shares_between_consumers).await?;
    check("what comes back too often is a dead letter", &open, buries_what_returns_for_ever).await?;
    check("closing ends consumers and publishing", &open, closes).await
}

async fn check<O, C, F>(fact: &'static str, open: &O, promise: C) -> Result<(), Broken>
where
    O: AsyncFn() -> Result<Shared, BusError>,
    C: FnOnce(Shared) -> F,
    F: Future<Output = Kept>,
{
    let broken = |detail: String| Broken { fact, detail };
    let bus = open().await.map_err(|error| broken(error.to_string()))?;
    let kept = promise(Arc::clone(&bus)).await.map_err(broken);
    bus.close().await;
    kept
}

async fn delivers(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 10).await?;
    let sent = message(Stage::Parse, 1);
    publish(&bus, std::slice::from_ref(&sent)).await?;
    let delivery = next(&mut consumer).await?;
    expect(delivery.body == sent.to_bytes(), "the body is another")?;
    expect(delivery.redeliveries == 0, "a first delivery counts as a further one")?;
    ack(delivery).await
}

async fn confirms_a_batch(bus: Shared) -> Kept {
    let batch: Vec<Envelope> = (0..500).map(|n| message(Stage::Judge, n)).collect();
    publish(&bus, &batch).await?;
    eventually(async || bus.depth(Stage::Judge).await.map_or(0, |depth| depth) == 500, "500 messages wait")
        .await?;
    let none = bus.publish(&[]).await.map_err(text)?;
    expect(none.is_empty(), "an empty batch has fates")
}

async fn keeps_stages_apart(bus: Shared) -> Kept {
    let mut parse = consume(&bus, Stage::Parse, 10).await?;
    let mut judge = consume(&bus, Stage::Judge, 10).await?;
    let sent = message(Stage::Judge, 1);
    publish(&bus, std::slice::from_ref(&sent)).await?;
    let delivery = next(&mut judge).await?;
    expect(delivery.body == sent.to_bytes(), "the body is another")?;
    quiet(&mut parse).await?;
    ack(delivery).await
}

async fn honours_prefetch(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 2).await?;
    publish(&bus, &[1, 2, 3].map(|n| message(Stage::Parse, n))).await?;
    let first = next(&mut consumer).await?;
    let _second = next(&mut consumer).await?;
    quiet(&mut consumer).await?;
    ack(first).await?;
    let _third = next(&mut consumer).await?;
    Ok(())
}

async fn forgets_what_is_acknowledged(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 2).await?;
    publish(&bus, &[message(Stage::Parse, 1)]).await?;
    ack(next(&mut consumer).await?).await?;
    drop(consumer);
    let mut again = consume(&bus, Stage::Parse, 2).await?;
    quiet(&mut again).await
}

async fn redelivers(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 2).await?;
    publish(&bus, &[message(Stage::Parse, 1)]).await?;
    for returned in 0..3 {
        let delivery = next(&mut consumer).await?;
        let seen = delivery.redeliveries;
        expect(seen == returned, &format!("given back {returned} times, counted {seen}"))?;
        delivery.requeue().await.map_err(text)?;
    }
    Ok(())
}

async fn takes_back_dropped_deliveries(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 1).await?;
    publish(&bus, &[message(Stage::Parse, 1)]).await?;
    drop(next(&mut consumer).await?);
    let again = next(&mut consumer).await?;
    expect(again.redeliveries == 1, "the return is not counted")
}

async fn takes_back_from_consumers(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 5).await?;
    publish(&bus, &[1, 2].map(|n| message(Stage::Parse, n))).await?;
    let stale = next(&mut consumer).await?;
    drop(consumer);
    let mut other = consume(&bus, Stage::Parse, 5).await?;
    let back = [next(&mut other).await?, next(&mut other).await?];
    // Whatever becomes of the settlement of a delivery that has gone back, the message itself stays.
    let _ = stale.ack().await;
    let bodies: BTreeSet<Vec<u8>> = back.iter().map(|delivery| delivery.body.clone()).collect();
    expect(bodies.len() == 2, "a message came twice and another never")?;
    expect(back.iter().any(|delivery| delivery.redeliveries == 1), "the return is not counted")?;
    quiet(&mut other).await
}

async fn shares_between_consumers(bus: Shared) -> Kept {
    let mut one = consume(&bus, Stage::Parse, 1).await?;
    let mut two = consume(&bus, Stage::Parse, 1).await?;
    publish(&bus, &[1, 2].map(|n| message(Stage::Parse, n))).await?;
    let (first, second) = (next(&mut one).await?, next(&mut two).await?);
    expect(first.body != second.body, "both got the same message")
}

async fn buries_what_returns_for_ever(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 1).await?;
    let mut dead = bus.consume_dead_letters(10).await.map_err(text)?;
    let sent = message(Stage::Parse, 1);
    publish(&bus, std::slice::from_ref(&sent)).await?;
    for _ in 0..=DELIVERY_LIMIT {
        next(&mut consumer).await?.requeue().await.map_err(text)?;
    }
    quiet(&mut consumer).await?;
    let letter = next(&mut dead).await?;
    expect(letter.body == sent.to_bytes(), "the dead letter's body is another")?;
    ack(letter).await?;
    quiet(&mut dead).await
}

async fn closes(bus: Shared) -> Kept {
    let mut consumer = consume(&bus, Stage::Parse, 1).await?;
    bus.close().await;
    let ended = tokio::time::timeout(SOON, consumer.next()).await;
    expect(matches!(ended, Ok(None)), "a consumer goes on after the bus was closed")?;
    let refused = bus.publish(&[message(Stage::Parse, 1)]).await;
    expect(matches!(refused, Err(BusError::Closed)), "a closed bus takes messages")?;
    expect(bus.consume(Stage::Parse, 1).await.is_err(), "a closed bus gives consumers")
}

fn message(stage: Stage, n: u128) -> Envelope {
    Envelope::new(stage, Uuid::from_u128(n), 1, format!("subject {n}"))
}

async fn publish(bus: &Shared, batch: &[Envelope]) -> Kept {
    let outcomes = bus.publish(batch).await.map_err(text)?;
    expect(outcomes.len() == batch.len(), "not one fate a message")?;
    match outcomes.iter().find(|outcome| **outcome != Outcome::Confirmed) {
        Some(other) => Err(format!("a message was not confirmed: {other:?}")),
        None => Ok(()),
    }
}

async fn consume(bus: &Shared, stage: Stage, prefetch: u16) -> Result<Box<dyn Consumer>, String> {
    bus.consume(stage, prefetch).await.map_err(text)
}

async fn next(consumer: &mut Box<dyn Consumer>) -> Result<Delivery, String> {
    match tokio::time::timeout(SOON, consumer.next()).await {
        Ok(Some(delivery)) => Ok(delivery),
        Ok(None) => Err("the consumer ended".to_owned()),
        Err(_) => Err(format!("no delivery within {SOON:?}")),
    }
}

async fn quiet(consumer: &mut Box<dyn Consumer>) -> Kept {
    match tokio::time::timeout(QUIET, consumer.next()).await {
        Ok(Some(delivery)) => {
            Err(format!("an unexpected delivery: {}", String::from_utf8_lossy(&delivery.body)))
        }
        Ok(None) => Err("the consumer ended".to_owned()),
        Err(_) => Ok(()),
    }
}

async fn eventually(holds: impl AsyncFn() -> bool, what: &str) -> Kept {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, wait).await.map_err(|_| format!("not within {SOON:?}: {what}"))
}

async fn ack(delivery: Delivery) -> Kept {
    delivery.ack().await.map_err(text)
}

fn expect(holds: bool, what: &str) -> Kept {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn text(error: BusError) -> String {
    error.to_string()
}
