//! What every service needs: settings, clock, worker loop, relay, lifecycle, telemetry, operations endpoints, HTTP client.

pub mod clock;
pub mod handler;
pub mod http;
pub mod settings;
