//! Stores what a form about a call says, in one commit.

use jiff::Timestamp;
use jiff::civil::Date;

use super::begun::{counting, open_now};
use super::entry::{AnswerForm, AnswersEntered, EnteredReport, Purpose, ReportEntry};
use super::repeated::otherwise;
use crate::domain::{
    Actor, AlertKind, AnswerOrigin, Channel, LineOf, NoteAudience, NoteId, Operator, ReportId, Severity, Spo2Question,
    Staff, StaffCallId, StaffCallOutcome, StaffName,
};
use crate::engine::form::{Extent, Filled, FilledField, FormRefused, Submitted, Submitter, submit_extent};
use crate::engine::{Fact, Person, WordsFor, words};
use crate::flow::NodeId;
use crate::policy::{CallContent, Scope, report_day};
use crate::service::alerts::{cover_new, own_claim};
use crate::service::centre_settings::{centre_of, known_centre, zone_of};
use crate::service::context::{Changes, Context, PatientKey, ServiceEvent, audit_entry};
use crate::service::error::{ReportError, ServiceError, StoredThing};
use crate::service::patients::change::held_patient;
use crate::service::patients::staff_calls::{self as calls, NewCall};
use crate::service::reports::{NewReport, Recorder, ReportCheck};
use crate::service::slots::slot_reported;
use crate::store::audit::{self, AuditRow, Subject};
use crate::store::centres::CentreRow;
use crate::store::line_notes::{self, NewNote};
use crate::store::patients::PatientRow;
use crate::store::reports::HeldReport;
use crate::store::{Tx, reports, staff_calls};

/// Who enters answers, as the record names them.
pub(super) struct Author<'a> {
    pub(super) actor: &'a Actor,
    origin: AnswerOrigin,
    name: String,
    /// Whether it is the health centre that had the patient before.
    passes_on: bool,
}

impl<'a> Author<'a> {
    pub(super) fn of(actor: &'a Actor) -> Self {
        Self { actor, origin: origin_of(actor), name: actor.name().to_owned(), passes_on: false }
    }

    /// Somebody of another health centre, which is named too, and with an address if a colleague has the same name.
    pub(super) fn of_centre(actor: &'a Actor, centre: &str, address: Option<&str>) -> Self {
        let name = match address {
            Some(address) => format!("{} ({centre}, {address})", actor.name()),
            None => format!("{} ({centre})", actor.name()),
        };
        match StaffName::parse(&name) {
            Ok(parsed) => Self { actor, origin: AnswerOrigin::Staff(parsed), name, passes_on: true },
            Err(_) if address.is_some() => Self::of_centre(actor, centre, None),
            Err(_) => Self { passes_on: true, ..Self::of(actor) },
        }
    }
}

/// What a form says of the questionnaire, and where it goes.
struct Given {
    submitted: Submitted,
    /// The answers of the form, also those that the report has already.
    content: CallContent,
    /// The stored report that it continues.
    continued: Option<HeldReport>,
    report: ReportId,
    is_finished: bool,
}

/// Stores a form.
pub(super) async fn add(
    context: &Context,
    author: &Author<'_>,
    scope: &Scope,
    id: &PatientKey,
    form: &AnswerForm<'_>,
) -> Result<AnswersEntered, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, id).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let before = staff_calls::get(&mut tx, StaffCallId(form.id.0)).await?;
    if before.as_ref().is_some_and(|before| before.patient != patient.id) {
        return Err(ReportError::NotFound.into());
    }
    let given = read(&mut tx, &patient, &centre, form, now).await?;
    if let Some(before) = before {
        let otherwise = otherwise(&mut tx, &before, &given.content).await?;
        return Ok(otherwise.map_or(AnswersEntered::Before, AnswersEntered::Otherwise));
    }
    if matches!(form.purpose, Purpose::LaterAt(again) if again <= now) {
        return Err(ReportError::TimePassed.into());
    }
    let date = report_day(now, &zone_of(&centre)?);
    if given.content.answers.is_empty() {
        note_call(&mut tx, author, &patient, form, &given, now).await?;
        tx.commit().await?;
        return Ok(AnswersEntered::Noted);
    }
    if patient.released_at.is_some() || patient.monitoring_start.is_some_and(|start| start > date) {
        return Err(ReportError::NotObserved.into());
    }
    // Who has the patient's line, and enters a red answer that was told to them, deals with that, too.
    let claim = own_claim(&mut tx, author.actor, patient.id).await?;
    let told = record(&mut tx, author, (&patient, &centre), (&given, date), now).await?;
    if let Some(claim) = claim {
        cover_new(&mut tx, &claim, patient.id).await?;
    }
    note_call(&mut tx, author, &patient, form, &given, now).await?;
    tx.commit().await?;
    context.event_bus.tell(told);
    context.dialer_wake.notify_one();
    let said = given.submitted.advice.iter();
    let advice = said.map(|said| words(form.entry.flow_set, said, WordsFor::Reader)).collect();
    let (severity, alerts) = graded(&given.submitted.facts);
    let entered = EnteredReport { id: given.report, date, severity, alerts, advice };
    Ok(if given.is_finished { AnswersEntered::Report(entered) } else { AnswersEntered::SoFar(entered) })
}

/// Reads a form, and finds the report that it continues: one that staff have begun, or what was said so far of one that
/// was begun by phone. A whole report beside one that was begun by phone is another one.
async fn read(
    tx: &mut Tx,
    patient: &PatientRow,
    centre: &CentreRow,
    form: &AnswerForm<'_>,
    now: Timestamp,
) -> Result<Given, ServiceError> {
    let extent = form.purpose.extent();
    let person = |report: ReportId| Person {
        patient: patient.id,
        report,
        centre: centre_of(centre),
        answers: Vec::new(),
        known_in: Vec::new(),
        oximeter: patient.oximeter,
        // Staff may have a value from elsewhere.
        spo2_question: Spo2Question::Asked,
    };
    let new = submitted(&form.entry, person(form.id), extent, now)?;
    let (is_finished, answers) = (new.is_finished(), new.answers());
    let (outcome, again_at) = form.purpose.outcome(is_finished, now);
    let content = CallContent { outcome, again_at, answers, note: form.note.cloned() };
    let open = open_now(tx, patient, centre, now).await?;
    let open = open.filter(|open| open.report.channel == Channel::Staff || !is_finished);
    let held = match open.filter(|_| !content.answers.is_empty()) {
        Some(open) => reports::hold(tx, &[open.report.id]).await?.pop(),
        None => None,
    };
    // It may have been finished by phone at this moment.
    let Some(held) = held.filter(|held| held.outcome.is_open()) else {
        return Ok(Given { submitted: new, content, continued: None, report: form.id, is_finished });
    };
    let (report, before) = (held.id, counting(tx, held.id).await?);
    let again = submitted(&form.entry, person(report), extent, now)?;
    Ok(Given { submitted: again.beyond(report, &before), content, continued: Some(held), report, is_finished })
}

/// Records answers and what follows from them. Returns the events to tell after the commit.
async fn record(
    tx: &mut Tx,
    author: &Author<'_>,
    (patient, centre): (&PatientRow, &CentreRow),
    (given, date): (&Given, Date),
    now: Timestamp,
) -> Result<Vec<ServiceEvent>, ServiceError> {
    let mut recorder = Recorder::default();
    match &given.continued {
        Some(held) => recorder.held(vec![held.clone()]),
        None => {
            let slot_time = slot_reported(patient, centre, date, now);
            let (id, channel, caller_number) = (given.report, Channel::Staff, None);
            recorder.open_report(NewReport { id, patient, date, slot_time, channel, caller_number }, now);
        }
    }
    let (facts, by) = (given.submitted.facts.iter(), (&author.origin, Channel::Staff));
    let mut told: Vec<ServiceEvent> = facts.filter_map(|fact| recorder.fact(by, fact, now)).collect();
    given.submitted.jobs.iter().cloned().for_each(|job| recorder.consequences.job(job, now));
    recorder.write(tx, ReportCheck::First).await?;
    recorder.hold_calls_back(tx, now).await?;
    told.extend(recorder.cancel_calls(tx, now).await?);
    Ok(told)
}

/// Notes the call by staff, with what they noted besides, in the audit trail too.
async fn note_call(
    tx: &mut Tx,
    author: &Author<'_>,
    patient: &PatientRow,
    form: &AnswerForm<'_>,
    given: &Given,
    at: Timestamp,
) -> Result<(), ServiceError> {
    let CallContent { outcome, again_at, ref answers, .. } = given.content;
    let report = (!answers.is_empty()).then_some(given.report);
    let call = NewCall { id: StaffCallId(form.id.0), author: &author.name, outcome, again_at, report, at };
    calls::add(tx, patient, call).await?;
    let entry = |action: &str, what: Changes| -> AuditRow {
        audit_entry(author.actor, at, action, Subject::Patient(patient.id), Some(patient.centre.clone()), what)
    };
    let mut entries = Vec::new();
    if let Some(report) = report {
        let what = Changes::default().field("report", None::<String>, report.to_string());
        entries.push(entry(if given.is_finished { "report.added" } else { "report.partly_added" }, what));
    }
    let again = Changes::default().field("again_at", None::<String>, again_at.map(|at| at.to_string()));
    match outcome {
        StaffCallOutcome::NotReached => entries.push(entry("patient.not_reached", again)),
        StaffCallOutcome::Later => entries.push(entry("patient.call_later", again)),
        StaffCallOutcome::Reported | StaffCallOutcome::Partly => {}
    }
    if author.passes_on {
        entries.push(entry("report.passed_on", Changes::default()));
    }
    if let Some(text) = form.note {
        let (id, line) = (NoteId(form.id.0), LineOf::Patient(patient.id));
        let note = NewNote { id, line, author: &author.name, audience: NoteAudience::Staff, text, at };
        if line_notes::add(tx, &note).await? {
            entries.push(entry("patient.noted", Changes::default()));
        }
    }
    Ok(audit::append(tx, entries).await?)
}

/// Submits the questionnaire.
pub(in crate::service::patients) fn submitted(
    entry: &ReportEntry<'_>,
    person: Person,
    extent: Extent,
    at: Timestamp,
) -> Result<Submitted, ServiceError> {
    let by = Submitter { person, language: entry.language, at };
    let filled = |(field, value): &(String, String)| {
        (NodeId::from(field.as_str()), FilledField { value: value.as_str().into(), confirmed: None })
    };
    let filled = Filled(entry.answers.iter().map(filled).collect());
    let submitted = submit_extent(entry.flow_set, by, &filled, extent).map_err(|refused| match refused {
        FormRefused::Fields(errors) => ReportError::Fields(errors).into(),
        FormRefused::NoQuestionnaire | FormRefused::NotAForm(_) | FormRefused::BrokenFlow => {
            ServiceError::Unreadable(StoredThing::FlowSet)
        }
    })?;
    let is_complete = extent == Extent::SoFar || submitted.is_finished();
    if is_complete { Ok(submitted) } else { Err(ReportError::Unfinished.into()) }
}

pub(in crate::service::patients) fn origin_of(actor: &Actor) -> AnswerOrigin {
    match actor {
        Actor::Staff(Staff { name, .. }) | Actor::Operator(Operator { name, .. }) => AnswerOrigin::Staff(name.clone()),
        Actor::Patient(_) | Actor::LinkHolder(_) | Actor::System => AnswerOrigin::Unrecorded,
    }
}

fn graded(facts: &[Fact]) -> (Severity, Vec<AlertKind>) {
    let mut alerts = Vec::new();
    let mut worst = Severity::None;
    for fact in facts {
        match fact {
            Fact::Answered { severity, .. } => worst = worst.max(*severity),
            Fact::Alert { kind, .. } if !alerts.contains(kind) => alerts.push(*kind),
            _ => {}
        }
    }
    (worst, alerts)
}
