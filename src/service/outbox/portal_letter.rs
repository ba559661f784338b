//! Tells the owner of an account of the portal by e-mail that it was changed.

use jiff::Timestamp;
use tracing::warn;

use super::{Done, Post, RunError};
use crate::domain::{AccountChange, JobId, PortalLetterId};
use crate::mail::{Letter, MailOutcome};
use crate::service::context::Context;
use crate::store::outbox;
use crate::store::portal::letters::{self, PortalLetterRow};
use crate::translations::{Message, message};

/// Sends the letter. As long as the server certainly hasn't taken it, it is tried again. After a crash the same letter
/// may be sent again, with the same name: its reader would rather get it twice than never.
pub(super) async fn portal_letter(
    context: &Context,
    post: &Post,
    id: JobId,
    letter: PortalLetterId,
    now: Timestamp,
) -> Result<Done, RunError> {
    let row = letters::get(&mut context.database.begin_read().await?, letter).await?;
    let Some(row) = row else { return Ok(Done::Yes) };
    match post.server.send(&written(&row)).await {
        MailOutcome::NotSent(why) => return Err(RunError::LetterNotSent(why)),
        MailOutcome::Accepted | MailOutcome::NoSuchAddress => {}
        MailOutcome::Refused => warn!(%letter, "the mail server refused a letter of the portal; check email.from"),
        MailOutcome::Unknown => warn!(%letter, "unknown whether a letter of the portal was sent"),
    }
    let mut tx = context.database.begin_write().await?;
    letters::forget(&mut tx, letter).await?;
    outbox::done(&mut tx, &[id], now).await?;
    tx.commit().await?;
    Ok(Done::Yes)
}

fn written(row: &PortalLetterRow) -> Letter {
    let what = match row.change {
        AccountChange::Address => message!("portal-letter-address"),
        AccountChange::Password => message!("portal-letter-password"),
        AccountChange::PasskeyAdded => message!("portal-letter-passkey-added"),
        AccountChange::PasskeyRemoved => message!("portal-letter-passkey-removed"),
        AccountChange::Deleted => message!("portal-letter-deleted"),
    };
    let said = |message: Message| message.text(row.language.spoken());
    let lines = [
        said(what),
        String::new(),
        said(message!("portal-letter-you")),
        said(message!("portal-letter-not-you")),
        "My HER-SYS".to_owned(),
    ];
    Letter {
        id: row.id.0,
        at: row.created_at,
        to: row.address.clone(),
        subject: said(message!("portal-letter-subject")),
        text: lines.join("\n"),
        unsubscribe: None,
    }
}
