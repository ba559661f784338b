//! The acts of staff, by the functions that their commands use, and the resulting states.

mod transfers;

use jiff::SignedDuration;
use jiff::civil::Time;

use super::environment::Environment;
use super::event_log::{LoggedEventKind, PatientState};
use super::people;
use super::scenario::StaffAct;
use crate::carrier::network::LegProgress;
use crate::domain::{AttemptState, CallingHours, HersysId};
use crate::patient_import::Column;
use crate::policy::{DaysOff, ReportCovers};
use crate::service::{
    CallError, CentreChange, Client, ImportMode, PatientError, Resolution, ServiceError, add_patient, call_now,
    change_centre, change_patient, import_patients, release_patient, resolve_call, stop_patient,
};
use crate::store::attempts::{self, AttemptFilter};

/// The maximum number of calls with unknown outcome read at a time.
const MOST_UNKNOWN: u32 = 200;

/// Executes an act of staff.
pub(super) async fn act(world: &Environment, act: StaffAct) {
    let Some(client) = world.client() else { return };
    let client = &client;
    world.state().disturbed = true;
    match act {
        StaffAct::Stop(who) => {
            let done = match people::hersys_id(who) {
                Some(id) => stop_patient(&client.context, &client.actor, &id).await.map(|_| ()),
                None => return,
            };
            settle(world, who, done, |one| one.stopped = true);
        }
        StaffAct::Release(who) => {
            let done = match people::hersys_id(who) {
                Some(id) => release_patient(&client.context, &client.actor, &id).await.map(|_| ()),
                None => return,
            };
            settle(world, who, done, |one| one.released = true);
        }
        StaffAct::Register(who) => register(world, client, who).await,
        StaffAct::ImportAgain => import_again(world, client).await,
        StaffAct::CallNow(who) => call_patient_now(world, client, who).await,
        StaffAct::Resolve => resolve(world, client, false).await,
        StaffAct::LookAgain => resolve(world, client, true).await,
        StaffAct::Transfer(who, step) => transfers::act(world, client, who, step).await,
        StaffAct::Hours(..) | StaffAct::Covers(_) | StaffAct::DayOff => change_rules(world, client, act).await,
        StaffAct::Number(..)
        | StaffAct::TakeNumber(..)
        | StaffAct::Times(..)
        | StaffAct::SwitchOn(_)
        | StaffAct::SwitchOff(_)
        | StaffAct::Language(_) => change(world, client, act).await,
    }
}

/// Changes one patient. The change is either accepted, or refused for a valid reason.
async fn change(world: &Environment, client: &Client, act: StaffAct) {
    let (who, values, after): (u32, Vec<(Column, String)>, PatientState) = match act {
        StaffAct::Number(who, choice) => numbered(world, who, people::number(who, choice)),
        StaffAct::TakeNumber(who, whose) => numbered(world, who, people::number(whose, 0)),
        StaffAct::Times(who, first, hours_apart) => {
            let times = times_from(first, hours_apart, world.state().rules.close);
            let written: Vec<String> = times.iter().map(written).collect();
            let after = PatientState { times, ..world.standing(who) };
            (who, vec![(Column::CallTimes, written.join(";"))], after)
        }
        StaffAct::SwitchOn(who) => {
            let before = world.standing(who);
            let held = before.stopped || before.stop_requested || before.wrong_number.is_some();
            let mut after = PatientState { automated: true, ..before };
            if held && !after.released {
                (after.stopped, after.stop_requested, after.wrong_number) = (false, false, None);
            }
            (who, vec![(Column::AutomatedCall, "yes".to_owned())], after)
        }
        StaffAct::SwitchOff(who) => {
            let after = PatientState { automated: false, ..world.standing(who) };
            (who, vec![(Column::AutomatedCall, "no".to_owned())], after)
        }
        StaffAct::Language(who) => (who, vec![(Column::Language, "en".to_owned())], world.standing(who)),
        _ => return,
    };
    let Some(id) = people::hersys_id(who) else { return };
    let values: Vec<(Column, &str)> = values.iter().map(|(column, value)| (*column, value.as_str())).collect();
    let taken = taken_for(world, who, &after);
    let done = change_patient(&client.context, &client.actor, &id, None, &values).await.map(|_| ());
    if let Some(wrong) = unexpected(&done, taken) {
        world.note(LoggedEventKind::Failed(format!("{act:?}: {wrong}")));
    }
    settle(world, who, done, |one| *one = after);
}

fn numbered(
    world: &Environment,
    who: u32,
    number: Option<crate::domain::PhoneNumber>,
) -> (u32, Vec<(Column, String)>, PatientState) {
    let written = number.as_ref().map_or_else(String::new, |number| number.national());
    let after = PatientState { number, ..world.standing(who) };
    (who, vec![(Column::PhoneNumber, written)], after)
}

/// Returns `true` if another patient has this state's number for automated calls (A2).
fn taken_for(world: &Environment, who: u32, after: &PatientState) -> bool {
    let holds = |one: &PatientState| one.registered && one.automated && !one.released && one.number.is_some();
    let state = world.state();
    let mut others = state.standings.iter().enumerate().filter(|(place, _)| *place != who as usize);
    holds(after) && others.any(|(_, other)| holds(other) && other.number == after.number)
}

fn settle(world: &Environment, who: u32, done: Result<(), ServiceError>, change: impl FnOnce(&mut PatientState)) {
    match done {
        Ok(()) => world.stands(who, change),
        Err(refused) => {
            let known =
                matches!(refused, ServiceError::Patient(PatientError::NotFound)) != world.standing(who).registered;
            let why = refused.to_string();
            world.note(if known { LoggedEventKind::Refused(who, why) } else { LoggedEventKind::Failed(why) });
        }
    }
}

async fn register(world: &Environment, client: &Client, who: u32) {
    let standing = world.standing(who);
    let after = PatientState { registered: true, ..standing.clone() };
    let taken = taken_for(world, who, &after);
    let values = columns(who, &after);
    let values: Vec<(Column, &str)> = values.iter().map(|(column, value)| (*column, value.as_str())).collect();
    match add_patient(&client.context, &client.actor, &world.centre, &values).await {
        Ok(_) if standing.registered || taken => {
            world.note(LoggedEventKind::Failed("registered twice over".to_owned()))
        }
        Ok(_) => world.stands(who, |one| *one = after),
        Err(refused) => world.note(LoggedEventKind::Refused(who, refused.to_string())),
    }
}

/// Imports the same list again, which must change nothing (fault 42).
async fn import_again(world: &Environment, client: &Client) {
    let list = list_of(&world.state().standings);
    match import_patients(&client.context, &client.actor, &world.centre, list.as_bytes(), ImportMode::Write, |_, _| {})
        .await
    {
        Ok(imported) if imported.new + imported.changed == 0 => {}
        Ok(imported) => {
            world.note(LoggedEventKind::Failed(format!("a list that says nothing new changed {imported:?}")))
        }
        // For example, call times that are now outside of the calling hours.
        Err(refused) => world.note(LoggedEventKind::Refused(0, refused.to_string())),
    }
}

async fn call_patient_now(world: &Environment, client: &Client, who: u32) {
    let Some(id) = people::hersys_id(who) else { return };
    match call_now(&client.context, &client.actor, &id).await {
        Ok(_) => world.note(LoggedEventKind::CalledNow(who)),
        Err(refused) => {
            let unwanted = matches!(refused, ServiceError::Call(CallError::NotCallable(_)));
            let wrong = unwanted && world.standing(who).wanted() && !may_be_unwanted(client, &id).await;
            let why = refused.to_string();
            world.note(if wrong { LoggedEventKind::Failed(why) } else { LoggedEventKind::Refused(who, why) });
        }
    }
}

/// Returns `true` if the tables have a reason that was not reported to anyone: a request to stop that was committed
/// when the process died, or a number that doesn't exist.
async fn may_be_unwanted(client: &Client, id: &HersysId) -> bool {
    let Ok(mut tx) = client.context.database.begin_read().await else { return false };
    let found = crate::store::patients::by_hersys_ids(&mut tx, std::slice::from_ref(id)).await.unwrap_or_default();
    found.iter().any(|one| one.calling.stop_requested_at.is_some() || one.calling.wrong_number.is_some())
}

/// Staff resolve the calls with unknown outcome. They phone the carrier, which knows.
async fn resolve(world: &Environment, client: &Client, look_again: bool) {
    let filter = AttemptFilter { state: Some(AttemptState::Unknown), limit: MOST_UNKNOWN, ..AttemptFilter::default() };
    let Ok(mut tx) = client.context.database.begin_read().await else { return };
    let unknown = attempts::list(&mut tx, &filter).await.unwrap_or_default();
    drop(tx);
    for attempt in unknown.into_iter().filter(|attempt| attempt.looks.asked_at.is_some()) {
        let placed = world.lines.with(|network, _| network.placed());
        let leg = placed.into_iter().find(|placed| placed.call == Some(attempt.call));
        let (resolution, word) = match leg {
            _ if look_again => (Resolution::LookAgain, "look again"),
            None => (Resolution::NotPlaced, "not placed"),
            Some(leg) if !matches!(leg.listed.progress, LegProgress::Ended(_)) => (Resolution::LookAgain, "look again"),
            Some(leg) if leg.history.iter().any(|(_, progress)| *progress == LegProgress::Answered) => {
                (Resolution::Answered, "answered")
            }
            Some(_) => (Resolution::NoAnswer, "no answer"),
        };
        match resolve_call(&client.context, &client.actor, attempt.call, resolution).await {
            Ok(_) => world.note(LoggedEventKind::Resolved(attempt.call, word)),
            Err(refused) => world.note(LoggedEventKind::Failed(refused.to_string())),
        }
    }
}

async fn change_rules(world: &Environment, client: &Client, act: StaffAct) {
    let mut rules = world.state().rules.clone();
    let change = match act {
        StaffAct::Hours(open, close) => {
            (rules.open, rules.close) = (open, close);
            CentreChange { calling_hours: Some(CallingHours { open, close: close.into() }), ..CentreChange::default() }
        }
        StaffAct::Covers(day) => {
            rules.report_covers_day = day;
            let covers = if day { ReportCovers::Day } else { ReportCovers::Slot };
            CentreChange { report_covers: Some(covers), ..CentreChange::default() }
        }
        _ => {
            rules.day_off = true;
            let days: Option<DaysOff> = world.plan.date.to_string().parse().ok();
            CentreChange { days_off: days, ..CentreChange::default() }
        }
    };
    let mut changed = change_centre(&client.context, &client.actor, &world.centre, &change).await;
    if changed.is_ok() {
        changed = change_centre(&client.context, &client.actor, &world.second, &change).await;
    }
    match changed {
        Ok(_) => {
            world.state().rules = rules.clone();
            world.note(LoggedEventKind::CentreChanged(rules));
        }
        Err(refused) => world.note(LoggedEventKind::Failed(refused.to_string())),
    }
}

/// Returns what is wrong with the result: a change to a number in use must be refused for that reason, and no other
/// change for any reason.
fn unexpected(done: &Result<(), ServiceError>, taken: bool) -> Option<String> {
    match done {
        Ok(()) => taken.then(|| "a number was given to two patients".to_owned()),
        Err(ServiceError::Patient(PatientError::NumberInUse(_))) => {
            (!taken).then(|| "a number that is free was refused".to_owned())
        }
        Err(ServiceError::Patient(PatientError::NotFound | PatientError::InvalidValues(_))) => None,
        Err(other) => Some(other.to_string()),
    }
}

/// Returns call times from the first on, this many hours apart.
fn times_from(first: Time, hours_apart: u8, close: Time) -> Vec<Time> {
    let step = SignedDuration::from_hours(i64::from(hours_apart.max(1)));
    let all = std::iter::successors(Some(first), |time| time.checked_add(step).ok());
    all.take_while(|time| *time < close).take(3).collect()
}

fn written(time: &Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// Returns a patient's row of a list.
fn columns(nth: u32, one: &PatientState) -> Vec<(Column, String)> {
    let id = people::hersys_id(nth).map_or_else(String::new, |id| id.expose().to_owned());
    let times: Vec<String> = one.times.iter().map(written).collect();
    vec![
        (Column::HersysId, id),
        (Column::BirthDate, people::birthday(nth).to_string()),
        (Column::FamilyName, people::FAMILY_NAME.to_owned()),
        (Column::GivenName, people::GIVEN_NAME.to_owned()),
        (Column::PhoneNumber, one.number.as_ref().map_or_else(String::new, |number| number.national())),
        (Column::AutomatedCall, if one.automated { "yes" } else { "no" }.to_owned()),
        (Column::CallTimes, times.join(";")),
        (Column::MonitoringStart, one.observed_from.map_or_else(String::new, |day| day.to_string())),
    ]
}

/// Returns the list of all registered patients as CSV.
pub(super) fn list_of(standings: &[PatientState]) -> String {
    let mut list = String::from(
        "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times,monitoring_start\n",
    );
    for (nth, one) in (0..).zip(standings).filter(|(_, one)| one.registered) {
        let cells: Vec<String> = columns(nth, one).into_iter().map(|(_, value)| value).collect();
        list.push_str(&cells.join(","));
        list.push('\n');
    }
    list
}
