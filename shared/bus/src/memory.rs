//! The bus within one process: what RabbitMQ promises, without a broker. Nothing survives the process; the ledger does.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_model::Stage;

use crate::{
    bus::{Bus, BusError, Consumer, Delivery, Outcome, Settle},
    envelope::Envelope,
};

mod lane;

use lane::{Lane, Message};

/// Messages a queue holds before it refuses more; ten times the default `bus.window`.
const CAPACITY: usize = 10_000;

/// One bounded queue a stage and one for dead letters.
pub struct MemoryBus {
    fetch: Arc<Lane>,
    parse: Arc<Lane>,
    judge: Arc<Lane>,
    due: Arc<Lane>,
    notify: Arc<Lane>,
    dead: Arc<Lane>,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryBus {
    /// An empty bus.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// An empty bus whose queues hold `capacity` messages each.
    pub fn with_capacity(capacity: usize) -> Self {
        let dead = Lane::new("dead", capacity, None);
        let lane = |stage: Stage| Lane::new(stage.as_str(), capacity, Some(Arc::clone(&dead)));
        Self {
            fetch: lane(Stage::Fetch),
            parse: lane(Stage::Parse),
            judge: lane(Stage::Judge),
            due: lane(Stage::Due),
            notify: lane(Stage::Notify),
            dead,
        }
    }

    /// Takes a stage's queue away as an operator could; publishing to it is returned until somebody consumes it again.
    pub fn delete_queue(&self, stage: Stage) {
        self.lane(stage).delete();
    }

    /// Puts a body into a stage's queue as a stranger could, whatever it says.
    pub fn inject(&self, stage: Stage, body: &[u8]) -> Result<Outcome, BusError> {
        self.lane(stage).push(Message { body: body.to_vec(), redeliveries: 0 })
    }

    const fn lane(&self, stage: Stage) -> &Arc<Lane> {
        match stage {
            Stage::Fetch => &self.fetch,
            Stage::Parse => &self.parse,
            Stage::Judge => &self.judge,
            Stage::Due => &self.due,
            Stage::Notify => &self.notify,
        }
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, batch: &[Envelope]) -> Result<Vec<Outcome>, BusError> {
        let push = |envelope: &Envelope| self.inject(envelope.kind.stage(), &envelope.to_bytes());
        batch.iter().map(push).collect()
    }

    async fn consume(&self, stage: Stage, prefetch: u16) -> Result<Box<dyn Consumer>, BusError> {
        MemoryConsumer::start(self.lane(stage), prefetch)
    }

    fn take_lost(&self) -> Vec<Stage> {
        Stage::ALL.into_iter().filter(|stage| self.lane(*stage).take_lost()).collect()
    }

    async fn depth(&self, stage: Stage) -> Result<u64, BusError> {
        Ok(self.lane(stage).depth() as u64)
    }

    async fn consume_dead_letters(&self, prefetch: u16) -> Result<Box<dyn Consumer>, BusError> {
        MemoryConsumer::start(&self.dead, prefetch)
    }

    async fn close(&self) {
        for stage in Stage::ALL {
            self.lane(stage).close();
        }
        self.dead.close();
    }
}

struct MemoryConsumer {
    lane: Arc<Lane>,
    id: u64,
}

impl MemoryConsumer {
    fn start(lane: &Arc<Lane>, prefetch: u16) -> Result<Box<dyn Consumer>, BusError> {
        let id = lane.join(prefetch)?;
        Ok(Box::new(Self { lane: Arc::clone(lane), id }))
    }
}

#[async_trait]
impl Consumer for MemoryConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        let (tag, message) = self.lane.next(self.id).await?;
        let settle = MemorySettle { lane: Arc::clone(&self.lane), consumer: self.id, tag };
        Some(Delivery::new(message.body, message.redeliveries, Box::new(settle)))
    }
}

impl Drop for MemoryConsumer {
    fn drop(&mut self) {
        self.lane.leave(self.id);
    }
}

struct MemorySettle {
    lane: Arc<Lane>,
    consumer: u64,
    tag: u64,
}

impl MemorySettle {
    fn known(known: bool) -> Result<(), BusError> {
        known
            .then_some(())
            .ok_or_else(|| BusError::Away("the delivery has gone back with its consumer".to_owned()))
    }
}

#[async_trait]
impl Settle for MemorySettle {
    async fn ack(self: Box<Self>) -> Result<(), BusError> {
        Self::known(self.lane.forget(self.consumer, self.tag))
    }

    async fn requeue(self: Box<Self>) -> Result<(), BusError> {
        Self::known(self.lane.give_back(self.consumer, self.tag))
    }
}

impl Drop for MemorySettle {
    fn drop(&mut self) {
        // Settled ones are no longer known there; only an unsettled one goes back.
        self.lane.give_back(self.consumer, self.tag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn message(n: u128) -> Envelope {
        Envelope::new(Stage::Parse, Uuid::from_u128(n), 1, "subject")
    }

    #[tokio::test]
    async fn a_message_that_no_queue_takes_is_returned() {
        let bus = MemoryBus::new();
        bus.delete_queue(Stage::Parse);
        let other = Envelope::new(Stage::Judge, Uuid::from_u128(9), 1, "subject");
        let outcomes = bus.publish(&[message(1), other]).await.unwrap();
        assert_eq!(outcomes, [Outcome::Returned("there is no queue parse".to_owned()), Outcome::Confirmed]);
    }

    #[tokio::test]
    async fn a_deleted_queue_ends_its_consumers_and_the_next_one_declares_it_again() {
        let bus = MemoryBus::new();
        let mut first = bus.consume(Stage::Parse, 1).await.unwrap();
        bus.delete_queue(Stage::Parse);
        assert!(first.next().await.is_none());
        let mut second = bus.consume(Stage::Parse, 1).await.unwrap();
        assert_eq!(bus.publish(&[message(1)]).await.unwrap(), [Outcome::Confirmed]);
        assert!(second.next().await.is_some());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_counts_what_is_out() {
        let bus = MemoryBus::with_capacity(2);
        let mut consumer = bus.consume(Stage::Parse, 5).await.unwrap();
        assert_eq!(
            bus.publish(&[message(1), message(2)]).await.unwrap(),
            [Outcome::Confirmed, Outcome::Confirmed]
        );
        let out = consumer.next().await.unwrap();
        let full = Outcome::Lost("queue parse is full (2)".to_owned());
        assert_eq!(bus.publish(&[message(3)]).await.unwrap(), [full]);
        out.ack().await.unwrap();
        assert_eq!(bus.publish(&[message(3)]).await.unwrap(), [Outcome::Confirmed]);
    }

    #[tokio::test]
    async fn a_consumer_that_waits_is_woken_by_a_message_and_by_the_end() {
        let bus = Arc::new(MemoryBus::new());
        let mut consumer = bus.consume(Stage::Parse, 1).await.unwrap();
        let waiting = tokio::spawn(async move {
            let first = consumer.next().await?;
            let body = first.body.clone();
            first.ack().await.ok()?;
            Some((body, consumer.next().await.is_none()))
        });
        tokio::task::yield_now().await;
        bus.publish(&[message(1)]).await.unwrap();
        while bus.lane(Stage::Parse).depth() > 0 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
        bus.close().await;
        assert_eq!(waiting.await.unwrap(), Some((message(1).to_bytes(), true)));
    }
}
