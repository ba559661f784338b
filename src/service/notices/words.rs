//! What a notice says.

use jiff::Timestamp;

use crate::domain::{NoticeKind, ReportLinkId};
use crate::policy::{InvitationParts, NoticeParts, ReportLinks, default_notice, invitation_message};
use crate::service::accounts::SecretToken;
use crate::service::centre_settings::CentreSettings;
use crate::service::context::new_id;
use crate::store::centres::CentreRow;
use crate::store::notices::{self, NoticeRow};
use crate::store::patients::PatientRow;
use crate::store::report_links::{self, ReportLinkRow};
use crate::store::{StoreError, Tx};

/// Who made the links in daily notices.
const MADE_BY: &str = "kenkocall";

/// The text of a notice, and the personal link in it. The token is made here, and is stored nowhere but in the message.
pub(super) async fn words_of(
    tx: &mut Tx,
    notice: &NoticeRow,
    patient: &PatientRow,
    centre: &CentreRow,
    portal: &str,
    now: Timestamp,
) -> Result<(String, Option<ReportLinkId>), StoreError> {
    let settings = CentreSettings::of(centre);
    if notice.kind == NoticeKind::Invitation {
        let parts = InvitationParts {
            centre: &centre.name,
            url: portal,
            hersys_id: patient.hersys_id.expose(),
            leaflet: settings.leaflet.as_ref(),
            own_words: settings.invitation_words.as_ref(),
        };
        return Ok((invitation_message(patient.language, parts), None));
    }
    let link = match settings.report_links {
        ReportLinks::Send => Some(personal_link(tx, notice, portal, now).await?),
        ReportLinks::Off => None,
    };
    let url = link.as_ref().map_or(portal, |(_, url)| url.as_str());
    let phone = centre.phone.national();
    let parts = NoticeParts { centre: &centre.name, phone: &phone, link: url };
    let own = settings.notice_texts.get(&patient.language);
    let text = own.map_or_else(|| default_notice(patient.language, parts), |own| own.filled(parts));
    Ok((text, link.map(|(id, _)| id)))
}

async fn personal_link(
    tx: &mut Tx,
    notice: &NoticeRow,
    portal: &str,
    now: Timestamp,
) -> Result<(ReportLinkId, String), StoreError> {
    let token = SecretToken::random()?;
    // A notice that waited again has a link whose token nobody has got.
    if let Some(id) = notice.link {
        report_links::give_token(tx, id, &token.hash(), now).await?;
        return Ok((id, url_of(portal, &token)));
    }
    let id = ReportLinkId(new_id());
    let link = ReportLinkRow {
        id,
        patient: notice.patient,
        day: notice.day,
        made_by: MADE_BY.to_owned(),
        made_at: now,
        outcome: None,
        sent_at: None,
        opened_at: None,
        wrong: 0,
    };
    report_links::add(tx, &link).await?;
    report_links::give_token(tx, id, &token.hash(), now).await?;
    notices::give_link(tx, notice.id, id).await?;
    Ok((id, url_of(portal, &token)))
}

fn url_of(portal: &str, token: &SecretToken) -> String {
    format!("{portal}/r/{}", token.expose())
}

/// The token by which an e-mail can be unsubscribed from, as the address to which a mail program posts.
pub(super) async fn unsubscribe_url(tx: &mut Tx, notice: &NoticeRow, portal: &str) -> Result<String, StoreError> {
    let token = SecretToken::random()?;
    notices::give_stop_token(tx, notice.id, &token.hash()).await?;
    Ok(format!("{portal}/unsubscribe/{}", token.expose()))
}
