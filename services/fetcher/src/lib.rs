//! The fetcher: reads the lists of government sites, downloads what is new or changed, and spares the sites.

pub mod charset;
pub mod client;
pub mod discover;
pub mod draft;
pub mod handler;
pub mod list;
pub mod look;
pub mod metrics;
mod pace;
pub mod politeness;
pub mod problem;
pub mod profile;
pub mod registry;
pub mod robots;
pub mod scheduler;
mod search;
pub mod sync;
pub mod title;

#[cfg(test)]
mod fixture;

pub use client::{FetchError, PoliteClient};
pub use handler::{FetchHandler, Known};
pub use metrics::FetchMetrics;
pub use problem::Problem;
pub use profile::{Profile, Profiles, check_profiles};
pub use registry::Registry;
pub use scheduler::Scheduler;
pub use sync::sync;
