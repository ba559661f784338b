//! A form about a patient who was accepted by another health centre while the form was open. What the patient said is
//! passed on to that health centre, which learns of red answers at once. The sender learns nothing new.

use super::enter::{Author, add};
use super::entry::{AnswerForm, AnswersEntered, EnteredReport, Purpose};
use crate::domain::{Actor, CentreCode, PatientId, Staff, TransferState};
use crate::policy::{OPEN_PAGES_LAST, Permission, Scope, may_be_open, scope};
use crate::service::centre_settings::known_centre;
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{PatientError, ReportError, ServiceError};
use crate::store::audit::{self, Subject};
use crate::store::patients;
use crate::store::staff_accounts::{self, AccountRow};
use crate::store::transfers::{self, TransferRow};
use crate::store::{Document, Tx, web_sessions};

/// What became of a form about a patient who has another health centre meanwhile.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct Elsewhere {
    /// The name of the health centre to which the patient was transferred.
    pub centre: String,
    /// What was passed on.
    pub passed_on: PassedOn,
    /// The fields that can't be read as answers. They weren't passed on.
    pub left_out: Vec<String>,
}

/// What was passed on to the other health centre.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub enum PassedOn {
    /// Answers, and what was typed besides.
    Answers(EnteredReport),
    /// What was typed besides answers.
    Noted,
    /// The same, before: the form was sent twice.
    Before,
    /// Nothing: it can't be stored any more, or was stored otherwise before.
    Nothing,
}

/// The transfer during which the form was open.
struct Handed {
    own_centre: String,
    /// The address of the sender, if a colleague has the same name.
    address: Option<String>,
    centre: String,
    now_with: Scope,
}

/// Passes a form on if its sender had the patient when it was opened.
pub(super) async fn pass_on(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    form: AnswerForm<'_>,
) -> Result<AnswersEntered, ServiceError> {
    let Some(handed) = handed(context, actor, scope, id).await? else {
        return Err(PatientError::NotFound.into());
    };
    let author = Author::of_centre(actor, &handed.own_centre, handed.address.as_deref());
    let mut form = form;
    if form.purpose == Purpose::Report {
        // All that was said counts, as the form can't be mended here.
        form.purpose = Purpose::SoFar;
    }
    let mut left_out = Vec::new();
    let passed_on = loop {
        match add(context, &author, &handed.now_with, &id.into(), &form).await {
            Ok(AnswersEntered::Report(entered) | AnswersEntered::SoFar(entered)) => break PassedOn::Answers(entered),
            Ok(AnswersEntered::Noted) => break PassedOn::Noted,
            Ok(AnswersEntered::Before) => break PassedOn::Before,
            Ok(AnswersEntered::Otherwise(_) | AnswersEntered::Elsewhere(_)) => break PassedOn::Nothing,
            Err(ServiceError::Report(ReportError::TimePassed)) => form.purpose = Purpose::SoFar,
            Err(ServiceError::Report(ReportError::NotObserved)) => break PassedOn::Nothing,
            // Each round leaves out one field at least.
            Err(ServiceError::Report(ReportError::Fields(errors))) => {
                let wrong: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
                let before = form.entry.answers.len();
                form.entry.answers.retain(|(field, _)| !wrong.contains(&field.as_str()));
                left_out.extend(wrong.into_iter().map(str::to_owned));
                if form.entry.answers.len() == before {
                    break PassedOn::Nothing;
                }
            }
            Err(error) => return Err(error),
        }
    };
    if passed_on == PassedOn::Nothing {
        note_refusal(context, actor, id).await?;
    }
    Ok(AnswersEntered::Elsewhere(Elsewhere { centre: handed.centre, passed_on, left_out }))
}

/// What somebody had typed about a patient who was accepted by another health centre before it was sent.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct TypedElsewhere {
    /// The patient.
    pub patient: PatientId,
    /// The name of the health centre to which the patient was transferred.
    pub centre: String,
    /// The forms that were begun, by path, with their fields.
    pub forms: Vec<(String, Vec<(String, String)>)>,
    /// Whether it can still be passed on.
    pub can_pass_on: bool,
}

/// What the actor had typed about a patient who has left the actor's health centre since. `None` if there is nothing
/// or the patient hasn't. Found by the page of one of the forms.
///
/// # Errors
/// Database errors.
pub async fn typed_elsewhere(
    context: &Context,
    actor: &Actor,
    page: &str,
) -> Result<Option<TypedElsewhere>, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let Actor::Staff(Staff { account, .. }) = actor else { return Ok(None) };
    let mut tx = context.database.begin_read().await?;
    let all = web_sessions::drafts_about_patients(&mut tx, *account).await?;
    let is_of_page = |form: &str| form.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(patient) = all.iter().find(|(form, ..)| is_of_page(form)).map(|(_, patient, _)| *patient) else {
        return Ok(None);
    };
    let left = transfers::of_patient(&mut tx, patient).await?.into_iter().find(|row| is_from(&scope, row));
    let now = patients::by_ids(&mut tx, &[patient]).await?.pop();
    let Some((left, _)) = left.zip(now.filter(|now| !scope.covers(&now.centre))) else { return Ok(None) };
    let centre = known_centre(&mut tx, &left.to).await?.name;
    drop(tx);
    let fields = |fields: Document| serde_json::from_str(fields.as_str()).unwrap_or_default();
    let forms = all.into_iter().filter(|(_, about, _)| *about == patient);
    let forms = forms.map(|(form, _, typed)| (form, fields(typed))).collect();
    let can_pass_on = handed(context, actor, &scope, patient).await?.is_some();
    Ok(Some(TypedElsewhere { patient, centre, forms, can_pass_on }))
}

/// Whether a patient left one of these health centres by a transfer.
fn is_from(scope: &Scope, row: &TransferRow) -> bool {
    row.state == TransferState::Accepted && scope.centres().is_some_and(|own| own.contains(&row.from))
}

async fn note_refusal(context: &Context, actor: &Actor, id: PatientId) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let (at, subject) = (context.clock.now(), Subject::Patient(id));
    let entry = audit_entry(actor, at, "report.not_passed_on", subject, None, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}

/// The transfer by which the patient left the actor's health centre not long ago, if the actor had opened the patient's
/// page before.
async fn handed(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
) -> Result<Option<Handed>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let Some(patient) = patients::by_ids(&mut tx, &[id]).await?.pop() else { return Ok(None) };
    let all = transfers::of_patient(&mut tx, id).await?;
    let Some(transfer) = all.into_iter().find(|row| is_from(scope, row)) else { return Ok(None) };
    let Some(at) = transfer.decided_at.filter(|at| may_be_open(*at, now)) else { return Ok(None) };
    let from = at.checked_sub(OPEN_PAGES_LAST).unwrap_or(at);
    if !audit::was_opened_by(&mut tx, id, actor.name(), (from, at)).await? {
        return Ok(None);
    }
    let own_centre = known_centre(&mut tx, &transfer.from).await?.name;
    let centre = known_centre(&mut tx, &transfer.to).await?.name;
    let address = address_of(&mut tx, actor, &transfer.from).await?;
    let now_with = Scope::Centres([patient.centre].into());
    Ok(Some(Handed { own_centre, address, centre, now_with }))
}

/// The e-mail address by which the actor is told from a colleague of the same name. `None` if there is none.
async fn address_of(tx: &mut Tx, actor: &Actor, centre: &CentreCode) -> Result<Option<String>, ServiceError> {
    let Actor::Staff(Staff { account, .. }) = actor else { return Ok(None) };
    let all = staff_accounts::list(tx).await?;
    let Some(own) = all.iter().find(|row| row.id == *account) else { return Ok(None) };
    let is_alike = |row: &&AccountRow| row.id != own.id && row.centre.as_ref() == Some(centre) && row.name == own.name;
    Ok(all.iter().find(is_alike).map(|_| own.log_in_name.typed().to_owned()))
}
