//! A broker that dies: nothing that it confirmed is lost, and work goes on once it is back.
use std::{collections::BTreeSet, time::Duration};

use gongkai_bus::{Bus, BusError, Consumer, Outcome, RabbitBus};
use gongkai_model::Stage;
use gongkai_testkit::servers::Broker;
use tokio::time::{Instant, sleep, timeout};

use crate::{message, options};

/// Longest time for what must come.
const LIMIT: Duration = Duration::from_secs(60);

/// A batch as the relay sends it: again until it is confirmed.
async fn publish_until_confirmed(bus: &RabbitBus, numbers: std::ops::Range<u128>) {
    let end = Instant::now() + LIMIT;
    let mut open: Vec<u128> = numbers.collect();
    while !open.is_empty() {
        assert!(Instant::now() < end, "{} messages were never confirmed", open.len());
        let batch: Vec<_> = open.iter().copied().map(message).collect();
        match timeout(Duration::from_secs(20), bus.publish(&batch)).await {
            Ok(Ok(outcomes)) => {
                let fates = open.iter().copied().zip(outcomes);
                open = fates.filter(|(_, fate)| *fate != Outcome::Confirmed).map(|(n, _)| n).collect();
            }
            Ok(Err(_)) | Err(_) => sleep(Duration::from_millis(200)).await,
        }
    }
}

/// Everything that is delivered until nothing comes for a while, acknowledged.
async fn drain(bus: &RabbitBus, expected: usize) -> BTreeSet<Vec<u8>> {
    let end = Instant::now() + LIMIT;
    let mut bodies = BTreeSet::new();
    let mut consumer: Option<Box<dyn Consumer>> = None;
    while bodies.len() < expected {
        assert!(Instant::now() < end, "only {} of {expected} came", bodies.len());
        let Some(open) = &mut consumer else {
            consumer = bus.consume(Stage::Parse, 100).await.ok();
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        match timeout(Duration::from_secs(15), open.next()).await {
            Ok(Some(delivery)) => {
                bodies.insert(delivery.body.clone());
                delivery.ack().await.ok();
            }
            Ok(None) | Err(_) => consumer = None,
        }
    }
    bodies
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_outlives_a_killed_broker_and_the_rest_is_known_to_be_lost() {
    let mut broker = Broker::start().unwrap();
    let options = options(broker.url());
    let bus = std::sync::Arc::new(RabbitBus::connect(&options).await.unwrap());
    let publishing = {
        let bus = bus.clone();
        tokio::spawn(async move {
            for batch in 0..10 {
                publish_until_confirmed(&bus, batch * 300..(batch + 1) * 300).await;
            }
        })
    };
    sleep(Duration::from_millis(150)).await;
    let broker = tokio::task::spawn_blocking(move || {
        broker.kill().unwrap();
        broker.start_again().unwrap();
        broker
    });
    let _broker = broker.await.unwrap();
    publishing.await.unwrap();
    let bodies = drain(&bus, 3_000).await;
    assert_eq!(bodies.len(), 3_000);
    assert_eq!(bodies, (0..3_000).map(|n| message(n).to_bytes()).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_of_a_killed_broker_ends_and_a_new_one_gets_what_was_not_acknowledged() {
    let mut broker = Broker::start().unwrap();
    let bus = RabbitBus::connect(&options(broker.url())).await.unwrap();
    publish_until_confirmed(&bus, 0..10).await;
    let mut consumer = bus.consume(Stage::Parse, 10).await.unwrap();
    let held = consumer.next().await.unwrap();
    let broker = tokio::task::spawn_blocking(move || {
        broker.kill().unwrap();
        broker
    });
    let mut broker = broker.await.unwrap();
    let ended = async { while consumer.next().await.is_some() {} };
    timeout(LIMIT, ended).await.unwrap();
    match bus.publish(&[message(99)]).await {
        Ok(fates) => assert!(matches!(&fates[..], [Outcome::Lost(_)]), "{fates:?}"),
        Err(error) => assert!(matches!(error, BusError::Away(_)), "{error:?}"),
    }
    let _broker = tokio::task::spawn_blocking(move || {
        broker.start_again().unwrap();
        broker
    })
    .await
    .unwrap();
    drop(held);
    assert_eq!(drain(&bus, 10).await.len(), 10);
}
