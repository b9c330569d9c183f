//! Stage notify: tells one alert to its channel.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_model::Stage;
use gongkai_runtime::{clock::Clock, handler::Handler};
use gongkai_store::{AlertState, Failure, FailureClass, Notified, StageResult, Store, Task};
use uuid::Uuid;

use crate::{
    channel::{Channel, Note},
    registry::Registry,
};

/// Tells alerts.
pub struct NotifyHandler {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    channels: Vec<Arc<dyn Channel>>,
    console: String,
    registry: Registry,
}

impl NotifyHandler {
    /// A handler over the configured channels; `console` is the address people open the console at.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        channels: Vec<Arc<dyn Channel>>,
        console: impl Into<String>,
    ) -> Self {
        let registry = Registry::new(store.clone());
        Self { store, clock, channels, console: console.into(), registry }
    }
}

#[async_trait]
impl Handler for NotifyHandler {
    fn stage(&self) -> Stage {
        Stage::Notify
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let contract = |message: String| Failure::new(FailureClass::Contract, message);
        let id =
            Uuid::parse_str(&task.subject).map_err(|_| contract(format!("no alert id: {}", task.subject)))?;
        let Some(alert) = self.store.alert(id).await? else {
            return Ok(StageResult::Nothing);
        };
        if alert.state == AlertState::Held {
            return Ok(StageResult::Nothing);
        }
        let Some(channel) = self.channels.iter().find(|channel| channel.name() == alert.channel) else {
            return Err(contract(format!("channel {} is not configured", alert.channel)));
        };
        let around = self.registry.around(self.clock.now()).await?;
        channel.tell(&Note::of(&alert, &around, &self.console)).await?;
        Ok(StageResult::Notified(Notified { alert: id, at: self.clock.now() }))
    }
}
