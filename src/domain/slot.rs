//! The states of automated calls. A slot is one call time of one patient, and an attempt is one call placed for it.

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants each have one code, for the database, commands and metrics.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// All variants.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code used in the database and in commands.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the code.
            pub fn from_code(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Why a call was withdrawn, or was never wanted.
    Withdrawal {
        /// The health centre stopped the patient's automated calls (A4).
        Stopped = "stopped",
        /// The patient asked by key 8 to stop calls, and the centre hasn't decided yet.
        StopRequested = "stop_requested",
        /// Observation has ended (A4).
        Released = "released",
        /// Automated calls were switched off, or there is no number.
        SwitchedOff = "switched_off",
        /// The day's report arrived, by any channel (A9).
        Reported = "reported",
        /// The patient's times, or the centre's hours, days or pattern, no longer contain this slot (A3).
        TimesChanged = "times_changed",
        /// The patient has another number now: the call to the old one is withdrawn (A3).
        NumberChanged = "number_changed",
        /// The person who answers the number isn't the patient, and it is still registered.
        WrongNumber = "wrong_number",
        /// The number isn't of a kind to which automated calls may be placed.
        NumberNotAllowed = "number_not_allowed",
        /// Another call of the slot continues, or the slot has ended: the carrier had this call although its attempt
        /// counted as over, or the reverse.
        Superseded = "superseded",
    }
}

words! {
    /// How one attempt ended.
    AttemptOutcome {
        /// The questionnaire was finished.
        Reported = "reported",
        /// A person answered, and the questionnaire wasn't finished.
        Dropped = "dropped",
        /// A person answered and can't talk now.
        NotNow = "not_now",
        /// A person answered and was transferred to staff, or staff know that a person answered.
        Reached = "reached",
        /// Voicemail or a fax machine answered.
        Voicemail = "voicemail",
        /// The line was busy, or the call was rejected.
        Busy = "busy",
        /// The phone rang, and nobody answered.
        NoAnswer = "no_answer",
        /// The network or the program failed.
        Failed = "failed",
        /// The number doesn't exist, or is someone else's.
        WrongNumber = "wrong_number",
        /// We withdrew the call.
        Withdrawn = "withdrawn",
        /// It is proven that no phone rang: the carrier refused, or never received the request.
        NotPlaced = "not_placed",
    }
}

words! {
    /// The state of an attempt.
    AttemptState {
        /// Committed. The carrier may or may not have received the request.
        Intended = "intended",
        /// The carrier has accepted the call.
        Placed = "placed",
        /// A person or a machine answered.
        Answered = "answered",
        /// It is unknown whether the carrier has the call. It is never dialled again until that is known.
        Unknown = "unknown",
        /// Ended, with an outcome.
        Ended = "ended",
    }
}

words! {
    /// Why a slot passed without any call.
    Missed {
        /// Its calling window ended before it could be dialled: the program was down or paused, or had no free line.
        WindowPassed = "window_passed",
        /// The carrier never accepted a call within the calling window.
        NotPlaced = "not_placed",
    }
}

/// The state of a slot. Each slot ends in exactly one [`SlotEnd`] (I4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotState {
    /// Waits for its time, or for the time of its next attempt.
    Waiting,
    /// An attempt is in progress.
    Calling,
    /// Ended.
    Ended(SlotEnd),
}

/// How a slot ended, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotEnd {
    /// The questionnaire was finished in this slot's call.
    Reported,
    /// 未回答: all attempts were made. The value is the outcome of the last one.
    Unanswered(AttemptOutcome),
    /// No longer wanted.
    Cancelled(Withdrawal),
    /// No call was placed.
    Missed(Missed),
}

impl SlotState {
    /// The codes of the states.
    pub const WORDS: [&'static str; 6] = ["waiting", "calling", "reported", "unanswered", "cancelled", "missed"];

    /// The code of the state.
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

    /// The code of the reason, if there is one.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Waiting | Self::Calling | Self::Ended(SlotEnd::Reported) => None,
            Self::Ended(SlotEnd::Unanswered(outcome)) => Some(outcome.code()),
            Self::Ended(SlotEnd::Cancelled(why)) => Some(why.code()),
            Self::Ended(SlotEnd::Missed(why)) => Some(why.code()),
        }
    }

    /// Reads [`SlotState::code`] and [`SlotState::reason`].
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

/// The origin of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotOrigin {
    /// The patient's own times or the centre's pattern.
    Schedule,
    /// Staff asked for a call now.
    Staff,
}

impl SlotOrigin {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Staff => "staff",
        }
    }

    /// Reads [`SlotOrigin::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Schedule, Self::Staff].into_iter().find(|origin| origin.code() == word)
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
