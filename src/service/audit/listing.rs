//! Lists the audit trail for authorized readers. Reading it adds an entry too.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::domain::{Actor, HersysId, PatientId};
use crate::policy::{Permission, scope};
use crate::service::context::{Context, Details, Viewed, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit::{self, AuditFilter, AuditRow, SYSTEM_USER, Subject};
use crate::store::patients;

/// Which entries are shown.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Entries about this patient, including lookups without a result.
    pub patient: Option<HersysId>,
    /// Entries by this person.
    pub actor: Option<String>,
    /// Entries from this time on.
    pub since: Option<Timestamp>,
    /// Whether to include the seals of rows.
    pub seals: bool,
    /// The maximum number of entries.
    pub limit: u32,
}

/// An entry and its subject.
#[derive(Debug, Clone)]
pub struct ShownEntry {
    /// The entry.
    pub row: AuditRow,
    /// The HER-SYS ID of the patient, or the ID that was looked up.
    pub hersys_id: Option<HersysId>,
    /// The system's user, if the actor was an operator of the command line.
    pub system_user: Option<String>,
    /// The fields in the entry, each with its values before and after.
    pub fields: Map<String, Value>,
}

/// Lists entries of the trail, latest first.
///
/// # Errors
/// Database errors.
pub async fn list_trail(
    context: &Context,
    actor: &Actor,
    filter: &TrailFilter,
    details: Details,
) -> Result<Viewed<Vec<ShownEntry>>, ServiceError> {
    let scope = scope(actor, Permission::ViewAudit)?;
    let mut tx = context.database.begin_read().await?;
    let mut person = None;
    let mut reads = Subject::Other("trail".to_owned());
    if let Some(id) = &filter.patient {
        let patient = patients::by_hersys_ids(&mut tx, std::slice::from_ref(id)).await?.pop();
        let patient = patient.map(|patient| patient.id);
        reads = patient.map_or_else(|| Subject::Nobody(Some(id.clone())), Subject::Patient);
        person = Some((id.clone(), patient));
    }
    let wanted = AuditFilter {
        person,
        actor: filter.actor.clone(),
        since: filter.since,
        seals: filter.seals,
        limit: filter.limit,
        centres: scope.centres().cloned(),
    };
    let rows = audit::list(&mut tx, &wanted).await?;
    let mut ids: Vec<PatientId> = rows.iter().filter_map(|row| patient_of(&row.subject)).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = patients::by_ids(&mut tx, &ids).await?;
    drop(tx);
    let known: HashMap<PatientId, HersysId> =
        people.into_iter().map(|patient| (patient.id, patient.hersys_id)).collect();
    let found = rows.into_iter().map(|row| shown(row, &known)).collect();
    let asked = details.changes().field("actor", None::<String>, filter.actor.as_deref()).field(
        "since",
        None::<String>,
        filter.since.map(|at| at.to_string()),
    );
    let entry = audit_entry(actor, context.clock.now(), "audit.listed", reads, None, asked);
    Ok(Viewed { found, noted: context.note_view(vec![entry]).await? })
}

const fn patient_of(subject: &Subject) -> Option<PatientId> {
    if let Subject::Patient(id) = subject { Some(*id) } else { None }
}

fn shown(row: AuditRow, known: &HashMap<PatientId, HersysId>) -> ShownEntry {
    let hersys_id = match &row.subject {
        Subject::Patient(id) | Subject::Erased(id) => known.get(id).cloned(),
        Subject::Nobody(id) => id.clone(),
        Subject::Search | Subject::Other(_) => None,
    };
    let mut fields: Map<String, Value> = serde_json::from_str(row.details.as_str()).unwrap_or_default();
    let system_user = fields.remove(SYSTEM_USER).and_then(|user| user.as_str().map(str::to_owned));
    ShownEntry { row, hersys_id, system_user, fields }
}
