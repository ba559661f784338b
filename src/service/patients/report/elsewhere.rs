//! A form about a patient who was accepted by another health centre while the form was open. What the patient said is
//! passed on to that health centre, which learns of red answers at once. The sender learns nothing new.

use super::enter::{Author, add};
use super::entry::{AnswerForm, AnswersEntered, EnteredReport, Purpose};
use crate::domain::{Actor, PatientId, TransferState};
use crate::policy::{OPEN_PAGES_LAST, Scope, may_be_open};
use crate::service::centre_settings::known_centre;
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{PatientError, ReportError, ServiceError};
use crate::store::audit::{self, Subject};
use crate::store::patients;
use crate::store::transfers::{self, TransferRow};

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
    let author = Author::of_centre(actor, &handed.own_centre);
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
    let Some(own) = scope.centres() else { return Ok(None) };
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let Some(patient) = patients::by_ids(&mut tx, &[id]).await?.pop() else { return Ok(None) };
    let all = transfers::of_patient(&mut tx, id).await?;
    let is_ours = |row: &TransferRow| row.state == TransferState::Accepted && own.contains(&row.from);
    let Some(transfer) = all.into_iter().find(is_ours) else { return Ok(None) };
    let Some(at) = transfer.decided_at.filter(|at| may_be_open(*at, now)) else { return Ok(None) };
    let from = at.checked_sub(OPEN_PAGES_LAST).unwrap_or(at);
    if !audit::was_opened_by(&mut tx, id, actor.name(), (from, at)).await? {
        return Ok(None);
    }
    let own_centre = known_centre(&mut tx, &transfer.from).await?.name;
    let centre = known_centre(&mut tx, &transfer.to).await?.name;
    let now_with = Scope::Centres([patient.centre].into());
    Ok(Some(Handed { own_centre, centre, now_with }))
}
