//! Branches: which rule holds.

use jiff::tz::TimeZone;

use super::interpreter::Interpreter;
use super::session::{AnsweredBy, Listener, Session};
use crate::domain::Spo2Question;
use crate::flow::{Bound, Branch, FlowName, NodeId, Test};
use crate::policy::AfterRed;

/// The node to which a branch of this flow leads.
pub(super) fn choose<'b>(interpreter: &Interpreter<'_>, flow: &FlowName, branch: &'b Branch) -> &'b NodeId {
    let rule = branch.rules.iter().find(|rule| holds(interpreter, flow, &rule.test));
    rule.map_or(&branch.otherwise.to, |rule| &rule.go.to)
}

fn holds(interpreter: &Interpreter<'_>, flow: &FlowName, test: &Test) -> bool {
    let session = &interpreter.session;
    match test {
        Test::EntryIs(node, text) => session.entry_in(flow, &node.to) == Some(&**text),
        Test::EntryAtMost(node, bound) => {
            let number = session.entry_in(flow, &node.to).and_then(|entry| entry.parse::<u32>().ok());
            number.zip(value_of(*bound, session)).is_some_and(|(number, bound)| number <= bound)
        }
        Test::AnswerIs(item, text) => session.answer(*item).is_some_and(|answer| answer.is(text)),
        Test::OfficeOpen => session.centre().is_some_and(|centre| {
            // The zone was checked when the centre was saved. With an unknown zone, staff count as unreachable.
            TimeZone::get(&centre.zone).is_ok_and(|zone| centre.office_hours.contains(interpreter.at, &zone))
        }),
        Test::CallerNumberHidden => session.caller.is_none() || session.centre().is_none(),
        Test::CallerNumberNotCalled => {
            session.caller.as_ref().is_some_and(|caller| !caller.kind().takes_automated_calls())
        }
        Test::NoMorePeople => {
            let limit = session.stack.first().and_then(|frame| interpreter.flow_set.flow(frame.flow.as_str()));
            limit.is_none_or(|flow| session.people >= flow.limits.people)
        }
        Test::UntilKnown => session.until.is_some(),
        Test::AnsweredByMachine => session.answered_by == AnsweredBy::Machine,
        Test::ListenerConfirmed => session.listener == Listener::Confirmed,
        Test::KnownCaller => interpreter.is_known_caller(),
        Test::ReportBegun => session.person.as_ref().is_some_and(|person| !person.answers.is_empty()),
        Test::Spo2LeftOut => {
            session.person.as_ref().is_some_and(|person| person.spo2_question == Spo2Question::LeftOut)
        }
        Test::NoOpenAlerts => session.open_alerts.is_none_or(|alerts| alerts == 0),
        Test::ContinuesAfterRed => session.centre().is_some_and(|centre| centre.after_red == AfterRed::Continue),
    }
}

fn value_of(bound: Bound, session: &Session) -> Option<u32> {
    let thresholds = session.person.as_ref().map(|person| person.centre.thresholds);
    match bound {
        Bound::Number(number) => Some(number),
        Bound::Spo2Amber => thresholds.map(|thresholds| thresholds.spo2_amber.into()),
        Bound::Spo2Red => thresholds.map(|thresholds| thresholds.spo2_red.into()),
    }
}
