//! Exports the registrations of all patients who match a query, some at a time so that memory use stays constant. The
//! audit trail names each person before the row is given out (D3).

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::cells::cell_of;
use super::list::{PatientQuery, filter_of, searched};
use super::view::PatientView;
use crate::domain::{Actor, CentreCode};
use crate::patient_import::Column;
use crate::policy::{Permission, scope};
use crate::service::centre_settings::{known_centre, narrowed, zone_of};
use crate::service::context::{Context, Details, audit_entry, named};
use crate::service::error::ServiceError;
use crate::store::audit::{AuditRow, Subject};
use crate::store::patient_list::{self, PatientFilter};

/// Patients who are read, recorded and given out together.
const PART: u32 = 1_000;

/// An exported patient.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct ExportedPatient {
    /// The record.
    pub patient: PatientView,
    /// The cells of [`Column::ALL`], as a list has them. Importing them changes nothing.
    pub cells: Vec<String>,
    /// When the next call is, as RFC 3339 in the health centre's time zone. Empty if there is none.
    pub next_call: String,
}

/// An export in progress. Each part is a separate transaction, so a slow reader blocks nothing.
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PatientExport<C> {
    context: C,
    actor: Actor,
    query: PatientQuery,
    filter: PatientFilter,
    centres: Option<BTreeSet<CentreCode>>,
    zones: HashMap<CentreCode, TimeZone>,
    is_over: bool,
}

/// Begins the export of all patients who match a query, by their HER-SYS IDs.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound); database errors.
pub async fn export_patients<C: AsRef<Context>>(
    context: C,
    actor: &Actor,
    query: &PatientQuery,
) -> Result<PatientExport<C>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.as_ref().database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    let filter = filter_of(&mut tx, context.as_ref(), &scope, query).await?;
    drop(tx);
    Ok(PatientExport {
        context,
        actor: actor.clone(),
        query: query.clone(),
        filter: PatientFilter { limit: PART, ..filter },
        centres: scope.centres().cloned(),
        zones: HashMap::new(),
        is_over: false,
    })
}

impl<C: AsRef<Context>> PatientExport<C> {
    /// The next patients. Empty at the end. An entry of the audit trail names them.
    ///
    /// # Errors
    /// Database errors. Nobody is given out who isn't recorded.
    pub async fn next(&mut self) -> Result<Vec<ExportedPatient>, ServiceError> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let context = self.context.as_ref();
        let mut tx = context.database.begin_read().await?;
        let people = patient_list::list(&mut tx, &self.filter, self.centres.as_ref()).await?;
        for patient in &people {
            if !self.zones.contains_key(&patient.centre) {
                let zone = zone_of(&known_centre(&mut tx, &patient.centre).await?)?;
                self.zones.insert(patient.centre.clone(), zone);
            }
        }
        drop(tx);
        let Some(last) = people.last() else {
            self.is_over = true;
            return Ok(Vec::new());
        };
        self.filter.after = Some(last.hersys_id.clone());
        let asked = searched(&self.query, Details::Revealed).field("found", None::<u64>, people.len() as u64);
        let centre = self.query.centre.clone();
        let now = context.clock.now();
        let entry = audit_entry(&self.actor, now, "patients.exported", Subject::Search, centre, asked);
        // Unlike a nurse who must find out who needs care, an export can wait until the trail can be written.
        if let crate::service::context::Noted::No(error) =
            context.note_view(AuditRow { people: named(&people), ..entry }).await?
        {
            return Err(error.into());
        }
        let zones = &self.zones;
        let exported = people.into_iter().map(|row| {
            let zone = zones.get(&row.centre).cloned().unwrap_or(TimeZone::UTC);
            ExportedPatient {
                cells: Column::ALL.into_iter().map(|column| cell_of(&row, column)).collect(),
                next_call: row.calling.next_slot_at.map(|at| with_offset(at, &zone)).unwrap_or_default(),
                patient: row.into(),
            }
        });
        Ok(exported.collect())
    }
}

fn with_offset(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
