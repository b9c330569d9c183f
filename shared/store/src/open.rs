//! From a URL in the settings to an open store or archive.
use std::{path::PathBuf, sync::Arc};

use crate::{
    archive::{Archive, FileArchive},
    error::{StoreError, StoreResult},
    sqlite::SqliteStore,
    store::Store,
};

/// Opens the store for a service process (makes it, brings it up to date, locks it).
pub async fn open_store(url: &str) -> StoreResult<Arc<dyn Store>> {
    Ok(match store_place(url)? {
        Place::Memory => Arc::new(SqliteStore::in_memory().await?),
        Place::File(path) => Arc::new(SqliteStore::open(path).await?),
    })
}

/// Opens an existing store for a short command that writes, beside a running service.
pub async fn open_store_shared(url: &str) -> StoreResult<Arc<dyn Store>> {
    Ok(match store_place(url)? {
        Place::Memory => Arc::new(SqliteStore::in_memory().await?),
        Place::File(path) => Arc::new(SqliteStore::open_shared(path).await?),
    })
}

/// Opens an existing store for reading only.
pub async fn open_store_read_only(url: &str) -> StoreResult<Arc<dyn Store>> {
    Ok(match store_place(url)? {
        Place::Memory => Arc::new(SqliteStore::in_memory().await?),
        Place::File(path) => Arc::new(SqliteStore::open_read_only(path).await?),
    })
}

/// Opens the archive; its folder is made when it is missing.
pub fn open_archive(url: &str) -> StoreResult<Arc<dyn Archive>> {
    match path_of(url, "file:") {
        Some(path) => Ok(Arc::new(FileArchive::open(path)?)),
        None => Err(refused("archive.url", url, "file:FOLDER")),
    }
}

enum Place {
    Memory,
    File(PathBuf),
}

fn store_place(url: &str) -> StoreResult<Place> {
    if url == "sqlite::memory:" {
        return Ok(Place::Memory);
    }
    match path_of(url, "sqlite:") {
        Some(path) => Ok(Place::File(path)),
        None => Err(refused("store.url", url, "sqlite:PATH")),
    }
}

/// `scheme:PATH` and `scheme://PATH` name the same file.
fn path_of(url: &str, scheme: &str) -> Option<PathBuf> {
    let path = url.strip_prefix(scheme)?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// Only the scheme is repeated: the rest of a URL may hold a password.
fn refused(setting: &str, url: &str, supported: &str) -> StoreError {
    let given = url.split_once(':').map_or_else(|| url.to_owned(), |(scheme, _)| format!("{scheme}:…"));
    StoreError::Refused(format!(
        "{setting} = {given}：本版本只支持 {supported} ({setting} = {given}: this release supports {supported} only)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_this_release_does_not_support_is_said() {
        let error = open_store("postgres://user:secret@db/gongkai").await.err().unwrap().to_string();
        assert!(error.contains("sqlite:PATH") && !error.contains("secret"), "{error}");
        let error = open_archive("s3://bucket").err().unwrap().to_string();
        assert!(error.contains("file:FOLDER"), "{error}");
        assert!(open_store("mysql://x").await.is_err());
        assert!(open_store("sqlite:").await.is_err());
    }

    #[tokio::test]
    async fn both_ways_to_write_a_path_work() {
        let folder = tempfile::tempdir().unwrap();
        for scheme in ["sqlite:", "sqlite://"] {
            let store =
                open_store(&format!("{scheme}{}", folder.path().join("a/b.db").display())).await.unwrap();
            assert_eq!(store.schema_version().await.unwrap(), 2);
        }
        assert!(folder.path().join("a/b.db").is_file());
        assert_eq!(open_store("sqlite::memory:").await.unwrap().schema_version().await.unwrap(), 2);
    }
}
