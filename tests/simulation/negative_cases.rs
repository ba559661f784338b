//! Each rule is broken once on purpose, in the record of a good day or by a misconfigured dialer, and complains.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::{Habit, NetworkFaults, PopulationMix};
use kenkocall::domain::{CallId, JobId, JobKind};
use kenkocall::lab::simulation::{
    EventLog, Invariant, LoggedEvent, LoggedEventKind, Odds, PatientState, Scenario, check,
};

use kenkocall::store::outbox::OpenJob;

use crate::scenario::{DayFixture, is_clean};

fn job_left() -> OpenJob {
    OpenJob {
        id: JobId(uuid::Uuid::nil()),
        kind: JobKind::Withdraw.code().to_owned(),
        due_at: Timestamp::UNIX_EPOCH,
        runs: 0,
        claimed_until: None,
        failed_at: None,
        failure: None,
    }
}

/// A day without faults on which some people don't answer.
fn quiet(seed: u64) -> Scenario {
    let mix = PopulationMix::default().with(Habit::NoAnswer, 300).with(Habit::Busy, 100);
    let plan = Scenario::of(seed, 30);
    let (odds, network_faults, happenings) = (Odds::default(), NetworkFaults::FAIR, Vec::new());
    let mut plan = Scenario { odds, network_faults, happenings, mix, pace: 1.0, lines: 10, capacity: 1_000, ..plan };
    plan.rules.retry =
        ["busy", "no_answer", "dropped", "not_now", "voicemail", "failed"].map(|cause| (cause, (3, 10))).into();
    plan
}

type Doctor = fn(&mut EventLog);

const DOCTORED: [(&str, Invariant, Doctor); 28] = [
    ("an answer is lost", Invariant::Kept, |day| {
        let promised = promised(day);
        let place = day.tables.answers.iter().position(|answer| answer.call == Some(promised)).unwrap();
        day.tables.answers.remove(place);
    }),
    ("an older answer stands", Invariant::Kept, |day| {
        let call = promised(day);
        let first = day.tables.answers.iter().find(|answer| answer.call == Some(call)).unwrap().clone();
        let entry = if first.entry.expose() == "000" { "365" } else { "000" };
        let promise =
            LoggedEventKind::Promised { call, patient: None, item: first.item.clone(), entry: entry.to_owned() };
        let is_of_call =
            |moment: &LoggedEvent| matches!(moment.what, LoggedEventKind::Promised { call: of, .. } if of == call);
        let place = day.moments.iter().position(is_of_call).unwrap();
        let same = day.moments[place].clone();
        day.moments.insert(place + 1, LoggedEvent { what: promise, ..same });
        let mut corrected = first.clone();
        corrected.entry = kenkocall::domain::Sensitive::new(entry);
        // Stored, but the answer that it corrects remains valid.
        day.tables.answers.push(corrected);
    }),
    ("a report is lost", Invariant::Kept, |day| {
        let call = find(day, |what| if let LoggedEventKind::Received { call, .. } = what { Some(*call) } else { None });
        let report = day.tables.answers.iter().find(|answer| answer.call == Some(call)).unwrap().report;
        day.tables.reports.iter_mut().filter(|one| one.id == report).for_each(|one| one.reported = false);
    }),
    ("one attempt is asked for twice", Invariant::Once, |day| {
        let asked = day.asked[3].clone();
        day.asked.push(asked);
    }),
    ("a call is asked for that nobody intended", Invariant::Once, |day| day.asked[3].call = stranger()),
    ("another number is dialled", Invariant::Once, |day| day.asked[3].to = day.asked[4].to.clone()),
    ("a phone rings twice at a time", Invariant::Once, |day| {
        let mut again = day.placed.iter().find(|placed| placed.call.is_some()).unwrap().clone();
        again.call = Some(stranger());
        day.placed.insert(1, again);
    }),
    ("what rang counts as not placed", Invariant::Once, |day| {
        let call = day.placed[0].call;
        let attempt = day.tables.attempts.iter_mut().find(|attempt| Some(attempt.call) == call).unwrap();
        attempt.outcome = Some("not_placed".to_owned());
    }),
    ("somebody is dialled after a stop", Invariant::Wanted, |day| change_all(day, |one| one.stopped = true)),
    ("somebody is dialled after a release", Invariant::Wanted, |day| change_all(day, |one| one.released = true)),
    ("somebody is dialled who asked to stop", Invariant::Wanted, |day| {
        change_all(day, |one| one.stop_requested = true)
    }),
    ("an old number is dialled", Invariant::Wanted, |day| {
        let other = day.asked[0].to.clone();
        change_all(day, |one| one.number = Some(other.clone()));
    }),
    ("somebody else's number is dialled again", Invariant::Wanted, |day| {
        change_all(day, |one| one.wrong_number = one.number.clone());
    }),
    ("an old time is called at", Invariant::Wanted, |day| {
        change_all(day, |one| one.times = vec![jiff::civil::time(12, 34, 0, 0)]);
    }),
    ("somebody is dialled who has reported", Invariant::Wanted, |day| {
        rules(day, |rules| rules.report_covers_day = true);
        let call = day.asked[0].call;
        day.moments.insert(first_dial(day), moment(day, LoggedEventKind::Received { call, patient: None }));
    }),
    ("calls go out at night", Invariant::Wanted, |day| {
        for moment in &mut day.moments {
            moment.shown = moment.shown.checked_sub(SignedDuration::from_hours(5)).unwrap();
        }
    }),
    ("calls go out before their time", Invariant::Wanted, |day| {
        for moment in &mut day.moments {
            moment.shown = moment.shown.checked_sub(SignedDuration::from_mins(1)).unwrap();
        }
    }),
    ("calls go out early by a wrong clock", Invariant::Wanted, |day| {
        // Ten minutes ahead: slots depend on the time that it showed.
        for asked in &mut day.asked {
            asked.at = asked.at.checked_sub(SignedDuration::from_mins(10)).unwrap();
        }
    }),
    ("calls go out on a day off", Invariant::Wanted, |day| rules(day, |rules| rules.day_off = true)),
    ("calls go out after their window", Invariant::Wanted, |day| {
        day.tables.slots.iter_mut().for_each(|slot| slot.window_end = Timestamp::UNIX_EPOCH);
    }),
    ("a slot never ends", Invariant::Ended, |day| day.tables.slots[0].ended_at = None),
    ("a slot ends as its attempts didn't", Invariant::Ended, |day| {
        let slot = day.tables.slots.iter_mut().find(|slot| slot.state != "reported" && slot.attempts > 0).unwrap();
        slot.state = "reported".to_owned();
    }),
    ("an attempt never ends", Invariant::Ended, |day| day.tables.attempts[0].ended_at = None),
    ("a call never ends", Invariant::Ended, |day| day.tables.calls[0].ended_at = None),
    ("a job is never done", Invariant::Ended, |day| day.tables.jobs_left.push(job_left())),
    ("a slot is forgotten", Invariant::Ended, |day| {
        day.tables.slots.remove(0);
    }),
    ("a slot comes out of nothing", Invariant::Ended, |day| day.tables.slots[0].time = "08:01".to_owned()),
    ("two patients have one number", Invariant::OneHolder, |day| {
        let other = day.asked[0].to.clone();
        change_all(day, |one| one.number = Some(other.clone()));
    }),
];

const MORE: [(&str, Invariant, Doctor); 17] = [
    ("somebody waits for an hour", Invariant::Prompt, |day| {
        for asked in &mut day.asked {
            asked.at = asked.at.checked_add(SignedDuration::from_hours(1)).unwrap();
        }
    }),
    ("more tries than the policy has", Invariant::Retried, |day| {
        rules(day, |rules| rules.retry.values_mut().for_each(|(tries, _)| *tries = 1));
    }),
    ("sooner than the policy has it", Invariant::Retried, |day| {
        rules(day, |rules| rules.retry.values_mut().for_each(|(_, minutes)| *minutes = 200));
    }),
    ("nobody is told of missed slots", Invariant::Alerted, |day| {
        day.tables.alerts.retain(|alert| alert.kind != "unanswered");
    }),
    ("nobody is told of a red answer", Invariant::Alerted, |day| {
        day.tables.answers[0].severity = "red".to_owned();
        day.tables.alerts.retain(|alert| alert.kind != "red_answer");
    }),
    ("nobody is asked about an unknown call", Invariant::Alerted, |day| {
        day.tables.attempts[0].staff_asked = true;
        day.tables.alerts.retain(|alert| alert.kind != "unknown_call");
    }),
    ("nobody is told of a request to stop", Invariant::Alerted, |day| {
        note_last(day, LoggedEventKind::StopNoted(stranger()))
    }),
    ("nobody is told that somebody unknown asked for calls to stop", Invariant::Alerted, |day| {
        note_last(day, LoggedEventKind::StopPassedOn(stranger()));
    }),
    ("calls are held for somebody unknown", Invariant::Confirmed, |day| {
        note_last(day, LoggedEventKind::StopNoted(stranger()))
    }),
    ("the audit trail doesn't verify", Invariant::Audited, |day| {
        note_last(day, LoggedEventKind::TrailWalked { entries: 1_000_000, chain_error: Some("entry 3".to_owned()) });
    }),
    ("changes are missing in the audit trail", Invariant::Audited, |day| {
        note_last(day, LoggedEventKind::CalledNow(0));
        note_last(day, LoggedEventKind::TrailWalked { entries: 0, chain_error: None });
    }),
    ("more calls than the centre allows", Invariant::Limited, |day| day.most_calls = Some(1)),
    ("the log names somebody", Invariant::Private, |day| {
        day.log = Some(format!("a call to {} failed", day.tables.patients[0].hersys_id.expose()));
    }),
    ("a repeated turn gets another reply", Invariant::Repeated, |day| {
        note_last(day, LoggedEventKind::Contradicted(stranger()))
    }),
    ("a talk with staff is cut", Invariant::Talked, |day| {
        let placed = day.placed.iter_mut().find(|placed| placed.call.is_some()).unwrap();
        let (begun, ended) = (placed.history[0].0, placed.history.last().unwrap().0);
        placed.talk = Some((begun, ended + SignedDuration::from_mins(1)));
    }),
    ("somebody is called who has talked with staff", Invariant::Talked, |day| {
        let second = day.tables.attempts.iter().find(|attempt| attempt.number == 2).unwrap();
        let first = day.tables.attempts.iter().find(|one| one.slot == second.slot && one.number == 1).unwrap().call;
        let placed = day.placed.iter_mut().find(|placed| placed.call == Some(first)).unwrap();
        let begun = placed.history[0].0;
        placed.talk = Some((begun, begun));
    }),
    ("something fails by itself", Invariant::Sound, |day| {
        note_last(day, LoggedEventKind::Failed("no reason".to_owned()))
    }),
];

#[test]
fn each_rule_complains_when_it_is_broken() {
    let played = DayFixture::set().play_plan(quiet(5));
    is_clean(&played);
    for (name, invariant, doctor) in DOCTORED.into_iter().chain(MORE) {
        let mut record = played.record.clone();
        doctor(&mut record);
        let broken = check(&record);
        assert!(broken.iter().any(|one| one.invariant == invariant), "{name}: {broken:?}");
    }
}

/// A call immediately counts as not placed although the carrier's list lags behind, so it is placed again. Without
/// the witness, a dialer with this setting would accept the old list as proof and ring twice.
#[test]
fn a_list_that_is_older_than_the_intent_proves_nothing_however_short_the_grace() {
    let network_faults = NetworkFaults {
        dial_unheard_placed: 1.0,
        looks_stale: 1.0,
        stale_by: Duration::from_secs(90),
        statuses_lost: 1.0,
        ..NetworkFaults::FAIR
    };
    let patient = Scenario { network_faults, ..quiet(6) };
    let hasty = Scenario { grace: SignedDuration::ZERO, ..patient.clone() };
    let fixture = DayFixture::set();
    is_clean(&fixture.play_plan(patient));
    let played = fixture.play_plan(hasty);
    is_clean(&played);
    assert!(played.record.tables.attempts.iter().any(|attempt| attempt.staff_asked), "staff decide");
}

/// An unknown call.
fn stranger() -> CallId {
    "018f0000-0000-7000-8000-000000000000".parse().unwrap()
}

/// A call in which an answer was acknowledged.
fn promised(day: &EventLog) -> CallId {
    find(day, |what| if let LoggedEventKind::Promised { call, .. } = what { Some(*call) } else { None })
}

fn find<T>(day: &EventLog, fits: impl Fn(&LoggedEventKind) -> Option<T>) -> T {
    day.moments.iter().find_map(|moment| fits(&moment.what)).unwrap()
}

/// An event before the first request to dial.
fn moment(day: &EventLog, what: LoggedEventKind) -> LoggedEvent {
    LoggedEvent { asked: 0, what, ..day.moments[first_dial(day) - 1].clone() }
}

fn first_dial(day: &EventLog) -> usize {
    day.moments.iter().position(|moment| moment.asked > 0).unwrap()
}

fn note_last(day: &mut EventLog, what: LoggedEventKind) {
    let last = day.moments.last().unwrap().clone();
    day.moments.push(LoggedEvent { what, ..last });
}

/// Staff change every patient before the first request to dial.
fn change_all(day: &mut EventLog, change: impl Fn(&mut PatientState)) {
    let mut standings = BTreeMap::new();
    for moment in &day.moments {
        if let LoggedEventKind::Changed(nth, standing) = &moment.what {
            standings.insert(*nth, standing.clone());
        }
    }
    for (nth, mut standing) in standings {
        change(&mut standing);
        day.moments.insert(first_dial(day), moment(day, LoggedEventKind::Changed(nth, standing)));
    }
}

fn rules(day: &mut EventLog, change: impl FnOnce(&mut kenkocall::lab::simulation::Rules)) {
    let rules = day.moments.iter_mut().find_map(|moment| match &mut moment.what {
        LoggedEventKind::CentreChanged(rules) => Some(rules),
        _ => None,
    });
    change(rules.unwrap());
}
