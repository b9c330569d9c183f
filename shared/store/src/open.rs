//! From a URL in the settings to an open store or archive.
use std::{path::PathBuf, sync::Arc};

use crate::{
    archive::{Archive, FileArchive},
    error::{StoreError, StoreResult},
    sql::{Access, SqlStore},
    store::Store,
};

/// Opens the store for a service process (makes it, brings it up to date; a file is locked).
pub async fn open_store(url: &str) -> StoreResult<Arc<dyn Store>> {
    open(url, Access::Service).await
}

/// Opens an existing store for a short command that writes, beside running services.
pub async fn open_store_shared(url: &str) -> StoreResult<Arc<dyn Store>> {
    open(url, Access::Command).await
}

/// Opens an existing store for reading only.
pub async fn open_store_read_only(url: &str) -> StoreResult<Arc<dyn Store>> {
    open(url, Access::Reading).await
}

async fn open(url: &str, access: Access) -> StoreResult<Arc<dyn Store>> {
    Ok(match store_place(url)? {
        Place::Memory => Arc::new(SqlStore::sqlite_in_memory().await?),
        Place::File(path) => Arc::new(SqlStore::open_sqlite(path, access).await?),
        Place::Server => Arc::new(SqlStore::open_postgres(url, access).await?),
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
    Server,
}

fn store_place(url: &str) -> StoreResult<Place> {
    if url == "sqlite::memory:" {
        return Ok(Place::Memory);
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Place::Server);
    }
    match path_of(url, "sqlite:") {
        Some(path) => Ok(Place::File(path)),
        None => Err(refused("store.url", url, "sqlite:PATH, postgres://HOST/DATABASE")),
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
        let error = open_store("mysql://user:secret@db/gongkai").await.err().unwrap().to_string();
        assert!(error.contains("sqlite:PATH") && !error.contains("secret"), "{error}");
        let error = open_archive("s3://bucket").err().unwrap().to_string();
        assert!(error.contains("file:FOLDER"), "{error}");
        let error = open_store("postgres://u:secret@127.0.0.1:1/x").await.err().unwrap().to_string();
        assert!(error.contains("127.0.0.1:1/x") && !error.contains("secret"), "{error}");
        assert!(open_store("sqlite:").await.is_err());
    }

    #[tokio::test]
    async fn both_ways_to_write_a_path_work() {
        let folder = tempfile::tempdir().unwrap();
        for scheme in ["sqlite:", "sqlite://"] {
            let store =
                open_store(&format!("{scheme}{}", folder.path().join("a/b.db").display())).await.unwrap();
            assert!(store.schema_version().await.unwrap() >= 2);
        }
        assert!(folder.path().join("a/b.db").is_file());
        assert!(open_store("sqlite::memory:").await.unwrap().schema_version().await.unwrap() >= 2);
    }
}
