//! What mail servers send back about notices: an e-mail that they had accepted isn't delivered, or is late.

use std::path::Path;

use tracing::{info, warn};

use super::facts::Known;
use crate::domain::{EmailAddress, NoticeChannel, NoticeId, NoticeState, Sensitive};
use crate::mail::{DeliveryFate, DeliveryReport, Returned, ReturnedMail};
use crate::service::accounts::hash_of;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::notices::{self, DeadAddress};

/// A notice and the address that it goes to. Nobody can try addresses against it without the notice.
pub(super) fn address_hash(notice: NoticeId, address: &EmailAddress) -> String {
    hash_of(&["notice-address", &notice.0.to_string(), address.expose()])
}

/// Reads the mails that came back into a folder, and moves them away. Returns how many changed something. What isn't
/// about a notice of ours changes nothing.
///
/// # Errors
/// Database errors. The files that weren't moved are read again, which changes nothing twice.
pub async fn read_bounces(context: &Context, folder: &Path) -> Result<usize, ServiceError> {
    let folder = ReturnedMail::of(folder);
    let looked = {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || folder.look()).await
    };
    let returned: Vec<Returned> = match looked {
        Ok(Ok(returned)) => returned,
        Ok(Err(error)) => {
            warn!(%error, "the folder of returned mail can't be read");
            return Ok(0);
        }
        Err(error) => {
            warn!(%error, "the folder of returned mail wasn't read");
            return Ok(0);
        }
    };
    let (read, mut counted) = (returned.len(), 0_usize);
    for mail in returned {
        if let Some(report) = mail.report
            && take_delivery_report(context, report).await?
        {
            counted = counted.saturating_add(1);
        }
        let folder = folder.clone();
        let moved = tokio::task::spawn_blocking(move || folder.put_away(&mail)).await;
        if let Ok(Err(error)) = moved {
            warn!(%error, "a returned mail was read and can't be moved; it is read again");
        }
    }
    if read > 0 {
        info!(read, counted, "returned mail was read");
    }
    Ok(counted)
}

/// Records what a mail server says of a notice. An address that nobody has isn't used any more, as after a refusal,
/// unless it was changed since the notice went out. Returns whether that is news.
///
/// # Errors
/// Database errors.
async fn take_delivery_report(context: &Context, report: DeliveryReport) -> Result<bool, ServiceError> {
    let (now, id) = (context.clock.now(), NoticeId(report.letter));
    let mut tx = context.database.begin_write().await?;
    let found = notices::get(&mut tx, id).await?;
    let Some(notice) = found.filter(|notice| notice.channel == Some(NoticeChannel::Email)) else {
        tx.rollback().await?;
        return Ok(false);
    };
    let is_new = match report.fate {
        DeliveryFate::Delayed => notices::delayed(&mut tx, id, now).await?,
        DeliveryFate::NotDelivered | DeliveryFate::NoSuchAddress => {
            notices::became(&mut tx, id, NoticeState::Bounced, now).await?
        }
    };
    if is_new && report.fate == DeliveryFate::NoSuchAddress {
        let (known, went_to) = (Known::of(&mut tx, &[notice.patient]).await?, notices::went_to(&mut tx, id).await?);
        let address = known.address(notice.patient);
        if let Some(address) = address.filter(|address| went_to.as_ref() == Some(&address_hash(id, address))) {
            let address = Sensitive::new(address.expose());
            let (patient, channel) = (notice.patient, NoticeChannel::Email);
            notices::found_dead(&mut tx, &DeadAddress { patient, channel, address, notice: id, found_at: now }).await?;
        }
    }
    tx.commit().await?;
    Ok(is_new)
}
