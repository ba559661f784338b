//! Reports that staff enter for a patient (A5), through the questionnaire that the phone asks. What was said is kept
//! also if the call was interrupted, and if the patient has another health centre meanwhile.

mod begun;
mod elsewhere;
mod enter;
mod entry;
mod repeated;

pub use begun::BegunReport;
pub(super) use begun::begun_of;
pub(in crate::service) use begun::{counting, open_now};
pub use elsewhere::{Elsewhere, PassedOn, TypedElsewhere, typed_elsewhere};
pub(super) use enter::{origin_of, submitted};
pub use entry::{AnswerForm, AnswersEntered, EnteredReport, Purpose, ReportEntry};
pub(super) use repeated::differing;
pub use repeated::{Differing, SavedOtherwise};

use crate::domain::{Actor, HersysId, PatientId, ReportId};
use crate::policy::{Permission, scope};
use crate::service::context::{Context, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::store::StoreError;
use enter::Author;

/// Enters today's report for a patient. Answers are graded as by phone, alerts are raised, and the day's automated
/// calls are cancelled (A9).
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound);
/// [`ReportError::NotObserved`](crate::service::ReportError::NotObserved);
/// [`ReportError::Fields`](crate::service::ReportError::Fields) with what is wrong in the form. Nothing is recorded
/// then.
pub async fn add_report(
    context: &Context,
    actor: &Actor,
    id: &HersysId,
    entry: ReportEntry<'_>,
) -> Result<EnteredReport, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let form = AnswerForm { id: ReportId(new_id()), purpose: Purpose::Report, entry, note: None };
    let added = match enter::add(context, &Author::of(actor), &scope, &id.into(), &form).await {
        Ok(AnswersEntered::Report(entered)) => Ok(entered),
        Ok(_) => Err(StoreError::Stale.into()),
        Err(error) => Err(error),
    };
    context.looked_up(actor, id, "report.added", added).await
}

/// Stores what a form of the console says about a call by staff: a whole report, what was said so far, or that there
/// is none yet, each with whatever was typed besides. A form that is sent twice is stored once. The call is noted, and
/// ends the claim of a round.
///
/// # Errors
/// As [`add_report`]. [`ReportError::NotFound`](crate::service::ReportError::NotFound) if the form's id is that of
/// another patient's; [`ReportError::TimePassed`](crate::service::ReportError::TimePassed).
pub async fn enter_answers(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    form: AnswerForm<'_>,
) -> Result<AnswersEntered, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let added = match enter::add(context, &Author::of(actor), &scope, &id.into(), &form).await {
        Err(ServiceError::Patient(PatientError::NotFound)) => {
            elsewhere::pass_on(context, actor, &scope, id, form).await
        }
        added => added,
    };
    context.looked_up(actor, id, "report.added", added).await
}
