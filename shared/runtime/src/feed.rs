//! Deliveries of one queue, one after another, whatever happens to the consumer behind them.
use std::{sync::Arc, time::Duration};

use gongkai_bus::{Bus, BusError, Consumer, Delivery};
use gongkai_model::Stage;

use crate::{backoff::Backoff, lifecycle::Stop, outage::Outage, telemetry::Metrics};

/// Pauses before a lost consumer is started again.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(1));

/// Which queue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Queue {
    Of(Stage),
    DeadLetters,
}

/// A queue that is read until the stop. Dropping it gives back what is unsettled.
pub(crate) struct Feed {
    bus: Arc<dyn Bus>,
    queue: Queue,
    prefetch: u16,
    stop: Stop,
    outage: Outage,
    consumer: Option<Box<dyn Consumer>>,
}

impl Feed {
    pub(crate) fn new(bus: Arc<dyn Bus>, queue: Queue, prefetch: u16, stop: Stop) -> Self {
        let who = match queue {
            Queue::Of(stage) => stage.as_str(),
            Queue::DeadLetters => "dead letters",
        };
        Self { bus, queue, prefetch, stop, outage: Outage::new(who, "bus"), consumer: None }
    }

    /// The same, whose absence of the bus is shown in the metrics.
    pub(crate) fn shown_in(mut self, metrics: &Metrics) -> Self {
        self.outage = self.outage.shown_in(metrics);
        self
    }

    /// The next delivery; `None` once stopping has begun or the bus was closed.
    pub(crate) async fn next(&mut self) -> Option<Delivery> {
        let stop = self.stop.clone();
        tokio::select! {
            biased;
            () = stop.soft.cancelled() => None,
            delivery = self.follow() => delivery,
        }
    }

    async fn follow(&mut self) -> Option<Delivery> {
        loop {
            let error = match &mut self.consumer {
                Some(consumer) => match consumer.next().await {
                    Some(delivery) => {
                        self.outage.over();
                        return Some(delivery);
                    }
                    None => {
                        self.consumer = None;
                        BusError::Away("the consumer ended".to_owned())
                    }
                },
                None => match self.start().await {
                    Ok(consumer) => {
                        self.outage.answered();
                        self.consumer = Some(consumer);
                        continue;
                    }
                    Err(BusError::Closed) => return None,
                    Err(error) => error,
                },
            };
            let (failures, _) = self.outage.failed(&error);
            tokio::time::sleep(PAUSES.after(failures)).await;
        }
    }

    async fn start(&mut self) -> Result<Box<dyn Consumer>, BusError> {
        match self.queue {
            Queue::Of(stage) => self.bus.consume(stage, self.prefetch).await,
            Queue::DeadLetters => self.bus.consume_dead_letters(self.prefetch).await,
        }
    }
}

/// Acknowledges a delivery. Failing only means that it comes again, and then finds its row done.
pub(crate) async fn ack(delivery: Delivery) {
    if let Err(error) = delivery.ack().await {
        tracing::debug!(%error, "a delivery could not be acknowledged; it will come again");
    }
}
