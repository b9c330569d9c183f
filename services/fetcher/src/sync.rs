//! At start: the sites, their columns and the registry go into the store.
use gongkai_store::{Site, Store, StoreResult};
use jiff::Timestamp;

use crate::{profile::Profiles, registry::Registry};

/// Writes what is configured. Sites and bodies that are gone keep their history.
///
/// # Errors
/// As the store says.
pub async fn sync(
    store: &dyn Store,
    profiles: &Profiles,
    registry: &Registry,
    now: Timestamp,
) -> StoreResult<()> {
    store.put_bodies(registry.bodies(), now).await?;
    for profile in profiles.iter() {
        let site = Site {
            id: profile.id.clone(),
            name: profile.name.clone(),
            region: profile.region.clone(),
            home: profile.home.to_string(),
        };
        let columns: Vec<(String, String)> = profile
            .columns
            .iter()
            .filter_map(|column| Some((column.name.clone(), column.start.first()?.to_string())))
            .collect();
        store.put_site(&site, &columns, now).await?;
    }
    Ok(())
}
