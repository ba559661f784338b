//! What one person does in one call, step by step: written by a test, or drawn for a habit.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::health::Health;
use crate::carrier::simulator::rng::Between;
use crate::domain::{HangupCause, Keys};
use crate::engine::AnsweredBy;
use crate::flow::PromptId;

/// What one person does in one call. What it doesn't say is answered as the person's health has it.
///
/// At each question the first of these that has something to say decides: hanging up at this question, silence all the
/// way, keys for this question's number, keys for its prompt, the next step in order, the tempo's slips, the person's
/// own answer.
#[derive(Debug, Clone)]
pub struct Script {
    pub(in crate::carrier::simulator) pickup: Pickup,
    pub(in crate::carrier::simulator) tempo: Pace,
    pub(in crate::carrier::simulator) health: Option<Health>,
    /// What comes of a transfer; drawn unless it is said.
    pub(in crate::carrier::simulator) staff: Option<Staff>,
    silent: bool,
    hangs_up_at: Option<u16>,
    at_question: BTreeMap<u16, Keys>,
    at_prompt: BTreeMap<PromptId, VecDeque<Keys>>,
    steps: VecDeque<Step>,
}

/// What staff do when their phone rings because the person is put through to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staff {
    /// Nobody of them picks up.
    NeverAnswer,
    /// Nobody of them picks up, and the person hangs up while their phone rings.
    RingsUntilCallerIsGone {
        /// How long it rings until then.
        after: Duration,
    },
    /// They pick up after so much ringing, talk for so long, and one side hangs up.
    Talk {
        /// How long it rings.
        rings: Duration,
        /// How long they talk.
        length: Duration,
        /// Who hangs up first.
        hangs_up_first: Side,
    },
}

/// One of the two who talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person on our line.
    Caller,
    /// The other side.
    Staff,
}

/// What becomes of the ringing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::carrier::simulator) enum Pickup {
    /// Picked up after so much ringing, and listening after a greeting.
    Answers { after: Duration, by: AnsweredBy, greeting: Duration },
    /// Nobody picks up.
    RingsOut,
    /// Refused after so much ringing.
    Rejects { after: Duration },
    /// It never rings: the cause comes instead.
    Fails(HangupCause),
    /// The network refuses the request itself.
    Refused,
}

#[derive(Debug, Clone)]
enum Step {
    Keys(Keys),
    Wait(Duration),
    Silence,
    HangUp,
}

/// What someone does about a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::carrier::simulator) enum Decision {
    Keys(Keys),
    Silence,
    HangUp,
    /// As the person would: not in the script.
    Own,
}

/// How fast and how surely someone uses a phone. Probabilities are from 0 to 1 and hold for the first time that a
/// question of the questionnaire is heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// From the end of the words to the first key.
    pub think: Between,
    /// On top of that where something is measured.
    pub measure: Between,
    /// Between two keys.
    pub between_keys: Between,
    /// How likely the words are cut short by a key.
    pub barges_in: f64,
    /// How likely a question is asked for again (key 9).
    pub repeats: f64,
    /// How likely a wrong key is pressed first.
    pub slips: f64,
    /// How likely nothing is pressed at first.
    pub dozes: f64,
}

impl Pace {
    /// As most people.
    pub const ORDINARY: Self = Self {
        think: Between::millis(500, 2_500),
        measure: Between::millis(0, 15_000),
        between_keys: Between::millis(200, 700),
        barges_in: 0.25,
        repeats: 0.02,
        slips: 0.02,
        dozes: 0.01,
    };

    /// As old people do: they hear everything to its end, and take their time.
    pub const ELDERLY: Self = Self {
        think: Between::millis(2_000, 10_500),
        measure: Between::millis(5_000, 40_000),
        between_keys: Between::millis(700, 3_500),
        barges_in: 0.0,
        repeats: 0.25,
        slips: 0.05,
        dozes: 0.05,
    };

    /// Without any chance in it: the first key one second after the words, the others 300 ms apart, no slips.
    pub const STEADY: Self = Self {
        think: Between::millis(1_000, 1_000),
        measure: Between::millis(0, 0),
        between_keys: Between::millis(300, 300),
        barges_in: 0.0,
        repeats: 0.0,
        slips: 0.0,
        dozes: 0.0,
    };
}

/// How long a person says hello before listening.
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

    /// Someone picks up after so much ringing; nobody does when that is longer than the phone rings.
    pub fn answers(after: Duration) -> Self {
        Self::ringing(Pickup::Answers { after, by: AnsweredBy::Person, greeting: HELLO })
    }

    /// It rings, and nobody picks up.
    pub fn rings_out() -> Self {
        Self::ringing(Pickup::RingsOut)
    }

    /// The line is busy.
    pub fn busy() -> Self {
        Self::fails(HangupCause::UserBusy)
    }

    /// The call is refused after so much ringing.
    pub fn rejects(after: Duration) -> Self {
        Self::ringing(Pickup::Rejects { after })
    }

    /// It never rings, and ends with this cause: busy, no such number, a failing network.
    pub fn fails(cause: HangupCause) -> Self {
        Self::ringing(Pickup::Fails(cause))
    }

    /// The network doesn't take the request to dial this number at all.
    pub fn refused() -> Self {
        Self::ringing(Pickup::Refused)
    }

    /// What picked up, as far as the network can tell, and how long it greets before it listens. A voicemail that is
    /// taken for a person is `Person` and [`Script::silent`]; a person taken for one is `Machine`.
    #[must_use]
    pub fn picked_up_by(mut self, who: AnsweredBy, greets_for: Duration) -> Self {
        if let Pickup::Answers { by, greeting, .. } = &mut self.pickup {
            (*by, *greeting) = (who, greets_for);
        }
        self
    }

    /// How fast the person is; [`Pace::STEADY`] unless it is said.
    #[must_use]
    pub fn tempo(mut self, tempo: Pace) -> Self {
        self.tempo = tempo;
        self
    }

    /// How the person is; drawn by the network's seed unless it is said.
    #[must_use]
    pub fn health(mut self, health: Health) -> Self {
        self.health = Some(health);
        self
    }

    /// Next, these keys.
    #[must_use]
    pub fn keys(mut self, keys: Keys) -> Self {
        self.steps.push_back(Step::Keys(keys));
        self
    }

    /// Next, so much time before the step after this one, on top of thinking. Nothing is cut short then.
    #[must_use]
    pub fn waits(mut self, time: Duration) -> Self {
        self.steps.push_back(Step::Wait(time));
        self
    }

    /// Next, one question passes in silence.
    #[must_use]
    pub fn silent_once(mut self) -> Self {
        self.steps.push_back(Step::Silence);
        self
    }

    /// Next, the phone is hung up.
    #[must_use]
    pub fn hangs_up(mut self) -> Self {
        self.steps.push_back(Step::HangUp);
        self
    }

    /// What comes of being put through to staff.
    #[must_use]
    pub fn staff(mut self, staff: Staff) -> Self {
        self.staff = Some(staff);
        self
    }

    /// No key at all, all the way.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Hangs up while the `nth` question of the call is asked, counted from 1; at 0 before anything is said. A question
    /// that is asked again is the same one; a confirmation is one of its own.
    #[must_use]
    pub fn hangs_up_at_question(mut self, nth: u16) -> Self {
        self.hangs_up_at = Some(nth);
        self
    }

    /// These keys when the `nth` question comes, once.
    #[must_use]
    pub fn keys_at_question(mut self, nth: u16, keys: Keys) -> Self {
        self.at_question.insert(nth, keys);
        self
    }

    /// These keys whenever this prompt asks. Said several times, they are used one after the other, the last one for
    /// good.
    #[must_use]
    pub fn keys_at(mut self, prompt: &str, keys: Keys) -> Self {
        self.at_prompt.entry(PromptId::from(prompt)).or_default().push_back(keys);
        self
    }

    pub(in crate::carrier::simulator) fn hangs_up_by(&self, question: u16) -> bool {
        self.hangs_up_at.is_some_and(|nth| question >= nth)
    }

    /// What to do about the `nth` question; `first` unless it is asked again. Steps of waiting are added up.
    pub(in crate::carrier::simulator) fn decide(
        &mut self,
        prompt: &str,
        question: u16,
        first: bool,
    ) -> (Decision, Duration) {
        let mut waits = Duration::ZERO;
        if self.hangs_up_by(question) {
            return (Decision::HangUp, waits);
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
                Step::Silence => return (Decision::Silence, waits),
                Step::HangUp => return (Decision::HangUp, waits),
                Step::Wait(time) => waits = waits.saturating_add(time),
            }
        }
        (Decision::Own, waits)
    }
}
