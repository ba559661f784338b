//! Tells a patient by SMS that all attempts of a slot were made.

use jiff::Timestamp;
use tracing::warn;

use super::Outside;
use crate::carrier::network::SmsOutcome;
use crate::domain::{JobId, PatientId, SlotId, SlotState};
use crate::service::centre_settings::CentreSettings;
use crate::service::context::Context;
use crate::service::slots::unwanted;
use crate::store::{StoreError, centres, outbox, patients, slots};

/// Tells a patient that we could not reach them, at most once: the job is done before the message is sent, so no
/// failure repeats it.
pub(super) async fn missed_call_sms(
    context: &Context,
    outside: &Outside,
    id: JobId,
    patient: PatientId,
    slot: SlotId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(from) = outside.conversations.lines().call_back_number.as_ref() else { return Ok(()) };
    let mut tx = context.database.begin_write().await?;
    let first = outbox::done(&mut tx, &[id], now).await? == 1;
    let still = slots::by_ids(&mut tx, &[slot]).await?.pop();
    let patient = patients::by_ids(&mut tx, &[patient]).await?.pop();
    let message = match (still, patient) {
        (Some(slot), Some(patient)) if matches!(slot.state, SlotState::Ended(_)) && unwanted(&patient).is_none() => {
            let centre = centres::get(&mut tx, &patient.centre).await?;
            let words = centre.as_ref().and_then(|centre| CentreSettings::of(centre).missed_call_sms);
            let words = words.zip(centre).map(|(words, centre)| words.filled(&centre.name, &from.national()));
            patient.phone_number.zip(words)
        }
        _ => None,
    };
    tx.commit().await?;
    let Some((to, body)) = message.filter(|_| first) else { return Ok(()) };
    match outside.carriers.default().send_sms(&to, from, &body).await {
        SmsOutcome::Accepted => metrics::counter!("kenkocall_sms_total", "outcome" => "accepted").increment(1),
        SmsOutcome::Refused(_) => {
            warn!(slot = %slot, "the carrier refused an SMS; check that the number can send SMS");
            metrics::counter!("kenkocall_sms_total", "outcome" => "refused").increment(1);
        }
        SmsOutcome::Unknown => {
            warn!(slot = %slot, "unknown whether an SMS was sent; it is not sent again");
            metrics::counter!("kenkocall_sms_total", "outcome" => "unknown").increment(1);
        }
    }
    Ok(())
}
