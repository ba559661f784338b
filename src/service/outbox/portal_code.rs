//! Sends a code of the portal by e-mail. Whether the address has an account is looked up only now, so that asking for a
//! code costs the same for any address.

use jiff::Timestamp;
use tracing::warn;

use super::{Done, Post, RunError};
use crate::domain::{CodePurpose, JobId, MailCode, PortalCodeId};
use crate::mail::{Letter, MailOutcome};
use crate::service::context::Context;
use crate::store::outbox;
use crate::store::portal::accounts;
use crate::store::portal::codes::{self, CodeRow};
use crate::translations::{Message, message};

/// Sends the e-mail, unless the code has ended. As long as the server certainly hasn't taken it, it is tried again.
pub(super) async fn portal_code(
    context: &Context,
    post: &Post,
    id: JobId,
    code: PortalCodeId,
    now: Timestamp,
) -> Result<Done, RunError> {
    let mut tx = context.database.begin_read().await?;
    let row = codes::get(&mut tx, code).await?.filter(|row| row.expires_at > now && row.used_at.is_none());
    let Some(row) = row else { return Ok(Done::Yes) };
    let Some(digits) = row.code.clone() else { return Ok(Done::Yes) };
    let is_known = accounts::by_address(&mut tx, &row.address).await?.is_some();
    drop(tx);
    let letter = letter(&row, &digits, is_known);
    let sent = post.server.send(&letter).await;
    match sent {
        MailOutcome::NotSent(why) => return Err(RunError::CodeNotSent(why)),
        MailOutcome::Accepted => {}
        // Whoever mistyped an address is no fault of ours.
        MailOutcome::NoSuchAddress => {}
        MailOutcome::Refused => warn!(%code, "the mail server refused a code of the portal; check email.from"),
        MailOutcome::Unknown => warn!(%code, "unknown whether a code of the portal was sent"),
    }
    let mut tx = context.database.begin_write().await?;
    codes::mailed(&mut tx, code).await?;
    outbox::done(&mut tx, &[id], now).await?;
    tx.commit().await?;
    Ok(Done::Yes)
}

fn letter(row: &CodeRow, digits: &MailCode, is_known: bool) -> Letter {
    let why = match (row.purpose, is_known) {
        (CodePurpose::SignUp, false) => message!("portal-mail-sign-up"),
        (CodePurpose::SignUp, true) => message!("portal-mail-known"),
        (CodePurpose::LogIn, true) => message!("portal-mail-log-in"),
        (CodePurpose::LogIn, false) => message!("portal-mail-unknown"),
        (CodePurpose::ChangeAddress, _) => message!("portal-mail-address"),
    };
    let said = |message: Message| message.text(row.language.spoken());
    let lines = [
        said(message!("portal-mail-code", code = digits.expose())),
        String::new(),
        said(why),
        said(message!("portal-mail-ends")),
        String::new(),
        said(message!("portal-mail-not-you")),
        "My HER-SYS".to_owned(),
    ];
    Letter {
        id: row.id.0,
        at: row.created_at,
        to: row.address.clone(),
        subject: said(message!("portal-mail-subject")),
        text: lines.join("\n"),
        unsubscribe: None,
    }
}
