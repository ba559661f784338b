//! What the caller did at a question: the keys of one entry put together, `#` alone told from silence, and keys that
//! still belong to the entry before.

use jiff::{SignedDuration, Timestamp};

use super::effect::{NextAction, Reply, Utterance};
use super::patience::silences;
use super::session::{Asked, Session};
use super::wording::speech_seconds;
use crate::domain::{EntryEnd, Keyed};
use crate::flow::FlowSet;

/// How soon after a question the keys may be left over from the entry before it: one second of the caller's time, and
/// half a second for the way of our reply to the caller and of the key back to us.
const LEFT_OVER: SignedDuration = SignedDuration::from_millis(1_500);
/// No phone answers sooner. Who does, such as a rehearsal or a test of our URLs, doesn't play what is said, so the time
/// tells nothing about silence.
const NO_PHONE: SignedDuration = SignedDuration::from_millis(300);
/// How much of the estimated speech a voice takes at least.
const FASTEST_SPEECH: f64 = 0.75;
/// What carriers count differently at the end of a wait.
const WAIT_ROUNDED: SignedDuration = SignedDuration::from_secs(1);

/// What the caller did at a question.
pub(super) struct Entered {
    /// The keys without the `#` that finished them. Empty after silence; `#` if it was pressed alone.
    pub(super) keys: String,
    /// Whether the caller may still press keys of this entry.
    pub(super) open: bool,
    /// The times of the question.
    pub(super) asked: Option<Asked>,
}

impl Entered {
    /// Puts together what was keyed in this turn and the keys of the same entry before it.
    pub(super) fn of(session: &mut Session, keyed: &Keyed, at: Timestamp) -> Self {
        let (begun, asked) = (session.begun.take(), session.asked.take());
        let mut keys = begun.as_ref().map(|keys| keys.expose().to_owned()).unwrap_or_default();
        keys.push_str(keyed.keys.expose());
        let mut finished = keyed.end == Some(EntryEnd::FinishKey);
        if keys.len() > 1 && keys.ends_with('#') {
            keys.pop();
            finished = true;
        }
        if keys.is_empty() && (finished || keyed.end.is_none() && asked.is_some_and(|asked| asked.is_too_soon(at))) {
            keys.push('#');
        }
        let waited_in_vain = keyed.end == Some(EntryEnd::Silence) || keyed.keys.is_empty();
        Self { keys, open: !finished && !waited_in_vain, asked }
    }
}

impl Asked {
    /// The times of a question that is asked now.
    pub(super) fn now(flow_set: &FlowSet, reply: &Reply, after_entry: bool, at: Timestamp) -> Self {
        let silent_from = at.checked_add(shortest_silence(flow_set, reply)).unwrap_or(at);
        let left_over_until = after_entry.then(|| at.checked_add(LEFT_OVER).unwrap_or(at));
        Self { at, silent_from, left_over_until, noted: false }
    }

    /// A carrier that keeps keys until the question listens delivers what is left over only after the value was read
    /// back.
    pub(super) fn reads_back(&mut self, flow_set: &FlowSet, read_back: &[Utterance]) {
        let seconds = read_back.iter().map(|utterance| speech_seconds(flow_set, utterance)).sum();
        let length = SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
        self.left_over_until = self.left_over_until.map(|until| until.checked_add(length).unwrap_or(until));
    }

    /// Whether keys at `at` came so soon that they may be left over from the entry before. `waits` is how long the
    /// carrier waits for another key before it delivers a single one, at a question that takes several. A single one
    /// that comes sooner isn't from such a carrier, and is left over only while the value is noted.
    pub(super) fn is_left_over(self, at: Timestamp, waits: Option<SignedDuration>) -> bool {
        let Some(until) = self.left_over_until else { return false };
        let pressed = at.checked_sub(waits.unwrap_or_default()).unwrap_or(at);
        let waited = waits.is_none() || self.at.duration_since(pressed) <= WAIT_ROUNDED;
        waited && pressed < until || self.noted && at < until
    }

    /// Whether an empty entry comes too soon for silence: the finish key was pressed.
    fn is_too_soon(self, at: Timestamp) -> bool {
        at < self.silent_from && at.duration_since(self.at) >= NO_PHONE
    }
}

/// How long a caller is silent at least before the carrier says so. Only entries of several keys have a finish key; for
/// the others it isn't needed.
fn shortest_silence(flow_set: &FlowSet, reply: &Reply) -> SignedDuration {
    let NextAction::Gather { max_keys: 2.., ends_with_hash: true, first_key_seconds, .. } = reply.then else {
        return SignedDuration::ZERO;
    };
    let said: f64 = reply.say.iter().map(|utterance| speech_seconds(flow_set, utterance)).sum();
    let repeats = u8::try_from(silences(first_key_seconds).len().saturating_sub(1)).unwrap_or(u8::MAX);
    let repeated = reply.while_waiting.as_ref().map_or(0.0, |utterance| speech_seconds(flow_set, utterance));
    let speech = (said + repeated * f64::from(repeats)) * FASTEST_SPEECH;
    let wait = SignedDuration::from_secs(first_key_seconds.into()).saturating_sub(WAIT_ROUNDED);
    SignedDuration::try_from_secs_f64(speech).unwrap_or_default().saturating_add(wait)
}
