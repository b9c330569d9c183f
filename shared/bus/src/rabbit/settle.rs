//! Settling: acknowledgements and returns of one consumer, in order, several with one frame where they follow each other.
use std::collections::BTreeSet;

use async_trait::async_trait;
use lapin::{
    Channel,
    options::{BasicAckOptions, BasicNackOptions},
};
use tokio::sync::mpsc;

use crate::bus::{BusError, Settle};

/// Settlements taken together.
const TOGETHER: usize = 1_000;

/// How one delivery was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settlement {
    Ack(u64),
    Requeue(u64),
}

/// The task that settles for a consumer. With the consumer it ends: what was settled is told first, then the channel is closed,
/// and the broker takes back the rest.
pub(super) struct Settler {
    settlements: mpsc::UnboundedSender<Settlement>,
    over: mpsc::Sender<()>,
}

impl Settler {
    pub(super) fn start(channel: Channel) -> Self {
        // Bounded by the prefetch: each delivery is settled once.
        let (settlements, told) = mpsc::unbounded_channel();
        let (over, ended) = mpsc::channel(1);
        tokio::spawn(settle(channel, told, ended));
        Self { settlements, over }
    }
}

impl Drop for Settler {
    fn drop(&mut self) {
        // Fails only when the task has ended before: then the channel is closed already.
        let _ = self.over.try_send(());
    }
}

async fn settle(
    channel: Channel,
    mut told: mpsc::UnboundedReceiver<Settlement>,
    mut ended: mpsc::Receiver<()>,
) {
    let mut book = Book::default();
    let mut waiting = Vec::new();
    loop {
        let last = tokio::select! {
            biased;
            count = told.recv_many(&mut waiting, TOGETHER) => count == 0,
            _ = ended.recv() => true,
        };
        while last && let Ok(settlement) = told.try_recv() {
            waiting.push(settlement);
        }
        for step in book.enter(waiting.drain(..)) {
            if let Err(error) = carry_out(&channel, step).await {
                // The broker delivers again what it has not been told.
                tracing::debug!(%error, "deliveries could not be settled");
                return;
            }
        }
        if last {
            if channel.status().connected()
                && let Err(error) = channel.close(200, "closed".into()).await
            {
                tracing::debug!(%error, "a channel did not close in order");
            }
            return;
        }
    }
}

/// What is told to the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Everything up to this tag is acknowledged.
    AckUpTo(u64),
    /// This one is.
    Ack(u64),
    /// This one goes back.
    Requeue(u64),
}

async fn carry_out(channel: &Channel, step: Step) -> lapin::Result<()> {
    match step {
        Step::AckUpTo(tag) => channel.basic_ack(tag, BasicAckOptions { multiple: true }).await,
        Step::Ack(tag) => channel.basic_ack(tag, BasicAckOptions { multiple: false }).await,
        Step::Requeue(tag) => {
            channel.basic_nack(tag, BasicNackOptions { multiple: false, requeue: true }).await
        }
    }
}

/// Which deliveries of a channel are settled; their tags count from 1 without a gap.
#[derive(Debug, Default)]
struct Book {
    /// All tags up to this one are settled.
    up_to: u64,
    /// Settled ones above it.
    above: BTreeSet<u64>,
}

impl Book {
    /// Enters settlements that came together; tells the broker as little as will do.
    fn enter(&mut self, settlements: impl Iterator<Item = Settlement>) -> Vec<Step> {
        let (mut steps, mut acked) = (Vec::new(), BTreeSet::new());
        for settlement in settlements {
            match settlement {
                Settlement::Ack(tag) => {
                    acked.insert(tag);
                    self.above.insert(tag);
                }
                Settlement::Requeue(tag) => {
                    steps.push(Step::Requeue(tag));
                    self.above.insert(tag);
                }
            }
        }
        while self.above.remove(&(self.up_to + 1)) {
            self.up_to += 1;
        }
        let single = acked.split_off(&(self.up_to + 1));
        match (acked.len(), acked.last()) {
            (0, _) | (_, None) => {}
            (1, Some(tag)) => steps.push(Step::Ack(*tag)),
            (_, Some(tag)) => steps.push(Step::AckUpTo(*tag)),
        }
        steps.extend(single.into_iter().map(Step::Ack));
        steps
    }
}

/// Settles one delivery; dropped unsettled, it goes back.
pub(super) struct RabbitSettle {
    tag: u64,
    settlements: Option<mpsc::UnboundedSender<Settlement>>,
}

impl RabbitSettle {
    pub(super) fn new(tag: u64, settler: &Settler) -> Self {
        Self { tag, settlements: Some(settler.settlements.clone()) }
    }

    fn tell(&mut self, settlement: fn(u64) -> Settlement) -> Result<(), BusError> {
        let told = self.settlements.take().map(|settlements| settlements.send(settlement(self.tag)));
        match told {
            Some(Ok(())) => Ok(()),
            _ => Err(BusError::Away("the delivery has gone back with its consumer".to_owned())),
        }
    }
}

#[async_trait]
impl Settle for RabbitSettle {
    async fn ack(mut self: Box<Self>) -> Result<(), BusError> {
        self.tell(Settlement::Ack)
    }

    async fn requeue(mut self: Box<Self>) -> Result<(), BusError> {
        self.tell(Settlement::Requeue)
    }
}

impl Drop for RabbitSettle {
    fn drop(&mut self) {
        if self.settlements.is_some() {
            // Without its consumer the broker has taken it back already.
            let _ = self.tell(Settlement::Requeue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(book: &mut Book, settlements: &[Settlement]) -> Vec<Step> {
        book.enter(settlements.iter().copied())
    }

    #[test]
    fn acknowledgements_in_a_row_are_one_frame() {
        let mut book = Book::default();
        let acks = [Settlement::Ack(2), Settlement::Ack(1), Settlement::Ack(3)];
        assert_eq!(enter(&mut book, &acks), [Step::AckUpTo(3)]);
        assert_eq!(enter(&mut book, &[Settlement::Ack(4)]), [Step::Ack(4)]);
    }

    #[test]
    fn one_that_is_still_worked_on_is_never_acknowledged_along_with_others() {
        let mut book = Book::default();
        let acks = [Settlement::Ack(1), Settlement::Ack(3), Settlement::Ack(4)];
        assert_eq!(enter(&mut book, &acks), [Step::Ack(1), Step::Ack(3), Step::Ack(4)]);
        assert_eq!(enter(&mut book, &[Settlement::Ack(5)]), [Step::Ack(5)]);
        assert_eq!(enter(&mut book, &[Settlement::Ack(2), Settlement::Ack(6)]), [Step::AckUpTo(6)]);
    }

    #[test]
    fn one_that_went_back_is_told_before_those_behind_it() {
        let mut book = Book::default();
        let mixed = [Settlement::Ack(2), Settlement::Requeue(1), Settlement::Ack(3)];
        assert_eq!(enter(&mut book, &mixed), [Step::Requeue(1), Step::AckUpTo(3)]);
    }
}
