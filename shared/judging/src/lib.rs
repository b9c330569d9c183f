//! Judges one report: which statutory parts and tables it lacks and which relations between its numbers are broken. Pure, over the model.

mod case;
mod draft;
mod evaluated;
mod fingerprint;
mod judge;
mod label;
mod not_a_count;
mod registry;
mod relation;
pub mod render;
mod rule;
mod rules;
pub mod sample;
mod verdict;
mod violation;

pub use judge::{Counts, JudgeContext, Judgement, judge};
pub use label::place;
pub use registry::{rule, rules};
pub use rule::{Example, Rule, Words};
