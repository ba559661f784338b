//! The columns of the list of patients, chosen by each member of staff.

use crate::domain::{Actor, ListColumns};
use crate::policy::{Forbidden, Permission, scope};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::{audit, list_columns};

/// The columns that the actor has chosen, or the usual ones.
///
/// # Errors
/// Database errors.
pub async fn chosen_columns(context: &Context, actor: &Actor) -> Result<ListColumns, ServiceError> {
    scope(actor, Permission::ViewPatients)?;
    let Actor::Staff(staff) = actor else { return Ok(ListColumns::default()) };
    let mut tx = context.database.begin_autocommit().await?;
    Ok(list_columns::get(&mut tx, staff.account).await?.unwrap_or_default())
}

/// Keeps the actor's choice, for the actor's account alone.
///
/// # Errors
/// Database errors.
pub async fn choose_columns(context: &Context, actor: &Actor, columns: &ListColumns) -> Result<(), ServiceError> {
    scope(actor, Permission::ViewPatients)?;
    let Actor::Staff(staff) = actor else { return Err(Forbidden(Permission::ViewPatients).into()) };
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let before = list_columns::get(&mut tx, staff.account).await?.unwrap_or_default();
    let changes = Changes::default().field("list_columns", before.codes(), columns.codes());
    if changes.is_empty() {
        return Ok(tx.rollback().await?);
    }
    list_columns::set(&mut tx, staff.account, columns, now).await?;
    let subject = format!("account:{}", staff.account);
    let centre = staff.centres.first().cloned();
    let entry = audit_entry(actor, now, "account.list_columns", subject, centre, changes);
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
