//! What people do when they are called, by kind; what each one does in detail is drawn per call.

use std::time::Duration;

use fastrand::Rng;

use super::script::{Pace, Script};
use crate::carrier::simulator::rng::{Between, comes_true};
use crate::domain::{HangupCause, Keys, Language};
use crate::engine::AnsweredBy;

macro_rules! habits {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $weight:literal;)+) => {
        /// What someone does when called.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Habit { $($(#[$doc])* $name),+ }

        impl Habit {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word for it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// How many of 1,000 first calls meet it, unless a [`super::Mix`] says otherwise. Our own guess at an
            /// ordinary day; no published figures were found.
            pub const fn usual_weight(self) -> u32 {
                match self { $(Self::$name => $weight),+ }
            }
        }
    };
}

habits! {
    /// Answers soon and goes through all questions.
    Finishes = "finishes", 540;
    /// The same, but the phone rings for long first.
    AnswersLate = "answers_late", 20;
    /// The same, with a wrong key now and then, then the right one.
    WrongKeys = "wrong_keys", 20;
    /// Takes so long between keys that some entries are cut short.
    SlowKeys = "slow_keys", 10;
    /// Old: listens to the end, asks for many questions again, thinks for long, sometimes for too long; one of five
    /// gives up.
    Elderly = "elderly", 30;
    /// Chooses another language first.
    OtherLanguage = "other_language", 5;
    /// Asks that calls stop once the questions have begun, then goes on or hangs up.
    AsksToStop = "asks_to_stop", 5;
    /// Asks that calls stop before saying who they are; then is the patient, is a wrong number, presses nothing or
    /// hangs up.
    StopsAtOnce = "stops_at_once", 5;
    /// Wants to talk to a person.
    WantsPerson = "wants_person", 10;
    /// Hangs up at some question.
    HangsUpMidway = "hangs_up_midway", 40;
    /// Can't talk now (key 2).
    NotNow = "not_now", 20;
    /// Isn't the patient, and doesn't know them (key 4).
    WrongNumber = "wrong_number", 10;
    /// Picks up and never presses a key.
    Silent = "silent", 10;
    /// Voicemail answers.
    Voicemail = "voicemail", 75;
    /// Voicemail answers, and the network takes it for a person.
    VoicemailUnnoticed = "voicemail_unnoticed", 5;
    /// It rings, and nobody answers.
    NoAnswer = "no_answer", 120;
    /// The line is busy.
    Busy = "busy", 60;
    /// Refuses the call while it rings.
    Rejects = "rejects", 5;
    /// There is no such number.
    NoSuchNumber = "no_such_number", 3;
    /// The network fails.
    NetworkFails = "network_fails", 7;
}

/// When someone who is at hand picks up.
const SOON: Between = Between::millis(2_000, 14_000);
/// How long a voicemail's own greeting and beep take.
const VOICEMAIL_GREETING: Between = Between::millis(5_000, 15_000);
/// The questions at which someone may hang up midway, counted from 1: the shortest automated call has 14.
const ANY_QUESTION: std::ops::RangeInclusive<u16> = 1..=13;
/// The questions at which someone asks for something else, counted from 1.
const SOME_QUESTION: std::ops::RangeInclusive<u16> = 2..=10;
/// How likely an old person gives up: 20.5 % of 185 people over 65 in a study finished no task by phone keys.
const LOSES_HEART: f64 = 0.205;

impl Habit {
    /// Whether it is the person's own and meets every call to them, rather than the moment's.
    pub const fn is_lasting(self) -> bool {
        matches!(self, Self::SlowKeys | Self::Elderly | Self::OtherLanguage | Self::WrongNumber | Self::NoSuchNumber)
    }

    /// What someone with this habit does in one call that rings for at most `ring`.
    pub(in crate::carrier::simulator) fn script(self, rng: &mut Rng, ring: Duration) -> Script {
        let soon = SOON.pick(rng).min(ring.mul_f64(0.5));
        let answers = Script::answers(soon).tempo(Pace::ORDINARY);
        match self {
            Self::Finishes => answers,
            Self::AnswersLate => Script::answers(ring.mul_f64(0.7 + rng.f64() * 0.25)).tempo(Pace::ORDINARY),
            Self::WrongKeys => answers.tempo(Pace { slips: 0.3, ..Pace::ORDINARY }),
            Self::SlowKeys => {
                answers.tempo(Pace { between_keys: Between::millis(1_000, 6_000), dozes: 0.1, ..Pace::ORDINARY })
            }
            Self::Elderly => {
                let question = rng.u16(ANY_QUESTION);
                let listens = answers.tempo(Pace::ELDERLY);
                if comes_true(rng, LOSES_HEART) { listens.hangs_up_at_question(question) } else { listens }
            }
            Self::OtherLanguage => {
                let nth = rng.usize(1..Language::ALL.len());
                let other = Language::ALL.get(nth).copied().unwrap_or_default();
                answers
                    .keys_at(LISTENING, key("3"))
                    .keys_at(LISTENING, key("1"))
                    .keys_at("automated_call.choose_language", language_key(other))
            }
            Self::AsksToStop => {
                let question = rng.u16(SOME_QUESTION);
                let asks = answers.keys_at_question(question, key("8")).keys_at("stop_request.ask_stop", key("1"));
                // The question itself comes back after the one whether calls are to stop.
                if comes_true(rng, 0.5) { asks.hangs_up_at_question(question + 2) } else { asks }
            }
            Self::StopsAtOnce => {
                let asks = answers.keys_at_question(1, key("8"));
                match rng.u8(0..4) {
                    0 => asks.keys_at(WHO_ASKS, key("1")),
                    1 => asks.keys_at(WHO_ASKS, key("4")),
                    2 => asks.keys_at(WHO_ASKS, Keys::default()),
                    _ => asks.hangs_up_at_question(2),
                }
            }
            Self::WantsPerson => answers.keys_at_question(rng.u16(SOME_QUESTION), key("0")),
            Self::HangsUpMidway => answers.hangs_up_at_question(rng.u16(ANY_QUESTION)),
            Self::NotNow => answers.keys_at(LISTENING, key("2")),
            Self::WrongNumber => answers.keys_at(LISTENING, key("4")),
            Self::Silent => answers.silent(),
            Self::Voicemail => answers.silent().picked_up_by(AnsweredBy::Machine, VOICEMAIL_GREETING.pick(rng)),
            Self::VoicemailUnnoticed => answers.silent().picked_up_by(AnsweredBy::Person, VOICEMAIL_GREETING.least),
            Self::NoAnswer => Script::rings_out(),
            Self::Busy => Script::busy(),
            Self::Rejects => Script::rejects(soon),
            Self::NoSuchNumber => Script::fails(HangupCause::InvalidNumberFormat),
            Self::NetworkFails => Script::fails(HangupCause::TemporaryFailure),
        }
    }
}

/// Who is listening?
const LISTENING: &str = "automated_call.ask_listening";

/// Who asks that calls stop?
const WHO_ASKS: &str = "stop_request.ask_who";

/// Keys known to be some.
pub(in crate::carrier::simulator) fn key(text: &str) -> Keys {
    Keys::parse(text).unwrap_or_default()
}

/// The key of a language in the menus: they stand in the order of [`Language::ALL`], from 1.
pub(in crate::carrier::simulator) fn language_key(language: Language) -> Keys {
    let nth = Language::ALL.iter().position(|one| *one == language).unwrap_or_default();
    key(&(nth + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_weights_are_of_a_thousand() {
        assert_eq!(Habit::ALL.iter().map(|habit| habit.usual_weight()).sum::<u32>(), 1_000);
        let words: std::collections::BTreeSet<_> = Habit::ALL.iter().map(|habit| habit.code()).collect();
        assert_eq!(words.len(), Habit::ALL.len());
    }
}
