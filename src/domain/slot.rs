//! Automated calls in words: a slot is one due time of one patient, an attempt is one call placed for it.

use serde::{Deserialize, Serialize};

/// Declares a closed enum whose variants each have one word, for the database, commands and metrics.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in the database and in commands.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word.
            pub fn from_code(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Why a call is no longer wanted, or never was.
    Withdrawal {
        /// The health centre stopped the patient's automated calls (A4).
        Stopped = "stopped",
        /// The patient asked by key 8 that calls stop, and the centre hasn't decided yet.
        StopRequested = "stop_requested",
        /// Observation has ended (A4).
        Released = "released",
        /// Automated calls were switched off, or there is no number.
        SwitchedOff = "switched_off",
        /// The day's report came, by whatever channel (A9).
        Reported = "reported",
        /// The patient's times, or the centre's hours, days or pattern, no longer have this slot (A3).
        TimesChanged = "times_changed",
        /// The patient has another number now: the call to the old one is taken back (A3).
        NumberChanged = "number_changed",
        /// The person who answers at the number isn't the patient, and it is still registered.
        WrongNumber = "wrong_number",
        /// The number isn't of a kind that automated calls may go to.
        NumberNotAllowed = "number_not_allowed",
        /// Another call of the slot continues, or the slot has ended: the carrier had this call although its attempt
        /// counted as over, or the other way round.
        Superseded = "superseded",
    }
}

words! {
    /// How one attempt ended.
    AttemptOutcome {
        /// The questionnaire was finished.
        Reported = "reported",
        /// Someone answered, and the questionnaire wasn't finished.
        Dropped = "dropped",
        /// Someone answered and can't talk now.
        NotNow = "not_now",
        /// Someone answered and was handed over to a person at the health centre, or staff know that they answered.
        Reached = "reached",
        /// Voicemail or a fax machine answered.
        Voicemail = "voicemail",
        /// The line was busy, or the call was refused.
        Busy = "busy",
        /// It rang, and nobody answered.
        NoAnswer = "no_answer",
        /// The network or we failed.
        Failed = "failed",
        /// No such number, or someone else's.
        WrongNumber = "wrong_number",
        /// We took it back ourselves.
        Withdrawn = "withdrawn",
        /// It is proven that no phone rang: the carrier refused, or never heard of it.
        NotPlaced = "not_placed",
    }
}

words! {
    /// Where an attempt stands.
    AttemptState {
        /// Committed; the carrier may or may not have been asked.
        Intended = "intended",
        /// The carrier has it.
        Placed = "placed",
        /// Someone or something answered.
        Answered = "answered",
        /// Whether the carrier has it isn't known: never dialled again until it is.
        Unknown = "unknown",
        /// Over, with an outcome.
        Ended = "ended",
    }
}

words! {
    /// Why a slot went by without any call.
    Missed {
        /// Its window ended before it could be dialled: we were down, paused, or had no place for it.
        WindowPassed = "window_passed",
        /// The carrier never took a call within the window.
        NotPlaced = "not_placed",
    }
}

/// Where a slot stands. Each ends in exactly one [`SlotEnd`] (I4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotState {
    /// Waits for its time, or for the time of its next attempt.
    Waiting,
    /// An attempt is in progress.
    Calling,
    /// Over.
    Ended(SlotEnd),
}

/// How a slot ended, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotEnd {
    /// The questionnaire was finished in this slot's call.
    Reported,
    /// 未回答: the attempts are used up; how the last one ended.
    Unanswered(AttemptOutcome),
    /// Not wanted any more.
    Cancelled(Withdrawal),
    /// Nobody was called.
    Missed(Missed),
}

impl SlotState {
    /// The states' words.
    pub const WORDS: [&'static str; 6] = ["waiting", "calling", "reported", "unanswered", "cancelled", "missed"];

    /// The word of the state.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Calling => "calling",
            Self::Ended(SlotEnd::Reported) => "reported",
            Self::Ended(SlotEnd::Unanswered(_)) => "unanswered",
            Self::Ended(SlotEnd::Cancelled(_)) => "cancelled",
            Self::Ended(SlotEnd::Missed(_)) => "missed",
        }
    }

    /// The word of the reason, where there is one.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Waiting | Self::Calling | Self::Ended(SlotEnd::Reported) => None,
            Self::Ended(SlotEnd::Unanswered(outcome)) => Some(outcome.code()),
            Self::Ended(SlotEnd::Cancelled(why)) => Some(why.code()),
            Self::Ended(SlotEnd::Missed(why)) => Some(why.code()),
        }
    }

    /// Reads [`SlotState::word`] and [`SlotState::reason`].
    pub fn from_words(state: &str, reason: Option<&str>) -> Option<Self> {
        match (state, reason) {
            ("waiting", None) => Some(Self::Waiting),
            ("calling", None) => Some(Self::Calling),
            ("reported", None) => Some(Self::Ended(SlotEnd::Reported)),
            ("unanswered", Some(why)) => {
                AttemptOutcome::from_code(why).map(|why| Self::Ended(SlotEnd::Unanswered(why)))
            }
            ("cancelled", Some(why)) => Withdrawal::from_code(why).map(|why| Self::Ended(SlotEnd::Cancelled(why))),
            ("missed", Some(why)) => Missed::from_code(why).map(|why| Self::Ended(SlotEnd::Missed(why))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_survives_its_words() {
        let mut states = vec![SlotState::Waiting, SlotState::Calling, SlotState::Ended(SlotEnd::Reported)];
        states.extend(AttemptOutcome::ALL.iter().map(|why| SlotState::Ended(SlotEnd::Unanswered(*why))));
        states.extend(Withdrawal::ALL.iter().map(|why| SlotState::Ended(SlotEnd::Cancelled(*why))));
        states.extend(Missed::ALL.iter().map(|why| SlotState::Ended(SlotEnd::Missed(*why))));
        for state in states {
            assert_eq!(SlotState::from_words(state.code(), state.reason()), Some(state));
            assert!(SlotState::WORDS.contains(&state.code()));
        }
        for (state, reason) in [("waiting", Some("busy")), ("cancelled", None), ("missed", Some("busy")), ("", None)] {
            assert_eq!(SlotState::from_words(state, reason), None);
        }
    }
}
