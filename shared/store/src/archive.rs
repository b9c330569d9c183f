//! The archive: bytes as they were published, under their SHA-256. Bytes first, then the row that names them.
mod file;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub use self::file::FileArchive;
use crate::{error::StoreResult, store::Store};

/// Lower-case hexadecimal SHA-256 of a document's bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobId(String);

impl BlobId {
    /// The address of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(bytes);
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// An address from its text; `None` unless it is 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let ok = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        ok.then(|| Self(text.to_owned()))
    }

    /// The text of the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A document's bytes with their address.
#[derive(Clone, Debug)]
pub struct Blob {
    id: BlobId,
    bytes: Arc<[u8]>,
}

impl Blob {
    /// These bytes at their address.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { id: BlobId::of(&bytes), bytes }
    }

    /// The address.
    pub const fn id(&self) -> &BlobId {
        &self.id
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A content-addressed store of bytes.
#[async_trait]
pub trait Archive: Send + Sync {
    /// Keeps a blob; durable when it returns.
    async fn keep(&self, blob: Blob) -> StoreResult<()>;

    /// Keeps the bytes and gives their address; durable when it returns.
    async fn put(&self, bytes: &[u8]) -> StoreResult<BlobId> {
        let blob = Blob::new(bytes);
        let id = blob.id().clone();
        self.keep(blob).await?;
        Ok(id)
    }

    /// The bytes at an address, `None` when there are none; bytes that no longer match their address are an error.
    async fn get(&self, blob: &BlobId) -> StoreResult<Option<Vec<u8>>>;

    /// Deletes blobs older than `before` that `names` does not know; tells how many.
    async fn sweep(&self, before: jiff::Timestamp, names: &dyn BlobNames) -> StoreResult<u64>;
}

/// Knows which blobs are still named.
#[async_trait]
pub trait BlobNames: Sync {
    /// True when something points at the blob.
    async fn is_named(&self, blob: &BlobId) -> StoreResult<bool>;
}

#[async_trait]
impl BlobNames for std::sync::Arc<dyn Store> {
    async fn is_named(&self, blob: &BlobId) -> StoreResult<bool> {
        self.blob_is_named(blob).await
    }
}
