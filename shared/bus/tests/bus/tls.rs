//! A broker that speaks TLS: one whose authority is trusted is spoken to, another one is not.
use gongkai_bus::{Bus, BusOptions, Outcome, RabbitBus};
use gongkai_model::Stage;
use gongkai_testkit::servers::{Broker, Certificates};

use crate::{message, options};

/// The product installs its provider at the start of `main`.
fn with_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_travel_over_tls_and_only_to_a_broker_whose_authority_is_trusted() {
    with_ring();
    let (own, foreign) = (Certificates::new().unwrap(), Certificates::new().unwrap());
    let broker = Broker::start_with_tls(&own).unwrap();
    let trusting = |authority: &str| BusOptions {
        ca_certificates: Some(authority.to_owned()),
        ..options(broker.tls_url())
    };
    let bus = RabbitBus::connect(&trusting(&own.authority)).await.unwrap();
    let mut consumer = bus.consume(Stage::Parse, 1).await.unwrap();
    assert_eq!(bus.publish(&[message(1)]).await.unwrap(), [Outcome::Confirmed]);
    let delivery = consumer.next().await.unwrap();
    assert_eq!(delivery.body, message(1).to_bytes());
    delivery.ack().await.unwrap();
    bus.close().await;
    let Err(refused) = RabbitBus::connect(&trusting(&foreign.authority)).await.map(drop) else {
        panic!("a broker of a foreign authority was trusted");
    };
    assert!(refused.to_string().contains("certificate"), "{refused}");
}
