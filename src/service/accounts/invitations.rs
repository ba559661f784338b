//! Inviting staff, listing accounts and ending them.

use jiff::{SignedDuration, Timestamp};

use super::subject_of;
use super::token::SecretToken;
use super::view::AccountView;
use crate::domain::{AccountState, Actor, CentreCode, LogInName, RedSound, Role, StaffAccountId, StaffName};
use crate::policy::{Forbidden, Permission, Scope, scope};
use crate::service::centre_settings::visible_centre;
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{AccountError, ServiceError};
use crate::store::staff_accounts::{self, AccountRow};
use crate::store::{audit, web_sessions};

/// How long an invitation holds: over a weekend.
const HOLDS_FOR: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// By which the holder logs in.
    pub log_in_name: LogInName,
    /// The name for the audit trail.
    pub name: StaffName,
    /// What the account may do.
    pub role: Role,
    /// The health centre, for roles that belong to one.
    pub centre: Option<CentreCode>,
}

/// An invitation. Anyone with the token can set up the account.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The account.
    pub account: AccountView,
    /// The token of its link, which works once.
    pub token: SecretToken,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// Invites a member of staff. An invited account gets a new link, which replaces the old one; a deactivated one is set
/// up anew.
///
/// # Errors
/// [`AccountError::AlreadyActive`], also for accounts that the actor can't see; [`AccountError::CentreNeeded`];
/// [`AccountError::NoCentreAllowed`]; [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn invite_staff(context: &Context, actor: &Actor, new: NewAccount) -> Result<Invitation, ServiceError> {
    let scope = scope(actor, Permission::ManageStaff)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    match (&new.centre, new.role.belongs_to_a_centre()) {
        (None, true) => return Err(AccountError::CentreNeeded.into()),
        (Some(_), false) => return Err(AccountError::NoCentreAllowed.into()),
        (Some(code), true) => drop(visible_centre(&mut tx, &scope, code).await?),
        (None, false) if scope != Scope::AllCentres => return Err(Forbidden(Permission::ManageStaff).into()),
        (None, false) => {}
    }
    let known = staff_accounts::by_name(&mut tx, new.log_in_name.folded()).await?;
    if let Some(known) = &known
        && (known.state == AccountState::Active || !is_visible(known, &scope))
    {
        return Err(AccountError::AlreadyActive.into());
    }
    let account = AccountRow {
        id: known.map_or_else(|| StaffAccountId(new_id()), |known| known.id),
        log_in_name: new.log_in_name,
        name: new.name,
        role: Some(new.role),
        centre: new.centre,
        state: AccountState::Invited,
        password_hash: None,
        totp_step: 0,
        created_at: now,
        red_sound: RedSound::Off,
    };
    let token = SecretToken::random()?;
    let expires_at = now.checked_add(HOLDS_FOR).unwrap_or(Timestamp::MAX);
    staff_accounts::forget_ways_in(&mut tx, account.id).await?;
    staff_accounts::invite(&mut tx, &account, now).await?;
    staff_accounts::add_invitation(&mut tx, &token.hash(), account.id, expires_at).await?;
    let changes = Changes::default().field("name", None::<String>, account.name.as_str()).field(
        "role",
        None::<String>,
        new.role.code(),
    );
    let centre = account.centre.clone();
    let entry = audit_entry(actor, now, "account.invited", subject_of(account.id), centre, changes);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(Invitation { account: account.into(), token, expires_at })
}

/// The accounts that the actor may see, by their log-in names.
///
/// # Errors
/// Database errors.
pub async fn list_staff(context: &Context, actor: &Actor) -> Result<Vec<AccountView>, ServiceError> {
    let scope = scope(actor, Permission::ManageStaff)?;
    let rows = staff_accounts::list(&mut context.database.begin_read().await?).await?;
    Ok(rows.into_iter().filter(|row| is_visible(row, &scope)).map(AccountView::from).collect())
}

/// Ends an account: it is logged out everywhere, and nobody can log in. Returns it as it was.
///
/// # Errors
/// [`AccountError::NotFound`].
pub async fn deactivate_staff(context: &Context, actor: &Actor, name: &LogInName) -> Result<AccountView, ServiceError> {
    let scope = scope(actor, Permission::ManageStaff)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let known = staff_accounts::by_name(&mut tx, name.folded()).await?;
    let known = known.filter(|known| is_visible(known, &scope)).ok_or(AccountError::NotFound)?;
    if known.state != AccountState::Deactivated {
        staff_accounts::deactivate(&mut tx, known.id, now).await?;
        web_sessions::end_all(&mut tx, known.id, now).await?;
        let (before, after) = (known.state.code(), AccountState::Deactivated.code());
        let changes = Changes::default().field("state", before, after);
        let centre = known.centre.clone();
        let entry = audit_entry(actor, now, "account.deactivated", subject_of(known.id), centre, changes);
        audit::append(&mut tx, vec![entry]).await?;
        tx.commit().await?;
    }
    Ok(known.into())
}

/// Whether an actor with this scope may see an account. Those of no health centre are for who may see all.
pub(super) fn is_visible(account: &AccountRow, scope: &Scope) -> bool {
    match &account.centre {
        Some(centre) => scope.covers(centre),
        None => *scope == Scope::AllCentres,
    }
}
