//! Verifies the carrier's signature of a request and parses its form. Other requests are refused before any handler
//! runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::{error, warn};

use crate::carrier::CarrierAccountId;
use crate::carrier::twilio::{
    FallbackRequest, Field, Form, FormError, InboundMessage, MessageReport, Shape, StatusRequest, VoiceRequest,
    account, urls,
};
use crate::domain::AlertKind;
use crate::service::{LimitedLine, tell_of_carrier};
use crate::web::Web;

/// The header that carries the signature.
const SIGNATURE: &str = "x-twilio-signature";

/// How long after staff were told of a wrong signature they are told again, if they have closed the alert.
const TOLD_AGAIN_AFTER_MS: u64 = 3_600_000;

/// The timeout for telling staff.
const TELLING_PATIENCE: Duration = Duration::from_secs(2);

/// A request with a valid signature, and the voice mode of its response.
pub(super) struct Verified<T>(pub(super) T, pub(super) VoiceMode);

/// Which voices a response uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VoiceMode {
    /// The voices that we name.
    Named,
    /// The carrier's default voices: it couldn't use an earlier response of this call that named one.
    Carriers,
}

impl VoiceMode {
    fn of(query: Option<&str>) -> Self {
        let unnamed = query.is_some_and(|query| query.split('&').any(|field| field == urls::WITHOUT_VOICE));
        if unnamed { Self::Carriers } else { Self::Named }
    }
}

/// A type that can be parsed from a form.
pub(super) trait FromForm: Sized {
    fn read(form: &Form<'_>) -> Result<Self, FormError>;
}

impl FromForm for VoiceRequest {
    fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Self::read(form)
    }
}

impl FromForm for StatusRequest {
    fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Self::read(form)
    }
}

impl FromForm for MessageReport {
    fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Self::read(form)
    }
}

impl FromForm for InboundMessage {
    fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Self::read(form)
    }
}

impl FromForm for FallbackRequest {
    fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self::read(form))
    }
}

impl<T: FromForm> FromRequest<Arc<Web>> for Verified<T> {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let uri = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri().clone(), |uri| uri.0.clone());
        let signature = request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(is_form);
        let body = Bytes::from_request(request, web).await.map_err(|rejection| {
            metrics::counter!("kenkocall_webhooks_refused_total", "why" => "body").increment(1);
            if LimitedLine::WebhookRefused("body").is_first() {
                warn!(why = "body", status = rejection.status().as_u16(), "webhook refused");
            }
            rejection.into_response()
        })?;

        let Some(key) = &web.twilio_key else {
            return Err(refused("carrier", StatusCode::NOT_FOUND, "this server isn't configured for this carrier\n"));
        };
        let form = Form::read(&body).map_err(|error| malformed(&error))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let url = [web.urls.public(), path].concat();
        let signs = |signature: String| {
            let latin_1 = || form.fields_from_latin_1();
            key.validate(&url, form.fields(), &signature)
                || latin_1().is_some_and(|fields| key.validate(&url, &fields, &signature))
        };
        if !signature.is_some_and(signs) {
            if !is_form {
                return Err(refused("form", StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the fields as a form\n"));
            }
            tell_of_forgery(web).await;
            let sentence = "the signature is missing or wrong; check twilio.auth_token and server.public_url\n";
            return Err(refused("signature", StatusCode::FORBIDDEN, sentence));
        }
        let other = |ours: &CarrierAccountId| account(&form).is_some_and(|theirs| !theirs.is_same_as(ours));
        if web.account.as_ref().is_some_and(other) {
            let sentence = "this request is about another account than the one in twilio.account_sid\n";
            return Err(refused("account", StatusCode::FORBIDDEN, sentence));
        }
        T::read(&form).map(|request| Self(request, VoiceMode::of(uri.query()))).map_err(|error| malformed(&error))
    }
}

/// Returns `true` for the content type of a form, in any case and with any parameters.
fn is_form(value: &HeaderValue) -> bool {
    let kind = value.as_bytes().split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    kind.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// Logs an unknown word of the carrier. It stops nothing, but someone should look at it. Only the word's shape is
/// logged.
pub(super) fn note_unknown(field: Field, shape: Option<Shape>) {
    let Some(shape) = shape else { return };
    metrics::counter!("kenkocall_unknown_words_total", "field" => field.name()).increment(1);
    warn!(field = field.name(), %shape, "the carrier sent an unknown value");
}

/// Tells staff that someone sends requests without the carrier's signature. At most once an hour, so that the sender
/// can't make the database busy (fault 30).
async fn tell_of_forgery(web: &Web) {
    let now = web.context.clock.now().as_millisecond();
    let told = web.forged_told_at.load(Ordering::Relaxed);
    let soon = now.saturating_sub(told).unsigned_abs() < TOLD_AGAIN_AFTER_MS;
    if soon || web.forged_told_at.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
        return;
    }
    tell_staff(web, AlertKind::Forged).await;
}

/// Raises an alert for staff. Callers don't wait for it for long.
pub(super) async fn tell_staff(web: &Web, kind: AlertKind) {
    let told = tokio::time::timeout(TELLING_PATIENCE, tell_of_carrier(&web.context, kind)).await;
    if !matches!(told, Ok(Ok(()))) {
        error!(kind = kind.code(), "could not raise an alert about the carrier's requests");
    }
}

fn malformed(error: &FormError) -> Response {
    metrics::counter!("kenkocall_webhooks_refused_total", "why" => "form").increment(1);
    if LimitedLine::WebhookRefused("form").is_first() {
        warn!(why = "form", %error, "webhook refused");
    }
    (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response()
}

pub(super) fn refused(why: &'static str, status: StatusCode, sentence: &'static str) -> Response {
    metrics::counter!("kenkocall_webhooks_refused_total", "why" => why).increment(1);
    if LimitedLine::WebhookRefused(why).is_first() {
        warn!(why, "webhook refused");
    }
    (status, sentence).into_response()
}
