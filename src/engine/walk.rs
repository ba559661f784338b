//! Walks a flow from node to node until one waits for an event.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::effect::{Diagnostic, Effect, Fill, NextAction, Reply, Utterance};
use super::event::TransferOutcome;
use super::session::{AnsweredBy, Frame, Listener, Opened, Session, Waiting};
use crate::flow::{
    Bound, Branch, Flow, FlowName, FlowSet, Node, NodeId, NodeKind, PromptId, ResultName, Say, Test, names,
};

/// One step in progress.
pub(super) struct Interpreter<'a> {
    pub(super) flow_set: &'a FlowSet,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    pub(super) at: Timestamp,
    pub(super) say: Vec<Utterance>,
}

/// Whether the walk continues or waits.
pub(super) enum Transition {
    To(NodeId),
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

    /// Walks on from the current node.
    pub(super) fn on(&mut self) {
        loop {
            self.session.steps = self.session.steps.saturating_add(1);
            let limit = self.session.stack.first().and_then(|frame| self.flow_set.flow(frame.flow.as_str()));
            if limit.is_none_or(|flow| self.session.steps > flow.limits.steps) {
                let note = if limit.is_none() { Diagnostic::BrokenFlow } else { Diagnostic::TooManySteps };
                return self.apologise(note);
            }
            match self.visit_node() {
                Ok(Transition::To(node)) => self.stand_at(node),
                Ok(Transition::Wait) => return,
                Err(InvalidFlow) => return self.apologise(Diagnostic::BrokenFlow),
            }
        }
    }

    /// Goes to a node of the current flow and walks on from there.
    pub(super) fn go(&mut self, node: &NodeId) {
        self.session.tries = 0;
        self.stand_at(node.clone());
        self.on();
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

    pub(super) fn visit_node(&mut self) -> Result<Transition, InvalidFlow> {
        let (flow, node) = self.here()?;
        match &node.kind {
            NodeKind::Announce(announce) => {
                self.say_all(&announce.say, announce.barge_in);
                Ok(Transition::To(announce.next.to.clone()))
            }
            NodeKind::Menu(_) | NodeKind::Gather(_) | NodeKind::Confirm(_) => self.ask(flow, node),
            NodeKind::Branch(branch) => Ok(Transition::To(self.choose(branch).clone())),
            NodeKind::Record(record) => self.record(record),
            NodeKind::Identify(identify) => self.look_up(identify),
            NodeKind::SubFlow(sub_flow) => self.open(&sub_flow.flow.to, Opened::BySubFlow),
            NodeKind::HandOver(hand_over) => {
                let Some(centre) = self.session.centre() else {
                    return Ok(Transition::To(hand_over.failed.to.clone()));
                };
                if !centre.phone.kind().is_called_for_callers() {
                    self.cannot_be_handed_over();
                    return Ok(Transition::To(hand_over.failed.to.clone()));
                }
                let then = NextAction::Transfer { number: centre.phone.clone(), ring_seconds: hand_over.ring_seconds };
                self.reply(then, Waiting::Transfer);
                Ok(Transition::Wait)
            }
            NodeKind::End(end) => self.end(&end.result),
        }
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

    fn end(&mut self, result: &ResultName) -> Result<Transition, InvalidFlow> {
        let ended = self.session.stack.last().ok_or(InvalidFlow)?.opened;
        if ended == Opened::ByLine || (ended == Opened::ByKey && result.as_str() == names::HANG_UP) {
            self.we_hang_up();
            return Ok(Transition::Wait);
        }
        self.session.stack.pop();
        let (_, node) = self.here()?;
        if ended == Opened::ByKey {
            return Ok(Transition::To(node.id.clone()));
        }
        self.session.trail.clear();
        let NodeKind::SubFlow(sub_flow) = &node.kind else { return Err(InvalidFlow) };
        Ok(Transition::To(sub_flow.exits.get(result).ok_or(InvalidFlow)?.to.clone()))
    }

    pub(super) fn transfer_ended(&mut self, outcome: TransferOutcome) {
        match self.here() {
            Ok((_, Node { kind: NodeKind::HandOver(hand_over), .. })) => {
                let exit = match outcome {
                    TransferOutcome::Talked => &hand_over.connected,
                    TransferOutcome::NotReached => &hand_over.failed,
                };
                self.note_transfer(outcome);
                self.go(&exit.to.clone());
            }
            _ => self.apologise(Diagnostic::BrokenFlow),
        }
    }

    fn choose<'b>(&self, branch: &'b Branch) -> &'b NodeId {
        let rule = branch.rules.iter().find(|rule| self.holds(&rule.test));
        rule.map_or(&branch.otherwise.to, |rule| &rule.go.to)
    }

    fn holds(&self, test: &Test) -> bool {
        let session = &self.session;
        match test {
            Test::EntryIs(node, text) => session.entry(&node.to) == Some(&**text),
            Test::EntryAtMost(node, bound) => {
                let number = session.entry(&node.to).and_then(|entry| entry.parse::<u32>().ok());
                number.zip(self.bound(*bound)).is_some_and(|(number, bound)| number <= bound)
            }
            Test::AnswerIs(item, text) => session.answer(*item).is_some_and(|answer| answer.is(text)),
            Test::OfficeOpen => session.centre().is_some_and(|centre| {
                // The zone was checked when the centre was saved. With an unknown zone, staff count as unreachable.
                TimeZone::get(&centre.zone).is_ok_and(|zone| centre.office_hours.contains(self.at, &zone))
            }),
            Test::CallerNumberHidden => session.caller.is_none() || session.centre().is_none(),
            Test::CallerNumberNotCalled => {
                session.caller.as_ref().is_some_and(|caller| !caller.kind().takes_automated_calls())
            }
            Test::NoMorePeople => {
                let limit = session.stack.first().and_then(|frame| self.flow_set.flow(frame.flow.as_str()));
                limit.is_none_or(|flow| session.people >= flow.limits.people)
            }
            Test::UntilKnown => session.until.is_some(),
            Test::AnsweredByMachine => session.answered_by == AnsweredBy::Machine,
            Test::ListenerConfirmed => session.listener == Listener::Confirmed,
        }
    }

    fn bound(&self, bound: Bound) -> Option<u32> {
        let thresholds = self.session.person.as_ref().map(|person| person.centre.thresholds);
        match bound {
            Bound::Number(number) => Some(number),
            Bound::Spo2Amber => thresholds.map(|thresholds| thresholds.spo2_amber.into()),
            Bound::Spo2Red => thresholds.map(|thresholds| thresholds.spo2_red.into()),
        }
    }

    pub(super) fn say_all(&mut self, says: &[Say], barge_in: bool) {
        for say in says {
            self.say_prompt(&say.prompt, say.language, barge_in, None);
        }
    }

    pub(super) fn say_prompt(
        &mut self,
        prompt: &PromptId,
        language: Option<crate::domain::Language>,
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
