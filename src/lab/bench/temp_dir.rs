//! A temporary folder for the files of one measurement.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// The folder. It is removed when dropped.
pub(super) struct TempDir(PathBuf);

impl TempDir {
    /// Creates the folder. Its name contains the name of the measurement.
    pub(super) fn new(name: &str) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("kenkocall-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).context("a folder for the measurement can't be made")?;
        Ok(Self(folder))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the URL of an SQLite database in the folder.
    pub(super) fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("bench.db").display())
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // Files that can't be removed are in the system's temporary folder.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}
