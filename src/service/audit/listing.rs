//! Lists the audit trail for authorized readers. Reading it adds an entry too.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::{Actor, HersysId, PatientId};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::{Context, Details, Page, Viewed, audit_entry, named};
use crate::service::error::{AuditError, PatientError, ServiceError};
use crate::store::audit::{self, AuditFilter, AuditRow, SYSTEM_USER, Subject};
use crate::store::{Tx, patients};

/// Which entries are shown.
#[derive(Debug, Clone, Default)]
pub struct TrailQuery {
    /// Entries about this patient, including lookups without a result.
    pub patient: Option<HersysId>,
    /// Entries about this patient, by the internal id.
    pub person: Option<PatientId>,
    /// Entries by this person.
    pub actor: Option<String>,
    /// Entries whose action begins so, such as `patient.`. Empty for all.
    pub action: &'static str,
    /// Entries from this time on.
    pub since: Option<Timestamp>,
    /// Entries before this time.
    pub until: Option<Timestamp>,
    /// Whether to include the seals of rows.
    pub seals: bool,
    /// Only entries after this one: the next page.
    pub after: Option<Uuid>,
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
    /// The patients whom a view of several showed, as far as the reader may see them, each with the HER-SYS ID, or
    /// `None` if the patient was erased.
    pub people: Vec<(PatientId, Option<HersysId>)>,
    /// The system's user, if the actor was an operator of the command line.
    pub system_user: Option<String>,
    /// The fields in the entry, each with its values before and after.
    pub fields: Map<String, Value>,
}

/// Lists entries of the trail, latest first.
///
/// # Errors
/// [`AuditError::EntryNotFound`] if the entry before the page doesn't exist.
pub async fn list_trail(
    context: &Context,
    actor: &Actor,
    filter: &TrailQuery,
    details: Details,
) -> Result<Viewed<Page<ShownEntry>>, ServiceError> {
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
    if let Some(id) = filter.person {
        let patient = patients::by_ids(&mut tx, &[id]).await?.pop().filter(|patient| scope.covers(&patient.centre));
        let Some(patient) = patient else {
            drop(tx);
            let subject = format!("person:{id}");
            let _noted = context.note_absence(actor, subject, "patient.not_found", "audit.listed").await?;
            return Err(PatientError::NotFound.into());
        };
        reads = Subject::Patient(id);
        person = Some((patient.hersys_id, Some(id)));
    }
    // The first page begins with the last entry before that time.
    let before = filter.until.map(|until| (until, Uuid::nil()));
    let wanted = AuditFilter {
        person,
        subject: None,
        action: filter.action,
        actor: filter.actor.clone(),
        since: filter.since,
        seals: filter.seals,
        limit: Page::<AuditRow>::one_more(filter.limit),
        centres: scope.centres().cloned(),
        after: last_listed(&mut tx, filter.after, &scope).await?.or(before),
    };
    let mut page = Page::of(audit::list(&mut tx, &wanted).await?, filter.limit);
    for row in &mut page.items {
        row.people.retain(|person| scope.covers(&person.centre));
    }
    let shown_in = page.items.iter().flat_map(|row| row.people.iter().map(|person| person.patient));
    let mut ids: Vec<PatientId> =
        page.items.iter().filter_map(|row| patient_of(&row.subject)).chain(shown_in).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = patients::by_ids(&mut tx, &ids).await?;
    drop(tx);
    // Masked ids show nobody.
    let shown_people = if details == Details::Revealed { named(&people) } else { Vec::new() };
    let known: HashMap<PatientId, HersysId> =
        people.into_iter().map(|patient| (patient.id, patient.hersys_id)).collect();
    let found = page.map(|row| shown(row, &known));
    let asked = details.changes().field("actor", None::<String>, filter.actor.as_deref()).field(
        "since",
        None::<String>,
        filter.since.map(|at| at.to_string()),
    );
    let entry = audit_entry(actor, context.clock.now(), "audit.listed", reads, None, asked);
    let entry = AuditRow { people: shown_people, ..entry };
    Ok(Viewed { found, noted: context.note_view(entry).await? })
}

/// The place of the entry before the page.
async fn last_listed(
    tx: &mut Tx,
    after: Option<Uuid>,
    scope: &Scope,
) -> Result<Option<(Timestamp, Uuid)>, ServiceError> {
    let Some(id) = after else { return Ok(None) };
    let visible = |entry: &AuditRow| match scope.centres() {
        None => true,
        Some(centres) => {
            let of = entry.people.iter().map(|person| &person.centre).chain(&entry.centre);
            centres.iter().any(|centre| of.clone().any(|of| of == centre))
        }
    };
    let entry = audit::get(tx, id).await?.filter(visible).ok_or(AuditError::EntryNotFound)?;
    Ok(Some((entry.at, entry.id)))
}

const fn patient_of(subject: &Subject) -> Option<PatientId> {
    if let Subject::Patient(id) = subject { Some(*id) } else { None }
}

fn shown(row: AuditRow, known: &HashMap<PatientId, HersysId>) -> ShownEntry {
    let hersys_id = match &row.subject {
        Subject::Patient(id) | Subject::Erased(id) => known.get(id).cloned(),
        Subject::Nobody(id) => id.clone(),
        Subject::Search | Subject::Patients | Subject::Other(_) => None,
    };
    let people = row.people.iter().map(|person| (person.patient, known.get(&person.patient).cloned())).collect();
    let mut fields: Map<String, Value> = serde_json::from_str(row.details.as_str()).unwrap_or_default();
    let system_user = fields.remove(SYSTEM_USER).and_then(|user| user.as_str().map(str::to_owned));
    ShownEntry { row, hersys_id, people, system_user, fields }
}
