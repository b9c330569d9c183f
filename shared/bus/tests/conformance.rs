//! The memory bus keeps every promise of the suite.
use std::sync::Arc;

use gongkai_bus::{Bus, MemoryBus, conformance};

#[tokio::test]
async fn the_memory_bus_keeps_every_promise() {
    let kept = conformance::run(async || Ok(Arc::new(MemoryBus::new()) as Arc<dyn Bus>)).await;
    assert_eq!(kept, Ok(()));
}
