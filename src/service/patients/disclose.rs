//! One person's data as a file (開示請求): everything that is stored about the person, in one JSON document.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::change::known_patient;
use crate::domain::{Actor, PassportNumber, PatientId, Survey, survey};
use crate::policy::{Permission, Scope, scope};
use crate::service::calls::{ShownTurn, spoken_in};
use crate::service::centre_settings::{known_centre, zone_of};
use crate::service::context::{Changes, Context, Noted, PatientKey, shown_of};
use crate::service::error::ServiceError;
use crate::store::alerts::AlertRow;
use crate::store::answer_corrections::CorrectionRow;
use crate::store::answers::AnswerRow;
use crate::store::attempts::AttemptRow;
use crate::store::calls::{self, CallFilter, CallRow, CallsOf};
use crate::store::certificates::CertificateRow;
use crate::store::diagnoses::DiagnosisRow;
use crate::store::line_notes::{self, NoteRow};
use crate::store::patients::PatientRow;
use crate::store::report_forms::{self, ReportTextRow};
use crate::store::report_links::{self, ReportLinkRow};
use crate::store::reports::ReportRow;
use crate::store::staff_calls::StaffCallRow;
use crate::store::surveys::SurveyRow;
use crate::store::transfers::TransferRow;
use crate::store::{
    Tx, alerts, answer_corrections, answers, attempts, audit, call_people, certificates, diagnoses, reports,
    staff_calls, surveys, transfers,
};

/// The most rows of one kind in the file. Nobody has as many.
const MOST: u32 = 100_000;

/// A person's data, for the person.
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct Disclosure {
    /// The record.
    pub patient: PatientId,
    /// The file: a JSON document.
    pub file: Value,
}

/// Everything that is stored about a person: the record, every report with every answer ever given to it, calls as they
/// were spoken, alerts, notes, staff's own calls, the diagnosis, transfers, and who saw or changed what. In a call in
/// which others took part, what was keyed and said is left out; the person's answers are among the reports. The audit
/// trail has an entry, without which nothing is given.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound), or a database that can't be written.
pub async fn disclose_person(
    context: &Context,
    actor: &Actor,
    id: impl Into<PatientKey>,
) -> Result<Disclosure, ServiceError> {
    let scope = scope(actor, Permission::RevealDetails)?;
    let id = id.into();
    context.looked_up(actor, &id, "patient.disclosure_shown", disclose(context, actor, &scope, &id).await).await
}

async fn disclose(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
) -> Result<Disclosure, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, id).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let times = Times(zone_of(&centre)?);
    let mut file = Map::new();
    file.insert("disclosed_at".to_owned(), times.of(now));
    file.insert("health_centre".to_owned(), json!({ "code": centre.code.as_str(), "name": centre.name }));
    file.insert("person".to_owned(), times.person(&patient));
    file.insert("reports".to_owned(), reports_of(&mut tx, &patient, &times).await?);
    file.insert("calls".to_owned(), calls_of(&mut tx, &patient, &times).await?);
    let raised = alerts::of_patient(&mut tx, patient.id).await?;
    file.insert("alerts".to_owned(), raised.iter().map(|alert| times.alert(alert)).collect());
    let mut notes = line_notes::of_line(&mut tx, crate::domain::LineOf::Patient(patient.id), MOST).await?;
    notes.extend(line_notes::of_closing(&mut tx, patient.id, MOST).await?);
    notes.sort_by_key(|note| note.at);
    file.insert("notes".to_owned(), notes.iter().map(|note| times.note(note)).collect());
    let called = staff_calls::of_patient(&mut tx, patient.id, MOST).await?;
    file.insert("calls_by_staff".to_owned(), called.iter().rev().map(|call| times.staff_call(call)).collect());
    let texts = report_forms::texts_of(&mut tx, patient.id, MOST).await?;
    file.insert("written_in_the_portal".to_owned(), texts.iter().rev().map(|text| times.text(text)).collect());
    let links = report_links::of_patient(&mut tx, patient.id, MOST).await?;
    file.insert("report_links".to_owned(), links.iter().rev().map(|link| times.link(link)).collect());
    let survey = surveys::of_patient(&mut tx, patient.id).await?;
    file.insert("health_survey".to_owned(), survey.as_ref().map_or(Value::Null, |row| times.survey(row)));
    let diagnosis = diagnoses::of_patient(&mut tx, patient.id).await?;
    file.insert("diagnosis".to_owned(), diagnosis.as_ref().map_or(Value::Null, |row| times.diagnosis(row)));
    let issued = certificates::of_patient(&mut tx, patient.id).await?;
    file.insert("certificates".to_owned(), issued.iter().map(|row| times.certificate(row)).collect());
    let passport = certificates::passport_of(&mut tx, patient.id).await?;
    let passport = passport.map(|(number, by, at)| times.passport(&number, &by, at));
    file.insert("passport".to_owned(), passport.unwrap_or_default());
    let moved = transfers::of_patient(&mut tx, patient.id).await?;
    file.insert("transfers".to_owned(), moved.iter().map(|transfer| times.transfer(transfer)).collect());
    file.insert("seen_and_changed_by".to_owned(), trail_of(&mut tx, &patient, &times).await?);
    drop(tx);
    let people = std::slice::from_ref(&patient);
    match shown_of(context, actor, people, "patient.disclosure_shown", Changes::default()).await? {
        Noted::Yes => Ok(Disclosure { patient: patient.id, file: Value::Object(file) }),
        Noted::No(error) => Err(error.into()),
    }
}

async fn reports_of(tx: &mut Tx, patient: &PatientRow, times: &Times) -> Result<Value, ServiceError> {
    let found = reports::of_patient(tx, patient.id).await?;
    let ids: Vec<_> = found.iter().map(|report| report.id).collect();
    let given = answers::of_reports(tx, &ids).await?;
    let corrected = answer_corrections::of_reports(tx, &ids).await?;
    let of = |report: &ReportRow| {
        let answers = given.iter().filter(|answer| answer.report == report.id);
        let why = |answer: &AnswerRow| corrected.iter().find(|correction| correction.answer == answer.id);
        times.report(report, answers.map(|answer| times.answer(answer, why(answer))).collect())
    };
    Ok(found.iter().map(of).collect())
}

/// The calls in which the person took part, with their attempts.
async fn calls_of(tx: &mut Tx, patient: &PatientRow, times: &Times) -> Result<Value, ServiceError> {
    let of = CallsOf::HersysId(patient.hersys_id.clone());
    let found = calls::list(tx, &CallFilter { of, limit: MOST, ..CallFilter::default() }).await?;
    let ids: Vec<_> = found.iter().map(|call| call.id).collect();
    let parts = call_people::of_calls(tx, &ids).await?;
    let tried = attempts::of_patient(tx, patient.id, Timestamp::UNIX_EPOCH, MOST).await?;
    let mut shown = Vec::new();
    for call in found.iter().rev() {
        let people: Vec<PatientId> =
            parts.iter().filter(|part| part.call == call.id).map(|part| part.patient).collect();
        if !people.contains(&patient.id) {
            // Somebody keyed the ID and proved nothing: that call is somebody else's.
            continue;
        }
        let alone = people.len() == 1;
        let turns = match alone {
            true => spoken_in(tx, call, std::slice::from_ref(patient)).await?.1,
            false => Vec::new(),
        };
        let attempt = tried.iter().find(|attempt| attempt.call == call.id);
        shown.push(times.call(call, attempt, alone, &turns));
    }
    Ok(Value::Array(shown))
}

/// Who saw and changed what: entries about the person alone, with what they say, and lists that showed the person.
async fn trail_of(tx: &mut Tx, patient: &PatientRow, times: &Times) -> Result<Value, ServiceError> {
    let entries = audit::by_subject(tx, &format!("patient:{}", patient.id), MOST).await?;
    let alone = entries.iter().rev().map(|entry| {
        let details: Value = serde_json::from_str(entry.details.as_str()).unwrap_or_default();
        json!({ "at": times.of(entry.at), "by": entry.actor, "by_way_of": entry.source, "action": entry.action,
                "details": details })
    });
    let mut all: Vec<Value> = alone.collect();
    let listed = audit::lists_of(tx, patient.id, MOST).await?;
    all.extend(listed.iter().rev().map(
        |view| json!({ "at": times.of(view.at), "by": view.actor, "by_way_of": view.source, "action": "in a list" }),
    ));
    Ok(Value::Array(all))
}

/// Writes times in the zone of the health centre, with the offset.
struct Times(TimeZone);

impl Times {
    fn of(&self, at: Timestamp) -> Value {
        at.to_zoned_datetime(self.0.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().into()
    }

    fn some(&self, at: Option<Timestamp>) -> Value {
        at.map_or(Value::Null, |at| self.of(at))
    }

    fn person(&self, patient: &PatientRow) -> Value {
        let calling = &patient.calling;
        json!({
            "record": patient.id.to_string(),
            "hersys_id": patient.hersys_id.expose(),
            "family_name": patient.family_name.expose(),
            "given_name": patient.given_name.expose(),
            "birth_date": patient.birth_date.expose().to_string(),
            "phone_number": patient.phone_number.as_ref().map(|number| number.expose()),
            "wrong_number": calling.wrong_number.as_ref().map(|number| number.expose()),
            "automated_calls": patient.automated_call,
            "call_times": patient.call_times,
            "language": patient.language.tag(),
            "oximeter": patient.oximeter.code(),
            "diagnosis_date": patient.diagnosis_date.map(|date| date.to_string()),
            "observed_since": patient.monitoring_start.map(|date| date.to_string()),
            "registered_at": self.of(patient.created_at),
            "stop_requested_at": self.some(calling.stop_requested_at),
            "stopped_at": self.some(patient.stopped_at),
            "released_at": self.some(patient.released_at),
        })
    }

    fn report(&self, report: &ReportRow, answers: Vec<Value>) -> Value {
        json!({
            "id": report.id.to_string(),
            "date": report.report_date.to_string(),
            "slot": report.slot_time,
            "channel": report.channel.code(),
            "outcome": report.outcome.code(),
            "health_centre": report.centre.as_str(),
            "started_at": self.of(report.started_at),
            "ended_at": self.some(report.ended_at),
            "answers": answers,
        })
    }

    fn answer(&self, answer: &AnswerRow, correction: Option<&CorrectionRow>) -> Value {
        json!({
            "item": answer.item.code(),
            "answer": answer.entry.expose(),
            "severity": answer.severity.code(),
            "at": self.of(answer.at),
            "after_the_report": answer.late,
            "call": answer.origin.call().map(|call| call.to_string()),
            "entered_by": answer.origin.entered_by(),
            "corrected_because": correction.map(|correction| correction.reason.expose()),
        })
    }

    fn alert(&self, alert: &AlertRow) -> Value {
        json!({
            "kind": alert.kind.code(),
            "item": alert.item.map(|item| item.code()),
            "report": alert.report.map(|report| report.to_string()),
            "raised_at": self.of(alert.raised_at),
            "closed_at": self.some(alert.closed_at),
            "closed_by": alert.closed_by,
        })
    }

    fn note(&self, note: &NoteRow) -> Value {
        json!({ "at": self.of(note.at), "by": note.author, "text": note.text.expose() })
    }

    fn text(&self, text: &ReportTextRow) -> Value {
        json!({
            "at": self.of(text.at),
            "report": text.report.to_string(),
            "entered_by": text.origin.entered_by(),
            "text": text.words.expose(),
        })
    }

    fn survey(&self, row: &SurveyRow) -> Value {
        let Survey { height, weight, illnesses, besides, risks } = &row.survey;
        json!({
            "answered_at": self.of(row.at),
            "height_cm": height.map(|height| height.expose()),
            "weight_kg": weight.map(|weight| weight.expose()),
            "illnesses": illnesses.as_ref().map(survey::written),
            "other_illnesses": besides.as_ref().map(|besides| besides.expose()),
            "risk_factors": risks.as_ref().map(survey::written),
        })
    }

    fn link(&self, link: &ReportLinkRow) -> Value {
        json!({
            "asked_for_at": self.of(link.made_at),
            "by": link.made_by,
            "message": link.outcome.map(|outcome| outcome.code()),
            "opened_at": self.some(link.opened_at),
            "wrong_birth_dates": link.wrong,
        })
    }

    fn staff_call(&self, call: &StaffCallRow) -> Value {
        json!({
            "at": self.of(call.at),
            "by": call.author,
            "health_centre": call.centre.as_str(),
            "outcome": call.outcome.code(),
            "report": call.report.map(|report| report.to_string()),
            "again_at": self.some(call.again_at),
        })
    }

    fn diagnosis(&self, row: &DiagnosisRow) -> Value {
        let diagnosis = &row.diagnosis;
        json!({
            "disease": diagnosis.disease.as_str(),
            "diagnosed_on": diagnosis.diagnosed_on.to_string(),
            "basis": diagnosis.basis.code(),
            "reason": diagnosis.reason.code(),
            "registered_name": diagnosis.registered_name.expose(),
            "entered_on": diagnosis.entered_on.to_string(),
            "arrived_on": diagnosis.arrived_on.map(|date| date.to_string()),
            "written_by": row.author,
            "written_at": self.of(row.updated_at),
        })
    }

    /// A certificate, without its code: a reader of the file must not be able to check the certificate with it.
    fn certificate(&self, row: &CertificateRow) -> Value {
        json!({
            "issued_at": self.of(row.issued_at),
            "ended_at": self.some(row.ended.map(|(at, _)| at)),
            "ended_as": row.ended.map(|(_, end)| end.code()),
        })
    }

    fn passport(&self, number: &PassportNumber, by: &str, at: Timestamp) -> Value {
        json!({ "number": number.expose(), "entered_by": by, "entered_at": self.of(at) })
    }

    fn transfer(&self, transfer: &TransferRow) -> Value {
        json!({
            "from": transfer.from.as_str(),
            "to": transfer.to.as_str(),
            "state": transfer.state.code(),
            "reason": transfer.reason.code(),
            "note": transfer.note.as_ref().map(|note| note.expose()),
            "reply": transfer.reply.as_ref().map(|note| note.expose()),
            "offered_at": self.of(transfer.offered_at),
            "offered_by": transfer.offered_by,
            "decided_at": self.some(transfer.decided_at),
            "decided_by": transfer.decided_by,
        })
    }

    fn call(&self, call: &CallRow, attempt: Option<&AttemptRow>, alone: bool, turns: &[ShownTurn]) -> Value {
        let turn = |turn: &ShownTurn| {
            let said: Vec<Value> = turn
                .said
                .iter()
                .map(|(language, words)| json!({ "language": language.tag(), "words": words }))
                .collect();
            json!({ "at": self.of(turn.at), "event": turn.event, "said": said })
        };
        json!({
            "id": call.id.to_string(),
            "line": call.line.code(),
            "started_at": self.of(call.started_at),
            "ended_at": self.some(call.ended_at),
            "ended": call.disposition.map(|how| how.code()),
            "called_number": attempt.map(|attempt| attempt.phone_number.expose()),
            "attempt": attempt.and_then(|attempt| attempt.outcome).map(|outcome| outcome.code()),
            "others_took_part": !alone,
            "turns": turns.iter().map(turn).collect::<Vec<Value>>(),
        })
    }
}
