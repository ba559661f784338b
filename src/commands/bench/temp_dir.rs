//! A folder for one measurement's files, gone after it.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// The folder; removed when dropped.
pub(super) struct TempDir(PathBuf);

impl TempDir {
    /// Makes it, with the measurement's name in its own.
    pub(super) fn new(name: &str) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("kenkocall-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).context("a folder for the measurement can't be made")?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The address of an SQLite database in it.
    pub(super) fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("bench.db").display())
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // What can't be removed lies in the system's own folder for such things.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}
