//! The product with two traps, for tests: it dies at a moment that the environment names, and it reads documents that kill or
//! hold up their reader. Everything else is the product itself.
use std::{
    env, process,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use gongkai::Parts;
use gongkai_model::{Report, Stage};
use gongkai_reading::Hints;
use gongkai_runtime::checkpoint::{Checkpoint, Moment, Unwatched};

/// `STAGE MOMENT N`: dies when work of this stage reaches this moment for the N-th time.
const DIE_AT: &str = "TRIAL_DIE_AT";

fn main() -> ExitCode {
    let checkpoint: Arc<dyn Checkpoint> = match env::var(DIE_AT) {
        Ok(moment) => Arc::new(Death { moment, left: AtomicU32::new(0) }),
        Err(_) => Arc::new(Unwatched),
    };
    gongkai::main(&Parts { read, document_deadline: Duration::from_secs(2), checkpoint })
}

/// Ends the process at a moment, as a power cut would.
struct Death {
    moment: String,
    left: AtomicU32,
}

impl Checkpoint for Death {
    fn reached(&self, stage: Stage, moment: Moment) {
        let Some(times) = self.moment.strip_prefix(&format!("{} {moment} ", stage.as_str())) else { return };
        let seen = self.left.fetch_add(1, Ordering::AcqRel) + 1;
        if times.parse() == Ok(seen) {
            process::abort();
        }
    }
}

/// Two formats that no reader should have to bear.
fn read(bytes: &[u8], hints: Hints<'_>) -> Vec<Report> {
    let holds = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    if holds(b"trial: read for ever") {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    if holds(b"trial: kill the reader") {
        process::abort();
    }
    gongkai_reading::read(bytes, hints)
}
