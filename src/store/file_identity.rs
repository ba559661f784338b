//! Which file a path led to when it was opened. A file that is replaced or removed still takes the writes of those who
//! have it open, and nobody finds them again.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::StoreError;

/// A file, by its device and inode.
#[derive(Debug)]
pub(super) struct FileIdentity {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl FileIdentity {
    /// The file at this path. `None` if it can't be found out.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        Some(Self { path: path.to_owned(), device: found.dev(), inode: found.ino() })
    }

    /// Checks that the path still leads to this file.
    ///
    /// # Errors
    /// [`StoreError::Replaced`] if it leads to another file or to none.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let found = std::fs::metadata(&self.path);
        let same = found.is_ok_and(|found| (found.dev(), found.ino()) == (self.device, self.inode));
        if same { Ok(()) } else { Err(StoreError::Replaced) }
    }
}
