//! Where the flow documents come from: a folder, or the ones built into the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use include_dir::{Dir, include_dir};

use crate::flow::{Finding, Library};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/call_flows");

/// The folder that is used when none is named and it exists.
const USUAL_FOLDER: &str = "call_flows";
/// A document set is small; a folder with more files than this isn't one.
const MAX_FILES: usize = 1_000;

/// Where documents were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Folder(PathBuf),
    BuiltIn,
}

impl Origin {
    /// The named folder, else `call_flows` in the working directory, else the documents built into the program.
    pub(super) fn choose(named: Option<&Path>) -> Self {
        match named {
            Some(folder) => Self::Folder(folder.to_owned()),
            None if Path::new(USUAL_FOLDER).is_dir() => Self::Folder(USUAL_FOLDER.into()),
            None => Self::BuiltIn,
        }
    }

    /// How a file of the set is shown to people.
    pub(super) fn path_of(&self, file: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(file).display().to_string(),
            Self::BuiltIn => format!("(built in) {file}"),
        }
    }

    /// All files of the set by their paths below its folder.
    pub(super) fn files(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let mut files = BTreeMap::new();
        match self {
            Self::Folder(folder) => {
                if !folder.is_dir() {
                    bail!(
                        "there is no folder {} with flow documents; name one that has health_call/flow.toml in it",
                        folder.display()
                    );
                }
                collect(folder, folder, &mut files)?;
            }
            Self::BuiltIn => {
                built_in(&BUILT_IN, &mut files);
            }
        }
        Ok(files)
    }

    /// The checked set, or every finding as sentences.
    pub(super) fn library(&self) -> anyhow::Result<Arc<Library>> {
        match Library::checked(self.files()?) {
            Ok(library) => Ok(Arc::new(library)),
            Err(findings) => bail!("{}", self.sentences(&findings)),
        }
    }

    /// Findings, a line each, and what to do with them.
    pub(super) fn sentences(&self, findings: &[Finding]) -> String {
        let lines = findings.iter().map(|finding| {
            format!("{}:{}: {} → {}", self.path_of(&finding.file), finding.line, finding.what, finding.todo)
        });
        let count = findings.len();
        let things = if count == 1 { "thing" } else { "things" };
        format!("{}\nthe flow documents have {count} {things} to mend", lines.collect::<Vec<_>>().join("\n"))
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("the folder {} can't be read", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("the folder {} can't be read", folder.display()))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let bytes = std::fs::read(&path).with_context(|| format!("{} can't be read", path.display()))?;
            let content = String::from_utf8(bytes)
                .map_err(|_| anyhow::anyhow!("{} isn't UTF-8 text; save it as UTF-8", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, content);
        }
        if files.len() > MAX_FILES {
            bail!("{} has more than {MAX_FILES} documents: is it the right folder?", root.display());
        }
    }
    Ok(())
}

fn built_in(folder: &Dir<'_>, files: &mut BTreeMap<String, String>) {
    for file in folder.files() {
        let content = file.contents_utf8().unwrap_or_default();
        files.insert(file.path().to_string_lossy().replace('\\', "/"), content.to_owned());
    }
    folder.dirs().for_each(|folder| built_in(folder, files));
}
