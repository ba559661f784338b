//! The caller of a timed call. Where a question has no answer that follows from the caller's health and language, the
//! keys are tried in their order, and the first that leads to a finished report is taken.

use std::sync::Arc;

use super::{CallPath, CallTime, Occasion, Place, TimedCall, TimedPrompt, TimedQuestion, TimedTurn};
use crate::domain::{Item, Keys, Language, ReportOutcome, Spo2Question};
use crate::engine::{AnsweredBy, Effect, EventKind, Fact, Frame, NextAction, Reply, Utterance, speech_seconds};
use crate::flow::{Choice, FlowSet, Gather, Menu, Node, NodeKind, PromptId, Takes, names};
use crate::flow_test::fixtures::{PATIENT_BIRTH_DATE, PATIENT_ID};
use crate::flow_test::{DEFAULT_NOW, Fixtures, FlowTest, Turn};
use crate::policy::Thresholds;

/// The most questions of one call. The built-in ones have 16 at most.
const MOST_QUESTIONS: usize = 200;
/// The most keys that are tried for one call.
const MOST_TRIED: usize = 2_000;

/// A usual temperature, in tenths of a degree.
const USUAL_TEMPERATURE: u32 = 365;
/// A usual oxygen saturation, in percent.
const USUAL_SATURATION: u32 = 98;

pub(super) fn timed(flow_set: &Arc<FlowSet>, call: &TimedCall) -> Option<CallTime> {
    let mut people = Fixtures::of_a_synthetic_patient().ok()?;
    if call.occasion == Occasion::Later {
        people.patients.iter_mut().for_each(|patient| patient.known_in.push(call.language));
    }
    if call.path == CallPath::NoOximeter {
        people.patients.iter_mut().for_each(|patient| patient.spo2_question = Spo2Question::LeftOut);
    }
    let thresholds = people.centre.thresholds;
    // Patients are called in their language; other lines begin in Japanese, and ask.
    let begins_in = match call.flow.as_str() {
        names::AUTOMATED_CALL => call.language,
        _ => Language::Japanese,
    };
    let at = DEFAULT_NOW.parse().ok()?;
    let mut test = FlowTest::new(Arc::clone(flow_set), call.flow.clone(), begins_in, people, at);
    let turn = test.call(AnsweredBy::Person).ok()?;
    let mut caller = SimulatedCaller { flow_set, call, thresholds, tries_left: MOST_TRIED };
    let mut turns = caller.rest_of_call(&test, &turn, Way::default())?;
    turns.reverse();
    Some(CallTime { turns })
}

struct SimulatedCaller<'a> {
    flow_set: &'a FlowSet,
    call: &'a TimedCall,
    thresholds: Thresholds,
    tries_left: usize,
}

/// What has happened on the way to a turn.
#[derive(Clone, Default)]
struct Way {
    asked: Vec<Frame>,
    /// The questions since the last answer that was stored.
    asked_since_answer: usize,
    reported: bool,
}

impl Way {
    fn note(&mut self, turn: &Turn) {
        for effect in &turn.effects {
            match effect {
                Effect::Fact(Fact::Answered { .. }) => self.asked_since_answer = self.asked.len(),
                Effect::Fact(Fact::ReportClosed { outcome: ReportOutcome::Reported, .. }) => self.reported = true,
                _ => {}
            }
        }
    }

    /// Notes a question. Returns `false` if the way leads back to it, or is endless: a question may come again after
    /// another answer, but not after the report, where the next person's would begin.
    fn comes_to(&mut self, question: &Frame) -> bool {
        let before = if self.reported { 0 } else { self.asked_since_answer };
        let again = self.asked.iter().skip(before).any(|asked| asked == question);
        self.asked.push(question.clone());
        !again && self.asked.len() <= MOST_QUESTIONS
    }
}

impl SimulatedCaller<'_> {
    /// The turns from this one to the end, last one first. `None` if no keys lead to a finished report.
    fn rest_of_call(&mut self, test: &FlowTest, turn: &Turn, mut way: Way) -> Option<Vec<TimedTurn>> {
        way.note(turn);
        let reply = turn.effects.iter().rev().find_map(|effect| match effect {
            Effect::Reply(reply) => Some(reply),
            _ => None,
        })?;
        if turn.over {
            let right = way.reported && turn.language == self.call.language;
            return right.then(|| vec![self.last_turn(reply)]);
        }
        let frame = turn.at.as_ref()?;
        let node = self.flow_set.flow(frame.flow.as_str())?.nodes.get(&frame.node)?;
        if !way.comes_to(frame) {
            return None;
        }
        for keys in self.answers(node) {
            self.tries_left = self.tries_left.checked_sub(1)?;
            let timed = self.turn(reply, frame, node, &keys)?;
            let mut test = test.clone();
            let next = test.happens(EventKind::Keyed(Keys::parse(&keys).ok()?.into())).ok()?;
            if let Some(mut turns) = self.rest_of_call(&test, &next, way.clone()) {
                turns.push(timed);
                return Some(turns);
            }
        }
        None
    }

    /// What the caller may key at a question.
    fn answers(&self, node: &Node) -> Vec<String> {
        match &node.kind {
            NodeKind::Menu(menu) => self.keys_of(menu),
            NodeKind::Gather(gather) => vec![self.entry(gather)],
            NodeKind::Confirm(_) => vec!["1".to_owned()],
            _ => Vec::new(),
        }
    }

    fn keys_of(&self, menu: &Menu) -> Vec<String> {
        let symptoms = match self.call.path {
            CallPath::Healthy | CallPath::NoOximeter | CallPath::Red => "no",
            CallPath::AllYes => "yes",
        };
        let answers =
            |choice: &Choice| choice.language == Some(self.call.language) || choice.value.as_deref() == Some(symptoms);
        let known = menu.keys.values().any(answers);
        let keys = menu.keys.iter().filter(|(_, choice)| !known || answers(choice));
        keys.map(|(key, _)| key.0.to_string()).collect()
    }

    fn entry(&self, gather: &Gather) -> String {
        match gather.takes {
            Takes::Date => PATIENT_BIRTH_DATE.to_owned(),
            Takes::Number { fewest, at_least, at_most, .. } => {
                let number = match gather.question {
                    Some(Item::BodyTemperature) => USUAL_TEMPERATURE,
                    Some(Item::Spo2) if self.call.path == CallPath::Red => self.thresholds.spo2_red.into(),
                    Some(Item::Spo2) => USUAL_SATURATION,
                    _ => at_most,
                };
                format!("{:0>width$}", number.clamp(at_least, at_most.max(at_least)), width = usize::from(fewest))
            }
            Takes::Digits { min, max } => {
                let id = PATIENT_ID.len();
                let fits = (usize::from(min)..=usize::from(max)).contains(&id);
                let digits = if fits { PATIENT_ID.to_owned() } else { "1".repeat(usize::from(min)) };
                let ended = digits.len() < usize::from(gather.takes.first_keys());
                if ended { format!("{digits}#") } else { digits }
            }
        }
    }

    fn turn(&self, reply: &Reply, frame: &Frame, node: &Node, keys: &str) -> Option<TimedTurn> {
        let NextAction::Gather { max_keys, ends_with_hash, between_keys_seconds, .. } = reply.then else {
            return None;
        };
        let ended = keys.len() >= usize::from(max_keys) || (ends_with_hash && keys.ends_with('#'));
        let question = TimedQuestion {
            flow: frame.flow.clone(),
            node: frame.node.clone(),
            item: node.question(),
            keys: u32::try_from(keys.len()).ok()?,
            wait_seconds: if ended { 0 } else { between_keys_seconds },
        };
        let said = self.said(reply, Some(node));
        let firm = reply.say.iter().rposition(|utterance| !utterance.barge_in).map_or(0, |last| last.saturating_add(1));
        let with_barge_in = said.iter().take(firm).map(|prompt| prompt.seconds).sum();
        Some(TimedTurn { said, with_barge_in, question: Some(question) })
    }

    /// The end of a call is heard by everybody: there is nothing to press a key for.
    fn last_turn(&self, reply: &Reply) -> TimedTurn {
        let said = self.said(reply, None);
        let with_barge_in = said.iter().map(|prompt| prompt.seconds).sum();
        TimedTurn { said, with_barge_in, question: None }
    }

    fn said(&self, reply: &Reply, node: Option<&Node>) -> Vec<TimedPrompt> {
        let asks = |prompt: &PromptId| node.is_some_and(|node| node.says().iter().any(|say| say.prompt == *prompt));
        let one = |utterance: &Utterance| TimedPrompt {
            prompt: utterance.prompt.clone(),
            language: utterance.language,
            seconds: speech_seconds(self.flow_set, utterance),
            place: if asks(&utterance.prompt) { Place::Question } else { Place::Before },
        };
        reply.say.iter().map(one).collect()
    }
}
