//! `POST Messages.json`: accepts an SMS and reports it as delivered.

use std::sync::Arc;

use serde_json::json;

use super::super::callbacks::Callbacks;
use super::super::log::Event;
use super::super::sid::sid;
use super::super::state::SharedState;
use super::create::checked;
use super::refusal::Refusal;
use super::reply::Done;
use super::{API_VERSION, Asked, json::time};
use crate::carrier::simulator::{Purpose, generator};
use crate::domain::PhoneNumber;

/// Characters per segment of a message that isn't plain Latin.
const PART_CHARACTERS: usize = 70;

pub(super) fn create(office: &Arc<SharedState>, asked: &Asked) -> Result<Done, Refusal> {
    let to = asked.one("To").ok_or_else(Refusal::message_without_to)?;
    PhoneNumber::from_e164(to).map_err(|_| Refusal::bad_to(to))?;
    let from = asked.one("From").or(asked.one("MessagingServiceSid")).ok_or_else(Refusal::message_without_from)?;
    let body = asked.one("Body").ok_or_else(Refusal::message_without_body)?;
    let callback = asked.one("StatusCallback").map(|url| checked(url).ok_or_else(Refusal::bad_status_callback));
    let callback = callback.transpose()?;
    let nth = {
        let mut state = office.state();
        state.messages += 1;
        state.messages
    };
    let sid = sid("SM", &mut generator(office.seed, Purpose::Message, to, nth));
    let (message, to_noted, from_noted) = (sid.clone(), to.to_owned(), from.to_owned());
    office.note(&Event::Message { message, to: to_noted, from: from_noted, body: body.to_owned() });
    if let Some(url) = callback {
        let (mut callbacks, _) = Callbacks::start(office, &sid, to, &url);
        for status in ["sent", "delivered"] {
            let fields = [
                ("AccountSid", office.account.as_str()),
                ("ApiVersion", API_VERSION),
                ("MessageSid", &sid),
                ("SmsSid", &sid),
                ("MessageStatus", status),
                ("SmsStatus", status),
                ("From", from),
                ("To", to),
            ];
            callbacks.send(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        }
    }
    let root = format!("/{API_VERSION}/Accounts/{}/Messages/{sid}", office.account);
    let now = time(office.now());
    let json = json!({
        "sid": sid,
        "account_sid": office.account,
        "api_version": API_VERSION,
        "body": body,
        "date_created": now,
        "date_updated": now,
        "date_sent": null,
        "direction": "outbound-api",
        "error_code": null,
        "error_message": null,
        "from": asked.one("From"),
        "messaging_service_sid": asked.one("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": body.chars().count().div_ceil(PART_CHARACTERS).to_string(),
        "price": null,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": { "media": format!("{root}/Media.json") },
        "to": to,
        "uri": format!("{root}.json"),
    });
    Ok(Done { status: 201, json, call: None, first_delivered: None })
}
