//! Reports about SMS that we sent, and SMS that come in.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tracing::error;

use super::note_unknown;
use super::respond::not_found;
use super::verified::Verified;
use crate::carrier::twilio::{Field, InboundMessage, MessageReport, MessageStatus};
use crate::domain::NoticeId;
use crate::service::{DeliveryNews, ServiceError, notice_delivered, take_sms};
use crate::web::Web;

/// An SMS of ours changed its state.
pub(super) async fn status(
    State(web): State<Arc<Web>>,
    Path(notice): Path<String>,
    request: Verified<MessageReport>,
) -> Response {
    let Ok(notice) = notice.parse::<NoticeId>() else { return not_found() };
    let report = request.0;
    note_unknown(Field::MessageStatus, report.status.unknown());
    let news = match report.status.known() {
        Some(MessageStatus::Sent) => DeliveryNews::Sent,
        Some(MessageStatus::Delivered) => DeliveryNews::Delivered,
        Some(MessageStatus::Undelivered) if report.is_opted_out() => DeliveryNews::OptedOut,
        Some(MessageStatus::Undelivered) if report.is_of_the_number() => DeliveryNews::DeadNumber,
        Some(MessageStatus::Undelivered) => DeliveryNews::Bounced,
        Some(MessageStatus::Queued) | None => return StatusCode::NO_CONTENT.into_response(),
    };
    answer(notice_delivered(&web.context, notice, news).await)
}

/// An SMS came in.
pub(super) async fn inbound(State(web): State<Arc<Web>>, request: Verified<InboundMessage>) -> Response {
    let InboundMessage { from, body } = request.0;
    let Some(from) = from else { return StatusCode::NO_CONTENT.into_response() };
    answer(take_sms(&web.context, &from, &body).await.map(|_| ()))
}

/// The carrier repeats what it gets an error for.
fn answer(stored: Result<(), ServiceError>) -> Response {
    match stored {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            error!(%error, "could not store what the carrier reported of an SMS");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
