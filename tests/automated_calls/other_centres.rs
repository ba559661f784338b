//! Nobody reaches another health centre's patients: a nurse and an administrator of one centre, and an operator limited
//! to it, ask for those of another through every service function. A house test keeps the list of functions complete.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::*;
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::patient_import::Column;
use kenkocall::service::{
    AcceptedTimes, AlertQuery, AnswerForm, AttemptQuery, AttemptStage, BulkChange, BulkOf, CallQuery, CentreChange,
    CheckpointKind, Compared, Context, Correction, Details, ErrorKind, Export, ImportMode, JobFilter, NewAccount,
    Offer, Offered, PatientChange, PatientQuery, PatientStatus, Purpose, Received, ReportCorrection, ReportEntry,
    Resolution, ServiceError, ShownEntry, SlotQuery, StopDecision, TakeFrom, ToClose, TrailQuery, TransferAnswer,
    add_centre, add_note, add_patient, add_patient_note, add_report, alert_pulse, allow_certificate, call_log,
    call_now, call_numbers, calls_of_patient, change_centre, change_filter, change_patient, change_rota,
    change_settings, choose_columns, choose_sheet, chosen_columns, close_alerts, confirm_address, correct_answer,
    correct_report, count_patients, current_maintenance, day_figures, day_slots, deactivate_staff, decide_stop,
    decide_transfer, delete_filter, dialer_state, discard_job, discard_upload, disclose_person, end_maintenance,
    enter_answers, erase_person, export_patients, find_transfer, give_back_line, give_passport_number, hand_over,
    handover_sheet, import_patients, invite_staff, last_trials, last_verification, list_alerts, list_attempts,
    list_calls, list_centres, list_jobs, list_patients, list_staff, list_trail, list_transfers, list_unlockable,
    list_uploads, mark_restored, next_person, note_backup, notice_transfer, notices_of_day, offer_transfer,
    pause_dialling, pending_transfers, prepare_bulk, preview_call, preview_change, preview_offer, preview_registration,
    preview_settings, preview_undo, receive_list, receivers, reconcile_calls, refused_rows, release_patient,
    request_call, resolve_call, resume_dialling, resume_notices, retention_history, retry_jobs, round_progress,
    save_filter, saved_filters, send_invitation, send_report_link, set_retention, settings_history, show_alert_line,
    show_alert_of_person, show_bulk, show_call, show_centre, show_certificate, show_escalation, show_filter,
    show_patient, show_profile, show_retention, show_rota, show_transfer, show_upload, start_bulk, start_import,
    start_maintenance, stop_patient, take_line, try_contact, typed_elsewhere, undo_bulk, undo_change,
    unlock_portal_address, unlock_staff, untaken_red, walk_trail, withdraw_certificate, write_checkpoint,
    write_diagnosis,
};
use kenkocall::store::calls::CallsOf;
use uuid::Uuid;

use crate::databases::Fresh;
use crate::given::{Given, listed, refused, state, state_or_forbidden};
use crate::simulated_day::{Day, Plan, id, shipped};

crate::on_both_databases!(nobody_reaches_another_centres_patients,);

/// The centre of those who ask.
const THEIRS: &str = "27100";

/// What there is at the other centre.
struct Other {
    centre: CentreCode,
    patient: HersysId,
    record: PatientId,
    call: CallId,
    alert: AlertId,
    job: JobId,
    staff: LogInName,
    address: EmailAddress,
    /// The same context as the others'.
    shared: Arc<Context>,
    transfer: TransferId,
}

/// A list that the other centre has uploaded.
const OTHERS_UPLOAD: u128 = 34;

type Answers = Vec<(&'static str, Given)>;

/// Transfers between two other health centres.
async fn transfers(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let theirs = CentreCode::parse(THEIRS).unwrap();
    let offer = Offer { id: None, to: &theirs, reason: TransferReason::Moved, note: None };
    let pending = pending_transfers(context, actor).await;
    let listed_ones = list_transfers(context, actor).await;
    let kept = TransferAnswer::Accept(AcceptedTimes::Kept);
    let names = receivers(context, actor).await;
    vec![
        ("receivers", state(names)),
        ("preview_offer", refused(preview_offer(context, actor, other.record).await)),
        ("offer_transfer", refused(offer_transfer(context, actor, &other.patient, offer).await)),
        ("offer_transfer", refused(offer_transfer(context, actor, other.record, offer).await)),
        ("find_transfer", refused(find_transfer(context, actor, &other.patient).await)),
        ("show_transfer", refused(show_transfer(context, actor, other.transfer).await)),
        ("decide_transfer", refused(decide_transfer(context, actor, other.transfer, kept).await)),
        ("decide_transfer", refused(decide_transfer(context, actor, other.transfer, TransferAnswer::Withdraw).await)),
        ("notice_transfer", refused(notice_transfer(context, actor, other.transfer).await)),
        ("pending_transfers", listed(pending.map(|pending| pending.offers))),
        ("list_transfers", listed(listed_ones.map(|viewed| viewed.found))),
    ]
}

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
    let mut answers = vec![
        ("add_patient", refused(add_patient(context, actor, &other.centre, &values).await)),
        ("add_report", refused(add_report(context, actor, id, report).await)),
        ("change_patient", refused(change_patient(context, actor, id, None, &values[2..]).await)),
        ("send_report_link", linked_elsewhere(context, actor, other).await),
        ("next_person", refused(next_person(context, actor, &all, Some(other.record)).await)),
        ("next_person", refused(next_person(context, actor, &of_centre, None).await)),
        ("round_progress", refused(round_progress(context, actor, &of_centre).await)),
        ("add_patient_note", noted_elsewhere(context, actor, other).await),
        ("calls_of_patient", refused(calls_of_patient(context, actor, other.record, None, 10).await)),
        ("correct_answer", corrected_elsewhere(context, actor, other).await),
        ("write_diagnosis", diagnosed_elsewhere(context, actor, other).await),
        ("handover_sheet", sheet_elsewhere(context, actor).await),
        ("hand_over", handed_over(context, actor).await),
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
        ("show_retention", refused(show_retention(context, actor, &other.centre, None).await)),
        ("retention_history", refused(retention_history(context, actor, &other.centre).await)),
        ("set_retention", refused(set_retention(context, actor, &other.centre, None).await)),
        ("disclose_person", refused(disclose_person(context, actor, id).await)),
        ("disclose_person", refused(disclose_person(context, actor, other.record).await)),
        ("erase_person", refused(erase_person(context, actor, id).await)),
        ("import_patients", refused(import)),
        ("count_patients", refused(count_patients(context, actor, &of_centre, 10).await)),
        ("list_patients", listed(found.map(|viewed| viewed.found.items))),
        ("list_patients", listed(found_of_centre.map(|viewed| viewed.found.items))),
    ];
    answers.extend(entered_elsewhere(context, actor, other).await);
    answers.extend(patient_lists(context, actor, other, &all).await);
    answers
}

async fn linked_elsewhere(context: &Context, actor: &Actor, other: &Other) -> Given {
    let link = ReportLinkId(Uuid::from_u128(35));
    refused(send_report_link(context, actor, other.record, link).await)
}

async fn patient_lists(context: &Context, actor: &Actor, other: &Other, all: &PatientQuery) -> Answers {
    let upload = UploadId(Uuid::from_u128(OTHERS_UPLOAD));
    // A file goes to the actor's own centre: nobody can name another one. This one is empty.
    let chunks = futures_util::stream::iter(Vec::<Result<Vec<u8>, std::io::Error>>::new());
    let received = receive_list(context, actor, "list.csv", chunks).await;
    let received = if matches!(received, Ok(Received::Empty)) { Given::Nothing } else { refused(received) };
    let (record, bulk) = ([other.record], BulkId(Uuid::from_u128(OTHERS_UPLOAD)));
    let chosen = BulkOf::Chosen(&record);
    let uploads = list_uploads(context, actor).await;
    let uploads = uploads.map(|all| all.into_iter().filter(|view| view.centre == other.centre).collect::<Vec<_>>());
    let exported = match export_patients(other.shared.clone(), actor, all).await {
        Ok(mut export) => export.next().await,
        Err(error) => Err(error),
    };
    vec![
        ("receive_list", received),
        ("list_uploads", listed(uploads)),
        ("show_upload", refused(show_upload(context, actor, upload, Some(RowFate::New), 0).await)),
        ("refused_rows", refused(refused_rows(context, actor, upload).await)),
        ("start_import", refused(start_import(context, actor, upload, "").await)),
        ("discard_upload", refused(discard_upload(context, actor, upload).await)),
        ("choose_sheet", refused(choose_sheet(context, actor, upload, "S").await)),
        ("export_patients", listed(exported)),
        ("prepare_bulk", refused(prepare_bulk(context, actor, chosen, &BulkChange::Stop).await)),
        ("prepare_bulk", refused(prepare_bulk(context, actor, BulkOf::All(all), &BulkChange::Stop).await)),
        ("show_bulk", refused(show_bulk(context, actor, bulk).await)),
        ("start_bulk", refused(start_bulk(context, actor, bulk).await)),
        ("undo_bulk", refused(undo_bulk(context, actor, bulk).await)),
    ]
}

/// Saved filters, and one's own columns, which say nothing about another centre. The accounts of these actors aren't
/// stored, so nothing is kept for them.
async fn filters(context: &Context, actor: &Actor) -> Answers {
    let (id, name) = (SavedFilterId(Uuid::from_u128(OTHERS_UPLOAD)), FilterName::parse("見本").unwrap());
    let own = |result: Result<(), ServiceError>| match result {
        Err(error) if error.kind() != ErrorKind::Unavailable => refused(Err::<(), _>(error)),
        _ => Given::Nothing,
    };
    let filter = ListFilter { status: PatientStatus::Stopped, ..ListFilter::default() };
    let saved = save_filter(context, actor, &name, FilterSharing::Own, &filter).await.map(|_| ());
    let chosen = choose_columns(context, actor, &ListColumns::default()).await;
    vec![
        ("saved_filters", listed(saved_filters(context, actor).await)),
        ("save_filter", own(saved)),
        ("show_filter", refused(show_filter(context, actor, id).await)),
        ("change_filter", refused(change_filter(context, actor, id, &name, FilterSharing::Own).await)),
        ("delete_filter", refused(delete_filter(context, actor, id).await)),
        ("choose_columns", own(chosen)),
        ("chosen_columns", own(chosen_columns(context, actor).await.map(|_| ()))),
    ]
}

async fn entered_elsewhere(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let (flow_set, id, reason) = (shipped(), ReportId(Uuid::now_v7()), NoteText::parse("見本").unwrap().unwrap());
    let entry = ReportEntry { flow_set: &flow_set, answers: Vec::new(), language: Language::English };
    let form = AnswerForm { id, purpose: Purpose::NotReached, entry: entry.clone(), note: None };
    let correction = ReportCorrection { report: id, form: id, entry, reason: &reason, note: None };
    let page = format!("/patients/{}", other.record);
    let passport = PassportNumber::parse("TK1234567").unwrap();
    vec![
        ("show_certificate", refused(show_certificate(context, actor, other.record).await)),
        ("withdraw_certificate", refused(withdraw_certificate(context, actor, other.record, &reason).await)),
        ("allow_certificate", refused(allow_certificate(context, actor, other.record).await)),
        ("give_passport_number", refused(give_passport_number(context, actor, other.record, &passport).await)),
        ("enter_answers", refused(enter_answers(context, actor, other.record, form).await)),
        ("correct_report", refused(correct_report(context, actor, other.record, correction).await)),
        ("typed_elsewhere", listed(typed_elsewhere(context, actor, &page).await.map(Vec::from_iter))),
    ]
}

async fn corrected_elsewhere(context: &Context, actor: &Actor, other: &Other) -> Given {
    let reason = NoteText::parse("見本").unwrap().unwrap();
    let after = Item::Fatigue.read("no").unwrap();
    let report = ReportId(Uuid::now_v7());
    let correction = Correction { report, item: Item::Fatigue, before: None, after, reason: &reason };
    refused(correct_answer(context, actor, other.record, correction).await)
}

async fn diagnosed_elsewhere(context: &Context, actor: &Actor, other: &Other) -> Given {
    let diagnosis = Diagnosis {
        disease: DiseaseName::parse("見本病").unwrap(),
        diagnosed_on: date(2026, 11, 1),
        basis: DiagnosisBasis::Doctor,
        reason: NotificationReason::Aged65,
        registered_name: RegisteredName::parse("見本").unwrap(),
        entered_on: date(2026, 11, 1),
        arrived_on: None,
    };
    refused(write_diagnosis(context, actor, other.record, Revision(0), diagnosis).await)
}

async fn sheet_elsewhere(context: &Context, actor: &Actor) -> Given {
    let sheet = handover_sheet(context, actor, &AlertQuery::default(), 10, Compared::SinceTheLast).await;
    listed(sheet.map(|viewed| {
        let sheet = viewed.found;
        let worse = sheet.worse.into_iter().map(|person| person.person.id);
        worse.chain(sheet.promised.into_iter().map(|call| call.person.id)).chain(sheet.notes.into_keys()).collect()
    }))
}

/// They hand over at their own centre, which says nothing about another one.
async fn handed_over(context: &Context, actor: &Actor) -> Given {
    match hand_over(context, actor, HandoverId(Uuid::now_v7()), None).await {
        Ok(_) => Given::Nothing,
        error => refused(error),
    }
}

async fn noted_elsewhere(context: &Context, actor: &Actor, other: &Other) -> Given {
    let text = NoteText::parse("見本").unwrap().unwrap();
    refused(add_patient_note(context, actor, other.record, NoteId(Uuid::now_v7()), &text).await)
}

async fn centres(context: &Context, actor: &Actor, other: &Other) -> Answers {
    let is_other = |code: &CentreCode| *code == other.centre;
    let seen = list_centres(context, actor).await;
    let seen = seen.map(|centres| centres.into_iter().filter(|centre| is_other(&centre.code)).collect());
    let new = CentreCode::parse("47202").unwrap();
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
        ("last_trials", refused(last_trials(context, actor, &other.centre).await)),
        ("try_contact", refused(try_contact(context, actor, &other.centre, ContactId(Uuid::from_u128(1))).await)),
        ("notices_of_day", refused(notices_of_day(context, actor, &other.centre).await)),
        ("confirm_address", refused(confirm_address(context, actor, other.record, NoticeChannel::Sms).await)),
        ("resume_notices", refused(resume_notices(context, actor, other.record).await)),
        ("send_invitation", refused(send_invitation(context, actor, other.record, NoticeId(Uuid::nil())).await)),
        ("show_rota", refused(show_rota(context, actor, &other.centre).await)),
        ("change_rota", refused(change_rota(context, actor, &other.centre, Revision(0), &Rota::default()).await)),
        ("show_escalation", refused(show_escalation(context, actor, &other.centre).await)),
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
    let (stage, early, late) = (AttemptStage::Outcome(AttemptOutcome::Reported), Timestamp::UNIX_EPOCH, Timestamp::MAX);
    let attempts = AttemptQuery { stage, since: None, after: None, limit: 10 };
    let attempts = list_attempts(context, actor, &attempts, Details::Revealed).await;
    let alert_query = |centre| AlertQuery { centre, limit: 10, ..AlertQuery::default() };
    let alerts = list_alerts(context, actor, &alert_query(None)).await;
    let alerts_of_centre = list_alerts(context, actor, &alert_query(Some(other.centre.clone()))).await;
    let (red, pulse) = (untaken_red(context, actor).await, alert_pulse(context, actor).await);
    let (note, close) = (NoteText::parse("見本").unwrap().unwrap(), ToClose { alert: other.alert, others: None });
    vec![
        ("call_now", refused(call_now(context, actor, &other.patient).await)),
        ("preview_call", refused(preview_call(context, actor, other.record).await)),
        ("request_call", refused(request_call(context, actor, other.record, SlotId(Uuid::now_v7())).await)),
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
        ("show_alert_of_person", refused(show_alert_of_person(context, actor, other.alert).await)),
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
    let unlockable = list_unlockable(context, actor).await;
    let unlockable = if unlockable.as_ref().is_ok_and(Vec::is_empty) { Given::Nothing } else { refused(unlockable) };
    vec![
        ("invite_staff", refused(of_centre)),
        ("invite_staff", refused(of_all)),
        ("list_staff", list),
        ("list_unlockable", unlockable),
        ("unlock_portal_address", refused(unlock_portal_address(context, actor, &other.address).await)),
        ("unlock_staff", refused(unlock_staff(context, actor, &other.staff).await.map(|_| ()))),
        ("deactivate_staff", refused(deactivate_staff(context, actor, &other.staff).await)),
    ]
}

/// What concerns all health centres.
async fn everyone(day: &Day, context: &Context, actor: &Actor, other: &Other) -> Answers {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoints");
    let trail = TrailQuery { patient: Some(other.patient.clone()), limit: 10, ..TrailQuery::default() };
    let trail = list_trail(context, actor, &trail, Details::Revealed).await.map(|viewed| viewed.found.items);
    // What their own staff tried is theirs, whether or not what they looked for exists.
    let is_theirs = |centre: Option<&CentreCode>| centre.is_some_and(|code| code.as_str() == THEIRS);
    let not_theirs = |mut entries: Vec<_>| {
        entries.retain(|entry: &ShownEntry| !is_theirs(entry.row.centre.as_ref()));
        entries
    };
    let trail = listed(trail.map(not_theirs));
    let reason = ReasonText::parse("test").unwrap();
    let digest = day.simulation.conversations.lines().flow_sets.current().digest.clone();
    let lag = SignedDuration::from_secs(60);
    let reconciled = reconcile_calls(context, actor, &digest, day.simulation.carriers.default(), lag).await;
    vec![
        ("last_verification", state_or_forbidden(last_verification(context, actor).await)),
        ("walk_trail", refused(walk_trail(context, actor, None, std::time::Duration::ZERO).await)),
        ("write_checkpoint", refused(write_checkpoint(context, actor, &file, CheckpointKind::Checkpoint).await)),
        ("list_trail", trail),
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
    let address = EmailAddress::parse("naoko@mihon.example").unwrap();
    let name = StaffName::parse("見本 直子").unwrap();
    let nurse = NewAccount { log_in_name: staff.clone(), name, role: Role::Nurse, centre: Some(centre.clone()) };
    invite_staff(&day.client.context, &day.client.actor, nurse).await.unwrap();
    let account = list_staff(&day.client.context, &day.client.actor).await.unwrap()[0].id;
    let mut tx = day.client.context.database.begin_write().await.unwrap();
    let (upload, now) = (UploadId(Uuid::from_u128(OTHERS_UPLOAD)), day.client.context.clock.now());
    kenkocall::store::list_uploads::begin(&mut tx, upload, &centre, account, "{}", now).await.unwrap();
    let bulk = kenkocall::store::bulk_changes::BulkRow {
        id: BulkId(Uuid::from_u128(OTHERS_UPLOAD)),
        centre: centre.clone(),
        account,
        by: String::new(),
        kind: BulkKind::Stop,
        value: String::new(),
        state: BulkState::Previewed,
        changed_at: now,
    };
    kenkocall::store::bulk_changes::add(&mut tx, &bulk, &[PatientId(record)]).await.unwrap();
    let filter = kenkocall::store::saved_filters::SavedFilterRow {
        id: SavedFilterId(Uuid::from_u128(OTHERS_UPLOAD)),
        centre: centre.clone(),
        account,
        by: String::new(),
        sharing: FilterSharing::Shared,
        name: FilterName::parse("見本").unwrap(),
        filter: ListFilter::default(),
        changed_at: now,
    };
    kenkocall::store::saved_filters::add(&mut tx, &filter).await.unwrap();
    tx.commit().await.unwrap();
    let shared = Arc::clone(&day.client.context);
    let transfer = offered(&day).await;
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
            address,
            shared,
            transfer,
        },
    )
}

/// Offers the first patient to a third health centre.
async fn offered(day: &Day) -> TransferId {
    let third = CentreCode::parse("47201").unwrap();
    let (name, phone) = (CentreName::parse("架空島保健所").unwrap(), PhoneNumber::from_e164("+81352113643").unwrap());
    let (context, actor) = (&day.client.context, &day.client.actor);
    add_centre(context, actor, third.clone(), name, phone, &CentreChange::default()).await.unwrap();
    let offer = Offer { id: None, to: &third, reason: TransferReason::Moved, note: None };
    match offer_transfer(context, actor, &id(0), offer).await.unwrap() {
        Offered::Now(transfer) => transfer,
        _ => panic!("an offer"),
    }
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
        given.extend(filters(context, &actor).await);
        given.extend(transfers(context, &actor, &other).await);
        given.extend(centres(context, &actor, &other).await);
        given.extend(calls(context, &actor, &other).await);
        given.extend(self::staff(context, &actor, &other).await);
        given.extend(everyone(&day, context, &actor, &other).await);
        let leaked: Vec<_> = given.iter().filter(|(_, given)| *given == Given::Leaked).collect();
        assert!(leaked.is_empty(), "{leaked:?} for {actor:?}");
        let states: Vec<_> = given.iter().filter(|(_, given)| *given == Given::State).map(|(name, _)| *name).collect();
        assert_eq!(states, ["receivers", "current_maintenance", "dialer_state"]);
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
