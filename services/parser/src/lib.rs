//! The parser: reads a fetched version and says what it found and whose it is.
//!
//! Documents come from anybody; each is read in a process that has a memory limit and a deadline, so that one which the reader
//! cannot bear costs its own row and nothing else.

mod assign;
pub mod child;
mod frames;
mod handler;
mod pool;
mod reader;
mod readout;

pub use assign::assign;
pub use handler::ParseHandler;
pub use pool::{ReaderCommand, Readers};
pub use reader::{Document, DocumentReader, InProcess};
pub use readout::{Head, ReadReport, Readout};
