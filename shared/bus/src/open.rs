//! Picks the transport that an address names.
use std::sync::Arc;

use crate::{
    bus::{Bus, BusError},
    memory::MemoryBus,
};

/// Opens the bus of an address: `memory:` stays within this process. Refuses every other scheme with the way out.
pub async fn open_bus(url: &str) -> Result<Arc<dyn Bus>, BusError> {
    let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
    match scheme {
        "memory" => Ok(Arc::new(MemoryBus::new())),
        // Only the scheme is shown: the rest of an address may hold a password.
        "amqp" | "amqps" => Err(BusError::Unsupported(format!(
            "bus.url：本版本尚不支持 {scheme}://，请用 memory: / this release cannot use {scheme}:// yet, set memory:"
        ))),
        _ => Err(BusError::Unsupported(format!(
            "bus.url：不认识的类型 {scheme:?}，请用 memory: / unknown kind of bus {scheme:?}, set memory:"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gongkai_model::Stage;

    #[tokio::test]
    async fn memory_opens_an_empty_bus() {
        let bus = open_bus("memory:").await.unwrap();
        assert_eq!(bus.depth(Stage::Fetch).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn other_schemes_are_refused_without_showing_the_password() {
        for url in ["amqp://user:hunter2@broker/", "redis://user:hunter2@broker/", "hunter"] {
            let Err(error) = open_bus(url).await else { panic!("{url} opened") };
            assert!(!error.to_string().contains("hunter2"), "{error}");
            assert!(error.to_string().contains("memory:"), "{error}");
        }
    }
}
