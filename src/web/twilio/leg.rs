//! Checks the leg of a request: it must belong to the call that the URL names.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use tracing::warn;

use super::CARRIER;
use super::verified::refused;
use crate::carrier::CarrierLegId;
use crate::domain::CallId;
use crate::service::LegOwner;
use crate::web::Web;

/// The timeout of the lookup. The turn itself must still be handled in time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The refusal of a request whose leg belongs to another call than its URL names. While the database doesn't answer,
/// nothing is refused: then the request itself can't be handled either.
pub(super) async fn refusal(web: &Web, call: CallId, leg: &CarrierLegId) -> Option<Response> {
    let looked_up = tokio::time::timeout(PATIENCE, web.legs.speaks(&web.context, call, CARRIER, leg)).await;
    match looked_up {
        Ok(Ok(LegOwner::ThisCall)) => None,
        Ok(Ok(LegOwner::AnotherCall)) => {
            let sentence = "the CallSid of this request belongs to another call than its URL\n";
            Some(refused("leg", StatusCode::FORBIDDEN, sentence))
        }
        Ok(Err(error)) => {
            warn!(%call, %error, "could not look up a request's leg");
            None
        }
        Err(_) => {
            warn!(%call, "looking up a request's leg took too long");
            None
        }
    }
}
