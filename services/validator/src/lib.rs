//! The validator: judges the reports of a version by the rules and hands the findings to the store.

mod handler;

pub use handler::JudgeHandler;
