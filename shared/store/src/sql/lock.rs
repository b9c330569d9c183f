//! One service process a database: a lock file beside it, held as long as the store is open.
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::error::{StoreError, StoreResult};

/// The held lock; the system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock of a database, or says who has it.
pub(super) fn take(database: &Path) -> StoreResult<Lock> {
    let path = lock_path(database);
    let failed = |error: std::io::Error| StoreError::Away(format!("lock file {}: {error}", path.display()));
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(held(database, &mut file)),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
    writeln!(file, "{}", std::process::id()).map_err(failed)?;
    Ok(Lock { _file: file })
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn held(database: &Path, file: &mut File) -> StoreError {
    let mut holder = String::new();
    let holder = match file.read_to_string(&mut holder) {
        Ok(_) if !holder.trim().is_empty() => holder.trim().to_owned(),
        _ => "?".to_owned(),
    };
    let database = database.display();
    StoreError::Refused(format!(
        "数据库 {database} 正被另一个 gongkai run（进程 {holder}）使用，请先停止它或换一个 store.url \
         (database {database} is in use by another `gongkai run`, process {holder}: stop it or choose another store.url)"
    ))
}
