//! What every part of a step works on: the flows, the session, and the effects so far.

use std::time::Duration;

use jiff::Timestamp;

use super::effect::{Effect, Fill, NextAction, Reply, Utterance};
use super::patience::LONGEST_SILENCE_SECONDS;
use super::session::{Asked, Frame, Opened, SaidAs, Session, Waiting};
use super::wording::speech_seconds;
use crate::domain::Language;
use crate::flow::{Flow, FlowName, FlowSet, Node, NodeId, NodeKind, PromptId, Say};

/// Said while a caller who measures or looks for something is waited for.
const TAKE_YOUR_TIME: &str = "shared.take_your_time";

/// Says the number of the health call line once more. Without a number there is nothing to say.
const NUMBER_AGAIN: &str = "shared.number_again";

/// One step in progress.
pub(super) struct Interpreter<'a> {
    pub(super) flow_set: &'a FlowSet,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    pub(super) at: Timestamp,
    pub(super) say: Vec<Utterance>,
    /// Whether the current question is asked for the first time.
    pub(super) asking: Asking,
    /// The flow that follows a red answer, until it is opened.
    pub(super) after_red: Option<FlowName>,
    /// Whether the value of an entry was noted in this turn.
    pub(super) noted: bool,
    /// The number of prompts of this turn that end with the advice after a red answer.
    pub(super) advised: Option<usize>,
}

/// Whether a question is asked for the first time. The short wording is for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// The call has just come to it.
    First,
    /// After silence, a wrong key, a repeat, a correction or a visit to another flow.
    Again,
}

/// How the walk continues.
pub(super) enum Transition {
    /// At another node of the current flow.
    To(NodeId),
    /// In a flow that was just opened.
    Here,
    /// At the same question again, in its long wording.
    Again,
    /// Not before the next event.
    Wait,
}

/// The flow document lacks something that `flows check` guarantees.
pub(super) struct InvalidFlow;

impl<'a> Interpreter<'a> {
    pub(super) fn new(flow_set: &'a FlowSet, session: Session, at: Timestamp) -> Self {
        Self {
            flow_set,
            session,
            effects: Vec::new(),
            at,
            say: Vec::new(),
            asking: Asking::First,
            after_red: None,
            noted: false,
            advised: None,
        }
    }

    pub(super) fn finish(self) -> (Session, Vec<Effect>) {
        (self.session, self.effects)
    }

    pub(super) fn stand_at(&mut self, node: NodeId) {
        if let Some(frame) = self.session.stack.last_mut() {
            frame.node = node;
        }
    }

    /// The current flow and node.
    pub(super) fn here(&self) -> Result<(&'a Flow, &'a Node), InvalidFlow> {
        let frame = self.session.top().ok_or(InvalidFlow)?;
        let flow = self.flow_set.flow(frame.flow.as_str()).ok_or(InvalidFlow)?;
        Ok((flow, flow.nodes.get(&frame.node).ok_or(InvalidFlow)?))
    }

    /// Opens another flow on top of this one.
    pub(super) fn open(&mut self, flow: &FlowName, opened: Opened) -> Result<Transition, InvalidFlow> {
        let start = self.flow_set.flow(flow.as_str()).ok_or(InvalidFlow)?.start.to.clone();
        self.session.stack.push(Frame { flow: flow.clone(), node: start.clone(), opened });
        if opened == Opened::BySubFlow {
            self.session.trail.clear();
        }
        Ok(Transition::To(start))
    }

    /// Returns `true` if the patient has completed a call on this line in this language before. Nobody is known before
    /// identification (H6).
    pub(super) fn is_known_caller(&self) -> bool {
        let language = self.session.language;
        self.session.person.as_ref().is_some_and(|person| person.known_in.contains(&language))
    }

    /// Chooses between the wordings of a node.
    pub(super) fn wording<'n>(&self, long: &'n [Say], short: &'n [Say]) -> &'n [Say] {
        let brief = self.asking == Asking::First && !short.is_empty() && self.is_known_caller();
        if brief { short } else { long }
    }

    pub(super) fn say_all(&mut self, says: &[Say], barge_in: bool) {
        for say in says {
            self.say_prompt(&say.prompt, say.language, barge_in, None);
        }
    }

    pub(super) fn say_prompt(
        &mut self,
        prompt: &PromptId,
        language: Option<Language>,
        barge_in: bool,
        value: Option<Fill>,
    ) {
        if prompt.as_str() == NUMBER_AGAIN && self.session.health_call_number.is_none() {
            return;
        }
        let language = language.unwrap_or(self.session.language);
        let mut fill: Vec<Fill> = value.into_iter().collect();
        if let Some(wording) = self.flow_set.wording(prompt.as_str(), language)
            && wording.text.contains('{')
        {
            let mentions = |gap: &str| wording.text.contains(gap);
            if let Some(centre) = self.session.centre() {
                if mentions("{centre}") {
                    let name = centre.name.clone();
                    fill.push(match &centre.said_as {
                        SaidAs { reading: None, latin_name: None } => Fill::Centre(name),
                        said_as => Fill::CentreSaidAs(name, said_as.clone()),
                    });
                }
                if mentions("{centre_phone}") {
                    fill.push(Fill::CentrePhone(centre.phone.clone()));
                }
            }
            if mentions("{call_back_number}") {
                fill.extend(self.session.call_back_number.clone().map(Fill::CallBackNumber));
            }
            if mentions("{health_call_number}") {
                fill.push(Fill::HealthCallNumber(self.session.health_call_number.clone()));
            }
            if mentions("{open_alerts}") {
                fill.extend(self.session.open_alerts.map(Fill::OpenAlerts));
            }
            if mentions("{until}") {
                fill.extend(self.session.until.map(Fill::Until));
            }
        }
        self.say.push(Utterance { prompt: prompt.clone(), language, barge_in, fill });
    }

    /// Ends the turn with all prompts said so far.
    pub(super) fn reply(&mut self, then: NextAction, waiting: Waiting) {
        if waiting == Waiting::Keys
            && let Some(limit) = self.reached_limit()
        {
            return self.end_by_limit(limit);
        }
        self.session.waiting = waiting;
        let say = std::mem::take(&mut self.say);
        if let Some(advised) = self.advised.take() {
            let seconds = say.iter().take(advised).map(|utterance| speech_seconds(self.flow_set, utterance)).sum();
            self.session.advised_at = self.at.checked_add(Duration::from_secs_f64(seconds)).ok();
        }
        let while_waiting = self.while_waiting(&then);
        let reply = Reply { say, while_waiting, then };
        if waiting == Waiting::Keys {
            let after_entry = std::mem::take(&mut self.session.entered);
            let mut asked = Asked::now(self.flow_set, &reply, after_entry, self.at);
            if let Ok((_, Node { kind: NodeKind::Confirm(_) | NodeKind::Gather(_), .. })) = self.here() {
                let firm = reply.say.iter().rposition(|utterance| !utterance.barge_in);
                asked.reads_back(self.flow_set, firm.and_then(|last| reply.say.get(..=last)).unwrap_or_default());
            }
            asked.noted = std::mem::take(&mut self.noted);
            self.session.asked = Some(asked);
        }
        self.effects.push(Effect::Reply(reply));
    }

    /// What is said while the caller is waited for, if that takes long. Documents from before it was said lack it.
    fn while_waiting(&self, then: &NextAction) -> Option<Utterance> {
        let NextAction::Gather { first_key_seconds, .. } = then else { return None };
        let language = self.session.language;
        let said =
            *first_key_seconds > LONGEST_SILENCE_SECONDS && self.flow_set.wording(TAKE_YOUR_TIME, language).is_some();
        said.then(|| Utterance { prompt: TAKE_YOUR_TIME.into(), language, barge_in: true, fill: Vec::new() })
    }
}
