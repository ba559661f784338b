//! `kenkocall voices import`.

use std::path::PathBuf;

use clap::Args;

use crate::carrier::voices::{RecordingId, VoiceText, keep, texts};
use crate::carrier::wav;
use crate::commands::arguments::Form;
use crate::commands::exit::{refused, usage};
use crate::commands::language::text;
use crate::config::Config;
use crate::domain::Language;
use crate::flow::FlowSet;

#[derive(Debug, Args)]
pub(in crate::commands) struct Import {
    /// The id, as `voices list` and `voices missing` show it; for a health centre's name, a new one such as
    /// centre.13101.
    id: RecordingId,
    /// The recording: a WAV file, µ-law, 8 kHz, mono.
    file: PathBuf,
    /// The language.
    #[arg(long, default_value = "ja")]
    language: Language,
    /// Who speaks.
    #[arg(long)]
    voice: String,
    /// The licence or the agreement under which the recording may be played.
    #[arg(long)]
    licence: String,
    /// The words are this health centre's name, as it is said: its reading if it has one.
    #[arg(long, value_name = "NAME")]
    centre: Option<String>,
    #[command(flatten)]
    form: Form,
}

impl Import {
    pub(super) fn run(self, config: &Config, flow_set: &FlowSet) -> anyhow::Result<()> {
        let folder = config.voices.directory.as_deref();
        let folder = folder.ok_or_else(|| refused(text!("voices-no-folder")))?;
        let text = match self.centre {
            Some(name) => name,
            None => {
                let wanted = texts(flow_set);
                let found = |one: &&VoiceText| one.language == self.language && one.id == self.id.as_str();
                let no_such = || usage(text!("voices-no-id", id = self.id.as_str(), language = self.language.tag()));
                wanted.iter().find(found).ok_or_else(no_such)?.text.clone()
            }
        };
        let wrong = |why: String| refused(format!("{}: {why}", self.file.display()));
        let content = std::fs::read(&self.file).map_err(|error| wrong(error.to_string()))?;
        wav::read(&content).map_err(|error| wrong(error.to_string()))?;
        let kept = keep(folder, self.language, self.id, text, &self.voice, &self.licence, &content)?;
        let file = kept.file(folder).display().to_string();
        let line = text!("voices-imported", file = file.as_str(), words = kept.text.as_str());
        self.form.say(&format!("{line}\n"), serde_json::json!({ "file": file, "text": kept.text }))
    }
}
