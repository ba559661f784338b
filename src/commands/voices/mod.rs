//! `kenkocall voices`: the recordings that a SIP line plays.

mod import;
mod say;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use serde_json::{Value, json};

use super::arguments::{Form, table};
use super::documents::Origin;
use super::exit::{Exit, found};
use super::language::text;
use super::output::print;
use crate::carrier::voices::{Recording, VoiceLibrary, VoicesError, entries, folders, texts};
use crate::carrier::wav::SAMPLE_RATE;
use crate::config::Config;
use crate::domain::Language;
use crate::flow::FlowSet;

#[derive(Debug, Subcommand)]
pub(super) enum Voices {
    /// List the recordings: who speaks, under which licence, and what is said.
    List {
        /// Only this language: ja, en, zh-Hans, zh-Hant, ko, es, pt. Default: all.
        #[arg(long)]
        language: Option<Language>,
        #[command(flatten)]
        form: Form,
    },
    /// List what the flow documents say and nobody has recorded.
    Missing {
        /// The folder with the documents. Default: flows.directory of the settings, else call_flows in this folder,
        /// else the built-in ones.
        #[arg(long)]
        folder: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Write what a caller hears of a prompt into a WAV file.
    Say(say::Say),
    /// Check a recording that somebody made, and keep it under the id that it replaces.
    Import(import::Import),
    /// List every recording that the documents need.
    Texts {
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
}

/// Runs a `voices` command.
pub(super) fn run(command: Voices, config: &Config) -> anyhow::Result<Exit> {
    let documents = |named: Option<PathBuf>| flow_set(named.as_deref().or(config.flows.directory.as_deref()));
    match command {
        Voices::List { language, form } => list(&folders(own(config))?, language, form)?,
        Voices::Missing { folder, form } => return missing(config, documents(folder)?.as_ref(), form),
        Voices::Say(say) => say.run(config, documents(None)?.as_ref())?,
        Voices::Import(import) => import.run(config, documents(None)?.as_ref())?,
        Voices::Texts { folder, form } => {
            let texts = texts(documents(folder)?.as_ref());
            let lines: String = texts.iter().map(|one| format!("{} {} {}\n", one.language, one.id, one.text)).collect();
            form.say(&lines, serde_json::to_value(&texts)?)?;
        }
    }
    Ok(Exit::Done)
}

fn own(config: &Config) -> Option<&Path> {
    config.voices.directory.as_deref()
}

fn flow_set(folder: Option<&Path>) -> anyhow::Result<Arc<FlowSet>> {
    Origin::choose(folder).flow_set()
}

fn library(config: &Config) -> Result<VoiceLibrary, VoicesError> {
    let folders = folders(own(config))?;
    VoiceLibrary::load(&folders.iter().map(PathBuf::as_path).collect::<Vec<_>>())
}

/// The length of samples in seconds, for people.
fn seconds(samples: usize) -> String {
    let tenths = samples.saturating_mul(10).div_ceil(SAMPLE_RATE as usize);
    format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10))
}

fn list(folders: &[PathBuf], language: Option<Language>, form: Form) -> anyhow::Result<()> {
    let (mut rows, mut values) = (vec![Vec::from(heads())], Vec::new());
    for folder in folders {
        let chosen = entries(folder)?;
        for recording in chosen.iter().filter(|one| language.is_none_or(|language| one.language == language)) {
            let length = seconds(recording.samples(folder)?.len());
            rows.push(row(recording, &length));
            values.push(value(recording, folder, &length));
        }
    }
    if form.json { form.say("", Value::from(values)) } else { print(&table(&rows)) }
}

fn heads() -> [String; 6] {
    [
        text!("voices-head-language"),
        text!("voices-head-id"),
        text!("voices-head-seconds"),
        text!("voices-head-voice"),
        text!("voices-head-licence"),
        text!("voices-head-words"),
    ]
}

fn row(recording: &Recording, length: &str) -> Vec<String> {
    vec![
        recording.language.to_string(),
        recording.id.to_string(),
        length.to_owned(),
        format!("{} {}", recording.engine, recording.voice),
        recording.licence.clone(),
        recording.text.clone(),
    ]
}

fn value(recording: &Recording, folder: &Path, length: &str) -> Value {
    json!({
        "language": recording.language,
        "id": recording.id,
        "seconds": length,
        "engine": recording.engine,
        "voice": recording.voice,
        "licence": recording.licence,
        "text": recording.text,
        "reading": recording.reading,
        "file": recording.file(folder).display().to_string(),
    })
}

fn missing(config: &Config, flow_set: &FlowSet, form: Form) -> anyhow::Result<Exit> {
    let missing = library(config)?.missing(flow_set);
    if form.json {
        form.say("", serde_json::to_value(&missing)?)?;
    } else if missing.is_empty() {
        print(&format!("{}\n", text!("voices-none-missing")))?;
    } else {
        let row =
            |one: &crate::carrier::voices::VoiceText| vec![one.language.to_string(), one.id.clone(), one.text.clone()];
        print(&table(&missing.iter().map(row).collect::<Vec<_>>()))?;
    }
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    Err(found(text!("voices-missing", count = missing.len())))
}
