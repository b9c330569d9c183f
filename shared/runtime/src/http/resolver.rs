//! Name resolution behind the guard: a name that leads to private addresses only is refused with that reason.
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::guard::Guard;

/// Why a name gave no address.
#[derive(Debug, Error)]
pub(super) enum ResolveError {
    /// Every address is private, loopback or link-local.
    #[error("the name leads to {0}, which is not a public address")]
    Private(IpAddr),
    /// The resolver failed or knows no address.
    #[error("the name cannot be resolved: {0}")]
    Unknown(String),
}

/// The system's resolver, checked.
pub(super) struct GuardedResolver {
    guard: Guard,
}

impl GuardedResolver {
    pub(super) fn new(guard: Guard) -> Self {
        Self { guard }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard.clone();
        Box::pin(async move {
            let found = addresses(&guard, name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

async fn addresses(guard: &Guard, host: &str) -> Result<Vec<SocketAddr>, ResolveError> {
    if let Some(listener) = guard.listener(host) {
        return Ok(vec![listener]);
    }
    let all =
        tokio::net::lookup_host((host, 0)).await.map_err(|error| ResolveError::Unknown(error.to_string()))?;
    let (allowed, refused): (Vec<_>, Vec<_>) = all.partition(|address| guard.allows(address.ip()));
    match (allowed.is_empty(), refused.first()) {
        (false, _) => Ok(allowed),
        (true, Some(address)) => Err(ResolveError::Private(address.ip())),
        (true, None) => Err(ResolveError::Unknown("no address".to_owned())),
    }
}
