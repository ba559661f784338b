//! Finds and reads small text files in a folder with arbitrary content. A path that isn't a regular file, is too large
//! or is nested too deeply is an error before it costs time or memory.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use crate::commands::language::text;

/// The maximum size of a file, in bytes. The largest built-in document has 6,000.
pub(in crate::commands) const MAX_FILE_BYTES: u64 = 256 * 1024;
/// The maximum size of all files of a folder together, in bytes.
pub(in crate::commands) const MAX_TOTAL_BYTES: usize = 4 * 1024 * 1024;
/// The maximum number of files. There are about 130 built-in documents and transcripts.
const MAX_FILES: usize = 1_000;
/// The maximum number of directory entries of any kind.
const MAX_ENTRIES: usize = 10_000;
/// The maximum depth of nested folders. A document is at FLOW/prompts/ja.toml.
const MAX_DEPTH: usize = 4;

/// Returns the files with this extension below a folder, sorted by path. Skips names that begin with a dot: `.git`, and
/// what container platforms put next to mounted files.
pub(in crate::commands) fn find(root: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = |folder: &Path| text!("flows-folder-unreadable", folder = folder.display().to_string());
    let mut found = Vec::new();
    let mut entries = 0_usize;
    let mut open = vec![(root.to_owned(), 0_usize)];
    while let Some((folder, depth)) = open.pop() {
        ensure!(
            depth <= MAX_DEPTH,
            text!(
                "flows-too-deep",
                folder = folder.display().to_string(),
                most = MAX_DEPTH,
                root = root.display().to_string()
            )
        );
        for entry in std::fs::read_dir(&folder).with_context(|| unreadable(&folder))? {
            let entry = entry.with_context(|| unreadable(&folder))?;
            entries += 1;
            ensure!(
                entries <= MAX_ENTRIES && found.len() <= MAX_FILES,
                text!("flows-too-many-files", folder = root.display().to_string())
            );
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            if path.extension().is_some_and(|has| has == extension) {
                found.push(path);
            } else if path.is_dir() {
                open.push((path, depth + 1));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads files and limits their total size.
#[derive(Default)]
pub(in crate::commands) struct Reader {
    bytes: usize,
}

impl Reader {
    /// Reads a regular file of limited size.
    pub(in crate::commands) fn text(&mut self, path: &Path) -> anyhow::Result<String> {
        let unreadable = || text!("flows-file-unreadable", file = path.display().to_string());
        // Check the metadata before opening: opening a pipe waits for its other end.
        ordinary(path, &std::fs::metadata(path).with_context(unreadable)?)?;
        let file = File::open(path).with_context(unreadable)?;
        ordinary(path, &file.metadata().with_context(unreadable)?)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).with_context(unreadable)?;
        // The file may have grown since, or its metadata may not have the real size.
        small(path, bytes.len() as u64)?;
        self.bytes += bytes.len();
        ensure!(
            self.bytes <= MAX_TOTAL_BYTES,
            text!("flows-too-large", file = path.display().to_string(), most = MAX_TOTAL_BYTES / 1024 / 1024)
        );
        String::from_utf8(bytes).map_err(|error| {
            let whole = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = whole.iter().filter(|byte| **byte == b'\n').count() + 1;
            anyhow::anyhow!(text!("flows-not-utf8", place = format!("{}:{line}", path.display())))
        })
    }
}

fn ordinary(path: &Path, metadata: &Metadata) -> anyhow::Result<()> {
    if !metadata.is_file() {
        let file = path.display().to_string();
        bail!(if metadata.is_dir() {
            text!("flows-is-folder", file = file)
        } else {
            text!("flows-is-device", file = file)
        });
    }
    small(path, metadata.len())
}

fn small(path: &Path, bytes: u64) -> anyhow::Result<()> {
    ensure!(
        bytes <= MAX_FILE_BYTES,
        text!("flows-file-too-large", file = path.display().to_string(), most = MAX_FILE_BYTES / 1024)
    );
    Ok(())
}
