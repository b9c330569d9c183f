//! Private real servers for tests: a RabbitMQ node and a PostgreSQL that can be killed, frozen and started again; Prometheus and
//! Alertmanager that watch what a test runs.
//!
//! Each listens on 127.0.0.1 only, keeps everything in a temporary folder, and leaves neither process nor folder behind,
//! also when the test process is killed.

mod access;
mod broker;
mod certificates;
mod database;
mod error;
mod keeper;
mod launch;
mod ports;
mod prometheus;
#[cfg(test)]
mod tests;
mod user;

pub use access::{BrokerAccess, DatabaseAccess};
pub use broker::Broker;
pub use certificates::Certificates;
pub use database::Database;
pub use error::ServerError;
pub use prometheus::{Alertmanager, Prometheus, PrometheusFiles};

/// The broker that [`Broker::shared`] gives instead of one of its own.
pub const AMQP_URL: &str = "GONGKAI_TEST_AMQP_URL";
/// The database server that [`Database::shared`] gives instead of one of its own.
pub const POSTGRES_URL: &str = "GONGKAI_TEST_POSTGRES_URL";
/// A folder with another Debian, whose RabbitMQ [`Broker::start`] then takes.
pub const RABBITMQ_ROOT: &str = "GONGKAI_TEST_RABBITMQ_ROOT";
