//! Connections to PostgreSQL that are used again. The pool of `sqlx` asks the server with each return whether the connection is
//! still good, which costs as much as most of our statements; here a connection is kept only after it has done all that it was
//! asked, and is closed in every other case.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::error::{StoreError, StoreResult};

/// At most so many connections, made when they are needed.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: PgConnectOptions,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<PgConnection>>,
    /// How long a caller waits for its turn and for the server.
    patience: Duration,
}

/// A connection in use. It goes back when [`Leased::done`] is called, and is closed otherwise.
pub(super) struct Leased {
    connection: Option<PgConnection>,
    inner: Arc<Inner>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(options: PgConnectOptions, most: usize, patience: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(most));
        Self(Arc::new(Inner { options, permits, idle: Mutex::default(), patience }))
    }

    /// A connection that waits, or a new one.
    pub(super) async fn lease(&self) -> StoreResult<Leased> {
        let inner = &self.0;
        let permit = timeout(inner.patience, Arc::clone(&inner.permits).acquire_owned());
        let permit = permit.await.map_err(|_| away("all connections are in use"))?;
        let permit = permit.map_err(|_| away("the connections were closed"))?;
        let waiting = inner.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match waiting {
            Some(connection) => connection,
            None => timeout(inner.patience, inner.options.connect())
                .await
                .map_err(|_| away("the server does not answer"))??,
        };
        Ok(Leased { connection: Some(connection), inner: Arc::clone(inner), _permit: permit })
    }

    /// No connection is given any more; those in use are closed when they come back.
    pub(super) fn close(&self) {
        self.0.permits.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Leased {
    /// The connection itself.
    pub(super) fn get(&mut self) -> StoreResult<&mut PgConnection> {
        self.connection.as_mut().ok_or_else(|| away("the connection was given back"))
    }

    /// It has done all that it was asked and stands in no transaction: the next one may have it.
    pub(super) fn done(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.inner.permits.is_closed()
        {
            self.inner.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        if self.connection.take().is_some() {
            // Most often the server has gone, and the others with it: they are not tried one after the other.
            self.inner.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}

fn away(why: &str) -> StoreError {
    StoreError::Away(format!("PostgreSQL: {why}"))
}
