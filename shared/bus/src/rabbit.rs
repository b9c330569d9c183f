//! The bus on RabbitMQ: quorum queues, confirms in windows, mandatory publishing, a bound dead-letter queue.
//!
//! Publishing and consuming have a connection each: a broker that raises an alarm stops reading from connections that
//! publish, and acknowledgements must still get through. Connections are made when they are needed and made anew when they are
//! lost; whoever called tries again, with pauses of its own. Nothing is kept here that a lost connection could take along:
//! what was not confirmed is sent again by the ledger, what was not acknowledged is delivered again by the broker.
mod consumer;
mod greeting;
mod inspect;
mod link;
mod publisher;
mod settle;
mod topology;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use gongkai_model::Stage;

use self::{consumer::RabbitConsumer, link::Link, publisher::Publisher, topology::Topology};
pub use self::{
    greeting::Greeting,
    inspect::{Inside, Inspection, QueueLook, QueueState, inspect},
};
use crate::{
    bus::{Bus, BusError, Consumer, Outcome},
    envelope::Envelope,
    open::BusOptions,
};

/// The bus on RabbitMQ.
pub struct RabbitBus {
    publisher: Publisher,
    consuming: Link,
    topology: Topology,
    lost: Lost,
}

/// Stages whose queue was found missing, until somebody asks.
#[derive(Clone, Debug, Default)]
struct Lost(Arc<Mutex<BTreeSet<Stage>>>);

impl Lost {
    fn add(&self, stages: Vec<Stage>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(stages);
    }

    fn take(&self) -> Vec<Stage> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

impl RabbitBus {
    /// A bus whose broker was reached and has all exchanges and queues.
    pub async fn connect(options: &BusOptions) -> Result<Self, BusError> {
        let topology = Topology::new(&options.prefix);
        let lost = Lost::default();
        let publishing = Link::new(options, "publishing")?;
        let publisher = Publisher::new(publishing, topology.clone(), lost.clone());
        publisher.prepare().await?;
        Ok(Self { publisher, consuming: Link::new(options, "consuming")?, topology, lost })
    }

    async fn consume_from(&self, stage: Option<Stage>, prefetch: u16) -> Result<Box<dyn Consumer>, BusError> {
        let stages: Vec<Stage> = stage.into_iter().collect();
        self.lost.add(self.topology.prepare(&self.consuming, &stages).await?);
        let channel = self.consuming.channel().await?;
        let queue = stage.map_or_else(|| self.topology.dead_letters(), |stage| self.topology.queue(stage));
        Ok(Box::new(RabbitConsumer::start(channel, queue, prefetch).await?))
    }
}

#[async_trait]
impl Bus for RabbitBus {
    async fn publish(&self, batch: &[Envelope]) -> Result<Vec<Outcome>, BusError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.publisher.publish(batch).await
    }

    async fn consume(&self, stage: Stage, prefetch: u16) -> Result<Box<dyn Consumer>, BusError> {
        self.consume_from(Some(stage), prefetch).await
    }

    fn take_lost(&self) -> Vec<Stage> {
        self.lost.take()
    }

    async fn depth(&self, stage: Stage) -> Result<u64, BusError> {
        self.topology.depth(&self.consuming, &self.topology.queue(stage)).await
    }

    async fn consume_dead_letters(&self, prefetch: u16) -> Result<Box<dyn Consumer>, BusError> {
        self.consume_from(None, prefetch).await
    }

    async fn close(&self) {
        self.publisher.close().await;
        self.consuming.close().await;
    }
}
