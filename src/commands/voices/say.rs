//! `kenkocall voices say`.

use std::path::PathBuf;

use clap::Args;

use super::library;
use crate::carrier::voices::MissingVoice;
use crate::carrier::wav;
use crate::commands::arguments::Form;
use crate::commands::exit::{refused, usage};
use crate::commands::language::text;
use crate::commands::output::complain;
use crate::config::Config;
use crate::domain::{BodyTemperature, Language, OxygenSaturation, PhoneNumber};
use crate::engine::{Fill, Utterance};
use crate::flow::{FlowSet, PromptId, ReadAs};

#[derive(Debug, Args)]
pub(in crate::commands) struct Say {
    /// The prompt: questionnaire.ask_fatigue, shared.goodbye, …
    prompt: String,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The language.
    #[arg(long, default_value = "ja")]
    language: Language,
    /// The value of {value}: a temperature such as 37.5, or a percentage such as 98.
    #[arg(long)]
    value: Option<String>,
    /// The phone number in the prompt.
    #[arg(long, value_parser = PhoneNumber::parse)]
    phone: Option<PhoneNumber>,
    /// The health centre's name in the prompt.
    #[arg(long, default_value = "")]
    centre: String,
    /// The end of a maintenance: month, day, hour and minute, such as 12-1-9-30.
    #[arg(long)]
    until: Option<String>,
    /// The number of alerts in the prompt.
    #[arg(long, default_value_t = 1)]
    alerts: u32,
    #[command(flatten)]
    form: Form,
}

impl Say {
    pub(super) fn run(self, config: &Config, flow_set: &FlowSet) -> anyhow::Result<()> {
        let prompt = PromptId::from(self.prompt.as_str());
        if flow_set.wording(prompt.as_str(), self.language).is_none() {
            return Err(usage(text!("voices-no-prompt", prompt = prompt.as_str())));
        }
        let said = Utterance { prompt, language: self.language, barge_in: true, fill: self.fill()? };
        let mut missing = Vec::new();
        let audio = library(config)?.say(flow_set, &said, &mut missing).concat();
        for one in &missing {
            complain(&match one {
                MissingVoice::Prompt(prompt, language) => {
                    text!("voices-fell-back", prompt = prompt.as_str(), language = language.tag())
                }
                MissingVoice::CentreName(..) => text!("voices-no-centre-name"),
            });
        }
        let file = self.to.display().to_string();
        let content = wav::write(&audio).map_err(|error| refused(error.to_string()))?;
        std::fs::write(&self.to, content)?;
        let length = super::seconds(audio.len());
        let line = text!("voices-said", file = file.as_str(), seconds = length.as_str());
        self.form.say(&format!("{line}\n"), serde_json::json!({ "file": file, "seconds": length }))
    }

    fn fill(&self) -> anyhow::Result<Vec<Fill>> {
        let mut fill = vec![Fill::Centre(self.centre.as_str().into()), Fill::OpenAlerts(self.alerts)];
        if let Some(value) = &self.value {
            let read = read_value(value).ok_or_else(|| usage(text!("voices-value", value = value.as_str())))?;
            fill.push(read);
        }
        if let Some(until) = &self.until {
            let read = read_time(until).ok_or_else(|| usage(text!("voices-until", value = until.as_str())))?;
            fill.push(Fill::Until(read));
        }
        if let Some(phone) = &self.phone {
            fill.push(Fill::CentrePhone(phone.clone()));
            fill.push(Fill::CallBackNumber(phone.clone()));
        }
        fill.push(Fill::HealthCallNumber(self.phone.clone()));
        Ok(fill)
    }
}

/// A temperature has a point.
fn read_value(value: &str) -> Option<Fill> {
    match value.split_once('.') {
        Some((whole, tenth)) => {
            let entry = format!("{whole}{tenth}");
            BodyTemperature::from_tenths(entry.parse().ok()?).filter(|_| whole.len() == 2 && tenth.len() == 1)?;
            Some(Fill::Value(ReadAs::Temperature, entry.into()))
        }
        None => {
            let percent: u16 = value.parse().ok()?;
            OxygenSaturation::from_percent(percent)?;
            Some(Fill::Value(ReadAs::Percent, format!("{percent:03}").into()))
        }
    }
}

fn read_time(until: &str) -> Option<[u8; 4]> {
    let parts: Vec<u8> = until.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
    let parts: [u8; 4] = parts.try_into().ok()?;
    let [month, day, hour, minute] = parts;
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60;
    fits.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are_written() {
        assert!(matches!(read_value("37.5"), Some(Fill::Value(ReadAs::Temperature, entry)) if &*entry == "375"));
        assert!(matches!(read_value("98"), Some(Fill::Value(ReadAs::Percent, entry)) if &*entry == "098"));
        for wrong in ["", "x", "43.0", "3.75", "37.55", "101", "-1", "37,5"] {
            assert!(read_value(wrong).is_none(), "{wrong}");
        }
        assert_eq!(read_time("12-1-9-30"), Some([12, 1, 9, 30]));
        for wrong in ["", "12-1-9", "13-1-9-0", "1-0-9-0", "1-1-24-0", "1-1-0-60", "1-1-1-1-1"] {
            assert!(read_time(wrong).is_none(), "{wrong}");
        }
    }
}
