//! Both backends keep every promise of the suite.
use std::sync::Arc;

use gongkai_bus::{Bus, MemoryBus, RabbitBus, conformance};
use gongkai_testkit::servers::Broker;

use crate::options;

#[tokio::test]
async fn the_memory_bus_keeps_every_promise() {
    let kept = conformance::run(async || Ok(Arc::new(MemoryBus::new()) as Arc<dyn Bus>)).await;
    assert_eq!(kept, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_keeps_every_promise() {
    let url = Broker::shared().unwrap().url();
    let open = async || Ok(Arc::new(RabbitBus::connect(&options(url.clone())).await?) as Arc<dyn Bus>);
    assert_eq!(conformance::run(open).await, Ok(()));
}
