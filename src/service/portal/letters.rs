//! Tells the owner of an account by e-mail that it was changed, at the address that it had before, so that an
//! intruder can't take it over unnoticed. A letter has no name, no address and no value.

use jiff::{SignedDuration, Timestamp};

use super::session::PortalLoggedIn;
use crate::domain::{AccountChange, Job, JobId, PortalLetterId};
use crate::service::context::new_id;
use crate::store::outbox::{self, NewJob};
use crate::store::portal::accounts::{self, PortalAccountRow};
use crate::store::portal::letters::{self, PortalLetterRow};
use crate::store::{StoreError, Tx};

/// How long a letter is kept that no mail server takes.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(48);

/// Queues a letter about a change that is going to be made. What belongs to the sign-up is no change: the account is as
/// old as the log-in.
pub(super) async fn tell_of_change(
    tx: &mut Tx,
    logged_in: &PortalLoggedIn,
    change: AccountChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    match accounts::get(tx, logged_in.account).await? {
        Some(before) if before.created_at < logged_in.logged_in_at => tell_owner(tx, before, change, now).await,
        _ => Ok(()),
    }
}

/// Queues a letter.
pub(super) async fn tell_owner(
    tx: &mut Tx,
    before: PortalAccountRow,
    change: AccountChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    forget_old(tx, now).await?;
    let id = PortalLetterId(new_id());
    let letter = PortalLetterRow { id, address: before.address, language: before.language, change, created_at: now };
    letters::add(tx, &letter).await?;
    let job = NewJob { id: JobId(new_id()), job: Job::PortalLetter { letter: id }, due_at: now };
    outbox::put(tx, vec![job]).await
}

/// Forgets the letters that no mail server has taken for long.
pub(super) async fn forget_old(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    letters::forget_before(tx, now.checked_sub(KEPT_FOR).unwrap_or(Timestamp::MIN)).await
}
