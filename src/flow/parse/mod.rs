//! Parses the files into a [`FlowSet`]. Parsing continues after errors, so that the rules of `check` still find
//! problems in documents that contain a mistake.

mod ask;
mod flow;
mod node;
mod references;
mod shared_keys;
mod table;
mod wording;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::fault::FileFault;
use super::finding::Finding;
use super::{FlowName, FlowSet, PromptId, names};

impl FlowSet {
    /// Reads the documents from their texts by path in the folder (`health_call/flow.toml`,
    /// `health_call/prompts/ja.toml`, `shared/keys.toml`). Files other than `.toml` are ignored. Bytes that aren't
    /// UTF-8 are expected as U+FFFD and yield a finding.
    ///
    /// The set is complete only if there are no findings. [`FlowSet::checked`] also applies the rules of the check.
    pub fn read(files: BTreeMap<String, String>) -> (Self, Vec<Finding>) {
        let files: BTreeMap<_, _> = files.into_iter().filter(|(path, _)| path.ends_with(".toml")).collect();
        let mut findings = Vec::new();
        let mut flows = BTreeMap::new();
        let mut prompts = BTreeMap::<PromptId, _>::new();
        for (path, text) in &files {
            let text = text.trim_start_matches('\u{feff}');
            let source = table::Source::new(path, text);
            match path.split('/').collect::<Vec<_>>()[..] {
                [names::SHARED, "keys.toml"] => {}
                [folder, "flow.toml"] if folder != names::SHARED => {
                    if let Some(flow) = flow::read(&source, text, folder) {
                        flows.insert(FlowName::from(folder), flow);
                    }
                }
                [folder, "prompts", file] => {
                    if folder != names::SHARED && !files.contains_key(&format!("{folder}/flow.toml")) {
                        source.find(1, FileFault::WordingWithoutFlow(folder.into()));
                    }
                    wording::read(&source, text, folder, file, &mut prompts);
                }
                _ => source.find(1, FileFault::NoPlace),
            }
            findings.extend(source.into_findings());
        }
        let keys = shared_keys::read(&files, &mut findings);
        findings.sort();
        findings.dedup();
        let digest = digest(&files);
        (Self { digest, flows, prompts, keys, files, questionnaire: OnceLock::new() }, findings)
    }
}

/// SHA-256 over all paths and texts. Their lengths are included, so that the end of one file can't be mistaken for
/// the start of another.
fn digest(files: &BTreeMap<String, String>) -> String {
    let mut sha = Sha256::new();
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
