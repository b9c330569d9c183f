//! One row's share of a delivery that may name several: the delivery is settled once each of its rows is.
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use gongkai_bus::Delivery;

use crate::feed::ack;

/// A share. Dropped without an ack it keeps the delivery unsettled, which then goes back to its queue with the last share.
pub(super) struct Share(Arc<Whole>);

struct Whole {
    delivery: Mutex<Option<Delivery>>,
    unsettled: AtomicUsize,
}

impl Share {
    /// The shares of a delivery, one for each of so many rows.
    pub(super) fn of(delivery: Delivery, rows: usize) -> impl Iterator<Item = Self> {
        let whole =
            Arc::new(Whole { delivery: Mutex::new(Some(delivery)), unsettled: AtomicUsize::new(rows) });
        (0..rows).map(move |_| Self(Arc::clone(&whole)))
    }

    /// The ledger knows what became of the row.
    pub(super) async fn ack(self) {
        if self.0.unsettled.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        let delivery = self.0.delivery.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(delivery) = delivery {
            ack(delivery).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use async_trait::async_trait;
    use gongkai_bus::{BusError, Settle};

    use super::*;

    /// Counts acks; a delivery that is dropped settles nothing.
    struct Counting(Arc<AtomicU32>);

    #[async_trait]
    impl Settle for Counting {
        async fn ack(self: Box<Self>) -> Result<(), BusError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }

        async fn requeue(self: Box<Self>) -> Result<(), BusError> {
            Ok(())
        }
    }

    fn shares(rows: usize) -> (Vec<Share>, Arc<AtomicU32>) {
        let acks = Arc::new(AtomicU32::new(0));
        let delivery = Delivery::new(Vec::new(), 0, Box::new(Counting(Arc::clone(&acks))));
        (Share::of(delivery, rows).collect(), acks)
    }

    #[tokio::test]
    async fn a_delivery_is_acknowledged_once_with_its_last_share() {
        let (shares, acks) = shares(3);
        for (settled, share) in shares.into_iter().enumerate() {
            assert_eq!(acks.load(Ordering::SeqCst), 0, "after {settled} of 3");
            share.ack().await;
        }
        assert_eq!(acks.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_share_that_is_dropped_keeps_the_delivery_unsettled() {
        let (mut shares, acks) = shares(3);
        drop(shares.pop());
        for share in shares {
            share.ack().await;
        }
        assert_eq!(acks.load(Ordering::SeqCst), 0);
    }
}
