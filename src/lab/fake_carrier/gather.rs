//! The result of keys pressed at a `<Gather>`, in simulated time.

use std::time::Duration;

use fastrand::Rng;

use crate::carrier::gather::{self, GatherRules, SpeechLength};
use crate::carrier::simulator::Pace;
use crate::carrier::twilio::{Gather, Verb};
use crate::domain::{EntryEnd, Language};
use crate::flow::speech_time;

/// The length of a recording.
const RECORDING_SECONDS: f64 = 5.0;

/// The entry at a `<Gather>`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The digits to post, without the key that finished the entry.
    pub(super) digits: String,
    /// The key that finished the entry; empty if none did.
    pub(super) finished_on: String,
    /// The time after the question, in simulated time.
    pub(super) length: Duration,
    /// The keys that were typed after the entry had ended.
    pub(super) left_over: String,
}

/// Returns the entry for these keys, pressed at this pace.
pub(super) fn entry(gather: &Gather, keys: &str, pace: &Pace, rng: &mut Rng) -> Entry {
    let timeout = Duration::from_secs(gather.timeout_seconds.into());
    let rules = GatherRules {
        max_keys: gather.max_keys.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        finish_key: gather.finish_on_key,
        first_key: timeout,
        between_keys: timeout,
    };
    let asked = gather::Gather::new(rules, SpeechLength::default());
    // People who press keys press them in time.
    let entry =
        gather::typed(asked, keys, pace.think.pick(rng).min(timeout), || pace.between_keys.pick(rng).min(timeout));
    let finished_on = match entry.end {
        EntryEnd::FinishKey => gather.finish_on_key.map(String::from).unwrap_or_default(),
        EntryEnd::Full | EntryEnd::Silence => String::new(),
    };
    let left_over = gather::left_over(keys, &entry).to_owned();
    Entry { digits: entry.keys.expose().to_owned(), finished_on, length: entry.at, left_over }
}

/// Returns the length of speech and recordings, in simulated time.
pub(super) fn spoken(verbs: &[Verb]) -> Duration {
    let one = |verb: &Verb| match verb {
        Verb::Say { text, language, .. } => {
            speech_time::seconds(text.expose(), language_of(language.as_deref().unwrap_or_default()))
        }
        Verb::Play { .. } => RECORDING_SECONDS,
        Verb::Pause { seconds } => f64::from(*seconds),
        _ => 0.0,
    };
    Duration::try_from_secs_f64(verbs.iter().map(one).sum()).unwrap_or(Duration::MAX)
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

    fn pressed(gather: &Gather, keys: &str) -> Entry {
        entry(gather, keys, &Pace::STEADY, &mut Rng::with_seed(1))
    }

    #[test]
    fn an_entry_ends_by_its_last_key_the_hash_or_silence() {
        let ends = |attributes, keys| {
            let entry = pressed(&gather(attributes), keys);
            (entry.digits, entry.finished_on)
        };
        assert_eq!(ends("numDigits='3'", "3651"), ("365".into(), String::new()));
        assert_eq!(ends("", "365#1"), ("365".into(), "#".into()));
        assert_eq!(ends("finishOnKey='' numDigits='1'", "#"), ("#".into(), String::new()));
        assert_eq!(ends("numDigits='8'", "123"), ("123".into(), String::new()));
        assert_eq!(ends("", ""), (String::new(), String::new()));
        let timeout = Duration::from_secs(9);
        assert!(pressed(&gather("timeout='9'"), "").length >= timeout);
        assert!(pressed(&gather("numDigits='1' timeout='9'"), "1").length < timeout);
        assert_eq!(spoken(&gather("").nested), Duration::from_secs(2));
    }

    #[test]
    fn speech_is_as_long_as_its_language_takes() {
        let seconds = |language: &str| {
            let xml = format!("<Response><Say language='{language}'>あいうえおかきくけこさ</Say></Response>");
            spoken(&Document::parse(&xml).unwrap().verbs)
        };
        assert_eq!(seconds("ja-JP"), Duration::from_millis(1_250));
        let voices = ["ja-JP", "en-US", "cmn-CN", "cmn-TW", "ko-KR", "es-MX", "pt-BR"].map(language_of);
        let ours = Language::ALL.map(|language| voices.contains(&language));
        assert_eq!(ours, [true; Language::ALL.len()]);
    }
}
