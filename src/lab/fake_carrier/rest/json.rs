//! Calls as JSON: every field of the OpenAPI document, with numbers as strings and times in RFC 2822 format.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::call_registry::{Call, CallState};
use super::super::state::SharedState;
use super::API_VERSION;
use crate::carrier::twilio::CallStatus;

/// The subresources of a call. None of them is served, but the real carrier names them in every reply.
const SUBRESOURCES: [(&str, &str); 9] = [
    ("notifications", "Notifications"),
    ("recordings", "Recordings"),
    ("payments", "Payments"),
    ("events", "Events"),
    ("siprec", "Siprec"),
    ("streams", "Streams"),
    ("transcriptions", "Transcriptions"),
    ("user_defined_message_subscriptions", "UserDefinedMessageSubscriptions"),
    ("user_defined_messages", "UserDefinedMessages"),
];

/// Formats a time as the API does.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Formats a call with the given state.
pub(super) fn call(office: &SharedState, call: &Call, standing: &CallState) -> Value {
    let root = format!("/{API_VERSION}/Accounts/{}/Calls/{}", office.account, call.sid);
    let subresources: Map<String, Value> =
        SUBRESOURCES.iter().map(|(name, path)| ((*name).to_owned(), json!(format!("{root}/{path}.json")))).collect();
    // The API has no status for a call that has left the queue but doesn't ring yet.
    let status = match standing.status {
        CallStatus::Initiated => CallStatus::Queued,
        status => status,
    };
    let duration = standing.talked.map(|talked| office.simulated_seconds(talked).to_string());
    json!({
        "sid": call.sid,
        "date_created": time(call.created),
        "date_updated": time(standing.updated),
        "parent_call_sid": call.parent,
        "account_sid": office.account,
        "to": call.to,
        "to_formatted": call.to,
        "from": call.from,
        "from_formatted": call.from,
        "phone_number_sid": null,
        "status": status.code(),
        "start_time": standing.started.map(time),
        "end_time": standing.ended.map(time),
        "duration": duration,
        "price": null,
        "price_unit": "USD",
        "direction": call.direction.code(),
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "forwarded_from": null,
        "group_sid": null,
        "caller_name": null,
        "queue_time": "0",
        "trunk_sid": null,
        "uri": format!("{root}.json"),
        "subresource_uris": subresources,
    })
}
