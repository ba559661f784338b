//! The simulated people: who answers, which keys they press, and when they hang up.

use std::collections::HashMap;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

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
const HANGS_UP_AT: u32 = 4;

/// The settings of one phone, as set through the control API. Unset ones follow the behaviour.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) behaviour: Behaviour,
    /// The keys at each question, in order; empty for none. `#` ends an entry early.
    pub(super) keys: Option<Vec<String>>,
    /// The question at which the person hangs up, counted from 1.
    pub(super) hang_up_at: Option<u32>,
    /// How long it rings, in simulated seconds.
    pub(super) answer_seconds: Option<f64>,
    /// The result of machine detection, right or wrong (`human`, `machine_start`, `fax`, `unknown`).
    pub(super) answered_by: Option<String>,
    /// How long a transferred caller talks with this person, in simulated seconds.
    pub(super) talk_seconds: Option<f64>,
    /// Who hangs up first after a transfer.
    pub(super) hangs_up_first: HangsUpFirst,
}

/// Who hangs up first after a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum HangsUpFirst {
    /// The person that the caller was transferred to.
    #[default]
    Staff,
    /// The caller.
    Caller,
}

/// What happens when a phone is called.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Phone {
    /// The line is busy.
    Busy,
    /// The number doesn't exist.
    Missing,
    /// It rings until the caller gives up.
    RingsOut,
    /// The call is answered, by a person or a machine.
    PickedUp(Listener),
}

/// Who answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listener {
    /// The seconds of ringing before the answer, in simulated time; random if `None`.
    pub(super) answer_seconds: Option<f64>,
    /// A machine plays its greeting first.
    pub(super) is_machine: bool,
    /// The result of machine detection, if it is set.
    pub(super) answered_by: Option<String>,
    /// The keys at each question.
    pub(super) keys: Vec<String>,
    /// The question at which the person hangs up.
    pub(super) hang_up_at: Option<u32>,
    /// How long a transferred caller talks with this person, if it is set.
    pub(super) talk_seconds: Option<f64>,
    /// Who hangs up first after a transfer.
    pub(super) hangs_up_first: HangsUpFirst,
}

impl Person {
    pub(super) fn who(behaviour: Behaviour) -> Self {
        Self {
            behaviour,
            keys: None,
            hang_up_at: None,
            answer_seconds: None,
            answered_by: None,
            talk_seconds: None,
            hangs_up_first: HangsUpFirst::Staff,
        }
    }

    /// Returns what happens when this person is called.
    pub(super) fn phone(self) -> Phone {
        let well = || WELL.map(str::to_owned).to_vec();
        let (keys, hang_up_at) = match self.behaviour {
            Behaviour::Busy => return Phone::Busy,
            Behaviour::Failed => return Phone::Missing,
            Behaviour::NoAnswer => return Phone::RingsOut,
            Behaviour::Answers => (well(), None),
            Behaviour::HangsUp => (well(), Some(HANGS_UP_AT)),
            Behaviour::WrongNumber => (vec![WRONG_NUMBER.to_owned()], None),
            Behaviour::Silent | Behaviour::Voicemail => (Vec::new(), None),
        };
        Phone::PickedUp(Listener {
            answer_seconds: self.answer_seconds,
            is_machine: self.behaviour == Behaviour::Voicemail,
            answered_by: self.answered_by,
            keys: self.keys.unwrap_or(keys),
            hang_up_at: self.hang_up_at.or(hang_up_at),
            talk_seconds: self.talk_seconds,
            hangs_up_first: self.hangs_up_first,
        })
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
        assert_eq!(people.at("+819012345691").phone(), Phone::Busy);
        assert_eq!(people.at("+819012345678").behaviour, Behaviour::Silent);
        people.set("+819012345691".into(), Person::who(Behaviour::NoAnswer));
        assert_eq!(people.at("+819012345691").phone(), Phone::RingsOut);
        people.forget();
        assert_eq!(people.at("+819012345691").phone(), Phone::Busy);
    }

    #[test]
    fn rules_are_read_and_nonsense_is_refused() {
        assert_eq!(by_last_digits("12=no-answer"), Ok(("12".into(), Behaviour::NoAnswer)));
        for wrong in ["", "12", "=busy", "x=busy", "12=asleep"] {
            assert!(by_last_digits(wrong).is_err(), "{wrong}");
        }
    }
}
