//! The result of keys pressed at a `<Gather>`, in simulated time.

use std::time::Duration;

use crate::carrier::gather::{self, EntryEnd, GatherRules, SpeechLength};
use crate::carrier::twilio::{Gather, Verb};
use crate::domain::Language;
use crate::flow::speech_time;

/// The length of a recording.
const RECORDING_SECONDS: f64 = 5.0;
/// The time from the end of the question to the first key.
const THINKING: Duration = Duration::from_millis(1_500);
/// The time between two keys.
const KEY: Duration = Duration::from_millis(400);

/// The entry at a `<Gather>`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The digits to post, without the key that finished the entry.
    pub(super) digits: String,
    /// The key that finished the entry; empty if none did.
    pub(super) finished_on: String,
    /// The time after the question, in simulated seconds.
    pub(super) seconds: f64,
}

/// Returns the entry for these keys. Keys after its end are lost, as on a phone.
pub(super) fn entry(gather: &Gather, keys: &str) -> Entry {
    let timeout = Duration::from_secs(gather.timeout_seconds.into());
    let rules = GatherRules {
        max_keys: gather.max_keys.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        finish_key: gather.finish_on_key,
        first_key: timeout,
        between_keys: timeout,
    };
    let asked = gather::Gather::new(rules, SpeechLength::default());
    // People who press keys press them in time.
    let entry = gather::typed(asked, keys, THINKING.min(timeout), || KEY.min(timeout));
    let finished_on = match entry.end {
        EntryEnd::FinishKey(key) => key.to_string(),
        EntryEnd::Full | EntryEnd::Silence => String::new(),
    };
    Entry { digits: entry.keys.expose().to_owned(), finished_on, seconds: entry.at.as_secs_f64() }
}

/// Returns the length of speech and recordings, in simulated seconds.
pub(super) fn spoken_seconds(verbs: &[Verb]) -> f64 {
    let one = |verb: &Verb| match verb {
        Verb::Say { text, language, .. } => {
            speech_time::seconds(text.expose(), language_of(language.as_deref().unwrap_or_default()))
        }
        Verb::Play { .. } => RECORDING_SECONDS,
        Verb::Pause { seconds } => f64::from(*seconds),
        _ => 0.0,
    };
    verbs.iter().map(one).sum()
}

/// The language of a carrier's language tag, such as `ja-JP` or `cmn-TW`. Japanese if it is none of ours.
fn language_of(tag: &str) -> Language {
    let (primary, region) = tag.split_once('-').unwrap_or((tag, ""));
    match (primary, region) {
        ("cmn" | "zh", "TW" | "Hant") => Language::ChineseTraditional,
        ("cmn" | "zh", _) => Language::ChineseSimplified,
        _ => {
            let same = |language: &Language| language.tag().split('-').next() == Some(primary);
            Language::ALL.into_iter().find(same).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::twilio::Document;

    fn gather(attributes: &str) -> Gather {
        let xml = format!("<Response><Gather {attributes}><Pause length='2'/></Gather></Response>");
        match Document::parse(&xml).unwrap().verbs.remove(0) {
            Verb::Gather(gather) => gather,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_entry_ends_by_its_last_key_the_hash_or_silence() {
        let ends = |attributes, keys| {
            let entry = entry(&gather(attributes), keys);
            (entry.digits, entry.finished_on)
        };
        assert_eq!(ends("numDigits='3'", "3651"), ("365".into(), String::new()));
        assert_eq!(ends("", "365#1"), ("365".into(), "#".into()));
        assert_eq!(ends("finishOnKey='' numDigits='1'", "#"), ("#".into(), String::new()));
        assert_eq!(ends("numDigits='8'", "123"), ("123".into(), String::new()));
        assert_eq!(ends("", ""), (String::new(), String::new()));
        assert!(entry(&gather("timeout='9'"), "").seconds >= 9.0);
        assert!(entry(&gather("numDigits='1' timeout='9'"), "1").seconds < 9.0);
        assert!((spoken_seconds(&gather("").nested) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn speech_is_as_long_as_its_language_takes() {
        let seconds = |language: &str| {
            let xml = format!("<Response><Say language='{language}'>あいうえおかき</Say></Response>");
            spoken_seconds(&Document::parse(&xml).unwrap().verbs)
        };
        assert!((seconds("ja-JP") - 1.0).abs() < 1e-9);
        let voices = ["ja-JP", "en-US", "cmn-CN", "cmn-TW", "ko-KR", "es-MX", "pt-BR"].map(language_of);
        let ours = Language::ALL.map(|language| voices.contains(&language));
        assert_eq!(ours, [true; Language::ALL.len()]);
    }
}
