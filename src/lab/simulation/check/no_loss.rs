//! I1: everything that was acknowledged is stored. An answer is acknowledged by speaking the next question, a report by
//! saying that it was received.

use std::collections::HashMap;

use jiff::Timestamp;

use super::super::event_log::LoggedEventKind;
use super::{Case, Invariant};
use crate::domain::{CallId, ReportId};

/// The last acknowledged answer to an item of a report, the call that gave it and when, and the number of
/// acknowledgements.
#[derive(Default)]
struct Last<'a> {
    entry: Option<&'a str>,
    given: Option<(CallId, Timestamp)>,
    times: usize,
}

/// For `Last::times`: nothing is asked of the question.
const UNDECIDED: usize = usize::MAX / 2;

pub(super) fn kept(case: &mut Case<'_>) {
    answers_are_kept(case);
    latest_answers_stand(case);
    reports_are_kept(case);
}

fn answers_are_kept(case: &mut Case<'_>) {
    let record = case.record;
    let mut stored: HashMap<(CallId, &str, &str), usize> = HashMap::new();
    for answer in &record.tables.answers {
        if let Some(call) = answer.call {
            *stored.entry((call, &answer.item, answer.entry.expose())).or_default() += 1;
        }
    }
    for moment in &record.moments {
        let LoggedEventKind::Promised { call, item, entry, .. } = &moment.what else { continue };
        match stored.get_mut(&(*call, item.as_str(), entry.as_str())) {
            Some(left) if *left > 0 => *left -= 1,
            _ => {
                let what = format!("{}: call {call}: an answer to {item} was acknowledged and isn't kept", moment.at);
                case.complain(Invariant::Kept, what);
            }
        }
    }
}

/// Checks that, of several answers to a question, the last one before the report was acknowledged counts, or before
/// another call finished it by hanging up after a red answer's advice. Skips questions with answers that were stored
/// but never acknowledged, and those on which two calls decided in the same moment: one commit holds both.
fn latest_answers_stand(case: &mut Case<'_>) {
    let record = case.record;
    let mut last: HashMap<(ReportId, &str), Last<'_>> = HashMap::new();
    // The call that finished each report. Answers in the same turn aren't late.
    let mut finished: HashMap<ReportId, (CallId, Timestamp)> = HashMap::new();
    for moment in &record.moments {
        if let LoggedEventKind::Received { call, patient } = &moment.what {
            let whose = case.answering(*call, *patient);
            let of_call = |report: ReportId| {
                let mut answers = record.tables.answers.iter().filter(|answer| answer.report == report);
                answers.any(|answer| answer.call == Some(*call))
            };
            let begun: Vec<ReportId> = last.keys().map(|(report, _)| *report).collect();
            let received = begun.into_iter().filter(|report| of_call(*report) && is_of(case, *report, whose));
            for report in received {
                finished.entry(report).or_insert((*call, moment.at));
            }
            continue;
        }
        let (call, patient, item, entry) = match &moment.what {
            LoggedEventKind::Promised { call, patient, item, entry } => (call, patient, item, Some(entry.as_str())),
            LoggedEventKind::TakenBack { call, patient, item } => (call, patient, item, None),
            _ => continue,
        };
        let mut of_call = record.tables.answers.iter().filter(|answer| answer.call == Some(*call));
        let report =
            of_call.find(|answer| answer.item == *item && is_of(case, answer.report, case.answering(*call, *patient)));
        let Some(report) = report.map(|answer| answer.report) else { continue };
        let stopped = record.tables.reports.iter().find(|one| one.id == report).and_then(|one| one.stopped_at);
        let last = last.entry((report, item)).or_default();
        let is_after = |at: Timestamp| stopped.is_some_and(|stopped| stopped < at);
        let finished = finished.get(&report).filter(|(by, _)| by != call);
        let together = |(by, at): &(CallId, Timestamp)| by != call && *at == moment.at;
        // Whether it is late depends on a clock that was wrong, or on which of two calls came first.
        let undecided = is_after(moment.shown) != is_after(moment.at)
            || finished.is_some_and(together)
            || last.given.as_ref().is_some_and(together);
        if undecided {
            last.times = UNDECIDED;
        }
        if finished.is_some() || is_after(moment.shown) {
            // A late answer is stored and changes nothing.
            last.times += 1;
        } else if entry.is_some() || last.entry.is_some() {
            *last = Last { entry, given: Some((*call, moment.at)), times: last.times + 1 };
        }
    }
    for ((report, item), last) in last {
        let rows = record.tables.answers.iter().filter(|answer| answer.report == report && answer.item == item);
        let stands = record.tables.standing.get(&report).into_iter().flatten().find(|one| one.item.code() == item);
        let stands = stands.map(|one| one.entry.expose());
        if rows.count() == last.times && stands.unwrap_or_default() != last.entry.unwrap_or_default() {
            case.complain(Invariant::Kept, format!("report {report}: an older answer to {item} stands"));
        }
    }
}

fn is_of(case: &Case<'_>, report: ReportId, patient: Option<u32>) -> bool {
    let report = case.record.tables.reports.iter().find(|one| one.id == report);
    report.is_some_and(|report| case.record.person(report.patient) == patient)
}

/// Checks that reports are stored. Two simultaneous calls of one patient make one report (fault 23), so each call
/// must have answers in a finished report.
fn reports_are_kept(case: &mut Case<'_>) {
    let record = case.record;
    let finished: Vec<(Option<u32>, ReportId)> = record
        .tables
        .reports
        .iter()
        .filter(|report| report.reported)
        .map(|report| (record.person(report.patient), report.id))
        .collect();
    for moment in &record.moments {
        let LoggedEventKind::Received { call, patient } = moment.what else { continue };
        let patient = case.answering(call, patient);
        let of_call = |report: ReportId| {
            let mut answers = record.tables.answers.iter().filter(|answer| answer.report == report);
            answers.any(|answer| answer.call == Some(call))
        };
        if !finished.iter().any(|(of, report)| *of == patient && of_call(*report)) {
            let what = format!("{}: call {call}: a report was acknowledged and isn't kept", moment.at);
            case.complain(Invariant::Kept, what);
        }
    }
}
