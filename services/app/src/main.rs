//! The program itself; everything it does is in the library beside it, so that tests can run it with parts of their own.
use std::process::ExitCode;

use gongkai::{Parts, main as gongkai};

fn main() -> ExitCode {
    gongkai(&Parts::default())
}
