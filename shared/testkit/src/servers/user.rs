//! Who runs the tests: PostgreSQL refuses root, and only root may change the root.
use std::{fs, os::unix::fs::MetadataExt};

/// Whether this process is root: the owner of its own entry in `/proc` is its user.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}
