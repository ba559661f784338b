//! Every recording that the documents ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::own_words;
use super::parts::{MOST_COUNTED, Part, parts};
use crate::domain::{BodyTemperature, Language, OxygenSaturation, PhoneNumber};
use crate::engine::{Fill, Utterance};
use crate::flow::{FlowSet, PromptId, ReadAs};

/// What a recording says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoiceText {
    /// The language.
    pub language: Language,
    /// The id, which is also the name of the file.
    pub id: String,
    /// The words.
    pub text: String,
}

/// A phone number with every digit.
const ALL_DIGITS: [&str; 2] = ["+81312345678", "+81312340905"];
/// Every recording that the documents ask for, by language and id, each text once a language.
///
/// It is found by saying every prompt with every value, so nothing that is ever said is left out.
pub fn texts(flow_set: &FlowSet) -> Vec<VoiceText> {
    let mut all: Vec<VoiceText> = Vec::new();
    for language in Language::ALL {
        let mut by_text = BTreeMap::<String, String>::new();
        let mut add = |id: String, text: String| {
            let known = by_text.entry(text).or_insert_with(|| id.clone());
            if (id.len(), &id) < (known.len(), known) {
                *known = id;
            }
        };
        for (id, words) in own_words::ALL {
            add(id.to_owned(), words(language).to_owned());
        }
        for prompt in flow_set.prompts.keys().filter(|prompt| !is_part_of_value(prompt)) {
            for fill in fills_of(flow_set, prompt, language) {
                let said = Utterance { prompt: prompt.clone(), language, barge_in: true, fill };
                for part in parts(flow_set, &said) {
                    if let Part::Words { id, text } = part {
                        add(id, text);
                    }
                }
            }
        }
        if let Some(other) = spoken_alike(language) {
            let recorded: BTreeSet<&str> = all.iter().filter(|one| one.language == other).map(text_of).collect();
            by_text.retain(|text, _| !recorded.contains(text.as_str()));
        }
        let mut of_language: Vec<_> = by_text.into_iter().map(|(text, id)| VoiceText { language, id, text }).collect();
        of_language.sort_by(|one, other| one.id.cmp(&other.id));
        all.extend(of_language);
    }
    all
}

fn text_of(one: &VoiceText) -> &str {
    &one.text
}

/// The language whose recordings also serve another one where the words are written alike: both are Mandarin.
pub(super) const fn spoken_alike(language: Language) -> Option<Language> {
    match language {
        Language::ChineseTraditional => Some(Language::ChineseSimplified),
        _ => None,
    }
}

/// Whether a prompt is said as a part of a value only.
fn is_part_of_value(prompt: &PromptId) -> bool {
    ["shared.spoken_", "shared.time_"].iter().any(|group| prompt.as_str().starts_with(group))
}

/// Every way to fill a prompt's gaps. Values are varied one gap after the other.
fn fills_of(flow_set: &FlowSet, prompt: &PromptId, language: Language) -> Vec<Vec<Fill>> {
    let wording = flow_set.wording(prompt.as_str(), language).map(|wording| wording.spoken().to_string());
    let wording = wording.unwrap_or_default();
    let has = |gap: &str| wording.contains(&format!("{{{gap}}}"));
    let mut fills = vec![Vec::new()];
    if has("value") {
        fills.extend(values().map(|value| vec![value]));
    }
    if has("until") {
        fills.extend(times().map(|time| vec![Fill::Until(time)]));
    }
    if has("open_alerts") {
        fills.extend((0..=MOST_COUNTED.saturating_add(1)).map(|count| vec![Fill::OpenAlerts(count)]));
    }
    let numbers = ALL_DIGITS.iter().filter_map(|number| PhoneNumber::from_e164(number).ok());
    if ["centre_phone", "call_back_number", "health_call_number"].into_iter().any(has) {
        fills.extend(numbers.map(|number| {
            vec![
                Fill::CentrePhone(number.clone()),
                Fill::CallBackNumber(number.clone()),
                Fill::HealthCallNumber(Some(number)),
            ]
        }));
    }
    fills
}

fn values() -> impl Iterator<Item = Fill> {
    let value = |read_as: ReadAs, entry: u16| Fill::Value(read_as, format!("{entry:03}").into());
    let temperatures = BodyTemperature::MIN_TENTHS..=BodyTemperature::MAX_TENTHS;
    let percents = OxygenSaturation::MIN_PERCENT..=OxygenSaturation::MAX_PERCENT;
    let temperatures = temperatures.map(move |tenths| value(ReadAs::Temperature, tenths));
    temperatures.chain(percents.map(move |percent| value(ReadAs::Percent, percent)))
}

/// Every month, day, hour and minute, and every hour with and without minutes.
fn times() -> impl Iterator<Item = [u8; 4]> {
    let days = (1_u8..=31).map(|day| [(day % 12).saturating_add(1), day, 9, 0]);
    let hours = (0..24).flat_map(|hour| [[1, 1, hour, 0], [1, 1, hour, 30]]);
    let minutes = (1..60).flat_map(|minute| [0, 9, 12, 15, 21].map(|hour| [1, 1, hour, minute]));
    let all: BTreeSet<_> = days.chain(hours).chain(minutes).collect();
    all.into_iter()
}
