//! Loads the flow documents from a folder, or those built into the program.

mod export;
mod reading;

pub(super) use export::{Existing, write};
pub(super) use reading::{Reader, find};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use include_dir::{Dir, include_dir};
use tracing::{info, warn};

use crate::commands::language::{self, text};
use crate::commands::messages::Advice;
use crate::domain::Language;
use crate::flow::fault::Earlier;
use crate::flow::{Finding, FlowSet, changed_without_version};
use crate::flow_test::checked;
use crate::translations::{Message, message};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/call_flows");
static TRANSCRIPTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/transcripts");

/// The folder that is used if none is named and it exists.
const USUAL_FOLDER: &str = "call_flows";
/// The folder with the transcripts, next to the flows of a set.
pub(crate) const TRANSCRIPTS_FOLDER: &str = "transcripts";
/// The maximum number of warnings logged at a start.
const MOST_WARNINGS: usize = 20;
/// The length of a digest that is enough to tell sets apart.
const SHORT_DIGEST: usize = 12;

/// The source of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Folder(PathBuf),
    BuiltIn,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::BuiltIn => f.write_str("built in"),
        }
    }
}

impl Origin {
    /// Returns the named folder. The default is `call_flows` in the working directory if it exists, otherwise the
    /// built-in documents.
    pub(crate) fn choose(named: Option<&Path>) -> Self {
        match named {
            Some(folder) => Self::Folder(folder.to_owned()),
            None if Path::new(USUAL_FOLDER).is_dir() => Self::Folder(USUAL_FOLDER.into()),
            None => Self::BuiltIn,
        }
    }

    /// Formats the path of a file of the set for programs.
    pub(crate) fn path_of(&self, file: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(file).display().to_string(),
            Self::BuiltIn => format!("(built in) {file}"),
        }
    }

    /// Returns all files of the set by their paths in its folder.
    pub(crate) fn files(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let folder = match self {
            Self::BuiltIn => return Ok(built_in_documents()),
            Self::Folder(folder) => folder,
        };
        if !folder.is_dir() {
            bail!(text!("flows-no-folder", folder = folder.display().to_string()));
        }
        let mut reader = Reader::default();
        let mut files = BTreeMap::new();
        for path in find(folder, "toml")? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, reader.text(&path)?);
        }
        Ok(files)
    }

    /// Returns the checked set. Otherwise the error has all findings as sentences.
    pub(crate) fn flow_set(&self) -> anyhow::Result<Arc<FlowSet>> {
        checked(self.files()?).map_err(|findings| anyhow::anyhow!("{}", self.sentences(&findings)))
    }

    /// Returns findings that aren't errors but need the author's attention: questions without a short wording, and
    /// differences from the built-in documents in flows with the same version.
    pub(crate) fn warnings(&self, flow_set: &FlowSet) -> Vec<Finding> {
        let mut warnings = flow_set.doubts();
        if let Self::Folder(_) = self {
            let built_in = FlowSet::read(built_in_documents()).0;
            warnings.extend(changed_without_version(flow_set, &built_in, Earlier::BuiltIn));
        }
        warnings
    }

    /// Logs where the documents of this start came from.
    pub(crate) fn log(&self, flow_set: &FlowSet) {
        let versions: Vec<String> =
            flow_set.flows.values().map(|flow| format!("{} {}", flow.name, flow.version)).collect();
        let digest = flow_set.digest.get(..SHORT_DIGEST).unwrap_or_default();
        info!(from = %self, versions = versions.join(", "), digest, "flow documents loaded");
        self.log_warnings(&self.warnings(flow_set));
    }

    /// Logs what an author should look at.
    pub(crate) fn log_warnings(&self, warnings: &[Finding]) {
        for warning in warnings.iter().take(MOST_WARNINGS) {
            warn!("{}", self.sentence(warning, Language::English));
        }
        if let Some(more @ 1..) = warnings.len().checked_sub(MOST_WARNINGS) {
            warn!(more, "more warnings of the flow documents aren't shown; `kenkocall flows check` has them all");
        }
    }

    /// Formats findings, one per line, each with what to do, in the language of the command line.
    pub(crate) fn sentences(&self, findings: &[Finding]) -> String {
        let lines = findings.iter().map(|finding| self.sentence(finding, language::current()));
        let count = text!("flow-count", count = findings.len());
        format!("{}\n{count}", lines.collect::<Vec<_>>().join("\n"))
    }

    /// Formats one finding with what to do.
    pub(crate) fn sentence(&self, finding: &Finding, language: Language) -> String {
        let path = match self {
            Self::Folder(_) => self.path_of(&finding.file),
            Self::BuiltIn => message!("flow-built-in-file", file = &finding.file).text(language),
        };
        let Advice { what, todo } = Advice::of(finding);
        let place = format!("{path}:{}", finding.line);
        message!("flow-finding", place = place, what = what, todo = todo).text(language)
    }

    /// The source for people.
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Folder(folder) => message!("verbatim", text = folder.display().to_string()),
            Self::BuiltIn => message!("flows-built-in"),
        }
    }
}

/// Returns `true` if a folder has flow documents: at least one flow, or what all flows share.
pub(crate) fn holds_documents(folder: &Path) -> bool {
    let flows = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| entry.path().join("flow.toml").is_file())
    };
    folder.is_dir() && (folder.join("shared/keys.toml").is_file() || flows(folder))
}

/// Returns the transcripts built into the program: their paths below `transcripts` and their texts.
pub(crate) fn built_in_transcripts() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    texts_of(&TRANSCRIPTS, &mut files);
    files.retain(|name, _| name.ends_with(".call"));
    files
}

fn built_in_documents() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    texts_of(&BUILT_IN, &mut files);
    files
}

/// Returns everything that `flows export` writes: the documents, and the transcripts in a folder next to the flows.
pub(crate) fn exported() -> Vec<(PathBuf, &'static [u8])> {
    let mut files = Vec::new();
    contents_of(&BUILT_IN, Path::new(""), &mut files);
    contents_of(&TRANSCRIPTS, Path::new(TRANSCRIPTS_FOLDER), &mut files);
    files.sort();
    files
}

fn texts_of(folder: &Dir<'_>, files: &mut BTreeMap<String, String>) {
    for file in folder.files() {
        let content = file.contents_utf8().unwrap_or_default();
        files.insert(file.path().to_string_lossy().replace('\\', "/"), content.to_owned());
    }
    folder.dirs().for_each(|folder| texts_of(folder, files));
}

fn contents_of(folder: &'static Dir<'static>, below: &Path, files: &mut Vec<(PathBuf, &'static [u8])>) {
    files.extend(folder.files().map(|file| (below.join(file.path()), file.contents())));
    folder.dirs().for_each(|folder| contents_of(folder, below, files));
}
