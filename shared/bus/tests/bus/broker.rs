//! What stands on the broker, and what becomes of it when others change it.
use gongkai_bus::{Bus, BusError, BusOptions, Outcome, RabbitBus};
use gongkai_model::Stage;
use gongkai_testkit::servers::Broker;
use lapin::{
    Channel, Connection, ConnectionProperties,
    options::{BasicGetOptions, QueueDeclareOptions, QueueDeleteOptions},
    types::{AMQPValue, FieldTable},
};

use crate::{message, options};

/// The broker as an operator reaches it.
async fn operator(options: &BusOptions) -> (Connection, Channel) {
    let connection = Connection::connect(&options.url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

fn shared() -> BusOptions {
    options(Broker::shared().unwrap().url())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_a_missing_queue_is_returned_and_taken_once_the_queue_is_there() {
    let options = shared();
    let bus = RabbitBus::connect(&options).await.unwrap();
    assert_eq!(bus.take_lost(), Stage::ALL, "a broker without our queues has lost whatever they held");
    let (_connection, channel) = operator(&options).await;
    let queue = format!("{}.parse", options.prefix);
    channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    let other = gongkai_bus::Envelope::new(Stage::Judge, uuid::Uuid::from_u128(2), 1, "subject");
    let outcomes = bus.publish(&[message(1), other]).await.unwrap();
    assert!(
        matches!(&outcomes[..], [Outcome::Returned(why), Outcome::Confirmed] if why.contains("NO_ROUTE")),
        "{outcomes:?}"
    );
    assert_eq!(bus.publish(&[message(1)]).await.unwrap(), [Outcome::Confirmed], "the queue was made anew");
    assert_eq!(bus.take_lost(), [Stage::Parse], "and what it held is to be sent again");
    assert_eq!(bus.take_lost(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_ends_its_consumer_and_the_next_one_makes_it_anew() {
    let options = shared();
    let bus = RabbitBus::connect(&options).await.unwrap();
    bus.take_lost();
    let mut consumer = bus.consume(Stage::Parse, 5).await.unwrap();
    let (_connection, channel) = operator(&options).await;
    let queue = format!("{}.parse", options.prefix);
    channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    assert!(consumer.next().await.is_none());
    let mut consumer = bus.consume(Stage::Parse, 5).await.unwrap();
    assert_eq!(bus.take_lost(), [Stage::Parse]);
    bus.publish(&[message(1)]).await.unwrap();
    assert_eq!(consumer.next().await.unwrap().body, message(1).to_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_with_other_arguments_is_left_alone_and_named() {
    let options = shared();
    let (_connection, channel) = operator(&options).await;
    let queue = format!("{}.judge", options.prefix);
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.as_str().into(), durable, FieldTable::default()).await.unwrap();
    let Err(error) = RabbitBus::connect(&options).await else { panic!("it was taken for ours") };
    let BusError::Unsupported(why) = &error else { panic!("{error:?}") };
    assert!(why.contains(&queue) && why.contains("bus.prefix"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_what_it_is_and_outlives_the_broker() {
    let options = shared();
    let bus = RabbitBus::connect(&options).await.unwrap();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut sent = message(7);
    sent.traceparent = Some(trace.to_owned());
    bus.publish(std::slice::from_ref(&sent)).await.unwrap();
    let (_connection, channel) = operator(&options).await;
    let queue = format!("{}.parse", options.prefix);
    let found = channel.basic_get(queue.as_str().into(), BasicGetOptions::default()).await.unwrap().unwrap();
    let properties = &found.delivery.properties;
    assert_eq!(properties.delivery_mode(), &Some(2), "persistent");
    assert_eq!(properties.message_id().as_ref().unwrap().as_str(), format!("{}:1", sent.task));
    assert_eq!(properties.kind().as_ref().unwrap().as_str(), "report.fetched");
    let headers = properties.headers().as_ref().unwrap().inner();
    assert_eq!(headers.get("traceparent"), Some(&AMQPValue::LongString(trace.into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_rights_are_told_apart_from_a_broker_that_is_away() {
    let mut options = shared();
    options.url = options.url.replace("guest:guest", "guest:hunter2");
    let Err(error) = RabbitBus::connect(&options).await else { panic!("it let us in") };
    assert!(!error.to_string().contains("hunter2"), "{error}");
    assert!(error.to_string().contains("ACCESS") || error.to_string().contains("refused"), "{error}");
}
