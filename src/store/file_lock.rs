//! Who has an SQLite file open. Every program of ours holds a lock beside the file as long as it may use the database;
//! a restoration, which replaces the file, wants it alone. SQLite's own locks aren't enough: a program that waits for
//! one while the file is replaced would go on with the old file, and write its log beside the new one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::StoreError;

/// How each SQLite file begins. Source: "Database File Format", section 1.3.1.
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// The lock, until it is let go. Clones share it.
#[derive(Clone, Default)]
pub(super) struct FileLock(Arc<Mutex<Option<File>>>);

impl FileLock {
    /// Shares a file that is there with other programs. Beside a file that isn't a database nothing is made.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while a backup is being restored.
    pub(super) fn of_existing(file: &Path) -> Result<Self, StoreError> {
        if is_database(file) || beside(file).exists() { Self::shared(file) } else { Ok(Self::default()) }
    }

    /// Shares the file with other programs. Where the lock can't be made, as in a folder that can't be written, the
    /// file is used without it.
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

    /// Has the file alone, until the lock is dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program uses it.
    pub(super) fn alone(file: &Path) -> Result<Self, StoreError> {
        let Some(lock) = opened(file) else { return Ok(Self::default()) };
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self(Arc::new(Mutex::new(Some(lock))))),
        }
    }

    /// Lets it go.
    pub(super) fn release(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Whether a file begins as SQLite's do.
pub(super) fn is_database(file: &Path) -> bool {
    let mut begin = [0; HEADER.len()];
    File::open(file).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *HEADER
}

/// The file beside the database that is locked; it stays there, empty.
fn beside(file: &Path) -> PathBuf {
    // By whatever link the file is named, the lock is the same.
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
    // An administrator's command mustn't lock the database's own user out.
    if let Ok(owner) = std::fs::metadata(file) {
        let _same = std::os::unix::fs::fchown(&made, Some(owner.uid()), Some(owner.gid()));
    }
    Some(made)
}
