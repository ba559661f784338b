//! `kenkocall flows test`: plays transcripts against the flow documents.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::json;

use super::{library_of, no_such_flow};
use crate::commands::arguments::Form;
use crate::commands::documents::{Origin, Reader, TRANSCRIPTS_FOLDER, built_in_transcripts, find, holds_documents};
use crate::commands::exit::{Exit, refused, usage};
use crate::commands::language::text;
use crate::commands::output::{complain, outln};
use crate::commands::refusal;
use crate::flow::FlowSet;
use crate::flow_test::{NotStorable, Transcript};
use crate::translations::{Message, message};

/// The transcripts of a working copy of the source.
const WORKING_COPY: &str = "tests/transcripts";
/// The file extension of transcripts.
const EXTENSION: &str = "call";

/// The transcripts to play, and the documents to play them against.
pub(super) struct Chosen {
    origin: Origin,
    transcripts: Source,
}

enum Source {
    /// Folders with a folder of transcripts per flow, or single files.
    Places(Vec<PathBuf>),
    BuiltIn,
}

impl Chosen {
    /// Chooses documents and transcripts. A folder with documents gives both. Transcripts in the folder next to
    /// documents are played against these documents. Without named transcripts, uses those next to the documents, else
    /// those of the working copy, else the built-in ones. `configured` returns the folder of the settings.
    pub(super) fn of(
        folder: Option<PathBuf>,
        places: Vec<PathBuf>,
        configured: impl Fn() -> anyhow::Result<Option<PathBuf>>,
    ) -> anyhow::Result<Self> {
        let named = match (folder, places.as_slice()) {
            (None, [place]) if holds_documents(place) => {
                return Ok(Self::beside(Origin::Folder(place.clone())));
            }
            (None, [first, others @ ..]) => {
                let documents = documents_of(first);
                if others.iter().any(|other| documents_of(other) != documents) {
                    return Err(usage(text!("flows-several-folders")));
                }
                documents
            }
            (folder, _) => folder,
        };
        let folder = if named.is_some() { named } else { configured()? };
        let origin = Origin::choose(folder.as_deref());
        Ok(if places.is_empty() { Self::beside(origin) } else { Self { origin, transcripts: Source::Places(places) } })
    }

    fn beside(origin: Origin) -> Self {
        let beside = match &origin {
            Origin::Folder(folder) => Some(folder.join(TRANSCRIPTS_FOLDER)),
            Origin::BuiltIn => None,
        };
        let usual = beside.into_iter().chain([PathBuf::from(WORKING_COPY)]).find(|place| place.is_dir());
        Self { origin, transcripts: usual.map_or(Source::BuiltIn, |place| Source::Places(vec![place])) }
    }

    /// Plays all transcripts.
    pub(super) fn play(&self, update: bool, form: Form) -> anyhow::Result<Exit> {
        let flow_set = library_of(&self.origin)?;
        let (files, from) = match &self.transcripts {
            Source::Places(places) => (found(places)?, "files"),
            Source::BuiltIn if update => {
                return Err(refused(text!("flows-built-in-transcripts")));
            }
            Source::BuiltIn => {
                let texts = built_in_transcripts().into_iter();
                let files: Texts = texts.map(|(name, text)| (PathBuf::from(name), Ok(text))).collect();
                (files, "built in")
            }
        };
        if matches!(self.transcripts, Source::BuiltIn) && !form.json {
            outln!("{}", text!("flows-test-built-in", documents = self.origin.message()));
        }
        let mut differences = Vec::new();
        for (file, text) in &files {
            let outcome = match text {
                Ok(text) => play(&flow_set, file, text, update),
                Err(error) => Ok(Some(error.clone())),
            };
            let difference = match outcome {
                Ok(None) => continue,
                Ok(Some(difference)) => difference,
                Err(error) => format!("{}: {}", file.display(), refusal::told(&error)),
            };
            if !form.json {
                outln!("{difference}");
            }
            differences.push(difference);
        }
        let failed = differences.len();
        let passed = files.len() - failed;
        let value = json!({
            "documents": self.origin.to_string(),
            "transcripts": from,
            "passed": passed,
            "failed": failed,
            "differences": differences,
        });
        form.say(&format!("{}\n", text!("flows-tested", passed = passed, failed = failed)), value)?;
        Ok(if failed == 0 { Exit::Done } else { Exit::Found })
    }
}

/// Returns the documents next to these transcripts, if there are any: `DIR` of `DIR/transcripts/FLOW/NAME.call`.
fn documents_of(place: &Path) -> Option<PathBuf> {
    let beside = place.ancestors().find(|above| above.file_name().is_some_and(|name| name == TRANSCRIPTS_FOLDER))?;
    let documents = beside.parent()?;
    let documents = if documents.as_os_str().is_empty() { Path::new(".") } else { documents };
    holds_documents(documents).then(|| documents.to_owned())
}

/// Transcripts with their texts, or why a text can't be read.
type Texts = Vec<(PathBuf, Result<String, String>)>;

fn found(places: &[PathBuf]) -> anyhow::Result<Texts> {
    let mut files = Vec::new();
    for place in places {
        if !place.exists() {
            bail!(text!("flows-no-transcript", path = place.display().to_string()));
        }
        if place.is_dir() { files.extend(find(place, EXTENSION)?) } else { files.push(place.clone()) }
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
        bail!(text!("flows-no-transcripts", places = places.join(", ")));
    }
    let mut reader = Reader::default();
    let read = |file: PathBuf| {
        let text = reader.text(&file).map_err(|error| refusal::told(&error));
        (file, text)
    };
    Ok(files.into_iter().map(read).collect())
}

/// Plays one transcript. Returns the first difference, if there is one.
fn play(flow_set: &Arc<FlowSet>, file: &Path, text: &str, update: bool) -> anyhow::Result<Option<String>> {
    let flow = file.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    if flow_set.flow(flow).is_none() {
        bail!(text!("flows-folder-is-no-flow", folder = flow, flows = no_such_flow(flow_set, flow)));
    }
    let transcript = Transcript::read(text, flow)?;
    let (happened, mismatch) = transcript.play(flow_set).map_err(|error: NotStorable| anyhow::anyhow!("{error}"))?;
    if update {
        if happened != text {
            std::fs::write(file, happened).with_context(|| text!("flows-transcript-unwritable"))?;
            complain(&text!("flows-transcript-written", file = file.display().to_string()));
        }
        return Ok(None);
    }
    Ok(mismatch.map(|mismatch| {
        let line = |line: Option<String>| line.map_or_else(|| message!("flows-nothing-more"), verbatim);
        let place = format!("{}:{}", file.display(), mismatch.line);
        text!("flows-differs", place = place, expected = line(mismatch.expected), happened = line(mismatch.happened))
    }))
}

fn verbatim(text: String) -> Message {
    message!("verbatim", text = text)
}
