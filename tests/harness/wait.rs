//! Waiting for another process: always with a limit, and with a word about what did not come.
use std::{
    thread,
    time::{Duration, Instant},
};

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What `look` gives once it gives something; panics after `limit`.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    until_ok(what, limit, || look().ok_or_else(String::new))
}

/// What `look` gives once it is not an error; panics after `limit` with the last one.
pub fn until_ok<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + limit;
    loop {
        match look() {
            Ok(found) => return found,
            Err(why) => assert!(Instant::now() < end, "not within {} s: {what}; {why}", limit.as_secs()),
        }
        thread::sleep(LOOK_EVERY);
    }
}
