//! What a broker is found to be, without anything being made or changed there.
use gongkai_bus::{Bus, BusError, Inside, QueueState, RabbitBus, inspect};
use gongkai_model::Stage;
use gongkai_testkit::servers::Broker;
use lapin::{
    Connection, ConnectionProperties,
    options::{QueueDeclareOptions, QueueDeleteOptions},
    types::FieldTable,
};

use crate::{message, options};

async fn inside(options: &gongkai_bus::BusOptions) -> Inside {
    inspect(options).await.unwrap().inside.unwrap()
}

fn states(inside: &Inside) -> Vec<&QueueState> {
    inside.queues.iter().map(|queue| &queue.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_looked_over_and_nothing_is_made_there() {
    let options = options(Broker::shared().unwrap().url());
    let looked = inspect(&options).await.unwrap();
    let greeting = looked.greeting.unwrap().unwrap();
    assert_eq!(greeting.product, "RabbitMQ");
    assert!(greeting.release() >= Some((3, 10)), "{greeting:?}");
    assert!(looked.not_understood.is_empty());
    assert!(looked.place.starts_with("amqp://127.0.0.1:") && !looked.place.contains("guest"));
    for _ in 0..2 {
        let inside = inside(&options).await;
        assert!(!inside.blocked && inside.forbidden.is_none(), "{inside:?}");
        assert_eq!(inside.heartbeat, 10);
        assert!(states(&inside).iter().all(|state| **state == QueueState::Missing), "{inside:?}");
        assert_eq!(inside.queues.len(), Stage::ALL.len() + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_and_who_reads_it_is_told_and_a_lost_queue_stays_lost() {
    let options = options(Broker::shared().unwrap().url());
    let bus = RabbitBus::connect(&options).await.unwrap();
    bus.take_lost();
    bus.publish(&[message(1), message(2)]).await.unwrap();
    let _reader = bus.consume_dead_letters(5).await.unwrap();
    let seen = inside(&options).await;
    let of = |stage| seen.queues.iter().find(|queue| queue.stage == stage).unwrap();
    assert_eq!(of(Some(Stage::Parse)).state, QueueState::Ours { messages: 2, consumers: 0 });
    assert_eq!(of(None).state, QueueState::Ours { messages: 0, consumers: 1 });
    let operator = Connection::connect(&options.url, ConnectionProperties::default()).await.unwrap();
    let channel = operator.create_channel().await.unwrap();
    let queue = format!("{}.judge", options.prefix);
    channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let other = format!("{}.notify", options.prefix);
    channel.queue_delete(other.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    channel.queue_declare(other.as_str().into(), durable, FieldTable::default()).await.unwrap();
    for _ in 0..2 {
        let seen = inside(&options).await;
        let of = |stage| &seen.queues.iter().find(|queue| queue.stage == stage).unwrap().state;
        assert_eq!(of(Some(Stage::Judge)), &QueueState::Missing);
        assert!(
            matches!(of(Some(Stage::Notify)), QueueState::Other(why) if why.contains(&other)),
            "{seen:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_whose_memory_is_short_is_known_by_its_word() {
    let broker = Broker::start().unwrap();
    let options = options(broker.url());
    drop(RabbitBus::connect(&options).await.unwrap());
    assert!(!inside(&options).await.blocked);
    broker.ctl(&["set_vm_memory_high_watermark", "absolute", "1MB"]).unwrap();
    assert!(inside(&options).await.blocked);
    broker.ctl(&["set_vm_memory_high_watermark", "0.4"]).unwrap();
    assert!(!inside(&options).await.blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_rights_and_one_without_a_password_are_told_apart() {
    let broker = Broker::start().unwrap();
    broker.ctl(&["add_user", "weak", "hunter2"]).unwrap();
    broker.ctl(&["set_permissions", "weak", "^$", ".*", ".*"]).unwrap();
    let mut options = options(broker.url().replace("guest:guest", "weak:hunter2"));
    let weak = inside(&options).await;
    assert!(weak.forbidden.as_ref().is_some_and(|why| why.contains("ACCESS_REFUSED")), "{weak:?}");
    options.url = options.url.replace("hunter2", "wrong-secret");
    let looked = inspect(&options).await.unwrap();
    assert!(looked.greeting.unwrap().is_ok(), "a broker greets everybody");
    let error = looked.inside.unwrap_err();
    assert!(!error.to_string().contains("secret") && !matches!(error, BusError::Closed), "{error}");
}
