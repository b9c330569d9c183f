//! Messages between services: what they say, and the transport they travel on. Messages carry ids, never documents.

mod bus;
#[cfg(feature = "conformance")]
pub mod conformance;
mod envelope;
mod memory;
mod open;
mod rabbit;

pub use bus::{Bus, BusError, Consumer, DELIVERY_LIMIT, Delivery, Outcome, Settle};
pub use envelope::{Envelope, EnvelopeError, MESSAGE_VERSION, MessageKind, Row};
pub use memory::MemoryBus;
pub use open::{BusOptions, open_bus};
pub use rabbit::{Greeting, Inside, Inspection, QueueLook, QueueState, RabbitBus, inspect};
