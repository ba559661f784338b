//! Nobody reaches another health centre's patients: a nurse and an administrator of one centre, and an operator limited
//! to it, ask for those of another through every service function. A house test keeps the list of functions complete.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::date;
use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::{
    Actor, AlertId, AttemptOutcome, CallId, CentreCode, CentreName, HersysId, Item, JobId, Language, LogInName, NoteId,
    NoteText, Operator, PatientId, PhoneNumber, ReasonText, Role, Staff, StaffAccess, StaffAccountId, StaffName,
    SystemUser, YesNo,
};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::patient_import::Column;
use kenkocall::service::{
    AlertQuery, AttemptQuery, AttemptStage, CallQuery, CentreChange, CheckpointKind, Context, Details, ErrorKind,
    Export, ImportMode, JobFilter, NewAccount, PatientChange, PatientQuery, PatientStatus, ReportEntry, Resolution,
    ServiceError, SlotQuery, StopDecision, TakeFrom, ToClose, TrailQuery, add_centre, add_note, add_patient,
    add_report, alert_pulse, call_log, call_now, call_numbers, change_centre, change_patient, change_settings,
    close_alerts, current_maintenance, day_figures, day_slots, deactivate_staff, decide_stop, dialer_state,
    discard_job, end_maintenance, erase_person, give_back_line, import_patients, invite_staff, list_alerts,
    list_attempts, list_calls, list_centres, list_jobs, list_patients, list_staff, list_trail, mark_restored,
    note_backup, pause_dialling, preview_change, preview_registration, preview_settings, preview_undo, reconcile_calls,
    release_patient, resolve_call, resume_dialling, retry_jobs, settings_history, show_alert_line, show_call,
    show_centre, show_patient, show_profile, start_maintenance, stop_patient, take_line, undo_change, untaken_red,
    walk_trail, write_checkpoint,
};
use kenkocall::store::calls::CallsOf;
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, id, shipped};

crate::on_both_databases!(nobody_reaches_another_centres_patients,);

/// The centre of those who ask.
const THEIRS: &str = "27100";

/// What a service function gave to somebody of another centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// It doesn't exist for them.
    NotFound,
    /// They may not ask.
    Forbidden,
    /// A list without anything of the other centre.
    Nothing,
    /// Something that concerns no patient, which everybody may see.
    State,
    /// Something of the other centre, or the refusal shows that it exists.
    Leaked,
}

fn refused<T>(result: Result<T, ServiceError>) -> Given {
    match result {
        Ok(_) => Given::Leaked,
        Err(error) => match error.kind() {
            ErrorKind::NotFound => Given::NotFound,
            ErrorKind::Forbidden => Given::Forbidden,
            ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::Unavailable => Given::Leaked,
        },
    }
}

fn listed<T>(result: Result<Vec<T>, ServiceError>) -> Given {
    match result {
        Ok(items) if items.is_empty() => Given::Nothing,
        other => refused(other),
    }
}

fn state<T>(result: Result<T, ServiceError>) -> Given {
    if result.is_ok() { Given::State } else { refused(result) }
}

/// What there is at the other centre.
struct Other {
    centre: CentreCode,
    patient: HersysId,
    record: PatientId,
    call: CallId,
    alert: AlertId,
    job: JobId,
    staff: LogInName,
}

type Answers = Vec<(&'static str, Given)>;

async fn patients(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let values = [
        (Column::HersysId, "7654321"),
        (Column::BirthDate, "1971-12-31"),
        (Column::FamilyName, "見本"),
        (Column::GivenName, "花子"),
    ];
    let list = "HER-SYS ID,生年月日,姓,名\n7654321,1971-12-31,見本,花子\n".as_bytes();
    let all = PatientQuery { status: PatientStatus::All, limit: 10, ..PatientQuery::default() };
    let of_centre = PatientQuery { centre: Some(other.centre.clone()), ..all.clone() };
    let id = &other.patient;
    let flow_set = shipped();
    let report = ReportEntry { flow_set: &flow_set, answers: Vec::new(), language: Language::English };
    let import = import_patients(context, actor, &other.centre, list, ImportMode::Write, |_, _| ()).await;
    let found = list_patients(context, actor, &all, Details::Revealed).await;
    let found_of_centre = list_patients(context, actor, &of_centre, Details::Revealed).await;
    vec![
        ("add_patient", refused(add_patient(context, actor, &other.centre, &values).await)),
        ("add_report", refused(add_report(context, actor, id, report).await)),
        ("change_patient", refused(change_patient(context, actor, id, None, &values[2..]).await)),
        ("stop_patient", refused(stop_patient(context, actor, id).await)),
        ("release_patient", refused(release_patient(context, actor, id).await)),
        ("show_patient", refused(show_patient(context, actor, id, Details::Revealed).await)),
        ("show_profile", refused(show_profile(context, actor, other.record).await)),
        ("preview_change", refused(preview_change(context, actor, other.record, PatientChange::Stop).await)),
        ("preview_change", refused(preview_change(context, actor, other.record, PatientChange::Values(&[])).await)),
        ("preview_registration", refused(preview_registration(context, actor, &other.centre, &values).await)),
        ("change_patient", refused(change_patient(context, actor, other.record, None, &values[2..]).await)),
        ("stop_patient", refused(stop_patient(context, actor, other.record).await)),
        ("release_patient", refused(release_patient(context, actor, other.record).await)),
        ("erase_person", refused(erase_person(context, actor, id).await)),
        ("import_patients", refused(import)),
        ("list_patients", listed(found.map(|viewed| viewed.found.items))),
        ("list_patients", listed(found_of_centre.map(|viewed| viewed.found.items))),
    ]
}

async fn centres(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let is_other = |code: &CentreCode| *code == other.centre;
    let seen = list_centres(context, actor).await;
    let seen = seen.map(|centres| centres.into_iter().filter(|centre| is_other(&centre.code)).collect());
    let new = CentreCode::parse("47201").unwrap();
    let (name, phone) = (CentreName::parse("見本保健所").unwrap(), PhoneNumber::from_e164("+81352113641").unwrap());
    let change = CentreChange { phone: Some(phone.clone()), ..CentreChange::default() };
    let read = show_centre(context, &Actor::System, &other.centre).await.unwrap();
    let day = date(2026, 11, 24);
    let figures = day_figures(context, actor, day).await;
    let figures = figures.map(|day| day.centres.into_iter().filter(|centre| is_other(&centre.code)).collect());
    let query = |centre| SlotQuery { date: day, centre, after: None, limit: 10 };
    let slots = day_slots(context, actor, &query(None)).await;
    let slots_of_centre = day_slots(context, actor, &query(Some(other.centre.clone()))).await;
    let export = Export::begin(context, actor, day, day, Some(other.centre.clone())).await;
    let rows = match Export::begin(context, actor, day, day, None).await {
        Ok(mut viewed) => viewed.found.next().await,
        Err(error) => Err(error),
    };
    vec![
        ("list_centres", listed::<kenkocall::service::CentreView>(seen)),
        ("show_centre", refused(show_centre(context, actor, &other.centre).await)),
        ("change_centre", refused(change_centre(context, actor, &other.centre, &change).await)),
        ("change_settings", refused(change_settings(context, actor, &read, &change, None).await)),
        ("preview_settings", refused(preview_settings(context, actor, &other.centre, &change).await)),
        ("settings_history", refused(settings_history(context, actor, &other.centre, None, 10).await)),
        ("preview_undo", refused(preview_undo(context, actor, &other.centre, Uuid::now_v7()).await)),
        ("undo_change", refused(undo_change(context, actor, &read, Uuid::now_v7(), None).await)),
        ("add_centre", refused(add_centre(context, actor, new, name, phone, &change).await)),
        ("day_figures", listed::<kenkocall::service::CentreDay>(figures)),
        ("day_slots", listed(slots.map(|page| page.items))),
        ("day_slots", listed(slots_of_centre.map(|page| page.items))),
        ("begin", refused(export)),
        ("begin", listed(rows)),
    ]
}

async fn calls(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let query = |of| CallQuery { of, limit: 10, ..CallQuery::default() };
    let all = list_calls(context, actor, &query(CallsOf::Anyone)).await;
    let of_centre = list_calls(context, actor, &query(CallsOf::Centre(other.centre.clone()))).await;
    let of_patient = list_calls(context, actor, &query(CallsOf::HersysId(other.patient.clone()))).await;
    let stage = AttemptStage::Outcome(AttemptOutcome::Reported);
    let attempts = AttemptQuery { stage, since: None, after: None, limit: 10 };
    let attempts = list_attempts(context, actor, &attempts, Details::Revealed).await;
    let (early, late) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX);
    let alert_query = |centre| AlertQuery { centre, kind: None, since: None, after: None, limit: 10 };
    let alerts = list_alerts(context, actor, &alert_query(None)).await;
    let alerts_of_centre = list_alerts(context, actor, &alert_query(Some(other.centre.clone()))).await;
    let red = untaken_red(context, actor).await;
    let pulse = alert_pulse(context, actor).await;
    let note = NoteText::parse("見本").unwrap().unwrap();
    let close = ToClose { alert: other.alert, others: None };
    vec![
        ("call_now", refused(call_now(context, actor, &other.patient).await)),
        ("resolve_call", refused(resolve_call(context, actor, other.call, Resolution::NoAnswer).await)),
        ("list_calls", listed(all.map(|viewed| viewed.found.items))),
        ("list_calls", listed(of_centre.map(|viewed| viewed.found.items))),
        ("list_calls", listed(of_patient.map(|viewed| viewed.found.items))),
        ("show_call", refused(show_call(context, actor, other.call, Details::Revealed).await)),
        ("call_log", refused(call_log(context, actor, &other.centre, &query(CallsOf::Anyone)).await)),
        ("call_numbers", refused(call_numbers(context, actor, &other.centre, early, late).await)),
        ("list_attempts", listed(attempts.map(|viewed| viewed.found.items))),
        ("list_alerts", listed(alerts.map(|viewed| viewed.found.alerts.items))),
        ("list_alerts", listed(alerts_of_centre.map(|viewed| viewed.found.alerts.items))),
        ("close_alerts", refused(close_alerts(context, actor, close, None).await)),
        ("untaken_red", listed(red.map(|red| vec![(); red.lines]))),
        ("alert_pulse", listed(pulse.map(|pulse| pulse.newest))),
        ("take_line", refused(take_line(context, actor, other.alert, TakeFrom::Anybody).await)),
        ("give_back_line", refused(give_back_line(context, actor, other.alert).await)),
        ("add_note", refused(add_note(context, actor, other.alert, NoteId(Uuid::now_v7()), &note).await)),
        ("decide_stop", refused(decide_stop(context, actor, other.alert, StopDecision::Grant, None).await)),
        ("show_alert_line", refused(show_alert_line(context, actor, other.alert).await)),
    ]
}

/// Accounts of the other centre's staff, and one of no health centre.
async fn staff(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let new = |email: &str, role, centre| NewAccount {
        log_in_name: LogInName::parse(email).unwrap(),
        name: StaffName::parse("見本").unwrap(),
        role,
        centre,
    };
    let of_centre =
        invite_staff(context, actor, new("new@mihon.example", Role::Nurse, Some(other.centre.clone()))).await;
    let of_all = invite_staff(context, actor, new("new@mihon.example", Role::SystemAdministrator, None)).await;
    let accounts = list_staff(context, actor).await;
    let list = if accounts.as_ref().is_ok_and(Vec::is_empty) { Given::Nothing } else { refused(accounts) };
    vec![
        ("invite_staff", refused(of_centre)),
        ("invite_staff", refused(of_all)),
        ("list_staff", list),
        ("deactivate_staff", refused(deactivate_staff(context, actor, &other.staff).await)),
    ]
}

/// What concerns all health centres.
async fn everyone(day: &Day, context: &Context, actor: &Actor, other: &Other) -> Answers {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoints");
    let trail = TrailQuery { patient: Some(other.patient.clone()), limit: 10, ..TrailQuery::default() };
    let trail = list_trail(context, actor, &trail, Details::Revealed).await;
    let reason = ReasonText::parse("test").unwrap();
    let digest = day.simulation.conversations.lines().flow_sets.current().digest.clone();
    let lag = SignedDuration::from_secs(60);
    let reconciled = reconcile_calls(context, actor, &digest, day.simulation.carriers.default(), lag).await;
    vec![
        ("walk_trail", refused(walk_trail(context, actor, None, std::time::Duration::ZERO).await)),
        ("write_checkpoint", refused(write_checkpoint(context, actor, &file, CheckpointKind::Checkpoint).await)),
        ("list_trail", listed(trail.map(|viewed| viewed.found.items))),
        ("list_jobs", listed(list_jobs(context, actor, JobFilter::Open).await)),
        ("retry_jobs", listed(retry_jobs(context, actor, None).await)),
        ("retry_jobs", listed(retry_jobs(context, actor, Some(other.job)).await)),
        ("discard_job", refused(discard_job(context, actor, other.job).await)),
        ("start_maintenance", refused(start_maintenance(context, actor, None).await)),
        ("end_maintenance", refused(end_maintenance(context, actor).await)),
        ("current_maintenance", state(current_maintenance(context, actor).await)),
        ("dialer_state", state(dialer_state(context, actor).await)),
        ("pause_dialling", refused(pause_dialling(context, actor, &reason, None).await)),
        ("resume_dialling", refused(resume_dialling(context, actor, true).await)),
        ("note_backup", refused(note_backup(context, actor).await)),
        ("mark_restored", refused(mark_restored(context, actor).await)),
        ("reconcile_calls", refused(reconciled)),
    ]
}

/// A day with a red answer, a patient who isn't reached, and a stop whose job still waits.
async fn eventful(fresh: &Fresh) -> (Day, Other) {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::Complexion, YesNo::Yes)]);
    let second = std::time::Duration::from_secs(1);
    let people = vec![(0, vec![Script::answers(second).health(ill).into()]), (1, vec![Script::rings_out().into()])];
    let day = Day::begin(fresh, Plan { patients: vec!["09:00"; 2], people, ..Plan::default() }).await;
    day.until("09:10").await;
    assert_eq!(day.alerts().await, ["red_answer"]);
    let one = async |sql: &str| day.kept.column(sql).await[0].parse::<Uuid>().unwrap();
    let red = one("SELECT id FROM alerts WHERE kind = 'red_answer'").await;
    let call = one("SELECT call_id FROM alerts WHERE kind = 'red_answer'").await;
    let record = one(&format!("SELECT id FROM patients WHERE hersys_id = '{}'", id(0).expose())).await;
    let job = Uuid::now_v7();
    let sql = "INSERT INTO outbox (id, kind, job, due_at, attempts)";
    day.kept.rows(&format!("{sql} VALUES ('{job}', 'a_later_kind', '{{}}', 1, 0)")).await;
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let staff = LogInName::parse("naoko@mihon.example").unwrap();
    let name = StaffName::parse("見本 直子").unwrap();
    let nurse = NewAccount { log_in_name: staff.clone(), name, role: Role::Nurse, centre: Some(centre.clone()) };
    invite_staff(&day.client.context, &day.client.actor, nurse).await.unwrap();
    (
        day,
        Other {
            centre,
            patient: id(0),
            record: PatientId(record),
            call: CallId(call),
            alert: AlertId(red),
            job: JobId(job),
            staff,
        },
    )
}

async fn nobody_reaches_another_centres_patients(fresh: Fresh) {
    let (day, other) = eventful(&fresh).await;
    let context = &day.client.context;
    let theirs = CentreCode::parse(THEIRS).unwrap();
    let (name, phone) = (CentreName::parse("架空区保健所").unwrap(), PhoneNumber::from_e164("+81352113642").unwrap());
    add_centre(context, &day.client.actor, theirs.clone(), name, phone, &CentreChange::default()).await.unwrap();
    let staff = |role| {
        let centres = BTreeSet::from([theirs.clone()]);
        Actor::Staff(Staff {
            account: StaffAccountId(Uuid::nil()),
            name: StaffName::parse("見本").unwrap(),
            role: Some(role),
            centres,
            via: StaffAccess::Console,
        })
    };
    let operator = Operator {
        name: StaffName::parse("見本").unwrap(),
        system_user: SystemUser::new(0, Some("root")),
        centre: Some(theirs.clone()),
    };
    let before = day.kept.counts().await;
    for actor in [staff(Role::Nurse), staff(Role::CentreAdministrator), Actor::Operator(operator)] {
        let mut given = patients(context, &actor, &other).await;
        given.extend(centres(context, &actor, &other).await);
        given.extend(calls(context, &actor, &other).await);
        given.extend(self::staff(context, &actor, &other).await);
        given.extend(everyone(&day, context, &actor, &other).await);
        let leaked: Vec<_> = given.iter().filter(|(_, given)| *given == Given::Leaked).collect();
        assert!(leaked.is_empty(), "{leaked:?} for {actor:?}");
        let states: Vec<_> = given.iter().filter(|(_, given)| *given == Given::State).map(|(name, _)| *name).collect();
        assert_eq!(states, ["current_maintenance", "dialer_state"]);
        let found = |name| given.iter().any(|(of, given)| *of == name && *given == Given::NotFound);
        assert!(found("show_patient") && found("call_now") && found("show_call"), "as if they didn't exist: {given:?}");
    }
    let after = day.kept.counts().await;
    let unchanged = |counts: &BTreeMap<&'static str, u64>| {
        counts.iter().filter(|(table, _)| **table != "audit").map(|(table, count)| (*table, *count)).collect::<Vec<_>>()
    };
    assert_eq!(unchanged(&after), unchanged(&before));
    // The patient's own centre sees all of it.
    let own = show_patient(context, &day.client.actor, &other.patient, Details::Masked).await.unwrap();
    assert_eq!(own.found.patient.hersys_id, other.patient);
    assert_eq!(listed(list_jobs(context, &day.client.actor, JobFilter::Open).await), Given::Leaked);
}
