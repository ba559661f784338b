//! Sends a trial message to a person of the rota.

use jiff::Timestamp;
use tracing::warn;

use super::Outside;
use crate::carrier::network::SmsOutcome;
use crate::domain::{CentreCode, ContactId, JobId, NoticeOutcome};
use crate::policy::trial_message;
use crate::service::context::Context;
use crate::service::rota::{contact_of, note_trial};
use crate::store::{StoreError, centres, outbox};

/// Sends the SMS, at most once: the job is done before the message is sent.
pub(super) async fn staff_trial(
    context: &Context,
    outside: &Outside,
    id: JobId,
    centre: CentreCode,
    contact: ContactId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    let first = outbox::done(&mut tx, &[id], now).await? == 1;
    let person = contact_of(&mut tx, &centre, contact).await?;
    let row = centres::get(&mut tx, &centre).await?;
    tx.commit().await?;
    let (Some(person), Some(row)) = (person.filter(|_| first), row) else { return Ok(()) };
    let text = trial_message(person.language, &row.name);
    let outcome = match outside.conversations.lines().call_back_number.as_ref() {
        None => NoticeOutcome::Refused,
        Some(from) => match outside.carriers.default().send_sms(person.phone.number(), from, &text).await {
            SmsOutcome::Accepted => NoticeOutcome::Sent,
            SmsOutcome::Refused(_) => NoticeOutcome::Refused,
            SmsOutcome::Unknown => NoticeOutcome::Unknown,
        },
    };
    if outcome != NoticeOutcome::Sent {
        warn!(%centre, outcome = outcome.code(), "a trial message to staff wasn't sent, or nobody knows whether it was");
    }
    metrics::counter!("kenkocall_staff_notices_total", "kind" => "trial", "outcome" => outcome.code()).increment(1);
    let mut tx = context.database.begin_write().await?;
    note_trial(&mut tx, &centre, &person, outcome, context.clock.now()).await?;
    tx.commit().await
}
