//! Secrets in separate files: `twilio.auth_token_file` instead of `twilio.auth_token`. More programs can read the
//! environment of a process than such a file, and systemd, Docker and Kubernetes provide secrets as files.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{ConfigError, Place, SecretFileError, SettingFault};

/// The settings that can be read from a file, by section and key.
pub(super) const SECRETS: [(&str, &str); 3] = [("database", "url"), ("twilio", "auth_token"), ("email", "password")];
/// The suffix of the setting that names the file.
pub(super) const FILE: &str = "_file";
/// The maximum size of a token or address, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Replaces each setting that names a secret file with the content of that file. Returns the files. Errors are added to
/// `problems` and never repeat a content.
pub(super) fn read_into(table: &mut Table, problems: &mut Vec<ConfigError>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (section, key) in SECRETS {
        let Some(Value::Table(settings)) = table.get_mut(section) else { continue };
        files.extend(read_one(settings, section, key, problems));
    }
    let trunks = table.get_mut("sip").and_then(|sip| sip.get_mut("trunks")).and_then(Value::as_table_mut);
    for (name, trunk) in trunks.into_iter().flatten() {
        let Value::Table(settings) = trunk else { continue };
        files.extend(read_one(settings, &format!("sip.trunks.{name}"), "password", problems));
    }
    files
}

/// Replaces one setting. Returns the file it was read from.
fn read_one(settings: &mut Table, section: &str, key: &str, problems: &mut Vec<ConfigError>) -> Option<PathBuf> {
    let Some(Value::String(path)) = settings.remove(&format!("{key}{FILE}")) else { return None };
    if path.is_empty() {
        return None;
    }
    let place = Place::Setting(format!("{section}.{key}{FILE}"));
    if settings.get(key).and_then(Value::as_str).is_some_and(|value| !value.is_empty()) {
        let fault = SettingFault::Twice(format!("{section}.{key}"));
        problems.push(ConfigError::Setting { place, fault });
        return None;
    }
    let path = PathBuf::from(path);
    match content(&path) {
        Ok(value) => {
            settings.insert(key.to_owned(), Value::String(value));
            Some(path)
        }
        Err(error) => {
            // Removed so that the setting itself isn't reported as well.
            settings.remove(key);
            problems.push(ConfigError::Setting { place, fault: SettingFault::SecretFile { path, error } });
            None
        }
    }
}

/// The content without its final line break.
fn content(path: &Path) -> Result<String, SecretFileError> {
    let unreadable = |error: std::io::Error| SecretFileError::Unreadable(error.to_string());
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(SecretFileError::NotAFile);
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(SecretFileError::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| SecretFileError::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Err(SecretFileError::Empty);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
