//! Turns prompts into words, with the gaps filled: for a voice and for a reader.

use super::effect::{Fill, Utterance};
use crate::domain::{Language, PhoneNumber};
use crate::flow::{FlowSet, ReadAs, speech_time};

/// The gap for the health centre's name.
const CENTRE: &str = "{centre}";

/// Whom the words are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsFor {
    /// A voice: with readings if the document has them.
    Voice,
    /// A person reading a transcript.
    Reader,
}

/// The words of an utterance for a voice, in parts of one language each. A health centre's name is Japanese in every
/// language, and a voice of another language can't read it.
pub fn spoken(flow_set: &FlowSet, utterance: &Utterance) -> Vec<(Language, String)> {
    let name = utterance.fill.iter().find_map(|fill| if let Fill::Centre(name) = fill { Some(name) } else { None });
    let (Some(name), true) = (name, utterance.language != Language::Japanese) else {
        return vec![(utterance.language, words(flow_set, utterance, WordsFor::Voice))];
    };
    let mut around = utterance.clone();
    around.fill.retain(|fill| !matches!(fill, Fill::Centre(_)));
    let text = words(flow_set, &around, WordsFor::Voice);
    let mut parts = Vec::new();
    for (nth, part) in text.split(CENTRE).enumerate() {
        if nth > 0 {
            parts.push((Language::Japanese, name.to_string()));
        }
        if part.contains(char::is_alphanumeric) {
            parts.push((utterance.language, part.trim_matches([' ', ',']).to_owned()));
        }
    }
    parts
}

/// How long an utterance is spoken, in seconds, with the silence after it. An estimate: see [`speech_time`].
pub fn speech_seconds(flow_set: &FlowSet, utterance: &Utterance) -> f64 {
    let parts = spoken(flow_set, utterance);
    let speech: f64 = parts.iter().map(|(language, words)| speech_time::seconds(words, *language)).sum();
    speech + speech_time::AFTER_A_PROMPT
}

/// The words of an utterance. Empty if the document lacks the prompt, which `flows check` rules out.
pub fn words(flow_set: &FlowSet, utterance: &Utterance, for_whom: WordsFor) -> String {
    let mut text = wording(flow_set, utterance.prompt.as_str(), utterance.language, for_whom).to_owned();
    for fill in &utterance.fill {
        let (gap, content) = filled(flow_set, utterance.language, fill, for_whom);
        text = text.replace(gap, &content);
    }
    text
}

fn wording<'a>(flow_set: &'a FlowSet, prompt: &str, language: Language, for_whom: WordsFor) -> &'a str {
    let wording = flow_set.wording(prompt, language);
    wording.map_or("", |wording| match for_whom {
        WordsFor::Voice => wording.spoken(),
        WordsFor::Reader => &wording.text,
    })
}

fn filled(flow_set: &FlowSet, language: Language, fill: &Fill, for_whom: WordsFor) -> (&'static str, String) {
    let format = |prompt: &str| wording(flow_set, prompt, language, for_whom).to_owned();
    match fill {
        Fill::Value(ReadAs::Temperature, entry) => {
            let (whole, tenth) = entry.split_at(entry.len().saturating_sub(1));
            ("{value}", format("shared.spoken_temperature").replace("{whole}", whole).replace("{tenth}", tenth))
        }
        Fill::Value(ReadAs::Percent, entry) => {
            ("{value}", format("shared.spoken_percent").replace("{number}", entry.trim_start_matches('0')))
        }
        Fill::Value(ReadAs::Digits, entry) => ("{value}", digits(flow_set, language, entry, for_whom)),
        Fill::Centre(name) => (CENTRE, name.to_string()),
        Fill::CentrePhone(number) => ("{centre_phone}", phone_number(flow_set, language, number, for_whom)),
        Fill::CallBackNumber(number) => ("{call_back_number}", phone_number(flow_set, language, number, for_whom)),
        Fill::Until([month, day, hour, minute]) => {
            let text = format("shared.spoken_until")
                .replace("{month}", &month.to_string())
                .replace("{day}", &day.to_string())
                .replace("{hour}", &hour.to_string())
                .replace("{minute}", &minute.to_string());
            ("{until}", text)
        }
    }
}

fn phone_number(flow_set: &FlowSet, language: Language, number: &PhoneNumber, for_whom: WordsFor) -> String {
    let national = number.national();
    match for_whom {
        WordsFor::Reader => national,
        // Each group of digits, then a short pause.
        WordsFor::Voice => {
            let groups = national.split('-').map(|group| digits(flow_set, language, group, for_whom));
            groups.collect::<Vec<_>>().join(", ")
        }
    }
}

fn digits(flow_set: &FlowSet, language: Language, entry: &str, for_whom: WordsFor) -> String {
    match for_whom {
        WordsFor::Reader => entry.to_owned(),
        WordsFor::Voice => {
            let words =
                entry.chars().map(|digit| wording(flow_set, &format!("shared.digit_{digit}"), language, for_whom));
            words.collect::<Vec<_>>().join(" ")
        }
    }
}
