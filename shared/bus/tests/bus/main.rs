//! The suite on both backends, and what only a broker can do to us.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod broker;
mod conformance;
mod faults;
mod inspect;
mod tls;

use std::sync::atomic::{AtomicU32, Ordering};

use gongkai_bus::{BusOptions, Envelope};
use gongkai_model::Stage;
use uuid::Uuid;

/// Queues of their own for each bus that is opened.
static OPENED: AtomicU32 = AtomicU32::new(0);

/// A bus that nobody else has, on this broker.
fn options(url: String) -> BusOptions {
    let n = OPENED.fetch_add(1, Ordering::Relaxed);
    let prefix = format!("bus-{}-{n}", std::process::id());
    BusOptions { url, prefix, name: "bus tests".into(), ca_certificates: None }
}

/// A message for the parsers.
fn message(n: u128) -> Envelope {
    Envelope::new(Stage::Parse, Uuid::from_u128(n), 1, "subject")
}
