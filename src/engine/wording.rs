//! Turns prompts into words, with the gaps filled: for a voice and for a reader.

use super::effect::{Fill, Utterance};
use super::session::SaidAs;
use crate::domain::{Language, PhoneNumber};
use crate::flow::{FlowSet, ReadAs, speech_time};

/// The gap for the number of the health call line.
const HEALTH_CALL_NUMBER: &str = "{health_call_number}";
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
        if let Fill::HealthCallNumber(number) = fill {
            let number = number.as_ref().map(|number| phone_number(flow_set, utterance.language, number, for_whom));
            text = with_number(&text, number.as_deref(), utterance.language, for_whom);
            continue;
        }
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
        // It also decides what stands around it: `with_number`.
        Fill::HealthCallNumber(_) => (HEALTH_CALL_NUMBER, HEALTH_CALL_NUMBER.to_owned()),
        Fill::OpenAlerts(alerts) => ("{open_alerts}", alerts.to_string()),
        Fill::Until(until) => ("{until}", time_and_date(*until, language, &format)),
    }
}

/// From which hour Spanish and Portuguese speak of the night.
const NIGHT_FROM: u8 = 19;

/// A time and a date. Flow sets from before the months were prompts have them as numbers, and the hours of a whole day.
fn time_and_date(until: [u8; 4], language: Language, format: &impl Fn(&str) -> String) -> String {
    let [_, day, hour, minute] = until;
    let words = time_words(until, language, format);
    let time = words.time.replace("{hour}", &words.hour).replace("{minute}", &words.minute);
    format("shared.spoken_until")
        .replace("{time}", &time)
        .replace("{month}", &words.month)
        .replace("{day}", &day.to_string())
        .replace("{hour}", &hour.to_string())
        .replace("{minute}", &minute.to_string())
}

/// What a time and a date are put together from.
#[derive(Debug)]
pub struct TimeWords {
    /// The prompt of the time, with gaps for the hour and the minute.
    pub prompt: &'static str,
    /// Its wording.
    pub time: String,
    /// The hour, with its article.
    pub hour: String,
    /// The minute.
    pub minute: String,
    /// The month.
    pub month: String,
}

/// The words of month, day, hour and minute. One o'clock has an article of its own in Spanish and Portuguese.
pub fn time_words(until: [u8; 4], language: Language, format: &impl Fn(&str) -> String) -> TimeWords {
    let [month, _, hour, minute] = until;
    // Flow sets from before there was a word for noon and for the night lack it.
    let [prompt, or_else] = time_prompts(hour, minute);
    let found = format(prompt);
    let (prompt, time) = if found.is_empty() { (or_else, format(or_else)) } else { (prompt, found) };
    let in_figures = matches!(language, Language::English | Language::Spanish | Language::Portuguese);
    let half_day = match (hour, hour % 12, language) {
        (_, 0, Language::Japanese) => 0,
        (_, 0, Language::English | Language::Spanish) => 12,
        (0 | 12, ..) => hour,
        (_, half_day, _) => half_day,
    };
    let article = format(if half_day == 1 { "shared.time_hour_one" } else { "shared.time_hour" });
    let half_day = half_day.to_string();
    let hour = if article.is_empty() { half_day } else { article.replace("{hour}", &half_day) };
    let minute = if in_figures { format!("{minute:02}") } else { minute.to_string() };
    let name = format(&format!("shared.month_{month}"));
    let month = if name.is_empty() { month.to_string() } else { name };
    TimeWords { prompt, time, hour, minute, month }
}

/// The prompt for a time of day, and the one for flow sets without it.
const fn time_prompts(hour: u8, minute: u8) -> [&'static str; 2] {
    let or_else = match (hour, minute) {
        (0..12, 0) => "shared.time_am",
        (0..12, _) => "shared.time_am_minutes",
        (_, 0) => "shared.time_pm",
        (_, _) => "shared.time_pm_minutes",
    };
    let time = match (hour, minute) {
        (0, 0) => "shared.time_midnight",
        (12, 0) => "shared.time_noon",
        (NIGHT_FROM.., 0) => "shared.time_night",
        (NIGHT_FROM.., _) => "shared.time_night_minutes",
        (_, _) => or_else,
    };
    [time, or_else]
}

/// A number within a sentence that is complete without it: between pauses, or in brackets.
fn with_number(text: &str, number: Option<&str>, language: Language, for_whom: WordsFor) -> String {
    let wide = matches!(language, Language::Japanese | Language::ChineseSimplified | Language::ChineseTraditional);
    let (before, after) = match (for_whom, wide) {
        (WordsFor::Voice, true) => ("、", "、"),
        (WordsFor::Voice, false) => (", ", ", "),
        (WordsFor::Reader, true) => ("（", "）"),
        (WordsFor::Reader, false) => (" (", ")"),
    };
    let mut parts = text.split(HEALTH_CALL_NUMBER);
    let mut said = parts.next().unwrap_or_default().to_owned();
    for rest in parts {
        let Some(number) = number else {
            said.push_str(rest);
            continue;
        };
        said.push_str(before);
        said.push_str(number);
        // A mark that follows is pause enough, and in Japanese a particle or the verb belongs to the number.
        let voice = for_whom == WordsFor::Voice;
        let joined = voice && (language == Language::Japanese || rest.starts_with(['.', ',', '。', '，', '、']));
        if !joined {
            said.push_str(after);
        }
        said.push_str(if voice { rest.trim_start() } else { rest });
    }
    said
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
