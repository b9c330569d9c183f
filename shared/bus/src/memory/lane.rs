//! One queue of the memory bus: who waits, what is out with which consumer, what comes back.
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::bus::{BusError, DELIVERY_LIMIT, Outcome};

/// A message in a queue.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) body: Vec<u8>,
    pub(super) redeliveries: u32,
}

/// A queue. Messages that wait and messages that are out unsettled count against `capacity`.
pub(super) struct Lane {
    name: &'static str,
    capacity: usize,
    dead: Option<Arc<Lane>>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    closed: bool,
    deleted: bool,
    /// Made anew after it was deleted, and nobody has asked yet.
    lost: bool,
    waiting: VecDeque<Message>,
    consumers: HashMap<u64, Held>,
    last_id: u64,
}

/// What a consumer has out.
struct Held {
    prefetch: usize,
    unsettled: BTreeMap<u64, Message>,
}

/// What a consumer finds when it looks.
enum Look {
    Found(u64, Message),
    Nothing,
    Ended,
}

impl Lane {
    /// An empty queue; what comes back too often goes to `dead`.
    pub(super) fn new(name: &'static str, capacity: usize, dead: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self { name, capacity, dead, state: Mutex::default(), changed: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message; tells what a broker would tell.
    pub(super) fn push(&self, message: Message) -> Result<Outcome, BusError> {
        {
            let mut state = self.state();
            if state.closed {
                return Err(BusError::Closed);
            }
            if state.deleted {
                return Ok(Outcome::Returned(format!("there is no queue {}", self.name)));
            }
            if state.occupied() >= self.capacity {
                return Ok(Outcome::Lost(format!("queue {} is full ({})", self.name, self.capacity)));
            }
            state.waiting.push_back(message);
        }
        self.changed.notify_waiters();
        Ok(Outcome::Confirmed)
    }

    /// Messages that wait.
    pub(super) fn depth(&self) -> usize {
        self.state().waiting.len()
    }

    /// Takes the queue away with all that is in it.
    pub(super) fn delete(&self) {
        let closed = self.state().closed;
        *self.state() = State { closed, deleted: true, ..State::default() };
        self.changed.notify_waiters();
    }

    /// True once after the queue was made anew.
    pub(super) fn take_lost(&self) -> bool {
        std::mem::take(&mut self.state().lost)
    }

    /// Ends all consumers; what they have out goes back.
    pub(super) fn close(&self) {
        let consumers: Vec<u64> = {
            let mut state = self.state();
            state.closed = true;
            state.consumers.keys().copied().collect()
        };
        for consumer in consumers {
            self.leave(consumer);
        }
        self.changed.notify_waiters();
    }

    /// A new consumer; declares the queue when it is gone.
    pub(super) fn join(&self, prefetch: u16) -> Result<u64, BusError> {
        let mut state = self.state();
        if state.closed {
            return Err(BusError::Closed);
        }
        state.lost |= std::mem::take(&mut state.deleted);
        let id = state.next_id();
        state
            .consumers
            .insert(id, Held { prefetch: usize::from(prefetch.max(1)), unsettled: BTreeMap::new() });
        Ok(id)
    }

    /// A consumer goes; what it has out goes back.
    pub(super) fn leave(&self, consumer: u64) {
        let held = self.state().consumers.remove(&consumer);
        for message in held.into_iter().flat_map(|held| held.unsettled.into_values()) {
            self.take_back(message);
        }
    }

    /// The next message for a consumer and its tag, as soon as there is one and the prefetch allows it.
    pub(super) async fn next(&self, consumer: u64) -> Option<(u64, Message)> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before looking, so that a change in between is not missed.
            changed.as_mut().enable();
            match self.look(consumer) {
                Look::Found(tag, message) => return Some((tag, message)),
                Look::Ended => return None,
                Look::Nothing => changed.await,
            }
        }
    }

    fn look(&self, consumer: u64) -> Look {
        let mut guard = self.state();
        let state = &mut *guard;
        if state.closed || state.deleted {
            return Look::Ended;
        }
        let tag = state.next_id();
        let Some(held) = state.consumers.get_mut(&consumer) else { return Look::Ended };
        if held.unsettled.len() >= held.prefetch {
            return Look::Nothing;
        }
        let Some(message) = state.waiting.pop_front() else { return Look::Nothing };
        held.unsettled.insert(tag, message.clone());
        Look::Found(tag, message)
    }

    /// Forgets a message that a consumer has out; `false` when it has gone back already.
    pub(super) fn forget(&self, consumer: u64, tag: u64) -> bool {
        let known = self.settle(consumer, tag).is_some();
        self.changed.notify_waiters();
        known
    }

    /// Puts a message that a consumer has out back; `false` when it has gone back already.
    pub(super) fn give_back(&self, consumer: u64, tag: u64) -> bool {
        let Some(message) = self.settle(consumer, tag) else { return false };
        self.take_back(message);
        true
    }

    fn settle(&self, consumer: u64, tag: u64) -> Option<Message> {
        self.state().consumers.get_mut(&consumer)?.unsettled.remove(&tag)
    }

    /// A message returns: to the end of the queue, so that it holds up nobody, or to the dead letters.
    fn take_back(&self, mut message: Message) {
        message.redeliveries = message.redeliveries.saturating_add(1);
        match &self.dead {
            Some(dead) if message.redeliveries > DELIVERY_LIMIT => match dead.push(message) {
                Ok(Outcome::Confirmed) | Err(_) => {}
                // The lease of its ledger row brings it back.
                Ok(outcome) => tracing::warn!(queue = self.name, ?outcome, "a dead letter found no room"),
            },
            _ => self.state().waiting.push_back(message),
        }
        self.changed.notify_waiters();
    }
}

impl State {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn occupied(&self) -> usize {
        self.waiting.len() + self.consumers.values().map(|held| held.unsettled.len()).sum::<usize>()
    }
}
