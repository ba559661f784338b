//! The folder into which a mail server delivers what comes back: a maildir, or files that appear there whole. What was
//! read is moved into its subfolder `read`.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::bounce::DeliveryReport;

/// The most files of one look.
const MOST_AT_ONCE: usize = 500;
/// The largest mail that is read, in bytes. A report returns our own message, which is small.
const LARGEST: u64 = 1024 * 1024;
/// Where files are that were read.
const READ: &str = "read";

/// The folder.
#[derive(Debug, Clone)]
pub struct ReturnedMail {
    folder: PathBuf,
}

/// A mail that came back.
#[derive(Debug)]
pub struct Returned {
    path: PathBuf,
    /// What it says, if it is about a message that this program may have sent.
    pub report: Option<DeliveryReport>,
}

impl ReturnedMail {
    /// A folder.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Reads what has come back, the first names first. It stays where it is.
    ///
    /// # Errors
    /// If the folder can't be read. A file that can't be is taken as one that says nothing.
    pub fn look(&self) -> io::Result<Vec<Returned>> {
        let mut paths = Vec::new();
        let new = self.folder.join("new");
        if new.is_dir() {
            paths.extend(files(&new)?);
            let seen = self.folder.join("cur");
            if seen.is_dir() {
                paths.extend(files(&seen)?);
            }
        } else {
            paths.extend(files(&self.folder)?);
        }
        paths.sort();
        paths.truncate(MOST_AT_ONCE);
        Ok(paths.into_iter().map(|path| Returned { report: read(&path), path }).collect())
    }

    /// Moves one away that was read. If the program ends before that, it is read again, which changes nothing.
    ///
    /// # Errors
    /// If it can't be moved.
    pub fn put_away(&self, returned: &Returned) -> io::Result<()> {
        let read = self.folder.join(READ);
        fs::create_dir_all(&read)?;
        let Some(name) = returned.path.file_name() else { return Ok(()) };
        fs::rename(&returned.path, read.join(name))
    }
}

/// The files of a folder, without those that are still being written by the usual ways. Links aren't followed.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_begun = name.starts_with('.') || name.ends_with(".tmp") || name.ends_with(".part");
        if entry.file_type()?.is_file() && !is_begun {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Option<DeliveryReport> {
    let mut mail = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut mail).ok()?;
    DeliveryReport::read(&mail)
}
