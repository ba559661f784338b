//! Filters of the list of patients that staff have named: their own, and those that everybody of the health centre
//! sees. What is searched for is never part of them.

use crate::domain::{
    Actor, CentreCode, FilterName, FilterSharing, Language, ListFilter, SavedFilterId, Severity, Staff,
};
use crate::policy::{Forbidden, Permission, Scope, scope};
use crate::service::context::{Changes, Context, Noted, audit_entry, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::store::saved_filters::{self, SavedFilterRow};
use crate::store::{Tx, audit};

/// The most filters that one member of staff can save.
const MOST: usize = 50;

/// Whether the actor may rename and delete a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterWord {
    /// It is a colleague's.
    None,
    /// The actor saved it, or is an administrator.
    Has,
}

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilterView {
    /// The filter.
    pub id: SavedFilterId,
    /// Who saved it.
    pub by: String,
    /// Its name.
    pub name: FilterName,
    /// Who sees it.
    pub sharing: FilterSharing,
    /// The conditions.
    pub filter: ListFilter,
    /// Whether the actor may change it.
    pub word: FilterWord,
}

/// What came of saving or renaming a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterSaved {
    /// It is saved.
    Yes,
    /// The actor sees another filter of this name.
    NameTaken,
    /// The actor has saved as many as one can.
    TooMany,
}

/// The filters that the actor sees, by name.
///
/// # Errors
/// Database errors.
pub async fn saved_filters(context: &Context, actor: &Actor) -> Result<Vec<SavedFilterView>, ServiceError> {
    scope(actor, Permission::ViewPatients)?;
    let Ok((staff, centre)) = own(actor) else { return Ok(Vec::new()) };
    let mut tx = context.database.begin_autocommit().await?;
    let rows = saved_filters::seen_by(&mut tx, staff.account, centre).await?;
    Ok(rows.into_iter().map(|row| view(actor, row)).collect())
}

/// A filter that the actor may change.
///
/// # Errors
/// [`PatientError::NotFound`] if it isn't the actor's to change: the try is recorded; database errors.
pub async fn show_filter(context: &Context, actor: &Actor, id: SavedFilterId) -> Result<SavedFilterView, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.database.begin_autocommit().await?;
    let found = changeable(&mut tx, actor, &scope, id).await?;
    drop(tx);
    match found {
        Some(row) => Ok(view(actor, row)),
        None => Err(missing(context, actor, id, "filter.shown").await?),
    }
}

/// Saves a filter of the actor. The same one saved twice is one.
///
/// # Errors
/// Database errors.
pub async fn save_filter(
    context: &Context,
    actor: &Actor,
    name: &FilterName,
    sharing: FilterSharing,
    filter: &ListFilter,
) -> Result<FilterSaved, ServiceError> {
    scope(actor, Permission::ViewPatients)?;
    let (staff, centre) = own(actor)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let seen = saved_filters::seen_by(&mut tx, staff.account, centre).await?;
    let known = seen.iter().find(|row| row.name == *name);
    let came = match known {
        Some(row) if row.account == staff.account && row.filter == *filter && row.sharing == sharing => {
            Some(FilterSaved::Yes)
        }
        Some(_) => Some(FilterSaved::NameTaken),
        None if seen.iter().filter(|row| row.account == staff.account).count() >= MOST => Some(FilterSaved::TooMany),
        None => None,
    };
    if let Some(came) = came {
        tx.rollback().await?;
        return Ok(came);
    }
    let row = SavedFilterRow {
        id: SavedFilterId(new_id()),
        centre: centre.clone(),
        account: staff.account,
        by: String::new(),
        sharing,
        name: name.clone(),
        filter: *filter,
        changed_at: now,
    };
    saved_filters::add(&mut tx, &row).await?;
    note(&mut tx, context, actor, &row, "filter.saved", saved(&row)).await?;
    tx.commit().await?;
    Ok(FilterSaved::Yes)
}

/// Gives a filter another name, or shows it to others.
///
/// # Errors
/// [`PatientError::NotFound`] if it isn't the actor's to change: the try is recorded; database errors.
pub async fn change_filter(
    context: &Context,
    actor: &Actor,
    id: SavedFilterId,
    name: &FilterName,
    sharing: FilterSharing,
) -> Result<FilterSaved, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let (staff, _) = own(actor)?;
    let mut tx = context.database.begin_write().await?;
    let Some(row) = changeable(&mut tx, actor, &scope, id).await? else {
        tx.rollback().await?;
        return Err(missing(context, actor, id, "filter.changed").await?);
    };
    let seen = saved_filters::seen_by(&mut tx, staff.account, &row.centre).await?;
    if seen.iter().any(|other| other.id != id && other.name == *name) {
        tx.rollback().await?;
        return Ok(FilterSaved::NameTaken);
    }
    if row.name == *name && row.sharing == sharing {
        tx.rollback().await?;
        return Ok(FilterSaved::Yes);
    }
    saved_filters::change(&mut tx, id, name, sharing, context.clock.now()).await?;
    let changes = Changes::default().field("sharing", Some(row.sharing.code()), sharing.code());
    note(&mut tx, context, actor, &row, "filter.changed", changes).await?;
    tx.commit().await?;
    Ok(FilterSaved::Yes)
}

/// Deletes a filter.
///
/// # Errors
/// [`PatientError::NotFound`] if it isn't the actor's to delete: the try is recorded; database errors.
pub async fn delete_filter(context: &Context, actor: &Actor, id: SavedFilterId) -> Result<(), ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.database.begin_write().await?;
    let Some(row) = changeable(&mut tx, actor, &scope, id).await? else {
        tx.rollback().await?;
        return Err(missing(context, actor, id, "filter.deleted").await?);
    };
    saved_filters::delete(&mut tx, id).await?;
    note(&mut tx, context, actor, &row, "filter.deleted", saved(&row)).await?;
    Ok(tx.commit().await?)
}

/// Who saves filters, and where.
fn own(actor: &Actor) -> Result<(&Staff, &CentreCode), ServiceError> {
    let none = Forbidden(Permission::ViewPatients);
    let Actor::Staff(staff) = actor else { return Err(none.into()) };
    let centre = staff.centres.first().ok_or(none)?;
    Ok((staff, centre))
}

/// Whether the actor may change a filter: one's own, and as an administrator every shared one.
fn word(actor: &Actor, row: &SavedFilterRow) -> FilterWord {
    let is_own = matches!(actor, Actor::Staff(staff) if staff.account == row.account);
    let administers = || scope(actor, Permission::ChangeCentres).is_ok_and(|scope| scope.covers(&row.centre));
    if is_own || (row.sharing == FilterSharing::Shared && administers()) { FilterWord::Has } else { FilterWord::None }
}

fn view(actor: &Actor, row: SavedFilterRow) -> SavedFilterView {
    let word = word(actor, &row);
    let SavedFilterRow { id, by, name, sharing, filter, .. } = row;
    SavedFilterView { id, by, name, sharing, filter, word }
}

async fn changeable(
    tx: &mut Tx,
    actor: &Actor,
    scope: &Scope,
    id: SavedFilterId,
) -> Result<Option<SavedFilterRow>, ServiceError> {
    let found = saved_filters::get(tx, id).await?;
    Ok(found.filter(|row| scope.covers(&row.centre) && word(actor, row) == FilterWord::Has))
}

/// Records that somebody tried a filter that isn't theirs.
async fn missing(
    context: &Context,
    actor: &Actor,
    id: SavedFilterId,
    action: &str,
) -> Result<ServiceError, ServiceError> {
    Ok(match context.note_absence(actor, format!("filter:{id}"), "filter.not_found", action).await? {
        Noted::Yes => PatientError::NotFound.into(),
        Noted::No(error) => PatientError::NotFoundNotAudited(error).into(),
    })
}

/// What is recorded of a filter: never its name, which may be anything.
fn saved(row: &SavedFilterRow) -> Changes {
    let ListFilter { status, language, severity, today } = row.filter;
    Changes::default()
        .field("sharing", None::<String>, row.sharing.code())
        .field("status", None::<String>, status.code())
        .field("language", None::<String>, language.map(Language::tag))
        .field("severity", None::<String>, severity.map(Severity::code))
        .field("today", None::<String>, today.code())
}

async fn note(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    row: &SavedFilterRow,
    action: &str,
    changes: Changes,
) -> Result<(), ServiceError> {
    let subject = format!("filter:{}", row.id);
    let entry = audit_entry(actor, context.clock.now(), action, subject, Some(row.centre.clone()), changes);
    Ok(audit::append(tx, vec![entry]).await?)
}
