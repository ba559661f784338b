//! Whether red alerts sound in the browsers of an account.

use super::session::LoggedIn;
use super::subject_of;
use crate::domain::RedSound;
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::{audit, staff_accounts};

/// Switches the sound on or off, unless it is that way.
///
/// # Errors
/// Database errors.
pub async fn set_red_sound(context: &Context, logged_in: &LoggedIn, sound: RedSound) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let account = &logged_in.account;
    let changes = Changes::default().field("red_sound", account.red_sound.code(), sound.code());
    if changes.is_empty() {
        return Ok(());
    }
    let mut tx = context.database.begin_write().await?;
    staff_accounts::set_red_sound(&mut tx, account.id, sound, now).await?;
    let subject = subject_of(account.id);
    let entry = audit_entry(&logged_in.actor, now, "account.red_sound", subject, account.centre.clone(), changes);
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
