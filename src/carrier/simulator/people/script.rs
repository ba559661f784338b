//! What one person does in one call, step by step: written by a test, or drawn for a habit.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::health::Health;
use crate::carrier::simulator::rng::Between;
use crate::domain::{HangupCause, Keys};
use crate::engine::AnsweredBy;
use crate::flow::PromptId;

/// What one person does in one call. Anything else is answered according to the person's health.
///
/// At each question, the first of these rules that applies decides: hanging up at this question, complete silence,
/// keys for this question's number, keys for its prompt, the next step in order, the slips of the pace, the person's
/// own answer.
#[derive(Debug, Clone)]
pub struct Script {
    pub(crate) pickup: Pickup,
    pub(crate) tempo: Pace,
    pub(in crate::carrier::simulator) health: Option<Health>,
    /// The outcome of a transfer; drawn if it isn't set.
    pub(crate) staff: Option<Staff>,
    silent: bool,
    hangs_up_at: Option<HangsUp>,
    at_question: BTreeMap<u16, Keys>,
    at_prompt: BTreeMap<PromptId, VecDeque<Keys>>,
    steps: VecDeque<Step>,
}

/// What staff do when a call is transferred to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staff {
    /// No member of staff answers.
    NeverAnswer,
    /// No member of staff answers, and the person hangs up while the staff's phone rings.
    RingsUntilCallerIsGone {
        /// How long the phone rings until then.
        after: Duration,
    },
    /// They answer after ringing for a time, talk for a time, and one side hangs up.
    Talk {
        /// How long the phone rings.
        rings: Duration,
        /// How long they talk.
        length: Duration,
        /// Who hangs up first.
        hangs_up_first: Side,
    },
}

/// One side of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person on our line.
    Caller,
    /// The other side.
    Staff,
}

/// What happens while the phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pickup {
    /// Answered after the given time; listening begins after a greeting.
    Answers { after: Duration, by: AnsweredBy, greeting: Duration },
    /// Nobody answers.
    RingsOut,
    /// Rejected after the given time.
    Rejects { after: Duration },
    /// The phone never rings, and the call ends with this cause.
    Fails(HangupCause),
    /// The network refuses the request itself.
    Refused,
}

#[derive(Debug, Clone)]
enum Step {
    Keys(Keys),
    Wait(Duration),
}

/// When a person hangs up.
#[derive(Debug, Clone, Copy)]
struct HangsUp {
    question: u16,
    /// From the beginning of its speech; `None`: drawn within the speech.
    after: Option<Duration>,
}

/// The response to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    Keys(Keys),
    Silence,
    HangUp,
    /// Hangs up this long after the beginning of the speech.
    HangUpAfter(Duration),
    /// The script has no response, so the person's own applies.
    Own,
}

/// How fast and how reliably a person uses a phone. Probabilities are from 0 to 1 and apply when a question of the
/// questionnaire is heard for the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// From the end of the speech to the first key.
    pub think: Between,
    /// Added to `think` if something is measured.
    pub measure: Between,
    /// Between two keys.
    pub between_keys: Between,
    /// The probability of barge-in.
    pub barges_in: f64,
    /// The probability that the question is asked again (key 9).
    pub repeats: f64,
    /// The probability that a wrong key is pressed first.
    pub slips: f64,
    /// The probability that no key is pressed at first.
    pub dozes: f64,
    /// The probability that `#` is pressed after an answer or an entry, at any question.
    pub hashes: f64,
    /// The probability that one key too many is pressed after an entry of several keys.
    pub extra_keys: f64,
}

impl Pace {
    /// The pace of most people.
    pub const ORDINARY: Self = Self {
        think: Between::millis(500, 2_500),
        measure: Between::millis(0, 15_000),
        between_keys: Between::millis(200, 700),
        barges_in: 0.25,
        repeats: 0.02,
        slips: 0.02,
        dozes: 0.01,
        hashes: 0.02,
        extra_keys: 0.005,
    };

    /// The pace of old people: they hear everything to the end, and take their time.
    pub const ELDERLY: Self = Self {
        think: Between::millis(2_000, 10_500),
        measure: Between::millis(5_000, 40_000),
        between_keys: Between::millis(700, 3_500),
        barges_in: 0.0,
        repeats: 0.25,
        slips: 0.05,
        dozes: 0.05,
        hashes: 0.1,
        extra_keys: 0.02,
    };

    /// A pace without randomness: the first key one second after the speech, the others 300 ms apart, no slips.
    pub const STEADY: Self = Self {
        think: Between::millis(1_000, 1_000),
        measure: Between::millis(0, 0),
        between_keys: Between::millis(300, 300),
        barges_in: 0.0,
        repeats: 0.0,
        slips: 0.0,
        dozes: 0.0,
        hashes: 0.0,
        extra_keys: 0.0,
    };
}

/// How long a person greets before listening.
const HELLO: Duration = Duration::from_millis(1_500);

impl Script {
    fn ringing(pickup: Pickup) -> Self {
        Self {
            pickup,
            tempo: Pace::STEADY,
            health: None,
            staff: None,
            silent: false,
            hangs_up_at: None,
            at_question: BTreeMap::new(),
            at_prompt: BTreeMap::new(),
            steps: VecDeque::new(),
        }
    }

    /// A person answers after ringing for `after`. Nobody answers if that is longer than the phone rings.
    pub fn answers(after: Duration) -> Self {
        Self::ringing(Pickup::Answers { after, by: AnsweredBy::Person, greeting: HELLO })
    }

    /// The phone rings, and nobody answers.
    pub fn rings_out() -> Self {
        Self::ringing(Pickup::RingsOut)
    }

    /// The line is busy.
    pub fn busy() -> Self {
        Self::fails(HangupCause::UserBusy)
    }

    /// The call is rejected after ringing for `after`.
    pub fn rejects(after: Duration) -> Self {
        Self::ringing(Pickup::Rejects { after })
    }

    /// The phone never rings, and the call ends with this cause: busy, no such number, a network failure.
    pub fn fails(cause: HangupCause) -> Self {
        Self::ringing(Pickup::Fails(cause))
    }

    /// The network refuses the request to dial this number.
    pub fn refused() -> Self {
        Self::ringing(Pickup::Refused)
    }

    /// What answered, as reported by the network, and how long the greeting lasts. For a voicemail that is reported
    /// as a person, use `Person` and [`Script::silent`]. For a person who is reported as a voicemail, use `Machine`.
    #[must_use]
    pub fn picked_up_by(mut self, who: AnsweredBy, greets_for: Duration) -> Self {
        if let Pickup::Answers { by, greeting, .. } = &mut self.pickup {
            (*by, *greeting) = (who, greets_for);
        }
        self
    }

    /// Sets the person's pace. The default is [`Pace::STEADY`].
    #[must_use]
    pub fn tempo(mut self, tempo: Pace) -> Self {
        self.tempo = tempo;
        self
    }

    /// Sets the person's health. By default, it is drawn from the network's seed.
    #[must_use]
    pub fn health(mut self, health: Health) -> Self {
        self.health = Some(health);
        self
    }

    /// Adds a step: press these keys.
    #[must_use]
    pub fn keys(mut self, keys: Keys) -> Self {
        self.steps.push_back(Step::Keys(keys));
        self
    }

    /// Adds a step: wait for this time before the next step, in addition to thinking. There is no barge-in then.
    #[must_use]
    pub fn waits(mut self, time: Duration) -> Self {
        self.steps.push_back(Step::Wait(time));
        self
    }

    /// Sets the outcome of a transfer to staff.
    #[must_use]
    pub fn staff(mut self, staff: Staff) -> Self {
        self.staff = Some(staff);
        self
    }

    /// The person presses no key in the whole call.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Hangs up during the `nth` question of the call, counted from 1; at 0, before anything is said. A repeated
    /// question has the same number. A confirmation has a number of its own.
    #[must_use]
    pub fn hangs_up_at_question(mut self, nth: u16) -> Self {
        self.hangs_up_at = Some(HangsUp { question: nth, after: None });
        self
    }

    /// Hangs up during the `nth` question of the call, `after` its speech has begun. `after` must not be longer than
    /// the speech and the wait for a key.
    #[must_use]
    pub fn hangs_up_within_question(mut self, nth: u16, after: Duration) -> Self {
        self.hangs_up_at = Some(HangsUp { question: nth, after: Some(after) });
        self
    }

    /// Presses these keys at the `nth` question, once.
    #[must_use]
    pub fn keys_at_question(mut self, nth: u16, keys: Keys) -> Self {
        self.at_question.insert(nth, keys);
        self
    }

    /// Presses these keys whenever this prompt is asked. If called several times, the keys are used in order, and the
    /// last ones are repeated.
    #[must_use]
    pub fn keys_at(mut self, prompt: &str, keys: Keys) -> Self {
        self.at_prompt.entry(PromptId::from(prompt)).or_default().push_back(keys);
        self
    }

    pub(in crate::carrier::simulator) fn hangs_up_by(&self, question: u16) -> bool {
        self.hangs_up_at.is_some_and(|at| question >= at.question)
    }

    /// Decides the response to the `nth` question. `first` is `false` if it is asked again. Consecutive waiting steps
    /// are added up.
    pub(crate) fn decide(&mut self, prompt: &str, question: u16, first: bool) -> (Decision, Duration) {
        let mut waits = Duration::ZERO;
        if let Some(at) = self.hangs_up_at.filter(|at| question >= at.question) {
            return (at.after.map_or(Decision::HangUp, Decision::HangUpAfter), waits);
        }
        if self.silent {
            return (Decision::Silence, waits);
        }
        if first && let Some(keys) = self.at_question.remove(&question) {
            return (Decision::Keys(keys), waits);
        }
        if let Some(all) = self.at_prompt.get_mut(prompt) {
            let keys = if all.len() > 1 { all.pop_front() } else { all.front().cloned() };
            if let Some(keys) = keys {
                return (Decision::Keys(keys), waits);
            }
        }
        while let Some(step) = self.steps.pop_front() {
            match step {
                Step::Keys(keys) => return (Decision::Keys(keys), waits),
                Step::Wait(time) => waits = waits.saturating_add(time),
            }
        }
        (Decision::Own, waits)
    }
}
