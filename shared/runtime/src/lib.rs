//! What every service needs: settings, clock, worker loop, relay, lifecycle, telemetry, operations endpoints, HTTP client.

pub mod backoff;
pub mod checkpoint;
pub mod clock;
pub mod dead_letters;
mod desk;
pub mod error;
mod feed;
pub mod handler;
pub mod http;
pub mod lifecycle;
pub mod ops;
mod outage;
mod patience;
pub mod policy;
pub mod relay;
pub mod settings;
pub mod telemetry;
pub mod wake;
pub mod worker;

pub use error::RuntimeError;
