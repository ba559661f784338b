//! Tells a member of staff by e-mail that red alerts wait, when they are rung about them.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::warn;

use super::staff_notice::notice_of;
use super::{Done, RunError};
use crate::domain::{CallId, JobId, NoticeOutcome};
use crate::mail::{Letter, MailOutcome, MailServer};
use crate::policy::staff_letter;
use crate::service::context::Context;
use crate::store::{escalations, outbox};

/// What jobs that send e-mail need.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Post {
    /// The mail server.
    pub server: Arc<dyn MailServer>,
    /// The URL of the console, for messages to staff.
    pub console: String,
}

/// Sends the e-mail. As long as the server certainly hasn't taken it and red alerts wait, it is tried again. After a
/// crash the same message may be sent again, with the same name: staff would rather read it twice than never.
pub(super) async fn staff_email(
    context: &Context,
    post: &Post,
    id: JobId,
    call: CallId,
    now: Timestamp,
) -> Result<Done, RunError> {
    let mut tx = context.database.begin_read().await?;
    let notice = notice_of(&mut tx, call).await?;
    drop(tx);
    let Some(notice) = notice else { return Ok(Done::Yes) };
    let step = notice.step;
    let Some(to) = step.email.filter(|_| step.mail.is_none_or(NoticeOutcome::may_be_sent_again)) else {
        return Ok(Done::Yes);
    };
    let words = staff_letter(step.language, &notice.centre, notice.lines, &post.console);
    let letter =
        Letter { id: call.0, at: step.intended_at, to, subject: words.subject, text: words.text, unsubscribe: None };
    let sent = post.server.send(&letter).await;
    let outcome = match sent {
        MailOutcome::Accepted => NoticeOutcome::Sent,
        MailOutcome::NotSent(_) => NoticeOutcome::NotYet,
        MailOutcome::Refused | MailOutcome::NoSuchAddress => {
            warn!(%call, "the mail server refused an e-mail to staff; check the address on the rota and email.from");
            NoticeOutcome::Refused
        }
        MailOutcome::Unknown => {
            warn!(%call, "unknown whether an e-mail to staff was sent; it is not sent again");
            NoticeOutcome::Unknown
        }
    };
    metrics::counter!("kenkocall_staff_notices_total", "kind" => "email", "outcome" => outcome.code()).increment(1);
    let mut tx = context.database.begin_write().await?;
    escalations::mail(&mut tx, call, outcome).await?;
    if !outcome.may_be_sent_again() {
        outbox::done(&mut tx, &[id], now).await?;
    }
    tx.commit().await?;
    match sent {
        MailOutcome::NotSent(why) => Err(RunError::NotSent { call, why }),
        MailOutcome::Accepted | MailOutcome::Refused | MailOutcome::NoSuchAddress | MailOutcome::Unknown => {
            Ok(Done::Yes)
        }
    }
}
