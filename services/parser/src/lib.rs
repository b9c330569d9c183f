//! The parser: reads a fetched version and says what it found and whose it is.

mod assign;
mod handler;

pub use assign::assign;
pub use handler::ParseHandler;
