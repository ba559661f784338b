//! Which phone behaves how. A behaviour is a script of the simulated network's people: both networks have the same
//! people.

use std::collections::HashMap;
use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::carrier::simulator::{Pace, Pickup, Script, Side, Staff};
use crate::carrier::twilio::CallStatus;
use crate::domain::{HangupCause, Keys};
use crate::engine::AnsweredBy;

/// How a phone behaves, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Behaviour {
    /// Answers and keys a whole report: well, 36.5 °C, 98 %, no to everything.
    Answers,
    /// The line is busy.
    Busy,
    /// Rings and isn't answered.
    NoAnswer,
    /// The number doesn't exist.
    Failed,
    /// A machine answers.
    Voicemail,
    /// Answers, keys some answers and hangs up at the fourth question.
    HangsUp,
    /// Answers and keys nothing.
    Silent,
    /// A stranger answers and says so by key.
    WrongNumber,
}

/// The behaviours by a number's last two digits, unless others are set.
pub(super) const BY_LAST_DIGITS: [(&str, Behaviour); 7] = [
    ("91", Behaviour::Busy),
    ("92", Behaviour::NoAnswer),
    ("93", Behaviour::Failed),
    ("94", Behaviour::Voicemail),
    ("95", Behaviour::HangsUp),
    ("96", Behaviour::Silent),
    ("97", Behaviour::WrongNumber),
];

/// The answers of a well person to the automated call: listening, 36.5 °C, correct, 98 %, correct, nine times no.
const WELL: [&str; 14] = ["1", "365", "1", "098", "1", "2", "2", "2", "2", "2", "2", "2", "2", "2"];
/// The key for "this isn't the patient's number".
const WRONG_NUMBER: &str = "4";
/// The question at which a person who hangs up does so, by default.
const HANGS_UP_AT: u16 = 4;
/// How long a machine greets.
const GREETING: Duration = Duration::from_secs(8);
/// How long people talk after a transfer, by default.
const TALK: Duration = Duration::from_secs(60);

/// The settings of one phone, as set through the control API. Unset ones follow the behaviour.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) behaviour: Behaviour,
    /// The keys at each question, in order; empty for none. `#` ends an entry early.
    pub(super) keys: Option<Vec<Keys>>,
    /// The question at which the person hangs up, counted from 1.
    pub(super) hang_up_at: Option<u16>,
    /// How long it rings, in simulated time.
    pub(super) answers_after: Option<Duration>,
    /// The result of machine detection, right or wrong (`human`, `machine_start`, `fax`, `unknown`).
    pub(super) answered_by: Option<String>,
    /// How long a transferred caller talks with this person, in simulated time.
    pub(super) talk: Option<Duration>,
    /// Who hangs up first after a transfer.
    pub(super) hangs_up_first: Side,
}

/// What a phone does when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rings {
    /// It never rings, and the call ends in this status.
    Never(CallStatus),
    /// It rings, in simulated time, and then the call has this status.
    For(Duration, CallStatus),
}

/// What a phone does when it may ring for `limit`.
pub(super) fn rings(pickup: Pickup, limit: Duration) -> Rings {
    match pickup {
        Pickup::Fails(HangupCause::UserBusy) => Rings::Never(CallStatus::Busy),
        Pickup::Fails(_) | Pickup::Refused => Rings::Never(CallStatus::Failed),
        Pickup::Answers { after, .. } if after <= limit => Rings::For(after, CallStatus::InProgress),
        Pickup::Rejects { after } if after <= limit => Rings::For(after, CallStatus::Busy),
        Pickup::Answers { .. } | Pickup::Rejects { .. } | Pickup::RingsOut => Rings::For(limit, CallStatus::NoAnswer),
    }
}

impl Person {
    pub(super) fn who(behaviour: Behaviour) -> Self {
        Self {
            behaviour,
            keys: None,
            hang_up_at: None,
            answers_after: None,
            answered_by: None,
            talk: None,
            hangs_up_first: Side::Staff,
        }
    }

    /// What this person does in one call. It rings for `usual` unless that is set.
    pub(super) fn script(&self, usual: Duration) -> Script {
        let after = self.answers_after.unwrap_or(usual);
        let answers = Script::answers(after).tempo(Pace::STEADY);
        let (script, keys): (Script, &[&str]) = match self.behaviour {
            Behaviour::Busy => (Script::busy(), &[]),
            Behaviour::Failed => (Script::fails(HangupCause::InvalidNumberFormat), &[]),
            Behaviour::NoAnswer => (Script::rings_out(), &[]),
            Behaviour::Answers | Behaviour::HangsUp => (answers, &WELL),
            Behaviour::WrongNumber => (answers, &[WRONG_NUMBER]),
            Behaviour::Silent => (answers, &[]),
            Behaviour::Voicemail => (answers.picked_up_by(AnsweredBy::Machine, GREETING), &[]),
        };
        let usual = || keys.iter().filter_map(|keys| Keys::parse(keys).ok()).collect();
        let script = self.keys.clone().unwrap_or_else(usual).into_iter().fold(script, Script::keys);
        let length = self.talk.unwrap_or(TALK);
        let script = script.staff(Staff::Talk { rings: after, length, hangs_up_first: self.hangs_up_first });
        match self.hang_up_at.or((self.behaviour == Behaviour::HangsUp).then_some(HANGS_UP_AT)) {
            Some(question) => script.hangs_up_at_question(question),
            None => script,
        }
    }
}

/// All simulated people.
pub(super) struct People {
    by_number: HashMap<String, Person>,
    by_last_digits: Vec<(String, Behaviour)>,
    otherwise: Behaviour,
}

impl People {
    /// Creates people who behave by the last digits of the number, and by default as `otherwise`.
    pub(super) fn new(by_last_digits: Vec<(String, Behaviour)>, otherwise: Behaviour) -> Self {
        Self { by_number: HashMap::new(), by_last_digits, otherwise }
    }

    pub(super) fn set(&mut self, number: String, person: Person) {
        self.by_number.insert(number, person);
    }

    pub(super) fn forget(&mut self) {
        self.by_number.clear();
    }

    /// Returns the person with this number.
    pub(super) fn at(&self, number: &str) -> Person {
        self.by_number.get(number).cloned().unwrap_or_else(|| {
            let by_digits = self.by_last_digits.iter().find(|(digits, _)| number.ends_with(digits.as_str()));
            Person::who(by_digits.map_or(self.otherwise, |(_, behaviour)| *behaviour))
        })
    }
}

/// Parses `91=busy`: numbers that end in 91 are busy.
pub(super) fn by_last_digits(text: &str) -> Result<(String, Behaviour), String> {
    let wrong = || format!("{text:?} isn't of the form 91=busy: last digits, then a behaviour");
    let (digits, behaviour) = text.split_once('=').ok_or_else(wrong)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    Ok((digits.to_owned(), Behaviour::from_str(behaviour, false).map_err(|_| wrong())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_its_own_comes_before_its_last_digits() {
        let digits = vec![("91".to_owned(), Behaviour::Busy)];
        let mut people = People::new(digits, Behaviour::Silent);
        assert_eq!(people.at("+819012345691"), Person::who(Behaviour::Busy));
        assert_eq!(people.at("+819012345678"), Person::who(Behaviour::Silent));
        people.set("+819012345691".into(), Person::who(Behaviour::NoAnswer));
        assert_eq!(people.at("+819012345691"), Person::who(Behaviour::NoAnswer));
        people.forget();
        assert_eq!(people.at("+819012345691"), Person::who(Behaviour::Busy));
    }

    #[test]
    fn a_phone_rings_as_its_person_behaves() {
        let rings = |behaviour, seconds| {
            rings(Person::who(behaviour).script(Duration::from_secs(seconds)).pickup, Duration::from_secs(20))
        };
        assert_eq!(rings(Behaviour::Busy, 5), Rings::Never(CallStatus::Busy));
        assert_eq!(rings(Behaviour::Failed, 5), Rings::Never(CallStatus::Failed));
        assert_eq!(rings(Behaviour::NoAnswer, 5), Rings::For(Duration::from_secs(20), CallStatus::NoAnswer));
        assert_eq!(rings(Behaviour::Voicemail, 5), Rings::For(Duration::from_secs(5), CallStatus::InProgress));
        assert_eq!(rings(Behaviour::Answers, 21), Rings::For(Duration::from_secs(20), CallStatus::NoAnswer));
    }

    #[test]
    fn rules_are_read_and_nonsense_is_refused() {
        assert_eq!(by_last_digits("12=no-answer"), Ok(("12".into(), Behaviour::NoAnswer)));
        for wrong in ["", "12", "=busy", "x=busy", "12=asleep"] {
            assert!(by_last_digits(wrong).is_err(), "{wrong}");
        }
    }
}
