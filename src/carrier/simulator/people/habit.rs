//! The habits of people who are called. The details of each call are drawn at random.

use std::time::Duration;

use fastrand::Rng;

use super::script::{Pace, Script};
use crate::carrier::simulator::rng::{Between, comes_true};
use crate::domain::{HangupCause, Keys, Language};
use crate::engine::AnsweredBy;

macro_rules! habits {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $weight:literal;)+) => {
        /// What a person does when called.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Habit { $($(#[$doc])* $name),+ }

        impl Habit {
            /// All habits.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The habit as one word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// How many of 1,000 first calls meet it, unless a [`super::PopulationMix`] says otherwise. These are our
            /// own estimates for an ordinary day; no published figures were found.
            pub const fn usual_weight(self) -> u32 {
                match self { $(Self::$name => $weight),+ }
            }
        }
    };
}

habits! {
    /// Answers soon and answers all questions.
    Finishes = "finishes", 520;
    /// Like `Finishes`, but the phone rings for a long time first.
    AnswersLate = "answers_late", 20;
    /// Like `Finishes`, but sometimes presses a wrong key before the right one.
    WrongKeys = "wrong_keys", 20;
    /// Waits so long between keys that some entries are cut off.
    SlowKeys = "slow_keys", 10;
    /// An old person: listens to the end, asks for many questions again, thinks for a long time, sometimes too long.
    /// One in five gives up.
    Elderly = "elderly", 30;
    /// Presses `#` after every answer, as the question about the ID asks for.
    HashEverywhere = "hash_everywhere", 10;
    /// Often presses one key too many after a number of several keys.
    ExtraKeys = "extra_keys", 10;
    /// Chooses another language first.
    OtherLanguage = "other_language", 5;
    /// Asks to stop the calls once the questions have begun, then continues or hangs up.
    AsksToStop = "asks_to_stop", 5;
    /// Asks to stop the calls before identification. Then is the patient, is a wrong number, presses nothing or hangs
    /// up.
    StopsAtOnce = "stops_at_once", 5;
    /// Wants to talk to a person.
    WantsPerson = "wants_person", 10;
    /// Hangs up at some question.
    HangsUpMidway = "hangs_up_midway", 40;
    /// Can't talk now (key 2).
    NotNow = "not_now", 20;
    /// Isn't the patient and doesn't know the patient (key 4).
    WrongNumber = "wrong_number", 10;
    /// Answers and never presses a key.
    Silent = "silent", 10;
    /// Voicemail answers.
    Voicemail = "voicemail", 75;
    /// Voicemail answers, and the network reports a person.
    VoicemailUnnoticed = "voicemail_unnoticed", 5;
    /// The phone rings, and nobody answers.
    NoAnswer = "no_answer", 120;
    /// The line is busy.
    Busy = "busy", 60;
    /// Rejects the call while it rings.
    Rejects = "rejects", 5;
    /// The number doesn't exist.
    NoSuchNumber = "no_such_number", 3;
    /// The network fails.
    NetworkFails = "network_fails", 7;
}

/// When a person who is near the phone answers.
const SOON: Between = Between::millis(2_000, 14_000);
/// How long the greeting and the beep of a voicemail take.
const VOICEMAIL_GREETING: Between = Between::millis(5_000, 15_000);
/// The questions at which a person may hang up midway, counted from 1. The shortest automated call has 14.
const ANY_QUESTION: std::ops::RangeInclusive<u16> = 1..=13;
/// The questions at which a person asks for something else, counted from 1.
const SOME_QUESTION: std::ops::RangeInclusive<u16> = 2..=10;
/// The probability that an old person gives up: in a study, 20.5 % of 185 people over 65 finished no task by phone
/// keys.
const LOSES_HEART: f64 = 0.205;

impl Habit {
    /// Returns `true` if the habit belongs to the person and applies to every call. The others are drawn for each
    /// call.
    pub const fn is_lasting(self) -> bool {
        matches!(
            self,
            Self::SlowKeys
                | Self::Elderly
                | Self::HashEverywhere
                | Self::ExtraKeys
                | Self::OtherLanguage
                | Self::WrongNumber
                | Self::NoSuchNumber
        )
    }

    /// Whether a person with this habit wants to answer all questions.
    pub const fn wants_to_finish(self) -> bool {
        matches!(
            self,
            Self::Finishes
                | Self::AnswersLate
                | Self::WrongKeys
                | Self::SlowKeys
                | Self::Elderly
                | Self::HashEverywhere
                | Self::ExtraKeys
                | Self::OtherLanguage
        )
    }

    /// What a person with this habit does in one call that rings for at most `ring`.
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
            Self::HashEverywhere => answers.tempo(Pace { hashes: 1.0, ..Pace::ELDERLY }),
            Self::ExtraKeys => answers.tempo(Pace { extra_keys: 0.3, ..Pace::ORDINARY }),
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
                // The question is asked again after the confirmation that calls are to stop.
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
            Self::NotNow => answers.keys_at(LISTENING, key("2")).keys_at(ANOTHER_MATTER, key("2")),
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

/// The prompt that asks who is listening.
const LISTENING: &str = "automated_call.ask_listening";

/// The prompt of the second menu, for what isn't said in the first.
const ANOTHER_MATTER: &str = "automated_call.ask_another_matter";

/// The prompt that asks who wants the calls to stop.
const WHO_ASKS: &str = "stop_request.ask_who";

/// Converts a literal that is known to consist of keys.
pub(in crate::carrier::simulator) fn key(text: &str) -> Keys {
    Keys::parse(text).unwrap_or_default()
}

/// The key of a language in the menus, which list the languages in the order of [`Language::ALL`], from 1.
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
