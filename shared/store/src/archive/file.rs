//! The archive in a folder: `ab/<sha256>`, written beside, synced, then renamed into place.
//!
//! 256 folders hold a million documents by four thousand each; more of them would cost every new document a folder of its own.
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Archive, Blob, BlobId, BlobNames};
use crate::error::{StoreError, StoreResult};

/// Prefix of files that are being written; a crash may leave them, a sweep takes them.
const UNFINISHED: &str = ".new-";

/// Content-addressed files under a folder.
#[derive(Clone, Debug)]
pub struct FileArchive {
    root: PathBuf,
    /// Folders whose own names are durable, as far as this process has seen to it.
    durable: Arc<Mutex<HashSet<PathBuf>>>,
}

impl FileArchive {
    /// Opens the archive and makes its folder when it is missing.
    pub fn open(root: impl Into<PathBuf>) -> StoreResult<Self> {
        let root = root.into();
        fs::create_dir_all(&root).map_err(at(&root))?;
        Ok(Self { root, durable: Arc::default() })
    }

    fn path(&self, blob: &BlobId) -> PathBuf {
        let text = blob.as_str();
        self.root.join(text.get(0..2).unwrap_or_default()).join(text)
    }

    /// The folder is there, and will be after a power cut. One folder is asked for once, unless somebody takes it away.
    fn prepare(&self, folder: &Path) -> StoreResult<()> {
        let durable = || self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable().contains(folder) && folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(folder).map_err(at(folder))?;
        sync(&self.root)?;
        durable().insert(folder.to_owned());
        Ok(())
    }

    /// Bytes that are already there are only made young again, so that no sweep takes them before a row names them.
    fn write(&self, path: &Path, bytes: &[u8]) -> StoreResult<()> {
        if fs::read(path).is_ok_and(|there| there == bytes) {
            let file = fs::File::options().write(true).open(path).map_err(at(path))?;
            return file.set_modified(SystemTime::now()).map_err(at(path));
        }
        let folder = path.parent().unwrap_or(&self.root);
        self.prepare(folder)?;
        let mut new = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(at(folder))?;
        io::Write::write_all(&mut new, bytes).map_err(at(path))?;
        new.as_file().sync_all().map_err(at(path))?;
        new.persist(path).map_err(|error| at(path)(error.error))?;
        sync(folder)
    }
}

#[async_trait]
impl Archive for FileArchive {
    async fn keep(&self, blob: Blob) -> StoreResult<()> {
        let (archive, path) = (self.clone(), self.path(blob.id()));
        blocking(move || archive.write(&path, blob.bytes())).await
    }

    async fn get(&self, blob: &BlobId) -> StoreResult<Option<Vec<u8>>> {
        let (path, blob) = (self.path(blob), blob.clone());
        blocking(move || match fs::read(&path) {
            Ok(bytes) if BlobId::of(&bytes) == blob => Ok(Some(bytes)),
            Ok(bytes) => Err(StoreError::Corrupt {
                what: format!("blob {blob}"),
                detail: format!("{} holds {} bytes of another content", path.display(), bytes.len()),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        })
        .await
    }

    async fn sweep(&self, before: Timestamp, names: &dyn BlobNames) -> StoreResult<u64> {
        let before = SystemTime::from(before);
        let root = self.root.clone();
        let mut swept = 0;
        for folder in blocking(move || folders(&root)).await? {
            let mut unnamed = Vec::new();
            for file in blocking(move || old_files(&folder, before)).await? {
                match &file.blob {
                    Some(blob) if names.is_named(blob).await? => {}
                    _ => unnamed.push(file),
                }
            }
            swept += blocking(move || delete(&unnamed, before)).await?;
        }
        Ok(swept)
    }
}

/// A file that may go.
struct OldFile {
    path: PathBuf,
    /// `None` for one that was never finished.
    blob: Option<BlobId>,
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> StoreResult<T> + Send + 'static,
) -> StoreResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Away(format!("the archive's work was cut off: {error}"))),
    }
}

/// What a folder names stays named.
fn sync(folder: &Path) -> StoreResult<()> {
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn folders(path: &Path) -> StoreResult<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(at(path))? {
        let entry = entry.map_err(at(path))?;
        if entry.file_type().map_err(at(path))?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Our own files that are older than `before`; others are left alone.
fn old_files(folder: &Path, before: SystemTime) -> StoreResult<Vec<OldFile>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name();
        let blob = name.to_str().and_then(BlobId::parse);
        let unfinished = name.to_str().is_some_and(|name| name.starts_with(UNFINISHED));
        if (blob.is_some() || unfinished) && is_old(&entry.path(), before) {
            found.push(OldFile { path: entry.path(), blob });
        }
    }
    Ok(found)
}

/// Looks at the age once more: a `put` in between has made the file young.
fn delete(files: &[OldFile], before: SystemTime) -> StoreResult<u64> {
    let mut deleted = 0;
    for file in files.iter().filter(|file| is_old(&file.path, before)) {
        fs::remove_file(&file.path).map_err(at(&file.path))?;
        deleted += u64::from(file.blob.is_some());
    }
    Ok(deleted)
}

fn is_old(path: &Path, before: SystemTime) -> bool {
    fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|modified| modified < before)
}

fn at(path: &Path) -> impl Fn(io::Error) -> StoreError {
    let path = path.display().to_string();
    move |source| StoreError::Archive { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn archive() -> (tempfile::TempDir, FileArchive) {
        let folder = tempfile::tempdir().unwrap();
        let archive = FileArchive::open(folder.path().join("blobs")).unwrap();
        (folder, archive)
    }

    #[tokio::test]
    async fn what_is_put_can_be_got_and_lies_under_its_hash() {
        let (_folder, archive) = archive();
        let blob = archive.put(b"report").await.unwrap();
        assert_eq!(blob, BlobId::of(b"report"));
        assert_eq!(archive.put(b"report").await.unwrap(), blob);
        assert_eq!(archive.get(&blob).await.unwrap().as_deref(), Some(&b"report"[..]));
        assert_eq!(archive.get(&BlobId::of(b"other")).await.unwrap(), None);
        let names: Vec<_> =
            archive.path(&blob).strip_prefix(&archive.root).unwrap().iter().map(|n| n.len()).collect();
        assert_eq!(names, [2, 64]);
    }

    #[tokio::test]
    async fn a_folder_that_somebody_took_away_is_made_again() {
        let (_folder, archive) = archive();
        let blob = archive.put(b"report").await.unwrap();
        fs::remove_dir_all(archive.path(&blob).parent().unwrap()).unwrap();
        assert_eq!(archive.get(&blob).await.unwrap(), None);
        archive.put(b"report").await.unwrap();
        assert_eq!(archive.get(&blob).await.unwrap().as_deref(), Some(&b"report"[..]));
    }

    #[tokio::test]
    async fn bytes_that_changed_on_disk_are_an_error_and_a_new_put_heals_them() {
        let (_folder, archive) = archive();
        let blob = archive.put(b"report").await.unwrap();
        fs::write(archive.path(&blob), b"rep0rt").unwrap();
        assert!(matches!(archive.get(&blob).await, Err(StoreError::Corrupt { .. })));
        archive.put(b"report").await.unwrap();
        assert_eq!(archive.get(&blob).await.unwrap().as_deref(), Some(&b"report"[..]));
    }

    /// Names one blob, or none.
    struct Only(Option<BlobId>);

    #[async_trait]
    impl BlobNames for Only {
        async fn is_named(&self, blob: &BlobId) -> StoreResult<bool> {
            Ok(self.0.as_ref() == Some(blob))
        }
    }

    #[tokio::test]
    async fn a_sweep_takes_old_unnamed_files_and_nothing_else() {
        let (_folder, archive) = archive();
        let [old, kept, young] = [b"old", b"kep", b"yng"].map(|bytes| BlobId::of(bytes));
        for bytes in [b"old", b"kep", b"yng"] {
            archive.put(bytes).await.unwrap();
        }
        let leaf = archive.path(&old).parent().unwrap().to_owned();
        fs::write(leaf.join(".new-crashed"), b"half").unwrap();
        fs::write(leaf.join("README"), b"somebody else's").unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(30 * 86_400);
        for path in [archive.path(&old), archive.path(&kept), leaf.join(".new-crashed"), leaf.join("README")]
        {
            fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
        }
        let week_ago = Timestamp::now() - jiff::SignedDuration::from_hours(7 * 24);
        assert_eq!(archive.sweep(week_ago, &Only(Some(kept.clone()))).await.unwrap(), 1);
        assert_eq!(archive.get(&old).await.unwrap(), None);
        assert!(archive.get(&kept).await.unwrap().is_some() && archive.get(&young).await.unwrap().is_some());
        assert!(!leaf.join(".new-crashed").exists() && leaf.join("README").exists());
    }

    #[tokio::test]
    async fn putting_old_bytes_again_protects_them_from_the_sweep() {
        let (_folder, archive) = archive();
        let blob = archive.put(b"again").await.unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(30 * 86_400);
        fs::File::options().write(true).open(archive.path(&blob)).unwrap().set_modified(long_ago).unwrap();
        archive.put(b"again").await.unwrap();
        let week_ago = Timestamp::now() - jiff::SignedDuration::from_hours(7 * 24);
        assert_eq!(archive.sweep(week_ago, &Only(None)).await.unwrap(), 0);
        assert!(archive.get(&blob).await.unwrap().is_some());
    }
}
