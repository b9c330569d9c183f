//! Exchanges and queues: their names, their arguments, and that they are there.
use gongkai_model::Stage;
use lapin::{
    Channel, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable, ShortString},
};
use tokio::time::timeout;

use super::link::{ANSWER, Link, away, is_missing, is_other, within};
use crate::{
    bus::{BusError, DELIVERY_LIMIT},
    envelope::MessageKind,
};

/// The dead-letter queue is read by us; it must never give up a message itself, and RabbitMQ 4 would after twenty returns.
const NEVER: i64 = 1_000_000_000;

/// The arguments of our queues, each with the RabbitMQ that knew it first on a quorum queue; an older one passes over it.
const SINCE: [(&str, (u32, u32)); 5] = [
    ("x-queue-type", (3, 8)),
    ("x-delivery-limit", (3, 8)),
    ("x-dead-letter-exchange", (3, 8)),
    ("x-overflow", (3, 8)),
    ("x-dead-letter-strategy", (3, 10)),
];

/// Our arguments that a release of RabbitMQ does not know.
pub(super) fn not_understood(release: (u32, u32)) -> Vec<&'static str> {
    SINCE.into_iter().filter(|(_, since)| release < *since).map(|(argument, _)| argument).collect()
}

/// What stands on the broker under one prefix.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    prefix: String,
}

impl Topology {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// The exchange that all messages are published to.
    pub(super) fn exchange(&self) -> ShortString {
        self.prefix.as_str().into()
    }

    /// The queue of a stage.
    pub(super) fn queue(&self, stage: Stage) -> ShortString {
        format!("{}.{}", self.prefix, stage.as_str()).into()
    }

    /// The queue of dead letters, and the exchange that fills it.
    pub(super) fn dead_letters(&self) -> ShortString {
        format!("{}.dead", self.prefix).into()
    }

    /// The queue of a stage, or that of dead letters.
    pub(super) fn name_of(&self, stage: Option<Stage>) -> ShortString {
        stage.map_or_else(|| self.dead_letters(), |stage| self.queue(stage))
    }

    /// What waits in a queue and who reads it; `None` where there is none.
    pub(super) async fn standing(
        &self,
        link: &Link,
        stage: Option<Stage>,
    ) -> Result<Option<Standing>, BusError> {
        look(link, self.name_of(stage)).await
    }

    /// Whether a queue that is there has our arguments.
    pub(super) async fn fits(&self, link: &Link, stage: Option<Stage>) -> Result<Fit, BusError> {
        let arguments = stage.map_or_else(dead_arguments, |_| self.stage_arguments());
        let channel = link.channel().await?;
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        match timeout(ANSWER, channel.queue_declare(self.name_of(stage), options, arguments)).await {
            Ok(Ok(_)) => Ok(Fit::Ours),
            Ok(Err(error)) if is_other(&error) => Ok(Fit::Other(error.to_string())),
            Ok(Err(error)) => Err(away(&error)),
            Err(_) => Err(BusError::Away(format!("no answer within {ANSWER:?}"))),
        }
    }

    /// Makes what is missing; tells which of the stages' queues were.
    pub(super) async fn prepare(&self, link: &Link, stages: &[Stage]) -> Result<Vec<Stage>, BusError> {
        let mut missing = Vec::new();
        for stage in stages {
            if !self.has(link, self.queue(*stage)).await? {
                missing.push(*stage);
            }
        }
        let channel = link.channel().await?;
        self.declare_exchange(&channel, self.exchange(), ExchangeKind::Direct).await?;
        self.declare_exchange(&channel, self.dead_letters(), ExchangeKind::Fanout).await?;
        self.declare_queue(&channel, self.dead_letters(), dead_arguments()).await?;
        self.bind(&channel, self.dead_letters(), self.dead_letters(), "").await?;
        for stage in stages {
            self.declare_queue(&channel, self.queue(*stage), self.stage_arguments()).await?;
            let key = MessageKind::of(*stage).as_str();
            self.bind(&channel, self.queue(*stage), self.exchange(), key).await?;
        }
        Ok(missing)
    }

    /// Messages that wait in a queue; none where there is no queue.
    pub(super) async fn depth(&self, link: &Link, queue: &ShortString) -> Result<u64, BusError> {
        Ok(look(link, queue.clone()).await?.map_or(0, |standing| u64::from(standing.messages)))
    }

    async fn has(&self, link: &Link, queue: ShortString) -> Result<bool, BusError> {
        Ok(look(link, queue).await?.is_some())
    }

    /// Delivered again at most [`DELIVERY_LIMIT`] times; then to the dead letters, and not lost on the way there.
    fn stage_arguments(&self) -> FieldTable {
        let mut arguments = quorum(i64::from(DELIVERY_LIMIT));
        arguments.insert("x-dead-letter-exchange".into(), text(self.dead_letters().as_str()));
        arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        // The strategy needs it; there is no length at which it would act.
        arguments.insert("x-overflow".into(), text("reject-publish"));
        arguments
    }

    async fn declare_exchange(
        &self,
        channel: &Channel,
        name: ShortString,
        kind: ExchangeKind,
    ) -> Result<(), BusError> {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        within(channel.exchange_declare(name, kind, options, FieldTable::default())).await
    }

    /// A queue that stands there with other arguments is not touched: the operator is told what to do.
    async fn declare_queue(
        &self,
        channel: &Channel,
        name: ShortString,
        arguments: FieldTable,
    ) -> Result<(), BusError> {
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        match within(channel.queue_declare(name.clone(), options, arguments)).await {
            Ok(_) => Ok(()),
            Err(BusError::Unsupported(why)) => Err(BusError::Unsupported(format!(
                "队列 {name} 的参数与本程序不符：删除它（待处理的工作都在数据库里，会重新发送），或设置另一个 bus.prefix \
                 (queue {name} stands there with other arguments: delete it, its work is in the store and is sent again, or set another bus.prefix): {why}"
            ))),
            Err(other) => Err(other),
        }
    }

    async fn bind(
        &self,
        channel: &Channel,
        queue: ShortString,
        exchange: ShortString,
        key: &str,
    ) -> Result<(), BusError> {
        let bound = channel.queue_bind(
            queue,
            exchange,
            key.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        within(bound).await
    }
}

/// A queue that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Messages that wait in it.
    pub(super) messages: u32,
    /// Those who read it.
    pub(super) consumers: u32,
}

/// Whether a queue is as we make it.
pub(super) enum Fit {
    Ours,
    /// It is not; the broker's words.
    Other(String),
}

/// What waits in a queue, `None` where there is none. Asking for one that is missing costs the channel.
async fn look(link: &Link, queue: ShortString) -> Result<Option<Standing>, BusError> {
    let channel = link.channel().await?;
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    match timeout(ANSWER, channel.queue_declare(queue, options, FieldTable::default())).await {
        Ok(Ok(queue)) => {
            Ok(Some(Standing { messages: queue.message_count(), consumers: queue.consumer_count() }))
        }
        Ok(Err(error)) if is_missing(&error) => Ok(None),
        Ok(Err(error)) => Err(away(&error)),
        Err(_) => Err(BusError::Away(format!("no answer within {ANSWER:?}"))),
    }
}

fn dead_arguments() -> FieldTable {
    quorum(NEVER)
}

fn quorum(delivery_limit: i64) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(delivery_limit));
    arguments
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_of_every_argument_which_broker_understands_it() {
        let topology = Topology::new("test");
        for arguments in [topology.stage_arguments(), dead_arguments()] {
            for argument in arguments.inner().keys() {
                assert!(SINCE.iter().any(|(name, _)| *name == argument.as_str()), "{argument}");
            }
        }
        assert_eq!(not_understood((3, 9)), ["x-dead-letter-strategy"]);
        assert_eq!(not_understood((3, 7)).len(), SINCE.len());
        assert!(not_understood((3, 10)).is_empty() && not_understood((4, 1)).is_empty());
    }
}
