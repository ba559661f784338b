//! Where recordings are, and how one is replaced.

use std::path::{Path, PathBuf};

use super::manifest::{FILE, RECORDED, Recording, RecordingId, VoicesError, entries, sha256, write, write_entries};
use crate::carrier::wav;
use crate::domain::Language;

/// The recordings of the source, in the working directory.
const OF_SOURCE: &str = "voices";
/// The recordings of the package.
pub const SHIPPED: &str = "/usr/share/kenkocall/voices";

/// The folders from which recordings are loaded: those of the package, and one's own, which may still be empty.
///
/// # Errors
/// The recordings of the package aren't there.
pub fn folders(own: Option<&Path>) -> Result<Vec<PathBuf>, VoicesError> {
    let has = |folder: &Path| folder.join(FILE).is_file();
    let places = [OF_SOURCE, SHIPPED].map(PathBuf::from);
    let Some(shipped) = places.into_iter().find(|folder| has(folder)) else {
        let source = std::io::ErrorKind::NotFound.into();
        return Err(VoicesError::File { file: Path::new(SHIPPED).join(FILE), source });
    };
    let own = own.filter(|folder| has(folder)).map(Path::to_owned);
    Ok(std::iter::once(shipped).chain(own).collect())
}

/// Keeps a recording that somebody made in a folder, in place of one with the same id or the same words.
///
/// # Errors
/// The file hasn't the right form, or the folder can't be written.
pub fn keep(
    folder: &Path,
    language: Language,
    id: RecordingId,
    text: String,
    voice: &str,
    licence: &str,
    content: &[u8],
) -> Result<Recording, VoicesError> {
    let recording = Recording {
        language,
        id,
        reading: text.clone(),
        engine: RECORDED.to_owned(),
        voice: voice.to_owned(),
        licence: licence.to_owned(),
        text_sha256: sha256(text.as_bytes()),
        text,
        file_sha256: sha256(content),
    };
    let file = recording.file(folder);
    if let Err(source) = wav::read(content) {
        return Err(VoicesError::Form { file, source });
    }
    let mut all = if folder.join(FILE).is_file() { entries(folder)? } else { Vec::new() };
    all.retain(|one| one.language != language || (one.id != recording.id && one.text != recording.text));
    all.push(recording.clone());
    all.sort_by(|one, other| (one.language, &one.id).cmp(&(other.language, &other.id)));
    write(&file, content)?;
    write_entries(folder, &all)?;
    Ok(recording)
}
