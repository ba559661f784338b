//! Prints one line for each event of a demonstration, and their tally. No patient's number, name or answer is printed.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use crate::domain::{AttemptOutcome, CallId, Line, Severity, SlotEnd, SlotState};
use crate::engine::AnsweredBy;
use crate::service::{ServiceEvent, ServiceEventKind};

/// The tally of all events so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    names: HashMap<CallId, String>,
    under_way: u32,
    placed: u32,
    reported: u32,
    unanswered: u32,
    cancelled: u32,
    missed: u32,
    again: u32,
    rang_in: u32,
    answers: u32,
    red: u32,
}

impl Tally {
    /// Counts an event and returns its line. Returns `None` if the event isn't worth a line.
    pub(super) fn tell(&mut self, moment: &ServiceEvent, zone: &TimeZone) -> Option<String> {
        let said = self.count(moment)?;
        let name = moment.call.and_then(|call| self.names.get(&call).cloned()).unwrap_or_default();
        let at = moment.at.to_zoned_datetime(zone.clone()).strftime("%H:%M:%S");
        Some(format!("{at}  {name:<10} {said}"))
    }

    fn count(&mut self, moment: &ServiceEvent) -> Option<String> {
        match &moment.what {
            ServiceEventKind::SlotsOpened(0) => None,
            ServiceEventKind::SlotsOpened(count) => Some(format!("{count} patients are due")),
            ServiceEventKind::Intended { number_ends, attempt } => {
                self.placed += 1;
                self.under_way += 1;
                self.names.extend(moment.call.map(|call| (call, format!("…{number_ends}"))));
                Some(if *attempt == 1 { "is called".to_owned() } else { format!("is called again ({attempt})") })
            }
            ServiceEventKind::Ringing => Some("rings".to_owned()),
            ServiceEventKind::RangIn(line) => {
                self.rang_in += 1;
                self.names.extend(moment.call.map(|call| (call, "caller".to_owned())));
                let line = if *line == Line::CallBack { "rings back" } else { "calls the health-call line" };
                Some(line.to_owned())
            }
            ServiceEventKind::Answered(AnsweredBy::Person) => Some("answers".to_owned()),
            ServiceEventKind::Answered(AnsweredBy::Machine) => Some("voicemail answers".to_owned()),
            ServiceEventKind::Answer(item, severity) => {
                self.answers += 1;
                self.red += u32::from(*severity == Severity::Red);
                let alarm = if *severity == Severity::Red { "  — a red answer: the centre is told" } else { "" };
                Some(format!("answers {}{alarm}", item.code()))
            }
            ServiceEventKind::Ended(outcome, state) => {
                self.under_way = self.under_way.saturating_sub(1);
                Some(self.ended(*outcome, *state))
            }
            ServiceEventKind::LineEnded(disposition) => Some(format!("call over: {}", disposition.code())),
            ServiceEventKind::SlotEnded(end) => {
                self.slot(*end);
                Some(format!("slot ended: {}", written(SlotState::Ended(*end))))
            }
        }
    }

    fn ended(&mut self, outcome: AttemptOutcome, state: SlotState) -> String {
        match state {
            SlotState::Waiting | SlotState::Calling => {
                self.again += 1;
                format!("{}: called again later", outcome.code())
            }
            SlotState::Ended(end) => {
                self.slot(end);
                match end {
                    SlotEnd::Reported => "reported — the day's report is complete".to_owned(),
                    _ => format!("{}: {}", outcome.code(), written(state)),
                }
            }
        }
    }

    fn slot(&mut self, end: SlotEnd) {
        *match end {
            SlotEnd::Reported => &mut self.reported,
            SlotEnd::Unanswered(_) => &mut self.unanswered,
            SlotEnd::Cancelled(_) => &mut self.cancelled,
            SlotEnd::Missed(_) => &mut self.missed,
        } += 1;
    }

    /// Returns the number of slots that have ended.
    pub(super) fn done(&self) -> u32 {
        self.reported + self.unanswered + self.cancelled + self.missed
    }

    /// Formats the tally as one line.
    pub(super) fn line(&self) -> String {
        format!(
            "under way {} · calls {} · reported {} · to call again {} · unanswered {} · cancelled {} · missed {} · rang in {} · answers {} · red {}",
            self.under_way,
            self.placed,
            self.reported,
            self.again,
            self.unanswered,
            self.cancelled,
            self.missed,
            self.rang_in,
            self.answers,
            self.red
        )
    }
}

fn written(state: SlotState) -> String {
    match state.reason() {
        Some(reason) => format!("{} ({reason})", state.code()),
        None => state.code().to_owned(),
    }
}
