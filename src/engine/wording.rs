//! Turns prompts into words, with the gaps filled: for a voice and for a reader.

use super::effect::{Fill, Utterance};
use super::session::SaidAs;
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

/// What may be left of a sentence before a health centre's name, and after it: a voice might say "dot".
const BEFORE_A_NAME: [char; 4] = [' ', ',', '、', '，'];
const AFTER_A_NAME: [char; 6] = [' ', ',', '.', '、', '，', '。'];

/// The words of an utterance for a voice, in parts of one language each. A health centre's name is Japanese in every
/// language, and a voice of another language can't read it, unless the name is also given in Latin letters.
pub fn spoken(flow_set: &FlowSet, utterance: &Utterance) -> Vec<(Language, String)> {
    let (name, said_as) = match utterance.fill.iter().find_map(centre) {
        Some(found) if utterance.language != Language::Japanese && found.1.latin_name.is_none() => found,
        _ => return vec![(utterance.language, words(flow_set, utterance, WordsFor::Voice))],
    };
    let mut around = utterance.clone();
    around.fill.retain(|fill| centre(fill).is_none());
    let text = words(flow_set, &around, WordsFor::Voice);
    let mut parts = Vec::new();
    for (nth, part) in text.split(CENTRE).enumerate() {
        if nth > 0 {
            parts.push((Language::Japanese, said_as.reading.as_deref().unwrap_or(name).to_owned()));
        }
        if part.contains(char::is_alphanumeric) {
            let part = if nth > 0 { part.trim_start_matches(AFTER_A_NAME) } else { part };
            parts.push((utterance.language, part.trim_start().trim_end_matches(BEFORE_A_NAME).to_owned()));
        }
    }
    parts
}

/// The health centre in a gap.
fn centre(fill: &Fill) -> Option<(&str, SaidAs)> {
    match fill {
        Fill::Centre(name) => Some((name, SaidAs::default())),
        Fill::CentreSaidAs(name, said_as) => Some((name, said_as.clone())),
        _ => None,
    }
}

/// A health centre's name for a voice of a language, or for a reader.
fn centre_name(name: &str, said_as: &SaidAs, language: Language, for_whom: WordsFor) -> String {
    let said = match (for_whom, language) {
        (WordsFor::Reader, _) => None,
        (WordsFor::Voice, Language::Japanese) => said_as.reading.as_deref(),
        (WordsFor::Voice, _) => said_as.latin_name.as_deref(),
    };
    said.unwrap_or(name).to_owned()
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
            let exact = format("shared.spoken_temperature_whole");
            // Flow sets from before this prompt existed lack it.
            let text = if tenth == "0" && !exact.is_empty() { exact } else { format("shared.spoken_temperature") };
            ("{value}", text.replace("{whole}", whole).replace("{tenth}", tenth))
        }
        Fill::Value(ReadAs::Percent, entry) => {
            ("{value}", format("shared.spoken_percent").replace("{number}", entry.trim_start_matches('0')))
        }
        Fill::Value(ReadAs::Digits, entry) => ("{value}", digits(flow_set, language, entry, for_whom)),
        Fill::Centre(name) => (CENTRE, name.to_string()),
        Fill::CentreSaidAs(name, said_as) => (CENTRE, centre_name(name, said_as, language, for_whom)),
        Fill::CentrePhone(number) => ("{centre_phone}", phone_number(flow_set, language, number, for_whom)),
        Fill::CallBackNumber(number) => ("{call_back_number}", phone_number(flow_set, language, number, for_whom)),
        Fill::HealthCallNumber(number) => {
            let number = number.as_ref().map(|number| phone_number(flow_set, language, number, for_whom));
            ("{health_call_number}", number.map(|number| set_apart(&number, language, for_whom)).unwrap_or_default())
        }
        Fill::Until(until) => ("{until}", time_and_date(*until, language, &format)),
    }
}

/// A time and a date. Flow sets from before the months were prompts have them as numbers, and the hours of a whole day.
fn time_and_date(until: [u8; 4], language: Language, format: &impl Fn(&str) -> String) -> String {
    let [month, day, hour, minute] = until;
    let time = match (hour < 12, minute) {
        (true, 0) => "shared.time_am",
        (true, _) => "shared.time_am_minutes",
        (false, 0) => "shared.time_pm",
        (false, _) => "shared.time_pm_minutes",
    };
    let half_day = match hour % 12 {
        0 if hour == 0 => 0,
        0 => 12,
        hour => hour,
    };
    let in_figures = matches!(language, Language::English | Language::Spanish | Language::Portuguese);
    let minutes = if in_figures { format!("{minute:02}") } else { minute.to_string() };
    let time = format(time).replace("{hour}", &half_day.to_string()).replace("{minute}", &minutes);
    let name = format(&format!("shared.month_{month}"));
    format("shared.spoken_until")
        .replace("{time}", &time)
        .replace("{month}", &if name.is_empty() { month.to_string() } else { name })
        .replace("{day}", &day.to_string())
        .replace("{hour}", &hour.to_string())
        .replace("{minute}", &minute.to_string())
}

/// A number within a sentence that is complete without it: between pauses, or in brackets.
fn set_apart(number: &str, language: Language, for_whom: WordsFor) -> String {
    let wide = matches!(language, Language::Japanese | Language::ChineseSimplified | Language::ChineseTraditional);
    match (for_whom, wide) {
        (WordsFor::Voice, true) => format!("、{number}、"),
        (WordsFor::Voice, false) => format!(", {number}, "),
        (WordsFor::Reader, true) => format!("（{number}）"),
        (WordsFor::Reader, false) => format!(" ({number})"),
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
