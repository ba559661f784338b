//! The help desk ends what slows or locks an address, without seeing whether it has an account, or whose it is.

use jiff::Timestamp;

use super::codes::address_hash;
use super::log_in::name_hash;
use crate::domain::{Actor, EmailAddress};
use crate::policy::{CODES_COUNT_FOR, Permission, require};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit;
use crate::store::log_in_failures;
use crate::store::portal::{accounts, codes};

/// Forgets the wrong codes, wrong passwords and codes that were asked for at an address, which is looked up exactly.
/// Who asks learns nothing, as a known and an unknown address are the same to them; the audit trail names the account,
/// if there is one.
///
/// # Errors
/// [`Forbidden`](crate::policy::Forbidden). Database errors.
pub async fn unlock_portal_address(
    context: &Context,
    actor: &Actor,
    address: &EmailAddress,
) -> Result<(), ServiceError> {
    require(actor, Permission::UnlockPortal)?;
    let now = context.clock.now();
    let since = now.checked_sub(CODES_COUNT_FOR).unwrap_or(Timestamp::MIN);
    let mut tx = context.database.begin_write().await?;
    codes::forget_wrong(&mut tx, &address_hash(address)).await?;
    codes::forget_asked(&mut tx, address, since).await?;
    log_in_failures::forget_name(&mut tx, &name_hash(address)).await?;
    let subject = match accounts::by_address(&mut tx, address).await? {
        Some(account) => format!("portal_account:{}", account.id),
        None => "portal_account:none".to_owned(),
    };
    let entry = audit_entry(actor, now, "portal.unlocked", subject, None, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
