//! Sends the SMS with a report link. The token is made here, and is stored nowhere but in the message.

use jiff::Timestamp;
use tracing::warn;

use super::links::not_sent;
use super::reporter::{is_observed, person};
use crate::carrier::Carriers;
use crate::carrier::network::SmsOutcome;
use crate::domain::{JobId, NoticeOutcome, PhoneNumber, ReportLinkId};
use crate::policy::{link_message, report_day};
use crate::service::accounts::SecretToken;
use crate::service::centre_settings::zone_of;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::{outbox, report_links};

/// Sends a link, at most once: the job is done before the message is sent, so no failure repeats it. Nothing is sent
/// to who was released, stopped or asked to be left alone meanwhile, or after the day.
pub(in crate::service) async fn report_link_sms(
    context: &Context,
    (carriers, from): (&Carriers, &PhoneNumber),
    portal: &str,
    (job, link): (JobId, ReportLinkId),
    now: Timestamp,
) -> Result<(), ServiceError> {
    let token = SecretToken::random()?;
    let mut tx = context.database.begin_write().await?;
    let first = outbox::done(&mut tx, &[job], now).await? == 1;
    let mut message = None;
    if let Some(row) = report_links::get(&mut tx, link).await?.filter(|row| first && row.sent_at.is_none())
        && let Some((patient, centre)) = person(&mut tx, row.patient).await?
    {
        let today = report_day(now, &zone_of(&centre)?);
        let wanted = row.day == today && not_sent(&patient, &centre, is_observed(&patient, today), 0).is_none();
        if wanted {
            report_links::give_token(&mut tx, link, &token.hash(), now).await?;
            let url = format!("{portal}/r/{}", token.expose());
            let text = link_message(patient.language, &centre.name, &centre.phone.national(), &url);
            message = patient.phone_number.map(|to| (to, text));
        }
    }
    tx.commit().await?;
    let Some((to, text)) = message else { return Ok(()) };
    let outcome = match carriers.default().send_sms(&to, from, &text).await {
        SmsOutcome::Accepted => NoticeOutcome::Sent,
        SmsOutcome::Refused(_) => {
            warn!(%link, "the carrier refused an SMS with a report link; check that the number can send SMS");
            NoticeOutcome::Refused
        }
        SmsOutcome::Unknown => {
            warn!(%link, "unknown whether an SMS with a report link was sent; it is not sent again");
            NoticeOutcome::Unknown
        }
    };
    metrics::counter!("kenkocall_report_links_total", "outcome" => outcome.code()).increment(1);
    let mut tx = context.database.begin_write().await?;
    report_links::sent(&mut tx, link, outcome).await?;
    Ok(tx.commit().await?)
}
