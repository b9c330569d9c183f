//! Messages between services: what they say, and the transport they travel on. Messages carry ids, never documents.

mod bus;
mod envelope;

pub use bus::{Bus, BusError, Consumer, Delivery, Outcome, Settle};
pub use envelope::{Envelope, EnvelopeError, MESSAGE_VERSION, MessageKind};
