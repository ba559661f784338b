//! The leg of a request: it must be one of the call that the URL names.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use tracing::warn;

use super::CARRIER;
use super::verified::refused;
use crate::carrier::CarrierLegId;
use crate::domain::CallId;
use crate::service::Speaks;
use crate::web::Web;

/// How long the look-up may take: the turn itself still has to be taken in time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The refusal of a request that is about another call than its URL. While the database doesn't answer nothing is
/// refused: then the request itself can't be taken either.
pub(super) async fn refusal(web: &Web, call: CallId, leg: &CarrierLegId) -> Option<Response> {
    let looked_up = tokio::time::timeout(PATIENCE, web.legs.speaks(&web.context, call, CARRIER, leg)).await;
    match looked_up {
        Ok(Ok(Speaks::ForTheCall)) => None,
        Ok(Ok(Speaks::ForAnother)) => {
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
