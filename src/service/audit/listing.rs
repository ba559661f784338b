//! Lists the audit trail for authorized readers. Reading it adds an entry too.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::shown::{Shown, ShownEntry};
use crate::domain::{Actor, HersysId, PatientId, StaffAccountId};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::{Context, Details, Page, Viewed, audit_entry, named};
use crate::service::error::{AuditError, PatientError, ServiceError};
use crate::store::audit::{self, AuditFilter, AuditRow, Subject};
use crate::store::{StoreError, Tx, patients};

/// Which entries are shown.
#[derive(Debug, Clone, Default)]
pub struct TrailQuery {
    /// Entries about this patient, including lookups without a result.
    pub patient: Option<HersysId>,
    /// Entries about this patient, by the internal id.
    pub person: Option<PatientId>,
    /// Entries by this person.
    pub actor: Option<String>,
    /// Entries by this account. Two people may have one name, and a name may change.
    pub account: Option<StaffAccountId>,
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
    /// How many patients are named of an entry about several; the others are counted. `None`: all are named.
    pub most_named: Option<usize>,
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
    let Some((reads, person)) = person_of(&mut tx, filter, &scope).await? else {
        drop(tx);
        let subject = filter.person.map_or_else(String::new, |id| format!("person:{id}"));
        let _noted = context.note_absence(actor, subject, "patient.not_found", "audit.listed").await?;
        return Err(PatientError::NotFound.into());
    };
    // The first page begins with the last entry before that time.
    let before = filter.until.map(|until| (until, Uuid::nil()));
    let wanted = AuditFilter {
        person,
        subject: None,
        action: filter.action,
        actor: filter.actor.clone(),
        account: filter.account,
        since: filter.since,
        seals: filter.seals,
        limit: Page::<AuditRow>::one_more(filter.limit),
        centres: scope.centres().cloned(),
        after: last_listed(&mut tx, filter.after, &scope).await?.or(before),
    };
    let mut page = Page::of(audit::list(&mut tx, &wanted).await?, filter.limit);
    let mut named_by = HashMap::new();
    for row in &mut page.items {
        row.people.retain(|person| scope.covers(&person.centre));
        named_by.insert(row.id, row.people.len());
        // Who isn't named isn't read either, and the entry about this page doesn't name them.
        row.people.truncate(filter.most_named.unwrap_or(usize::MAX));
    }
    let shown = Shown::of(&mut tx, &page.items, &scope).await?;
    drop(tx);
    let mut found = page.map(|row| shown.entry(row));
    for entry in &mut found.items {
        let all = named_by.get(&entry.row.id).copied().unwrap_or_default();
        entry.unnamed = all.saturating_sub(entry.people.len());
    }
    // Nobody finds out by searching how another centre's staff are called.
    found.items.retain(|entry| entry.elsewhere.is_none() || (filter.actor.is_none() && filter.account.is_none()));
    let asked = details
        .changes()
        .field("actor", None::<String>, filter.actor.as_deref())
        .field("by_account", None::<String>, filter.account.map(|account| account.to_string()))
        .field("since", None::<String>, filter.since.map(|at| at.to_string()));
    let entry = audit_entry(actor, context.clock.now(), "audit.listed", reads, None, asked);
    // Masked ids show nobody.
    let people = if details == Details::Revealed { named(&shown.people) } else { Vec::new() };
    Ok(Viewed { found, noted: context.note_view(AuditRow { people, ..entry }).await? })
}

/// Who is looked for, and the subject of the entry about that. `None` for somebody whom the reader can't see.
async fn person_of(
    tx: &mut Tx,
    filter: &TrailQuery,
    scope: &Scope,
) -> Result<Option<(Subject, Option<(HersysId, Option<PatientId>)>)>, StoreError> {
    if let Some(id) = filter.person {
        let patient = patients::by_ids(tx, &[id]).await?.pop().filter(|patient| scope.covers(&patient.centre));
        return Ok(patient.map(|patient| (Subject::Patient(id), Some((patient.hersys_id, Some(id))))));
    }
    let Some(id) = &filter.patient else { return Ok(Some((Subject::Other("trail".to_owned()), None))) };
    let patient = patients::by_hersys_ids(tx, std::slice::from_ref(id)).await?.pop().map(|patient| patient.id);
    let reads = patient.map_or_else(|| Subject::Nobody(Some(id.clone())), Subject::Patient);
    Ok(Some((reads, Some((id.clone(), patient)))))
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
            let named = entry.people.iter().map(|person| &person.centre);
            let of = named.chain(&entry.centre).chain(&entry.other_centre);
            centres.iter().any(|centre| of.clone().any(|of| of == centre))
        }
    };
    let entry = audit::get(tx, id).await?.filter(visible).ok_or(AuditError::EntryNotFound)?;
    Ok(Some((entry.at, entry.id)))
}
