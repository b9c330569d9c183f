//! The alerter: the calendar of due reports, the P rules, and the channels that people are told through.

mod alerts;
mod announce;
mod around;
mod assess;
pub mod calendar;
pub mod channel;
mod difference;
mod digest;
mod error;
mod facts;
mod gauges;
mod handler;
mod imports;
mod notify;
mod office;
mod pace;
mod parked;
mod polls;
mod registry;
mod replays;
mod rules;
#[cfg(test)]
mod sample;
mod site_changed;
mod ticker;
mod timing;

pub use around::Around;
pub use assess::{Assessment, assess};
pub use error::AlerterError;
pub use facts::Facts;
pub use gauges::StoreGauges;
pub use handler::DueHandler;
pub use imports::Imports;
pub use notify::NotifyHandler;
pub use polls::SitePolls;
pub use rules::{RuleDoc, rule_docs};
pub use ticker::Ticker;
