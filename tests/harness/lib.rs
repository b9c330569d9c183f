//! What the tests of the whole system and the benchmark stand on: the built binary in a folder of its own, as one process or as
//! several on real servers, and what a store amounts to.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a harness ends its test at the first thing that is not as it should be"
)]

pub mod folder;
pub mod installation;
pub mod picture;
pub mod service;
pub mod wait;
pub mod web;
