//! How long the speech of a reply lasts: an estimate, close enough to occupy lines as real speech does.

use std::time::Duration;

use crate::carrier::gather::SpeechLength;
use crate::engine::{NextAction, Reply, silences, speech_seconds};
use crate::flow::FlowSet;

/// The longest duration of one reply. A longer one indicates a fault in its wording.
const MAX_SPEECH: Duration = Duration::from_secs(300);

/// The duration of a reply's speech.
pub(super) fn of(flow_set: &FlowSet, reply: &Reply) -> SpeechLength {
    let mut speech = SpeechLength::default();
    for utterance in &reply.say {
        speech.free += in_milliseconds(speech_seconds(flow_set, utterance));
        if !utterance.barge_in {
            speech.firm += std::mem::take(&mut speech.free);
        }
    }
    let firm = speech.firm.min(MAX_SPEECH);
    SpeechLength { firm, free: speech.free.min(MAX_SPEECH.saturating_sub(firm)) }
}

/// The wait for the first key after the speech, with what is said in it.
pub(super) fn wait(flow_set: &FlowSet, reply: &Reply) -> Duration {
    let NextAction::Gather { first_key_seconds, .. } = reply.then else { return Duration::ZERO };
    let silence = Duration::from_secs(first_key_seconds.into());
    let Some(said) = &reply.while_waiting else { return silence };
    let times = u32::try_from(silences(first_key_seconds).len().saturating_sub(1)).unwrap_or(u32::MAX);
    silence.saturating_add(in_milliseconds(speech_seconds(flow_set, said)).saturating_mul(times))
}

fn in_milliseconds(seconds: f64) -> Duration {
    let seconds = Duration::try_from_secs_f64(seconds).unwrap_or(MAX_SPEECH);
    Duration::from_millis(u64::try_from(seconds.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::Language;
    use crate::engine::Utterance;

    fn flow_set() -> FlowSet {
        let mut files = BTreeMap::new();
        files.insert("t/prompts/en.toml".to_owned(), "second = \"nineteen characters\"\n".to_owned());
        files.insert("t/flow.toml".to_owned(), "title = \"t\"\nversion = 1\nstart = \"a\"\n".to_owned());
        FlowSet::read(files).0
    }

    fn reply(said: &[bool]) -> Reply {
        let say = said.iter().map(|barge_in| Utterance {
            prompt: "t.second".into(),
            language: Language::English,
            barge_in: *barge_in,
            fill: Vec::new(),
        });
        Reply { say: say.collect(), while_waiting: None, then: NextAction::HangUp }
    }

    #[test]
    fn all_before_the_last_firm_sentence_is_firm() {
        let of = |said: &[bool]| super::of(&flow_set(), &reply(said));
        let second = Duration::from_millis(1_300);
        assert_eq!(of(&[true]), SpeechLength { firm: Duration::ZERO, free: second });
        assert_eq!(of(&[true, false, true]), SpeechLength { firm: 2 * second, free: second });
        assert_eq!(of(&[]).whole(), Duration::ZERO);
    }

    #[test]
    fn a_long_wait_is_as_much_longer_as_is_said_in_it() {
        let then = |first_key_seconds| NextAction::Gather {
            max_keys: 3,
            ends_with_hash: true,
            first_key_seconds,
            between_keys_seconds: 5,
        };
        let said = reply(&[true]);
        let wait = |seconds, while_waiting| {
            super::wait(&flow_set(), &Reply { say: Vec::new(), while_waiting, then: then(seconds) })
        };
        assert_eq!(wait(10, None), Duration::from_secs(10));
        assert_eq!(wait(60, said.say.first().cloned()), Duration::from_millis(60_000 + 3 * 1_300));
    }
}
