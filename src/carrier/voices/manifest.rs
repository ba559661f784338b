//! `manifest.json`: what is recorded, how it is read, who speaks, and under which licence.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::carrier::wav::{self, WavError};
use crate::domain::Language;

/// The manifest's name in the folder of the recordings.
pub const FILE: &str = "manifest.json";
/// The engine of a recording that a person spoke.
pub const RECORDED: &str = "recorded";

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The language.
    pub language: Language,
    /// The id: its file is `LANGUAGE/ID.wav`.
    pub id: RecordingId,
    /// The words, as the documents have them.
    pub text: String,
    /// What the engine was given to say: kana, phonemes, or the words.
    pub reading: String,
    /// The engine, or `recorded`.
    pub engine: String,
    /// The engine's voice, or the person.
    pub voice: String,
    /// The licence of the recording.
    pub licence: String,
    /// SHA-256 of the words.
    pub text_sha256: String,
    /// SHA-256 of the file.
    pub file_sha256: String,
}

/// The name of a recording, which is also a file's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordingId(String);

/// A text that can't be the name of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a recording's id has 1 to 100 of the characters a to z, 0 to 9, '_' and '.'")]
pub struct RecordingIdError;

impl RecordingId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for RecordingId {
    type Err = RecordingIdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
        let fits = (1..=100).contains(&text.len()) && text.bytes().all(legal) && !text.starts_with('.');
        if fits { Ok(Self(text.to_owned())) } else { Err(RecordingIdError) }
    }
}

impl TryFrom<String> for RecordingId {
    type Error = RecordingIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RecordingId> for String {
    fn from(id: RecordingId) -> Self {
        id.0
    }
}

impl std::fmt::Display for RecordingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why the recordings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum VoicesError {
    /// A file can't be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The manifest isn't what it should be.
    #[error("{}: {source}", file.display())]
    Manifest {
        /// The file.
        file: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A recording isn't a WAV file of the right form.
    #[error("{}: {source}", file.display())]
    Form {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: WavError,
    },
    /// A recording isn't the one that the manifest describes.
    #[error("{}: it isn't the file that manifest.json describes; import it anew with `kenkocall voices import`", .0.display())]
    OtherFile(PathBuf),
    /// The words of an entry were changed without a new recording.
    #[error("{}: the words of {id} ({language}) were changed without a new recording", file.display())]
    OtherWords {
        /// The manifest.
        file: PathBuf,
        /// The recording.
        id: RecordingId,
        /// Its language.
        language: Language,
    },
    /// The sentence that replaces missing recordings is itself missing.
    #[error("{}: the recording {id} is missing in {language}; no call may be silent", file.display())]
    NoFallback {
        /// The manifest.
        file: PathBuf,
        /// The recording.
        id: &'static str,
        /// Its language.
        language: Language,
    },
}

impl Recording {
    /// The place of its file in a folder of recordings.
    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(self.language.tag()).join(format!("{}.wav", self.id))
    }

    /// Its samples, after every check.
    ///
    /// # Errors
    /// What is wrong with the file, by its name.
    pub fn samples(&self, folder: &Path) -> Result<Arc<[u8]>, VoicesError> {
        let file = self.file(folder);
        let content = read(&file)?;
        let samples = match wav::read(&content) {
            Ok(samples) => samples,
            Err(source) => return Err(VoicesError::Form { file, source }),
        };
        if sha256(&content) != self.file_sha256 {
            return Err(VoicesError::OtherFile(file));
        }
        if sha256(self.text.as_bytes()) != self.text_sha256 {
            let (file, id) = (folder.join(FILE), self.id.clone());
            return Err(VoicesError::OtherWords { file, id, language: self.language });
        }
        Ok(samples.into())
    }
}

/// The entries of a folder's manifest.
///
/// # Errors
/// It is missing or isn't a manifest.
pub fn entries(folder: &Path) -> Result<Vec<Recording>, VoicesError> {
    let file = folder.join(FILE);
    let content = read(&file)?;
    serde_json::from_slice(&content).map_err(|source| VoicesError::Manifest { file, source })
}

/// Writes a manifest: one recording a line, so that a change is a change of its line. It replaces the old one whole.
///
/// # Errors
/// The folder can't be written.
pub fn write_entries(folder: &Path, entries: &[Recording]) -> Result<(), VoicesError> {
    let file = folder.join(FILE);
    let lines: Result<Vec<_>, _> = entries.iter().map(serde_json::to_string).collect();
    let lines = match lines {
        Ok(lines) => lines.join(",\n"),
        Err(source) => return Err(VoicesError::Manifest { file, source }),
    };
    write(&file, format!("[\n{lines}\n]\n").as_bytes())
}

/// Writes a file beside its place and moves it there, so that no half of it is ever read.
///
/// # Errors
/// The folder can't be written.
pub fn write(file: &Path, content: &[u8]) -> Result<(), VoicesError> {
    let failed = |source| VoicesError::File { file: file.to_owned(), source };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let new = file.with_extension("new");
    std::fs::write(&new, content).and_then(|()| std::fs::rename(&new, file)).map_err(failed)
}

fn read(file: &Path) -> Result<Vec<u8>, VoicesError> {
    std::fs::read(file).map_err(|source| VoicesError::File { file: file.to_owned(), source })
}

/// SHA-256 in hex.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
