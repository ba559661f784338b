//! Erases a person from the database. The audit trail still verifies, and no longer says anything about the person.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::change::settled_patient;
use crate::domain::{Actor, FoldedName, HersysId, PatientId};
use crate::policy::{Permission, Scope, scope};
use crate::service::audit::{SealedBy, erased_rows, seal_trail};
use crate::service::context::{Changes, Context, PatientKey, audit_entry};
use crate::service::error::{PatientError, ServiceError};
use crate::store::audit::{self, AuditRow, Subject};
use crate::store::erasure::{self, ErasedPerson};
use crate::store::patients::PatientRow;
use crate::store::{StoreError, Tx};

/// How long after the release a person can be erased at the earliest. Until then, calls may still be compared with the
/// carrier's list, and nodes may still be sealing rows.
pub const ERASABLE_AFTER: SignedDuration = SignedDuration::from_hours(48);
/// The most entries about one person that are read. A person who is shown a hundred times a day for a year has fewer.
const MOST_ENTRIES: u32 = 50_000;
/// Searches read at a time.
const PAGE: u32 = 1_000;
/// The fields of a search that hold its terms.
const TERMS: [&str; 5] = ["name", "hersys_id", "phone_number", "birth_date", "number_ends"];

/// The result of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The record that was erased. The audit trail still names it.
    pub patient: PatientId,
    /// Answers, reports and alerts that were deleted.
    pub rows: usize,
    /// Calls that remain without numbers, keys, answers and wording.
    pub calls: usize,
    /// Entries of the audit trail that an earlier version stored without encryption. They remain readable.
    pub plain_entries: u64,
    /// Whether an SQLite file was rewritten without the deleted values.
    pub rewritten: Rewritten,
}

/// Whether an SQLite file was rewritten after an erasure. Until then, deleted values can stay in its unused parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewritten {
    /// It was, or the database is PostgreSQL, which removes deleted rows itself.
    Yes,
    /// Another program uses it. The next erasure rewrites it.
    InUse,
}

/// Erases a released patient: the record, reports, answers, alerts, slots, attempts, identifications, the turns of
/// calls, numbers, and the keys of what the audit trail says about them. What remains: calls with times and outcomes
/// but nobody's data, and entries of the audit trail that say who did what when to a record, but not to whom.
///
/// # Errors
/// [`PatientError::NotFound`]; [`PatientError::NotErasable`] unless the patient was released two days ago or more and
/// no call is in progress.
pub async fn erase_person(context: &Context, actor: &Actor, id: &HersysId) -> Result<Erasure, ServiceError> {
    let scope = scope(actor, Permission::ErasePatients)?;
    let erased = erase_one(context, actor, &scope, &id.into()).await;
    let erasure = context.looked_up(actor, id, "patient.erased", erased).await?;
    // The person is erased, whether or not the file can be rewritten now.
    let rewritten = match context.database.compact().await {
        Ok(()) => Rewritten::Yes,
        Err(StoreError::Busy) => Rewritten::InUse,
        Err(error) => return Err(error.into()),
    };
    Ok(Erasure { rewritten, ..erasure })
}

/// The same, but leaves an SQLite file as it is.
pub(super) async fn erase_one(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
) -> Result<Erasure, ServiceError> {
    let now = context.clock.now();
    // Seal what waits first: an erasure must follow the seals of the rows that it erases.
    seal_trail(&context.database).await?;
    let mut tx = context.database.begin_write().await?;
    let patient = settled_patient(&mut tx, scope, id, now).await?;
    let released = patient.released_at.is_some_and(|at| now.duration_since(at) >= ERASABLE_AFTER);
    if !released || erasure::is_under_way(&mut tx, &patient).await? {
        return Err(PatientError::NotErasable.into());
    }
    let known = values_of(&mut tx, &patient).await?;
    let searches = searches_for(&mut tx, &known).await?;
    erasure::erase_searches(&mut tx, &searches).await?;
    let ErasedPerson { sealed, calls, plain_entries } = erasure::erase(&mut tx, &patient).await?;
    let sealer = SealedBy { actor: actor.name(), source: actor.source() };
    let mut entries = erased_rows(&sealed, sealer, now);
    let subject = Subject::Erased(patient.id);
    entries.push(audit_entry(actor, now, "patient.erased", subject, Some(patient.centre), Changes::default()));
    audit::append(&mut tx, entries).await?;
    tx.commit().await?;
    Ok(Erasure { patient: patient.id, rows: sealed.len(), calls, plain_entries, rewritten: Rewritten::InUse })
}

/// What the database and the audit trail say about a person, folded as names are: each may be what somebody searched
/// for.
/// A search for a name is for both names together, and each of them may have changed.
async fn values_of(tx: &mut Tx, patient: &PatientRow) -> Result<Vec<String>, ServiceError> {
    let mut values = vec![patient.hersys_id.expose().to_owned()];
    values.extend(patient.phone_number.as_ref().map(|number| number.expose().to_owned()));
    let folded = |text: &str| FoldedName::of(text).expose().to_owned();
    let mut family_names = BTreeSet::from([folded(patient.family_name.expose())]);
    let mut given_names = BTreeSet::from([folded(patient.given_name.expose())]);
    for entry in audit::by_subject(tx, &format!("patient:{}", patient.id), MOST_ENTRIES).await? {
        values.extend(texts(&entry, |_| true));
        family_names.extend(texts(&entry, |field| field == "family_name"));
        given_names.extend(texts(&entry, |field| field == "given_name"));
    }
    values
        .extend(family_names.iter().flat_map(|family| given_names.iter().map(move |given| format!("{family}{given}"))));
    Ok(values)
}

/// The searches of which a term is part of one of these values.
async fn searches_for(tx: &mut Tx, values: &[String]) -> Result<Vec<Uuid>, ServiceError> {
    let mut found = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let page = audit::searches(tx, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let is_about = |search: &&AuditRow| {
            let mut terms = texts(search, |field| TERMS.contains(&field)).into_iter();
            terms.any(|term| values.iter().any(|value| value.contains(&term)))
        };
        found.extend(page.iter().filter(is_about).map(|search| search.id));
    }
    Ok(found)
}

/// The texts before and after a change of these fields, folded.
fn texts(entry: &AuditRow, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let details: Map<String, Value> = serde_json::from_str(entry.details.as_str()).unwrap_or_default();
    let fields = details.iter().filter(|(field, _)| wanted(field)).map(|(_, value)| value);
    let values = fields.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    values.map(|text| FoldedName::of(text).expose().to_owned()).filter(|text| !text.is_empty()).collect()
}
