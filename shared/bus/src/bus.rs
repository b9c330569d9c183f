//! The transport as services see it. Every backend passes one conformance suite.
use async_trait::async_trait;
use gongkai_model::Stage;
use thiserror::Error;

use crate::envelope::Envelope;

/// How often a message may come back to its queue; one more and it goes to the dead-letter queue.
pub const DELIVERY_LIMIT: u32 = 20;

/// What went wrong with the transport itself.
#[derive(Debug, Error)]
pub enum BusError {
    /// No connection, or it was lost.
    #[error("the message bus is away: {0}")]
    Away(String),
    /// The bus was closed by us.
    #[error("the message bus is closed")]
    Closed,
    /// The address, the rights or what stands on the broker do not fit; trying again will not help.
    #[error("{0}")]
    Unsupported(String),
}

/// What became of one published message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A queue has it, safely.
    Confirmed,
    /// No queue took it (`mandatory`).
    Returned(String),
    /// The broker refused it, or the connection was lost before it confirmed.
    Lost(String),
}

/// A message transport with one queue a stage.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes all of `batch`, waits until the fate of each is known, and tells it in the same order.
    async fn publish(&self, batch: &[Envelope]) -> Result<Vec<Outcome>, BusError>;

    /// Starts to consume a stage's queue; at most `prefetch` deliveries are unsettled at a time.
    async fn consume(&self, stage: Stage, prefetch: u16) -> Result<Box<dyn Consumer>, BusError>;

    /// Stages whose queue was found missing since the last call, and was made anew: what it held is lost, and the ledger has
    /// to send it again.
    fn take_lost(&self) -> Vec<Stage>;

    /// How many messages wait in a stage's queue.
    async fn depth(&self, stage: Stage) -> Result<u64, BusError>;

    /// Starts to consume the dead-letter queue.
    async fn consume_dead_letters(&self, prefetch: u16) -> Result<Box<dyn Consumer>, BusError>;

    /// Ends all consumers; unsettled deliveries go back to their queues.
    async fn close(&self);
}

/// A running consumer. Dropping it gives unsettled deliveries back.
#[async_trait]
pub trait Consumer: Send {
    /// The next delivery; `None` once the bus is closed or the queue is gone. Dropping the future loses nothing.
    async fn next(&mut self) -> Option<Delivery>;
}

/// One delivered message; settled at most once, because settling consumes it. Dropped unsettled, it goes back to its queue.
pub struct Delivery {
    /// The raw body, as it came.
    pub body: Vec<u8>,
    /// How often it was delivered before.
    pub redeliveries: u32,
    settle: Box<dyn Settle>,
}

/// How a backend settles a delivery.
#[async_trait]
pub trait Settle: Send + Sync {
    /// It is finished: forget it.
    async fn ack(self: Box<Self>) -> Result<(), BusError>;
    /// Give it back to its queue.
    async fn requeue(self: Box<Self>) -> Result<(), BusError>;
}

impl Delivery {
    /// A delivery as a backend makes it.
    pub fn new(body: Vec<u8>, redeliveries: u32, settle: Box<dyn Settle>) -> Self {
        Self { body, redeliveries, settle }
    }

    /// It is finished: forget it.
    pub async fn ack(self) -> Result<(), BusError> {
        self.settle.ack().await
    }

    /// Give it back to its queue.
    pub async fn requeue(self) -> Result<(), BusError> {
        self.settle.requeue().await
    }
}
