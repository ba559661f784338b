//! Files with patients' data or secrets are accessible only to their owner. New files are created so. Modes of existing
//! files are never changed without the administrator; wider modes cause a warning.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::config::{Config, Survey};
use crate::store::sqlite_file;
use crate::translations::{Message, message};

/// The permission bits of everyone except the owner.
const OTHERS: u32 = 0o077;
/// The permission bits of users who are neither the owner nor in the group.
const EVERYBODY: u32 = 0o007;
/// The group's permission bits except reading.
const GROUP_WRITES: u32 = 0o030;

/// Makes all files that this process creates from now on readable only by their owner.
pub(super) fn keep_new_files_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Returns a warning for each file of these settings that others than its owner can access.
pub(super) fn warnings(config: &Config, secret_files: &[PathBuf]) -> Vec<Message> {
    let mut data = Vec::new();
    if let Some(file) = sqlite_file(&config.database.url) {
        for end in ["", "-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(end);
            data.push(PathBuf::from(name));
        }
    }
    data.extend(config.audit.checkpoint_file.clone());
    let of_data = data.iter().filter_map(|path| {
        let mode = wide(path, |mode, _| mode & OTHERS != 0)?;
        Some(message!("warning-wide-data", path = path.display().to_string(), mode = mode))
    });
    let of_secrets = secret_files.iter().filter_map(|path| {
        let mode = wide(path, is_wide_secret)?;
        Some(message!("warning-wide-secret", path = path.display().to_string(), mode = mode))
    });
    of_data.chain(of_secrets).collect()
}

/// Like [`warnings`], for settings that may have problems.
pub(super) fn warnings_of(survey: &Survey) -> Vec<Message> {
    survey.config.as_ref().map(|config| warnings(config, &survey.secret_files)).unwrap_or_default()
}

/// The mode of a file, in octal, if it is too wide.
fn wide(path: &Path, is_wide: impl Fn(u32, &Metadata) -> bool) -> Option<String> {
    let metadata = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
    let mode = metadata.permissions().mode() & 0o777;
    is_wide(mode, &metadata).then(|| format!("{mode:04o}"))
}

/// Returns `true` if a secret's file has a wider mode than necessary. The usual place of a secret is a file of root
/// that the program's group may read (0640).
fn is_wide_secret(mode: u32, metadata: &Metadata) -> bool {
    let own = metadata.uid() == rustix::process::geteuid().as_raw();
    let shared = !own || metadata.uid() == 0;
    mode & EVERYBODY != 0 || mode & GROUP_WRITES != 0 || mode & OTHERS != 0 && !shared
}
