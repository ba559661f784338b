//! The people of an account (M3, M4, M6, M11).

use super::identify::{Entered, identify};
use super::session::PortalLoggedIn;
use crate::domain::{BirthDate, EnteredName, HersysId, PatientId, PersonLabel};
use crate::policy::{GuessingLimits, report_day};
use crate::service::accounts::{SecretToken, hash_of};
use crate::service::centre_settings::{known_centre, zone_of};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{PortalError, ServiceError};
use crate::store::Tx;
use crate::store::audit::{self, Subject};
use crate::store::patients::{self, PatientRow};
use crate::store::portal::people::{self, PortalPersonRow};
use crate::store::portal::sessions;

/// The people that one account may have: a large household, each infected more than once.
const MOST_PEOPLE: usize = 30;

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// 姓
    pub family_name: EnteredName,
    /// 名
    pub given_name: EnteredName,
    /// The birth date.
    pub birth_date: BirthDate,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// What tells the person apart.
    pub label: Option<PersonLabel>,
}

/// A person who was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedPerson {
    /// Under observation.
    Observed(PatientId),
    /// Released: added for the history, and reporting has ended (H8).
    Released(PatientId),
}

/// Adds a person to the account, who is shown from now on. `browser` is the token that a personal link has given the
/// same browser.
///
/// # Errors
/// [`PortalError::Mismatch`], also if too many were tried, and for somebody whose observation hasn't begun;
/// [`PortalError::HeldByAnother`] and [`PortalError::AlreadyYours`] only if ID and birth date are right;
/// [`PortalError::TooManyPeople`].
pub async fn add_portal_person(
    context: &Context,
    logged_in: &PortalLoggedIn,
    (person, browser): (&NewPerson, Option<&SecretToken>),
    limits: &GuessingLimits,
) -> Result<AddedPerson, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if holds_person(&mut tx, logged_in, person).await? {
        return Err(PortalError::AlreadyYours.into());
    }
    if logged_in.people.len() >= MOST_PEOPLE {
        return Err(PortalError::TooManyPeople.into());
    }
    let client = hash_of(&["portal-account", &logged_in.account.to_string()]);
    let entered = Entered { hersys_id: &person.hersys_id, birth_date: person.birth_date, client, browser };
    let found = identify(context, &mut tx, limits, &entered, now).await?;
    let refused = match &found {
        None => Some(PortalError::Mismatch),
        Some(patient) if !has_begun(&mut tx, patient, now).await? => Some(PortalError::Mismatch),
        Some(patient) => people::holder(&mut tx, patient.id).await?.map(|_| PortalError::HeldByAnother),
    };
    if let Some(refused) = refused {
        super::note(&mut tx, logged_in.account, "portal.person_refused", now).await?;
        tx.commit().await?;
        return Err(refused.into());
    }
    let Some(patient) = found else { return Err(PortalError::Mismatch.into()) };
    let row = PortalPersonRow {
        patient: patient.id,
        account: logged_in.account,
        family_name: person.family_name.clone(),
        given_name: person.given_name.clone(),
        label: person.label.clone(),
        added_at: now,
    };
    people::insert(&mut tx, &row).await?;
    sessions::show(&mut tx, logged_in.session, patient.id).await?;
    let subject = Subject::Patient(patient.id);
    let centre = Some(patient.centre.clone());
    let entry = audit_entry(&logged_in.actor, now, "portal.person_added", subject, centre, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(match patient.released_at {
        Some(_) => AddedPerson::Released(patient.id),
        None => AddedPerson::Observed(patient.id),
    })
}

/// Whether the account has the person already, by the ID and the right birth date. What somebody knows who has the
/// person isn't guessing.
async fn holds_person(tx: &mut Tx, logged_in: &PortalLoggedIn, person: &NewPerson) -> Result<bool, ServiceError> {
    let found = patients::by_hersys_ids(tx, std::slice::from_ref(&person.hersys_id)).await?;
    let right =
        |patient: &PatientRow| patient.birth_date == person.birth_date && logged_in.person(patient.id).is_some();
    Ok(found.iter().any(right))
}

async fn has_begun(tx: &mut Tx, patient: &PatientRow, now: jiff::Timestamp) -> Result<bool, ServiceError> {
    let centre = known_centre(tx, &patient.centre).await?;
    let today = report_day(now, &zone_of(&centre)?);
    Ok(patient.monitoring_start.is_none_or(|start| start <= today))
}

/// Replaces what tells a person of the account apart. The name itself can't be changed (M5).
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn label_portal_person(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
    label: Option<&PersonLabel>,
) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_write().await?;
    if !people::set_label(&mut tx, logged_in.account, patient, label).await? {
        return Err(PortalError::NotYours.into());
    }
    Ok(tx.commit().await?)
}

/// Takes a person out of the account. What was reported stays with the health centre, and the person can be added
/// again.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn remove_portal_person(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<(), ServiceError> {
    let centre = logged_in.person(patient).ok_or(PortalError::NotYours)?.centre.clone();
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !people::remove(&mut tx, logged_in.account, patient).await? {
        return Err(PortalError::NotYours.into());
    }
    sessions::show_nobody(&mut tx, logged_in.account, patient).await?;
    let subject = Subject::Patient(patient);
    let entry = audit_entry(&logged_in.actor, now, "portal.person_removed", subject, Some(centre), Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}

/// Shows a person of the account from now on.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn show_portal_person(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<(), ServiceError> {
    logged_in.person(patient).ok_or(PortalError::NotYours)?;
    let mut tx = context.database.begin_write().await?;
    sessions::show(&mut tx, logged_in.session, patient).await?;
    Ok(tx.commit().await?)
}
