//! Today's form as its reporter sees it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::reporter::{Reporter, Reporting, ReportingEnd, is_of_another, reporting};
use crate::domain::{Answer, Item, Language, Oximeter, ReportFormId, ReportId, Severity, Spo2Question};
use crate::engine::Person;
use crate::engine::form::{Extent, FieldStanding, Filled, FilledField, FormRefused, Submitter, so_far, submit_extent};
use crate::flow::{FlowSet, NodeId};
use crate::policy::goes_on_over_midnight;
use crate::service::centre_settings::{CentreContact, centre_of};
use crate::service::context::{Context, new_id};
use crate::service::error::{ServiceError, StoredThing};
use crate::service::patients::{counting, open_now};
use crate::service::portal::{UrgentToday, urgent_today};
use crate::store::report_forms::{self, FormHolder, ReportFormRow};
use crate::store::reports;
use crate::store::{Document, Tx};

/// What was typed, by field. Empty: the question was passed over.
pub(super) type Entries = BTreeMap<String, String>;

/// A form.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct FormView {
    /// The form. `None` if it isn't begun.
    pub id: Option<ReportFormId>,
    /// The day of its report, at the health centre.
    pub day: Date,
    /// Whom to phone.
    pub centre: CentreContact,
    /// What was typed so far, by field.
    pub entries: BTreeMap<String, String>,
    /// Each question in the order in which they are asked.
    pub fields: Vec<(String, FieldStanding)>,
    /// The items that the report had answers to before. Only an account learns that.
    pub before: Vec<Item>,
    /// The highest severity of what the form says itself.
    pub severity: Severity,
    /// Whether an answer of today needs attention at once: of this form or an earlier one, and for an account also one
    /// that was given by phone.
    pub urgent: UrgentToday,
    /// When a page was last saved. `None` if none was.
    pub saved_at: Option<Timestamp>,
    /// When the report was finished by it.
    pub finished_at: Option<Timestamp>,
}

impl FormView {
    /// The next question: the first that is open and wasn't passed over.
    pub fn next(&self) -> Option<&str> {
        let is_next = |(field, standing): &&(String, FieldStanding)| {
            *standing == FieldStanding::Open && !self.entries.contains_key(field)
        };
        self.fields.iter().find(is_next).map(|(field, _)| field.as_str())
    }
}

/// Today's form.
///
/// # Errors
/// Database errors, or documents without a questionnaire.
pub async fn report_form(
    context: &Context,
    flow_set: &FlowSet,
    reporter: &Reporter,
) -> Result<Result<FormView, ReportingEnd>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    match reporting(&mut tx, reporter, now).await? {
        Ok(reporting) => Ok(Ok(view(&mut tx, flow_set, &reporting, now).await?)),
        Err(end) => Ok(Err(end)),
    }
}

/// Begins a new form after the day's report was sent: for who feels different.
///
/// # Errors
/// Database errors.
pub async fn begin_again(
    context: &Context,
    reporter: &Reporter,
    form: Option<ReportFormId>,
) -> Result<Result<(), ReportingEnd>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let reporting = match reporting(&mut tx, reporter, now).await? {
        Ok(reporting) => reporting,
        Err(end) => return Ok(Err(end)),
    };
    if is_of_another(&mut tx, &reporting, form).await? {
        return Ok(Err(ReportingEnd::OtherForm));
    }
    // Pressed twice, it begins one form.
    if reporting.last.as_ref().is_some_and(|last| last.finished_at.is_some()) {
        let form = reporting.new_form(ReportFormId(new_id()), now);
        report_forms::add(&mut tx, &form).await?;
        tx.commit().await?;
    }
    Ok(Ok(()))
}

async fn view(
    tx: &mut Tx,
    flow_set: &FlowSet,
    reporting: &Reporting,
    now: Timestamp,
) -> Result<FormView, ServiceError> {
    let form = current(reporting, now);
    let entries = form.as_ref().map(|form| entries_of(&form.entries)).unwrap_or_default();
    let standing = match reporting.sees_the_report() {
        true => standing_now(tx, reporting, form.as_ref(), now).await?,
        false => Vec::new(),
    };
    let before = others(flow_set, standing, entries.keys());
    let person = person_of(reporting, ReportId(uuid::Uuid::nil()), before.clone());
    let (fields, _) = so_far(flow_set, &person, &filled(&entries)).map_err(refused)?;
    let severity = severity_of(flow_set, &person, &entries, now);
    let urgent = match severity {
        Severity::Red => UrgentToday::Yes,
        _ => urgent_of_others(tx, flow_set, reporting, now).await?,
    };
    Ok(FormView {
        id: form.as_ref().map(|form| form.id),
        day: reporting.today,
        centre: CentreContact::of(&reporting.centre, now)?,
        fields: fields.into_iter().map(|(field, standing)| (field.as_str().to_owned(), standing)).collect(),
        severity,
        urgent,
        before: before.into_iter().map(|(item, _)| item).collect(),
        saved_at: form.as_ref().filter(|form| form.report.is_some()).map(|form| form.saved_at),
        finished_at: form.as_ref().and_then(|form| form.finished_at),
        entries,
    })
}

/// The highest severity of a form's own answers.
fn severity_of(flow_set: &FlowSet, person: &Person, entries: &Entries, now: Timestamp) -> Severity {
    // The severity of an answer doesn't depend on the language.
    let by = Submitter { person: person.clone(), language: Language::default(), at: now };
    let Ok(submitted) = submit_extent(flow_set, by, &filled(entries), Extent::SoFar) else { return Severity::None };
    submitted.severity()
}

/// Whether an answer of today outside the form needs attention at once. To who has a link, only what the same browser
/// has filled in is known (H6).
async fn urgent_of_others(
    tx: &mut Tx,
    flow_set: &FlowSet,
    reporting: &Reporting,
    now: Timestamp,
) -> Result<UrgentToday, ServiceError> {
    if reporting.sees_the_report() {
        let all = reports::of_patient(tx, reporting.patient.id).await?;
        return Ok(urgent_today(tx, &all, reporting.today).await?);
    }
    let FormHolder::Browser { hash, .. } = &reporting.holder else { return Ok(UrgentToday::No) };
    let forms = report_forms::of_browser(tx, hash).await?;
    let person = person_of(reporting, ReportId(uuid::Uuid::nil()), Vec::new());
    let is_red = |form: &ReportFormRow| {
        form.day == reporting.today
            && form.patient == reporting.patient.id
            && severity_of(flow_set, &person, &entries_of(&form.entries), now) == Severity::Red
    };
    Ok(if forms.iter().any(is_red) { UrgentToday::Yes } else { UrgentToday::No })
}

/// The form that the next page is about: the last one of today, or what one that was open at midnight becomes.
pub(super) fn current(reporting: &Reporting, now: Timestamp) -> Option<ReportFormRow> {
    let last = reporting.last.as_ref()?;
    if last.day == reporting.today {
        return Some(last.clone());
    }
    let is_open = last.finished_at.is_none() && goes_on_over_midnight(last.saved_at, now);
    is_open.then(|| ReportFormRow { day: reporting.today, report: None, ..last.clone() })
}

/// The answers that count in the report that a page sent now would be about.
async fn standing_now(
    tx: &mut Tx,
    reporting: &Reporting,
    form: Option<&ReportFormRow>,
    now: Timestamp,
) -> Result<Vec<(Item, Answer)>, ServiceError> {
    if form.is_some_and(|form| form.finished_at.is_some()) {
        return Ok(Vec::new());
    }
    match open_now(tx, &reporting.patient, &reporting.centre, now).await? {
        Some(open) => counting(tx, open.report.id).await,
        None => Ok(Vec::new()),
    }
}

/// The answers that the form itself doesn't give.
pub(super) fn others<'e>(
    flow_set: &FlowSet,
    standing: Vec<(Item, Answer)>,
    fields: impl Iterator<Item = &'e String>,
) -> Vec<(Item, Answer)> {
    let Ok(form) = flow_set.questionnaire_form() else { return standing };
    let filled: Vec<&String> = fields.collect();
    let is_own = |item: Item| {
        form.fields()
            .filter(|field| field.item == Some(item) || field.question == Some(item))
            .any(|field| filled.iter().any(|name| *name == field.id.as_str()))
    };
    standing.into_iter().filter(|(item, _)| !is_own(*item)).collect()
}

/// The patient as the questionnaire knows them.
pub(super) fn person_of(reporting: &Reporting, report: ReportId, answers: Vec<(Item, Answer)>) -> Person {
    Person {
        patient: reporting.patient.id,
        report,
        centre: centre_of(&reporting.centre),
        answers,
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_question: Spo2Question::Asked,
    }
}

pub(super) fn filled(entries: &Entries) -> Filled {
    let field = |(field, value): (&String, &String)| {
        (NodeId::from(field.as_str()), FilledField { value: value.as_str().into(), confirmed: None })
    };
    Filled(entries.iter().map(field).collect())
}

pub(super) fn entries_of(document: &Document) -> Entries {
    serde_json::from_str(document.as_str()).unwrap_or_default()
}

pub(super) fn refused(_: FormRefused) -> ServiceError {
    ServiceError::Unreadable(StoredThing::FlowSet)
}
