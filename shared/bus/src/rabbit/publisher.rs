//! Publishing: a batch goes out at once, then the fate of each message is waited for.
use gongkai_model::Stage;
use lapin::{
    BasicProperties, Channel, Confirmation, PublisherConfirm,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    types::{AMQPValue, FieldTable},
};
use tokio::sync::Mutex;

use super::{
    Lost,
    link::{Link, within},
    topology::Topology,
};
use crate::{
    bus::{BusError, Outcome},
    envelope::Envelope,
};

/// A message that outlives the broker.
const PERSISTENT: u8 = 2;

/// The one that publishes; one batch at a time.
pub(super) struct Publisher {
    link: Link,
    topology: Topology,
    lost: Lost,
    channel: Mutex<Option<Channel>>,
}

impl Publisher {
    pub(super) fn new(link: Link, topology: Topology, lost: Lost) -> Self {
        Self { link, topology, lost, channel: Mutex::new(None) }
    }

    /// Connects and makes what is missing on the broker.
    pub(super) async fn prepare(&self) -> Result<(), BusError> {
        let channel = self.open().await?;
        *self.channel.lock().await = Some(channel);
        Ok(())
    }

    /// Publishes a batch and tells the fate of each message, in the same order.
    pub(super) async fn publish(&self, batch: &[Envelope]) -> Result<Vec<Outcome>, BusError> {
        let mut slot = self.channel.lock().await;
        // While it is in use the channel is out of its slot: a call that is dropped half way leaves none behind whose
        // confirms would be taken for those of the next batch.
        let channel = match slot.take() {
            Some(channel) if channel.status().connected() => channel,
            _ => self.open().await?,
        };
        if self.link.is_blocked().await {
            *slot = Some(channel);
            return Err(BusError::Away(
                "the broker accepts no messages: its memory or disk is short".to_owned(),
            ));
        }
        let outcomes = self.send(&channel, batch).await;
        // After a return the queues are looked at again, after a loss the connection is made anew.
        if outcomes.iter().all(|outcome| *outcome == Outcome::Confirmed) {
            *slot = Some(channel);
        } else if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Lost(_))) {
            self.link.forget().await;
        }
        Ok(outcomes)
    }

    pub(super) async fn close(&self) {
        self.link.close().await;
    }

    /// A channel with confirms, on a broker that has everything.
    async fn open(&self) -> Result<Channel, BusError> {
        self.lost.add(self.topology.prepare(&self.link, &Stage::ALL).await?);
        let channel = self.link.channel().await?;
        within(channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(channel)
    }

    async fn send(&self, channel: &Channel, batch: &[Envelope]) -> Vec<Outcome> {
        let mut confirms = Vec::with_capacity(batch.len());
        for envelope in batch {
            confirms.push(self.send_one(channel, envelope).await);
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for confirm in confirms {
            outcomes.push(match confirm {
                Ok(confirm) => confirm.await.map_or_else(lost, fate),
                Err(error) => lost(error),
            });
        }
        outcomes
    }

    async fn send_one(&self, channel: &Channel, envelope: &Envelope) -> lapin::Result<PublisherConfirm> {
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let key = envelope.kind.as_str().into();
        let (body, properties) = (envelope.to_bytes(), properties(envelope));
        channel.basic_publish(self.topology.exchange(), key, options, &body, properties).await
    }
}

fn properties(envelope: &Envelope) -> BasicProperties {
    let mut headers = FieldTable::default();
    if let Some(trace) = &envelope.traceparent {
        headers.insert("traceparent".into(), AMQPValue::LongString(trace.as_str().into()));
    }
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/json".into())
        .with_message_id(format!("{}:{}", envelope.task, envelope.generation).into())
        .with_type(envelope.kind.as_str().into())
        .with_headers(headers)
}

fn fate(confirmation: Confirmation) -> Outcome {
    match confirmation {
        Confirmation::Ack(None) => Outcome::Confirmed,
        Confirmation::Ack(Some(returned)) => Outcome::Returned(returned.reply_text.to_string()),
        Confirmation::Nack(_) => Outcome::Lost("the broker refused it".to_owned()),
        Confirmation::NotRequested => Outcome::Lost("the broker was not asked to confirm".to_owned()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it ends a chain of results")]
fn lost(error: lapin::Error) -> Outcome {
    Outcome::Lost(error.to_string())
}
