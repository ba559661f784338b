//! I3: only patients who are to be called at that moment are dialled. A2: a number belongs to one patient.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use super::super::event_log::{LoggedEventKind, PatientState, Rules};
use super::{Case, Invariant};
use crate::carrier::simulator::Asked;
use crate::policy::CLOCKS_AGREE;
use crate::store::snapshot::{Attempt, Slot};

/// The maximum error of a trusted clock: the allowed difference from the carrier's clock, and the same drift again
/// since it was compared.
const WRONG_AT_MOST: SignedDuration = SignedDuration::from_secs(CLOCKS_AGREE.as_secs() * 2);

/// Returns the local time that names a slot. It has seconds if staff requested the call.
pub(super) fn time_of(slot: &Slot) -> Option<Time> {
    slot.time.parse().ok()
}

/// Returns the call times of a patient with this state.
pub(super) fn times_of<'a>(standing: &'a PatientState, rules: &'a Rules) -> &'a [Time] {
    if standing.times.is_empty() { &rules.pattern } else { &standing.times }
}

pub(super) fn wanted(case: &mut Case<'_>) {
    let record = case.record;
    for (place, asked) in record.asked.iter().enumerate() {
        let found =
            case.attempts.get(&asked.call).and_then(|attempt| Some((*attempt, *case.slots.get(&attempt.slot)?)));
        let Some((attempt, slot)) = found else { continue };
        for why in unwanted(case, place, asked, attempt, slot) {
            case.complain(Invariant::Wanted, format!("{}: call {} was dialled {why}", asked.at, asked.call));
        }
    }
}

/// Checks A2 after each change.
pub(super) fn one_holder(case: &mut Case<'_>) {
    let record = case.record;
    let mut standings: Vec<(u32, &PatientState)> = Vec::new();
    let holds = |one: &PatientState| one.registered && one.automated && !one.released && one.number.is_some();
    for moment in &record.moments {
        let LoggedEventKind::Changed(nth, standing) = &moment.what else { continue };
        standings.retain(|(other, _)| other != nth);
        let mut others = standings.iter().filter(|(_, other)| holds(other) && other.number == standing.number);
        if holds(standing)
            && let Some((other, _)) = others.next()
        {
            let what = format!("{}: patients {nth} and {other} are called on one number", moment.at);
            case.complain(Invariant::OneHolder, what);
        }
        standings.push((*nth, standing));
    }
    let mut held = std::collections::HashSet::new();
    for patient in record.tables.patients.iter().filter(|patient| patient.automated_call && !patient.released) {
        if let Some(number) = &patient.phone_number
            && !held.insert(number)
        {
            case.complain(Invariant::OneHolder, "two patients are registered with one number to call".to_owned());
        }
    }
}

fn unwanted(case: &Case<'_>, place: usize, asked: &Asked, attempt: &Attempt, slot: &Slot) -> Vec<String> {
    let record = case.record;
    let mut why = Vec::new();
    let person = record.person(attempt.patient);
    let known = person.and_then(|nth| Some((nth, record.standing_at(nth, place)?)));
    let (Some((nth, standing)), Some(rules), Some(shown)) = (known, record.rules_at(place), record.shown_at(place))
    else {
        return vec!["for nobody who is known".to_owned()];
    };
    if !standing.wanted() {
        why.push(format!("although patient {nth} isn't to be called: {standing:?}"));
    }
    if standing.number.as_ref() != Some(&asked.to) {
        why.push(format!("at a number that isn't that of patient {nth} any more"));
    }
    let local = record.zone.to_datetime(shown);
    if local.time() < rules.open || local.time() >= rules.close || local.date() != record.date {
        why.push(format!("outside of hours, when the clock showed {local}"));
    }
    if shown >= slot.window_end {
        why.push(format!("after its window, when the clock showed {local}"));
    }
    if !slot.by_staff {
        let time = time_of(slot);
        if time.is_none_or(|time| !times_of(standing, rules).contains(&time)) || rules.day_off {
            why.push(format!("for {}, which isn't a time of patient {nth} any more", slot.time));
        }
        if time.is_some_and(|time| slot.date.to_datetime(time) > local) {
            why.push(format!("before its time, when the clock showed {local}"));
        }
        // It must also be due by the right clock, whatever the services' clock showed (fault 17).
        let right = record.zone.to_datetime(asked.at.checked_add(WRONG_AT_MOST).unwrap_or(asked.at));
        if time.is_some_and(|time| slot.date.to_datetime(time) > right) {
            why.push(format!("for {}, too early, by a clock that was wrong", slot.time));
        }
        if let Some(report) = covering_report(case, place, nth, rules, slot) {
            why.push(format!("although patient {nth} had reported at {report}"));
        }
    }
    why
}

/// Returns when a report that covers the slot was acknowledged, before the request at `place`.
fn covering_report(case: &Case<'_>, place: usize, nth: u32, rules: &Rules, slot: &Slot) -> Option<Timestamp> {
    let record = case.record;
    let due = time_of(slot).and_then(|time| record.zone.to_timestamp(slot.date.to_datetime(time)).ok())?;
    let earlier = record.moments.iter().take_while(|moment| moment.asked <= place);
    let mut reports = earlier.filter(|moment| match moment.what {
        LoggedEventKind::Received { call, patient } => case.answering(call, patient) == Some(nth),
        _ => false,
    });
    let covers = |shown: Timestamp| rules.report_covers_day || (due <= shown && shown < slot.window_end);
    // While the services' clock is wrong, both the slot that it shows and the right one may be what the report is
    // about.
    reports.find(|report| covers(report.shown) && covers(report.at)).map(|report| report.at)
}
