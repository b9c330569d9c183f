//! Picks the transport that an address names.
use std::sync::Arc;

use crate::{
    bus::{Bus, BusError},
    memory::MemoryBus,
    rabbit::RabbitBus,
};

/// Which bus, and as whom.
#[derive(Clone, Debug)]
pub struct BusOptions {
    /// `memory:`, `amqp://…` or `amqps://…`.
    pub url: String,
    /// Names of exchanges and queues begin with it; installations that share a broker have one each.
    pub prefix: String,
    /// Who connects, for people who look at the broker.
    pub name: String,
    /// Certificates (PEM) that a broker's own is checked against, where it is not signed by a public authority.
    pub ca_certificates: Option<String>,
}

/// Opens the bus of an address: `memory:` stays within this process, `amqp://` and `amqps://` are RabbitMQ.
/// Refuses every other scheme with the way out.
pub async fn open_bus(options: &BusOptions) -> Result<Arc<dyn Bus>, BusError> {
    let url = &options.url;
    let scheme = url.split_once(':').map_or(url.as_str(), |(scheme, _)| scheme);
    match scheme {
        "memory" => Ok(Arc::new(MemoryBus::new())),
        "amqp" | "amqps" => Ok(Arc::new(RabbitBus::connect(options).await?)),
        // Only the scheme is shown: the rest of an address may hold a password.
        _ => Err(BusError::Unsupported(format!(
            "bus.url：不认识的类型 {scheme:?}，请用 memory: 或 amqp:// / unknown kind of bus {scheme:?}, set memory: or amqp://"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gongkai_model::Stage;

    fn options(url: &str) -> BusOptions {
        BusOptions { url: url.into(), prefix: "test".into(), name: "test".into(), ca_certificates: None }
    }

    #[tokio::test]
    async fn memory_opens_an_empty_bus() {
        let bus = open_bus(&options("memory:")).await.unwrap();
        assert_eq!(bus.depth(Stage::Fetch).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_cannot_be_opened_is_told_without_the_password() {
        for url in ["amqp://user:hunter2@127.0.0.1:1/%2f", "redis://user:hunter2@broker/", "hunter"] {
            let Err(error) = open_bus(&options(url)).await else { panic!("{url} opened") };
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_broker_that_does_not_answer_is_away_and_named() {
        let Err(error) = open_bus(&options("amqp://127.0.0.1:1/%2f")).await else { panic!("it opened") };
        assert!(matches!(&error, BusError::Away(why) if why.contains("127.0.0.1:1")), "{error}");
    }
}
