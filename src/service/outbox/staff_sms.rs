//! Tells a member of staff by SMS that red alerts wait, when they are rung about them.

use jiff::Timestamp;
use tracing::warn;

use super::Outside;
use super::staff_notice::notice_of;
use crate::carrier::network::SmsOutcome;
use crate::domain::{CallId, JobId, NoticeOutcome};
use crate::policy::staff_message;
use crate::service::context::Context;
use crate::store::{StoreError, escalations, outbox};

/// Sends the SMS, at most once: the job is done before the message is sent. The next person gets another one.
pub(super) async fn staff_sms(
    context: &Context,
    outside: &Outside,
    id: JobId,
    call: CallId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(from) = outside.conversations.lines().call_back_number.as_ref() else { return Ok(()) };
    let mut tx = context.database.begin_write().await?;
    let first = outbox::done(&mut tx, &[id], now).await? == 1;
    let notice = notice_of(&mut tx, call).await?;
    tx.commit().await?;
    let Some(notice) = notice.filter(|_| first) else { return Ok(()) };
    let text = staff_message(notice.step.language, &notice.centre, notice.lines, &outside.urls.console);
    let outcome = match outside.carriers.default().send_sms(&notice.step.phone_number, from, &text).await {
        SmsOutcome::Accepted => NoticeOutcome::Sent,
        SmsOutcome::Refused(_) => {
            warn!(%call, "the carrier refused an SMS to staff; check that the number can send SMS");
            NoticeOutcome::Refused
        }
        SmsOutcome::Unknown => {
            warn!(%call, "unknown whether an SMS to staff was sent; it is not sent again");
            NoticeOutcome::Unknown
        }
    };
    metrics::counter!("kenkocall_staff_notices_total", "kind" => "sms", "outcome" => outcome.code()).increment(1);
    let mut tx = context.database.begin_write().await?;
    escalations::sms(&mut tx, call, outcome).await?;
    tx.commit().await
}
