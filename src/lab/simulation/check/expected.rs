//! I4: there is a slot for every call time that was due, and for no other. A call time is due if the services' clock
//! passes it, by running or by jumping, while the patient has this time and is to be called.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use super::super::event_log::{EventLog, LoggedEvent, LoggedEventKind, PatientState, Rules};
use super::only_wanted::{time_of, times_of};
use super::{Case, Invariant};

/// A patient's call time.
type Due = (u32, Time);

/// How long the services must have been running to open a slot.
const SOON: SignedDuration = SignedDuration::from_secs(5);

pub(super) fn expected(case: &mut Case<'_>) {
    let record = case.record;
    let passed = passed(record);
    let mut there: BTreeMap<Due, usize> = BTreeMap::new();
    for slot in record.tables.slots.iter().filter(|slot| !slot.by_staff) {
        let due = record.person(slot.patient).zip(time_of(slot));
        let Some(due) = due.filter(|_| slot.date == record.date) else {
            case.complain(Invariant::Ended, format!("slot {} on {} is of another day", slot.id, slot.date));
            continue;
        };
        *there.entry(due).or_default() += 1;
        if !passed.contains_key(&due) && slot.state != "cancelled" {
            let what = format!("patient {} has a slot at {}, which was never due", due.0, slot.time);
            case.complain(Invariant::Ended, what);
        }
    }
    for (due, count) in &there {
        if *count > 1 {
            case.complain(Invariant::Ended, format!("patient {} has {count} slots at {}", due.0, due.1));
        }
    }
    for (due, Passed { at, was_to_come }) in passed {
        if was_to_come && !there.contains_key(&due) && !was_put_off(record, due, at) {
            let what = format!("patient {} was due to be called at {} ({at}), and has no slot", due.0, due.1);
            case.complain(Invariant::Ended, what);
        }
    }
    let by_staff = record.tables.slots.iter().filter(|slot| slot.by_staff).count();
    let granted = record.moments.iter().filter(|moment| matches!(moment.what, LoggedEventKind::CalledNow(_))).count();
    if by_staff != granted {
        let what = format!("staff were granted {granted} calls, and there are slots for {by_staff}");
        case.complain(Invariant::Ended, what);
    }
}

/// A call time that the services' clock passed while the patient was to be called.
struct Passed {
    /// When the clock last passed it.
    at: Timestamp,
    /// Whether the time was still ahead, by the services' clock, when it was set. A time that is set after it has
    /// passed belongs to the next day, even if the clock turns out to have been fast. The time must also be due by the
    /// right clock: dialling stops while the clock is wrong.
    was_to_come: bool,
}

fn passed(record: &EventLog) -> BTreeMap<Due, Passed> {
    let mut passed: BTreeMap<Due, Passed> = BTreeMap::new();
    let mut standings: BTreeMap<u32, PatientState> = BTreeMap::new();
    // The latest time that the clock showed when the patient's times or the centre's rules were set.
    let mut set_at: BTreeMap<u32, Timestamp> = BTreeMap::new();
    let mut rules: Option<Rules> = None;
    let mut before: Option<&LoggedEvent> = None;
    for moment in &record.moments {
        if let (Some(before), Some(rules)) = (before, &rules) {
            // The clock ran since then, and may have jumped just now.
            let ahead = before.shown.duration_since(before.at);
            let ran_to = moment.at.checked_add(ahead).unwrap_or(moment.shown);
            let to = ran_to.max(moment.shown);
            for (nth, standing) in &standings {
                for (time, due) in due_between(record, standing, rules, before.shown, to) {
                    let was_to_come = set_at.get(nth).is_none_or(|set| *set < due) && due <= moment.at;
                    let earlier = passed.get(&(*nth, time)).is_some_and(|passed| passed.was_to_come);
                    passed.insert((*nth, time), Passed { at: moment.at, was_to_come: was_to_come || earlier });
                }
            }
        }
        match &moment.what {
            LoggedEventKind::Changed(nth, standing) => {
                standings.insert(*nth, standing.clone());
                let set = set_at.entry(*nth).or_insert(moment.shown);
                *set = moment.shown.max(*set);
            }
            LoggedEventKind::CentreChanged(set) => {
                rules = Some(set.clone());
                set_at.values_mut().for_each(|set| *set = moment.shown.max(*set));
            }
            _ => {}
        }
        before = Some(moment);
    }
    passed
}

fn due_between(
    record: &EventLog,
    standing: &PatientState,
    rules: &Rules,
    after: Timestamp,
    until: Timestamp,
) -> BTreeMap<Time, Timestamp> {
    let mut due = BTreeMap::new();
    let observed = standing.observed_from.is_none_or(|first| first <= record.date);
    if after >= until || !standing.wanted() || rules.day_off || !observed {
        return due;
    }
    for time in times_of(standing, rules).iter().filter(|time| rules.open <= **time && **time < rules.close) {
        let at = record.zone.to_timestamp(record.date.to_datetime(*time));
        if let Some(at) = at.ok().filter(|at| after < *at && *at <= until) {
            due.insert(*time, at);
        }
    }
    due
}

/// Returns `true` if a patient who was due was no longer due before the services could have noticed.
fn was_put_off(record: &EventLog, due: Due, at: Timestamp) -> bool {
    let (nth, time) = due;
    let due_at = record.zone.to_timestamp(record.date.to_datetime(time)).ok();
    let mut standing: Option<&PatientState> = None;
    let mut rules: Option<&Rules> = None;
    for moment in &record.moments {
        match &moment.what {
            LoggedEventKind::Changed(of, now) if *of == nth => standing = Some(now),
            LoggedEventKind::CentreChanged(now) => rules = Some(now),
            _ => continue,
        }
        let (Some(standing), Some(rules)) = (standing, rules) else { continue };
        let still = standing.wanted()
            && times_of(standing, rules).contains(&time)
            && !rules.day_off
            && rules.open <= time
            && time < rules.close;
        // By the services' clock, the time may be ahead again.
        let to_come = due_at.is_some_and(|due_at| moment.shown < due_at);
        if moment.at >= at && !still && (to_come || up_between(record, at, moment.at) <= SOON) {
            return true;
        }
    }
    // Changes in the tables that were not reported to anyone: a request to stop in a call that broke off, a number that
    // doesn't exist.
    let patient = record.tables.patients.iter().find(|one| record.person(one.id) == Some(nth)).map(|one| one.id);
    let unreported = |kind: &str| kind == "stop_request" || kind == "wrong_number";
    record.tables.alerts.iter().any(|alert| alert.patient == patient && unreported(&alert.kind))
}

/// Returns how long the services were running between two moments.
fn up_between(record: &EventLog, from: Timestamp, to: Timestamp) -> SignedDuration {
    let mut up = SignedDuration::ZERO;
    let mut since: Option<Timestamp> = None;
    let mut add = |since: Timestamp, until: Timestamp| {
        let within = until.min(to).duration_since(since.max(from));
        up += within.max(SignedDuration::ZERO);
    };
    for moment in &record.moments {
        match moment.what {
            LoggedEventKind::Started => since = Some(moment.at),
            LoggedEventKind::Died { .. } => since.take().into_iter().for_each(|since| add(since, moment.at)),
            _ => {}
        }
    }
    since.into_iter().for_each(|since| add(since, to));
    up
}
