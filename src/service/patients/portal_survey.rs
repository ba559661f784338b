//! The health survey (M8): asked once in the portal, seen by staff.

use jiff::Timestamp;

use crate::domain::{PatientId, Survey};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{PortalError, ServiceError};
use crate::service::portal::{PortalLoggedIn, own_person};
use crate::store::audit::{self, Subject};
use crate::store::surveys::{self, SurveyRow};

/// What a patient answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyView {
    /// The answers.
    pub survey: Survey,
    /// When.
    pub at: Timestamp,
}

impl From<SurveyRow> for SurveyView {
    fn from(row: SurveyRow) -> Self {
        Self { survey: row.survey, at: row.at }
    }
}

/// Whether a survey is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyAsked {
    /// It is open.
    Now,
    /// It was answered before.
    Answered,
    /// The person was released, and isn't asked any more.
    Over,
}

/// What came of answering a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyTaken {
    /// It is stored.
    Stored,
    /// Somebody has answered before. Nothing was changed.
    AnsweredBefore,
}

/// Whether a person of the account is asked.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn portal_survey(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<SurveyAsked, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let record = own_person(&mut tx, logged_in, patient).await?;
    Ok(match surveys::of_patient(&mut tx, patient).await? {
        Some(_) => SurveyAsked::Answered,
        None if record.released_at.is_some() => SurveyAsked::Over,
        None => SurveyAsked::Now,
    })
}

/// Stores the answers of a person of the account, once.
///
/// # Errors
/// [`PortalError::NotYours`], also for somebody released. Database errors.
pub async fn answer_portal_survey(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
    survey: Survey,
) -> Result<SurveyTaken, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let record = own_person(&mut tx, logged_in, patient).await?;
    if record.released_at.is_some() {
        return Err(PortalError::NotYours.into());
    }
    if !surveys::add(&mut tx, patient, &SurveyRow { survey, account: logged_in.account, at: now }).await? {
        return Ok(SurveyTaken::AnsweredBefore);
    }
    let (subject, centre) = (Subject::Patient(patient), Some(record.centre));
    let entry = audit_entry(&logged_in.actor, now, "portal.survey_answered", subject, centre, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(SurveyTaken::Stored)
}
