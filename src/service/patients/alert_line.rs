//! The line of an alert with what the person has reported, for the staff who deal with it.

use super::change::known_patient;
use super::show::{ShownPatient, read_shown};
use crate::domain::{Actor, AlertId};
use crate::policy::{Permission, scope};
use crate::service::alerts::{AlertLine, show_alert_line};
use crate::service::centre_settings::known_centre;
use crate::service::context::{Context, Viewed};
use crate::service::error::{PatientError, ServiceError};

/// A line of the list of alerts, and its person.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AlertLineOfPerson {
    /// The line.
    pub line: AlertLine,
    /// The record and the recent reports of its person, if it has one that the actor may see.
    pub shown: Option<ShownPatient>,
}

/// Shows the line of an alert with the recent reports of its person. The audit trail records the view once, as for
/// [`show_alert_line`].
///
/// # Errors
/// As for [`show_alert_line`].
pub async fn show_alert_of_person(
    context: &Context,
    actor: &Actor,
    id: AlertId,
) -> Result<Viewed<AlertLineOfPerson>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let Viewed { found: line, noted } = show_alert_line(context, actor, id).await?;
    let mut shown = None;
    if let Some(person) = &line.person {
        let mut tx = context.database.begin_read().await?;
        shown = match known_patient(&mut tx, &scope, &person.id.into()).await {
            Ok(patient) => {
                let centre = known_centre(&mut tx, &patient.centre).await?;
                Some(read_shown(&mut tx, &patient, &centre, context.clock.now()).await?)
            }
            // The person has another health centre meanwhile.
            Err(ServiceError::Patient(PatientError::NotFound)) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(Viewed { found: AlertLineOfPerson { line, shown }, noted })
}
