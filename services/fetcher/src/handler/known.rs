//! Sources of rows that will be worked on in a moment, asked of the store together.
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use gongkai_store::{Source, Store, Task};
use uuid::Uuid;

/// Rows of a source, by their task and generation.
type Rows = HashMap<(Uuid, i64), Source>;

/// What is known; each source is given away once.
#[derive(Debug, Default)]
pub struct Known(Mutex<Rows>);

impl Known {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for the sources of these rows. A row that is not answered is asked for when its turn comes.
    pub(super) async fn ask(&self, store: &dyn Store, tasks: &[&Task]) {
        let named = || tasks.iter().filter_map(|task| Some((*task, Uuid::parse_str(&task.subject).ok()?)));
        let ids: Vec<Uuid> = named().map(|(_, id)| id).collect();
        match store.sources(&ids).await {
            Ok(sources) => {
                let known = named().filter_map(|(task, id)| Some((row(task), sources.get(&id)?.clone())));
                self.rows().extend(known);
            }
            Err(error) => tracing::debug!(%error, "sources could not be asked for together"),
        }
    }

    /// The source of a row, if it is known.
    pub(super) fn take(&self, task: &Task) -> Option<Source> {
        self.rows().remove(&row(task))
    }
}

const fn row(task: &Task) -> (Uuid, i64) {
    (task.id, task.generation)
}
