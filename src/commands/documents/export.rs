//! Writes the built-in flow documents to a folder, for authors to change.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::commands::exit::refused;
use crate::commands::language::text;

/// Whether existing files may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Existing {
    /// The folder must be empty.
    Refused,
    /// Files with the same names are replaced. Others stay.
    Replaced,
}

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Written {
    /// The number of files that didn't exist before.
    pub new: usize,
    /// The number of files that existed with the same content.
    pub same: usize,
    /// Files that existed with other content.
    pub replaced: Vec<PathBuf>,
}

/// Writes files into a folder. Creates the folder if it doesn't exist.
pub(in crate::commands) fn write(
    root: &Path,
    files: &[(PathBuf, &[u8])],
    existing: Existing,
) -> anyhow::Result<Written> {
    if existing == Existing::Refused && !is_new_or_empty(root)? {
        return Err(refused(text!("flows-not-empty", folder = root.display().to_string())));
    }
    let mut written = Written::default();
    for (name, content) in files {
        let path = root.join(name);
        let done = written.new + written.same + written.replaced.len();
        one(&path, content, existing, &mut written).with_context(|| {
            text!(
                "flows-incomplete",
                file = path.display().to_string(),
                folder = root.display().to_string(),
                done = done,
                all = files.len()
            )
        })?;
    }
    Ok(written)
}

fn is_new_or_empty(root: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(root) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        // A broken symbolic link counts as existing.
        Err(error) if error.kind() == ErrorKind::NotFound && root.symlink_metadata().is_err() => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            Err(refused(text!("flows-not-a-folder", path = root.display().to_string())))
        }
        Err(error) => Err(error).with_context(|| text!("flows-folder-unreadable", folder = root.display().to_string())),
    }
}

fn one(path: &Path, content: &[u8], existing: Existing, written: &mut Written) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let there = path.symlink_metadata().ok();
    if existing == Existing::Refused || there.is_none() {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(content)?;
        readable(path, FILE)?;
        written.new += 1;
        return Ok(());
    }
    let ordinary = there.is_some_and(|metadata| metadata.is_file() && metadata.len() == content.len() as u64);
    if ordinary && std::fs::read(path)? == content {
        written.same += 1;
        return Ok(());
    }
    // Write to a temporary file and rename it, so that the file is replaced whole or not at all. A symbolic link itself
    // is replaced, not its target.
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = folder.join(name);
    let put = std::fs::write(&beside, content)
        .and_then(|()| readable(&beside, FILE))
        .and_then(|()| std::fs::rename(&beside, path));
    if put.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    put?;
    written.replaced.push(path.to_owned());
    Ok(())
}

/// The modes of files and folders. An administrator exports what the service's user reads, and nothing in it is secret.
/// All other files of this program are readable only by their owner.
const FILE: u32 = 0o644;
const FOLDER: u32 = 0o755;

/// Creates a folder and its parents if they don't exist.
fn make(folder: &Path) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        make(above)?;
    }
    std::fs::create_dir(folder)?;
    readable(folder, FOLDER)
}

fn readable(path: &Path, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}
