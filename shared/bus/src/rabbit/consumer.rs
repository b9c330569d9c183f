//! Consuming: deliveries of one queue, at most so many unsettled.
use async_trait::async_trait;
use futures_util::StreamExt;
use lapin::{
    Channel,
    message::Delivery as Message,
    options::{BasicConsumeOptions, BasicQosOptions},
    types::{AMQPValue, FieldTable, ShortString},
};

use super::{
    link::within,
    settle::{RabbitSettle, Settler},
};
use crate::bus::{BusError, Consumer, Delivery};

/// How often a quorum queue has delivered a message before.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// A consumer with a channel of its own.
pub(super) struct RabbitConsumer {
    stream: lapin::Consumer,
    settler: Settler,
}

impl RabbitConsumer {
    /// Starts to consume a queue that is there.
    pub(super) async fn start(channel: Channel, queue: ShortString, prefetch: u16) -> Result<Self, BusError> {
        within(channel.basic_qos(prefetch.max(1), BasicQosOptions::default())).await?;
        let consuming = channel.basic_consume(
            queue,
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let stream = within(consuming).await?;
        Ok(Self { stream, settler: Settler::start(channel) })
    }
}

#[async_trait]
impl Consumer for RabbitConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        match self.stream.next().await? {
            Ok(message) => {
                let redeliveries = redeliveries(&message);
                let settle = RabbitSettle::new(message.delivery_tag, &self.settler);
                Some(Delivery::new(message.data, redeliveries, Box::new(settle)))
            }
            Err(error) => {
                tracing::debug!(%error, "a consumer ended");
                None
            }
        }
    }
}

/// The queue's own count; a message that came back without one came back at least once.
fn redeliveries(message: &Message) -> u32 {
    let counted =
        message.properties.headers().as_ref().and_then(|headers| headers.inner().get(DELIVERY_COUNT));
    let counted = match counted {
        Some(AMQPValue::LongLongInt(count)) => u32::try_from(*count).ok(),
        Some(AMQPValue::LongInt(count)) => u32::try_from(*count).ok(),
        Some(AMQPValue::LongUInt(count)) => Some(*count),
        Some(AMQPValue::ShortInt(count)) => u32::try_from(*count).ok(),
        Some(AMQPValue::ShortUInt(count)) => Some(u32::from(*count)),
        Some(AMQPValue::ShortShortInt(count)) => u32::try_from(*count).ok(),
        Some(AMQPValue::ShortShortUInt(count)) => Some(u32::from(*count)),
        _ => None,
    };
    counted.unwrap_or_else(|| u32::from(message.redelivered))
}
