//! A lock on an SQLite file. Every program of ours holds a lock on a file next to the database while it may use the
//! database. A restore, which replaces the file, needs the lock exclusively. SQLite's own locks aren't enough: a
//! program that waits for one while the file is replaced would continue with the old file and write its log next to the
//! new one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::StoreError;

/// The first bytes of every SQLite file. Source: "Database File Format", section 1.3.1.
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// The lock, until it is released. Clones share it.
#[derive(Clone, Default)]
pub(super) struct FileLock(Arc<Mutex<Option<File>>>);

impl FileLock {
    /// Locks an existing file in shared mode. If the file isn't a database, no lock file is created.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while a backup is being restored.
    pub(super) fn of_existing(file: &Path) -> Result<Self, StoreError> {
        if is_database(file) || beside(file).exists() { Self::shared(file) } else { Ok(Self::default()) }
    }

    /// Locks the file in shared mode. If the lock file can't be created, for example in a read-only folder, the file is
    /// used without a lock.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while a backup is being restored.
    pub(super) fn shared(file: &Path) -> Result<Self, StoreError> {
        let Some(lock) = opened(file) else { return Ok(Self::default()) };
        match lock.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self(Arc::new(Mutex::new(Some(lock))))),
        }
    }

    /// Locks the file exclusively, until the lock is dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program uses the file.
    pub(super) fn alone(file: &Path) -> Result<Self, StoreError> {
        let Some(lock) = opened(file) else { return Ok(Self::default()) };
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self(Arc::new(Mutex::new(Some(lock))))),
        }
    }

    /// Releases the lock.
    pub(super) fn release(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Returns `true` if the file begins with SQLite's header.
pub(super) fn is_database(file: &Path) -> bool {
    let mut begin = [0; HEADER.len()];
    File::open(file).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *HEADER
}

/// The lock file, in the same folder as the database. It remains there, empty.
fn beside(file: &Path) -> PathBuf {
    // Resolve links, so that every name of the file has the same lock.
    let mut name = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned()).into_os_string();
    name.push("-lock");
    name.into()
}

fn opened(file: &Path) -> Option<File> {
    let path = beside(file);
    let opened = OpenOptions::new().read(true).open(&path);
    if let Ok(lock) = opened {
        return Some(lock);
    }
    let made = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).ok()?;
    // A command run by an administrator must not lock out the database's own user.
    if let Ok(owner) = std::fs::metadata(file) {
        let _same = std::os::unix::fs::fchown(&made, Some(owner.uid()), Some(owner.gid()));
    }
    Some(made)
}
