//! One line of the list of alerts: the open alerts of one patient, or one alert that has a line of its own.

use std::collections::HashMap;

use super::list::{Evidence, is_visible, line_of};
use super::view::{AlertPerson, AlertView, ShownAlert};
use crate::domain::{Actor, AlertId, PatientId};
use crate::policy::{Permission, scope};
use crate::service::context::{Changes, Context, Viewed, shown_of};
use crate::service::error::{AlertError, ServiceError};
use crate::store::{alerts, patients};

/// A line of the list.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AlertLine {
    /// The alert that was asked for, in its state.
    pub alert: AlertView,
    /// The open alerts of the line, the most severe first, then the oldest.
    pub open: Vec<ShownAlert>,
    /// The patient of the line, with the registered number.
    pub person: Option<AlertPerson>,
}

/// Shows the line of an alert, to deal with it. The audit trail records the view, with the number.
///
/// # Errors
/// [`AlertError::NotFound`], which the audit trail records if the alert is of another health centre.
pub async fn show_alert_line(context: &Context, actor: &Actor, id: AlertId) -> Result<Viewed<AlertLine>, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    let alert = alerts::get(&mut tx, id).await?;
    let Some(alert) = alert.filter(|alert| is_visible(alert, &scope)) else {
        drop(tx);
        // Whoever tries ids leaves entries.
        let _noted = context.note_absence(actor, format!("alert:{id}"), "alert.not_found", "alert.shown").await?;
        return Err(AlertError::NotFound.into());
    };
    let mut open = match line_of(&alert) {
        Some(patient) => {
            let mut of_line = alerts::open_of_patients(&mut tx, &[patient]).await?;
            of_line.retain(|alert| line_of(alert).is_some() && is_visible(alert, &scope));
            of_line
        }
        None if alert.closed_at.is_none() => vec![alert.clone()],
        None => Vec::new(),
    };
    open.sort_by_key(|alert| (std::cmp::Reverse(alert.kind.severity()), alert.raised_at, alert.id));
    let rows = patients::by_ids(&mut tx, alert.patient.as_slice()).await?;
    let evidence = Evidence::read(&mut tx, open.iter()).await?;
    drop(tx);
    let asked = Changes::default().field("revealed", false, true);
    let noted = shown_of(context, actor, &rows, "patient.alert_opened", asked).await?;
    let people: HashMap<PatientId, AlertPerson> = rows.into_iter().map(|row| (row.id, row.into())).collect();
    let open = open.into_iter().map(|alert| evidence.shown(alert, &people)).collect();
    let person = alert.patient.and_then(|patient| people.get(&patient).cloned());
    Ok(Viewed { found: AlertLine { alert: alert.into(), open, person }, noted })
}
