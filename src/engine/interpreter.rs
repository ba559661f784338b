//! What every part of a step works on: the flows, the session, and the effects so far.

use jiff::Timestamp;

use super::effect::{Effect, Fill, NextAction, Reply, Utterance};
use super::session::{Frame, Opened, Session, Waiting};
use crate::domain::Language;
use crate::flow::{Flow, FlowName, FlowSet, Node, NodeId, PromptId, Say};

/// One step in progress.
pub(super) struct Interpreter<'a> {
    pub(super) flow_set: &'a FlowSet,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    pub(super) at: Timestamp,
    pub(super) say: Vec<Utterance>,
}

/// How the walk continues.
pub(super) enum Transition {
    /// At another node of the current flow.
    To(NodeId),
    /// Where the session stands: at the same node again, or in a flow that was just opened.
    Here,
    /// Not before the next event.
    Wait,
}

/// The flow document lacks something that `flows check` guarantees.
pub(super) struct InvalidFlow;

impl<'a> Interpreter<'a> {
    pub(super) fn new(flow_set: &'a FlowSet, session: Session, at: Timestamp) -> Self {
        Self { flow_set, session, effects: Vec::new(), at, say: Vec::new() }
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
        let language = language.unwrap_or(self.session.language);
        let mut fill: Vec<Fill> = value.into_iter().collect();
        if let Some(wording) = self.flow_set.wording(prompt.as_str(), language)
            && wording.text.contains('{')
        {
            let mentions = |gap: &str| wording.text.contains(gap);
            if let Some(centre) = self.session.centre() {
                if mentions("{centre}") {
                    fill.push(Fill::Centre(centre.name.clone()));
                }
                if mentions("{centre_phone}") {
                    fill.push(Fill::CentrePhone(centre.phone.clone()));
                }
            }
            if mentions("{call_back_number}") {
                fill.extend(self.session.call_back_number.clone().map(Fill::CallBackNumber));
            }
            if mentions("{until}") {
                fill.extend(self.session.until.map(Fill::Until));
            }
        }
        self.say.push(Utterance { prompt: prompt.clone(), language, barge_in, fill });
    }

    /// Ends the turn with all prompts said so far.
    pub(super) fn reply(&mut self, then: NextAction, waiting: Waiting) {
        if waiting == Waiting::Keys && self.is_out_of_time() {
            return self.time_is_up();
        }
        self.session.waiting = waiting;
        let say = std::mem::take(&mut self.say);
        self.effects.push(Effect::Reply(Reply { say, then }));
    }
}
