//! One conversation: plays each reply, collects the keys, and hands in what happened.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tracing::{error, warn};

use crate::carrier::clip::Clip;
use crate::carrier::gather::{Entry, Gather, GatherRules, Pressed, SpeechLength};
use crate::carrier::sip::media::MediaEvent;
use crate::carrier::sip::{LegNews, LegOrder, Talk};
use crate::carrier::voices::{Spoken, VoiceLibrary};
use crate::domain::{CallId, Keyed, Keys, Language};
use crate::engine::{EventKind, NextAction, Reply, TransferOutcome, Utterance, after_failure, silences};
use crate::flow::FlowSet;
use crate::service::context::Stopwatch;
use crate::service::conversation::{CarrierEvent, ConversationService, Outcome};

/// Keys that may be typed ahead.
const MOST_AHEAD: usize = 64;
/// Bytes of a recording in a millisecond.
const BYTES_A_MILLISECOND: u64 = 8;
/// Silence in µ-law.
const SILENCE: u8 = 0xff;
/// How long the end of a speech may take longer than the speech.
const LATE: Duration = Duration::from_secs(2);

/// Leads the conversation of one call.
pub(super) struct Leader {
    conversations: ConversationService,
    voices: Arc<VoiceLibrary>,
    talk: Talk,
    /// Keys typed before their question.
    ahead: VecDeque<char>,
    /// Whether a person has shown themselves by a key.
    keyed: bool,
    language: Language,
}

/// How a reply ended.
enum Heard {
    /// With keys, or with silence after a question.
    Entry(Entry),
    /// Everything was said.
    Said,
    /// The call is withdrawn: the goodbye follows.
    Goodbye,
    /// The call has ended.
    Gone,
}

impl Leader {
    pub(super) fn new(conversations: ConversationService, voices: Arc<VoiceLibrary>, talk: Talk) -> Self {
        let (ahead, language) = (VecDeque::new(), Language::Japanese);
        Self { conversations, voices, talk, ahead, keyed: false, language }
    }

    /// Leads the conversation from its first event to its end.
    pub(super) async fn lead(mut self, first: CarrierEvent) {
        let mut event = first;
        loop {
            let (call, turn, reply, flow_set) = match self.conversations.take(event).await {
                Ok(Outcome::Reply { call, turn, reply, flow_set, .. }) => (call, turn, reply, flow_set),
                Ok(Outcome::CallAgain(language)) => {
                    self.language = language;
                    return self.apologise().await;
                }
                Ok(Outcome::Over) => return self.hang_up().await,
                Ok(Outcome::Noted | Outcome::StaffUnknown | Outcome::Unknown | Outcome::Ahead) => {
                    warn!(leg = %self.talk.leg, "a call isn't known here; its caller was asked to call again");
                    return self.apologise().await;
                }
                Err(error) => {
                    error!(%error, "a caller was asked to call again");
                    return self.apologise().await;
                }
            };
            match self.reply(call, turn, &reply, &flow_set).await {
                Some(next) => event = next,
                None => return,
            }
        }
    }

    /// Plays a reply, and returns what happened then. `None` if the call is over.
    async fn reply(&mut self, call: CallId, turn: u32, reply: &Reply, flow_set: &FlowSet) -> Option<CarrierEvent> {
        if let Some(first) = reply.say.first() {
            self.language = first.language;
        }
        let spoken = self.voices.clips(flow_set, reply);
        for missing in &spoken.missing {
            error!(?missing, "a recording is missing");
        }
        let happening = |happening| Some(CarrierEvent::Turn { call, turn, happening });
        match &reply.then {
            NextAction::Gather { .. } => match self.question(&spoken, &reply.then).await {
                Heard::Entry(entry) => {
                    let keys = Keys::heard(entry.keys.expose());
                    happening(EventKind::Keyed(Keyed { keys, end: Some(entry.end) }))
                }
                Heard::Said => happening(EventKind::Keyed(Keyed::silence())),
                Heard::Goodbye => Some(CarrierEvent::Withdraw(call)),
                Heard::Gone => None,
            },
            // This line can't put callers through, and says so as if nobody had answered.
            NextAction::Transfer { .. } => match self.say(spoken.say).await {
                Heard::Gone => None,
                Heard::Goodbye => Some(CarrierEvent::Withdraw(call)),
                Heard::Said | Heard::Entry(_) => happening(EventKind::TransferEnded(TransferOutcome::NotReached)),
            },
            NextAction::HangUp => {
                self.say(spoken.say).await;
                self.hang_up().await;
                None
            }
        }
    }

    /// Says that something has failed, and to call again. It needs no database.
    async fn apologise(mut self) {
        let lines = self.conversations.lines();
        let said: Utterance = after_failure(self.language, lines.health_call_number.clone());
        let mut missing = Vec::new();
        let audio = self.voices.say(lines.flow_sets.current(), &said, &mut missing);
        self.say(audio.into_iter().map(|audio| Clip { audio, firm: true }).collect()).await;
        self.hang_up().await;
    }

    async fn hang_up(&self) {
        // If the call has ended already, nobody listens.
        _ = self.talk.orders.send(LegOrder::HangUp).await;
    }

    /// Says something to its end, whatever is pressed.
    async fn say(&mut self, clips: Vec<Clip>) -> Heard {
        if clips.is_empty() {
            return Heard::Said;
        }
        let over = tokio::time::sleep(length(&clips).saturating_add(LATE));
        tokio::pin!(over);
        self.talk.media.play(clips);
        let mut held = false;
        loop {
            tokio::select! {
                heard = self.talk.heard.recv() => match heard {
                    Some(MediaEvent::SpeechEnded) => return Heard::Said,
                    Some(MediaEvent::Key(key)) => self.type_ahead(key),
                    Some(MediaEvent::Beep | MediaEvent::Fax | MediaEvent::FirmEnded) => {}
                    None => return Heard::Gone,
                },
                news = self.talk.news.recv() => match news {
                    Some(LegNews::Held(now)) => held = now,
                    Some(LegNews::Goodbye) => {}
                    None => return Heard::Gone,
                },
                () = &mut over, if !held => return Heard::Said,
            }
        }
    }

    /// Asks a question and collects its keys. After a hold, and after the beep of a voicemail, it is asked again.
    async fn question(&mut self, spoken: &Spoken, then: &NextAction) -> Heard {
        let NextAction::Gather { max_keys, ends_with_hash, first_key_seconds, between_keys_seconds } = *then else {
            return Heard::Said;
        };
        let (waiting, first_key) = waiting(first_key_seconds, &spoken.while_waiting);
        let firm = spoken.say.iter().rposition(|clip| clip.firm).map_or(0, |last| last.saturating_add(1));
        let (firm, free) = spoken.say.split_at(firm.min(spoken.say.len()));
        let rules = GatherRules {
            max_keys: Some(usize::from(max_keys.max(1))),
            finish_key: (ends_with_hash && max_keys > 1).then_some('#'),
            first_key,
            between_keys: Duration::from_secs(between_keys_seconds.max(1).into()),
        };
        let speech = SpeechLength { firm: length(firm), free: length(free) };
        let clips: Vec<Clip> = spoken.say.iter().chain(&waiting).cloned().collect();
        loop {
            self.talk.media.play(clips.clone());
            if let Some(heard) = self.answer_to(Gather::new(rules, speech)).await {
                return heard;
            }
        }
    }

    /// The answer to a question that is being asked. `None` if it must be asked again.
    async fn answer_to(&mut self, mut gather: Gather) -> Option<Heard> {
        let watch = Stopwatch::start();
        while let Some(key) = self.ahead.pop_front() {
            match self.press(gather, key, Duration::ZERO) {
                Ok(more) => gather = more,
                Err(entry) => return Some(self.after_firm(entry, &watch).await),
            }
        }
        loop {
            let left = gather.ends_at().saturating_sub(watch.elapsed());
            tokio::select! {
                heard = self.talk.heard.recv() => match heard {
                    Some(MediaEvent::Key(key)) => match self.press(gather, key, watch.elapsed()) {
                        Ok(more) => gather = more,
                        Err(entry) => return Some(self.after_firm(entry, &watch).await),
                    },
                    // A voicemail begins to record: it hears the message from its beginning.
                    Some(MediaEvent::Beep) if !self.keyed => return None,
                    Some(MediaEvent::Fax) => {
                        self.hang_up().await;
                        return Some(Heard::Gone);
                    }
                    Some(MediaEvent::Beep | MediaEvent::FirmEnded | MediaEvent::SpeechEnded) => {}
                    None => return Some(Heard::Gone),
                },
                news = self.talk.news.recv() => match news {
                    Some(LegNews::Held(true)) => return self.until_resumed().await,
                    Some(LegNews::Held(false)) => {}
                    Some(LegNews::Goodbye) => return Some(Heard::Goodbye),
                    None => return Some(Heard::Gone),
                },
                () = tokio::time::sleep(left) => return Some(Heard::Entry(gather.end())),
            }
        }
    }

    /// Presses a key. The first one cuts the speech that may be cut.
    fn press(&mut self, gather: Gather, key: char, at: Duration) -> Result<Gather, Entry> {
        self.keyed = true;
        self.talk.media.barge_in();
        match gather.press(key, at) {
            Pressed::More(gather) => Ok(gather),
            Pressed::Ended(entry) => Err(entry),
            Pressed::TooLate(entry) => {
                self.ahead.push_front(key);
                Err(entry)
            }
        }
    }

    /// An entry counts once the speech without barge-in has been played: the next reply would cut it.
    async fn after_firm(&mut self, entry: Entry, watch: &Stopwatch) -> Heard {
        let firm = tokio::time::sleep(entry.at.saturating_sub(watch.elapsed()));
        tokio::pin!(firm);
        loop {
            tokio::select! {
                () = &mut firm => return Heard::Entry(entry),
                heard = self.talk.heard.recv() => match heard {
                    Some(MediaEvent::Key(key)) => self.type_ahead(key),
                    Some(_) => {}
                    None => return Heard::Entry(entry),
                },
            }
        }
    }

    /// Nothing is asked and nothing runs out while the call is held. The question is then asked again.
    async fn until_resumed(&mut self) -> Option<Heard> {
        loop {
            tokio::select! {
                heard = self.talk.heard.recv() => match heard {
                    Some(MediaEvent::Key(key)) => self.type_ahead(key),
                    Some(_) => {}
                    None => return Some(Heard::Gone),
                },
                news = self.talk.news.recv() => match news {
                    Some(LegNews::Held(false)) => return None,
                    Some(LegNews::Held(true)) => {}
                    Some(LegNews::Goodbye) => return Some(Heard::Goodbye),
                    None => return Some(Heard::Gone),
                },
            }
        }
    }

    fn type_ahead(&mut self, key: char) {
        if self.ahead.len() < MOST_AHEAD {
            self.ahead.push_back(key);
        }
    }
}

/// How long clips play.
fn length(clips: &[Clip]) -> Duration {
    let bytes = clips.iter().map(|clip| u64::try_from(clip.audio.len()).unwrap_or_default()).sum::<u64>();
    Duration::from_millis(bytes.checked_div(BYTES_A_MILLISECOND).unwrap_or_default())
}

/// What is played in the wait for the first key, and how long it lasts: silences with the same sentence between them.
fn waiting(seconds: u8, said: &[Clip]) -> (Vec<Clip>, Duration) {
    let parts = if said.is_empty() { vec![seconds] } else { silences(seconds) };
    let mut clips = Vec::new();
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            clips.extend(said.iter().cloned());
        }
        let bytes = usize::from(*part).saturating_mul(8_000);
        clips.push(Clip { audio: vec![SILENCE; bytes].into(), firm: false });
    }
    let whole = length(&clips);
    (clips, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_is_broken_by_what_is_said_in_it() {
        let said = Clip { audio: vec![0; 8_000].into(), firm: false };
        let (clips, whole) = waiting(60, std::slice::from_ref(&said));
        let times = silences(60).len().saturating_sub(1);
        assert_eq!(clips.iter().filter(|clip| **clip == said).count(), times);
        assert_eq!(whole.as_secs(), 60 + u64::try_from(times).unwrap());
        assert_eq!(waiting(10, &[]).1, Duration::from_secs(10));
    }
}
