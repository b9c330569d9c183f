//! The integration tests of the runtime, one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking, in their helpers too")]

mod chain;
mod ledger;
mod ops;
mod relay;
mod sqlite;
mod worker;
