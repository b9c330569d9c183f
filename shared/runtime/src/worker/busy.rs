//! Which rows are being worked on here, so that a second delivery of one of them does not start the same work again.
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

type Row = (Uuid, i64);

/// The rows in work.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<Mutex<HashSet<Row>>>);

/// Stands for one row in work; dropping it ends that.
#[derive(Debug)]
pub(super) struct Mark {
    busy: Busy,
    row: Row,
}

impl Busy {
    /// Marks a row as in work; `None` when it is already.
    pub(super) fn mark(&self, task: Uuid, generation: i64) -> Option<Mark> {
        let row = (task, generation);
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(row);
        new.then(|| Mark { busy: self.clone(), row })
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.busy.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.row);
    }
}
