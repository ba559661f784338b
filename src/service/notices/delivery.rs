//! What the carrier reports of notices, and words by SMS that ask them to stop.

use jiff::Timestamp;

use crate::domain::{Actor, NoticeChannel, NoticeId, NoticeState, PatientId, PhoneNumber, Sensitive, StopAskedIn};
use crate::policy::asks_to_stop;
use crate::service::accounts::SecretToken;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::service::notices::stops::ask_notice_stop;
use crate::store::notices::{self, DeadAddress};
use crate::store::{StoreError, Tx, patients};

/// What a carrier reports of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryNews {
    /// It left the carrier.
    Sent,
    /// The phone has it.
    Delivered,
    /// It couldn't be delivered this time.
    Bounced,
    /// The number takes no messages.
    DeadNumber,
    /// The person has asked the carrier that no more come.
    OptedOut,
}

/// Records what became of a notice. Reports may come late, repeatedly and in any order. A number that takes no messages
/// isn't used any more, unless it was changed since.
///
/// # Errors
/// Database errors.
pub async fn notice_delivered(context: &Context, id: NoticeId, news: DeliveryNews) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let Some(notice) = notices::get(&mut tx, id).await? else { return Ok(tx.rollback().await?) };
    let state = match news {
        DeliveryNews::Sent => NoticeState::Sent,
        DeliveryNews::Delivered => NoticeState::Delivered,
        DeliveryNews::Bounced | DeliveryNews::DeadNumber | DeliveryNews::OptedOut => NoticeState::Bounced,
    };
    let is_new = notices::became(&mut tx, id, state, now).await?;
    if is_new && news == DeliveryNews::DeadNumber {
        let patient = patients::by_ids(&mut tx, &[notice.patient]).await?.pop();
        let unchanged = patient.filter(|patient| notice.intended_at.is_some_and(|sent| patient.updated_at <= sent));
        if let Some(number) = unchanged.and_then(|patient| patient.phone_number) {
            let address = Sensitive::new(number.expose());
            let channel = NoticeChannel::Sms;
            let dead = DeadAddress { patient: notice.patient, channel, address, notice: id, found_at: now };
            notices::found_dead(&mut tx, &dead).await?;
        }
    }
    if is_new && news == DeliveryNews::OptedOut {
        ask_at_the_carrier(&mut tx, notice.patient, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes it as a request to the health centre that somebody has asked the carrier to be sent no more (M13).
pub(super) async fn ask_at_the_carrier(tx: &mut Tx, patient: PatientId, now: Timestamp) -> Result<(), StoreError> {
    patients::hold(tx, &[patient]).await?;
    for patient in patients::by_ids(tx, &[patient]).await? {
        if patient.released_at.is_none() {
            ask_notice_stop(tx, &Actor::System, &patient, StopAskedIn::Sms, now).await?;
        }
    }
    Ok(())
}

/// Takes an SMS that came in. If it is a word that asks to stop, the notices of everybody observed with this number
/// rest until their health centre decides. Returns for how many that is new. Anything else isn't stored.
///
/// # Errors
/// Database errors.
pub async fn take_sms(context: &Context, from: &PhoneNumber, body: &str) -> Result<usize, ServiceError> {
    if !asks_to_stop(body) {
        return Ok(0);
    }
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let holders = notices::observed_with(&mut tx, from).await?;
    patients::hold(&mut tx, &holders).await?;
    let mut asked = 0_usize;
    for patient in patients::by_ids(&mut tx, &holders).await? {
        let is_new = ask_notice_stop(&mut tx, &Actor::System, &patient, StopAskedIn::Sms, now).await?;
        asked = asked.saturating_add(usize::from(is_new));
    }
    tx.commit().await?;
    Ok(asked)
}

/// Takes the word of a mail program that the reader unsubscribes, by the token in an e-mail (RFC 8058): the person's
/// notices rest until the health centre decides. Returns `false` for an unknown token.
///
/// # Errors
/// Database errors.
pub async fn unsubscribe(context: &Context, token: &SecretToken) -> Result<bool, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let Some(patient) = notices::by_stop_token(&mut tx, &token.hash()).await? else {
        tx.rollback().await?;
        return Ok(false);
    };
    patients::hold(&mut tx, &[patient]).await?;
    for patient in patients::by_ids(&mut tx, &[patient]).await? {
        if patient.released_at.is_none() {
            ask_notice_stop(&mut tx, &Actor::System, &patient, StopAskedIn::Email, now).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}
