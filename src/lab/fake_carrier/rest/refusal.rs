//! The API's error replies, with the carrier's own codes. Source: Twilio, "Error and warning dictionary".

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u32,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, 20_003, "Authenticate")
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(404, 20_404, format!("The requested resource {what} was not found"))
    }

    pub(super) fn parameter(name: &str) -> Self {
        Self::new(400, 20_001, format!("Invalid parameter: {name}"))
    }

    pub(super) fn too_many() -> Self {
        Self::new(429, 20_429, "Too Many Requests")
    }

    pub(super) fn server_error() -> Self {
        Self::new(500, 20_500, "An internal server error has occurred")
    }

    pub(super) fn unavailable() -> Self {
        Self::new(503, 20_503, "Service Unavailable")
    }

    pub(super) fn bad_to(to: &str) -> Self {
        Self::new(400, 21_211, format!("The 'To' number {to} is not a valid phone number."))
    }

    pub(super) fn no_to() -> Self {
        Self::new(400, 21_201, "No 'To' number is specified")
    }

    pub(super) fn bad_from(from: &str) -> Self {
        Self::new(
            400,
            21_212,
            format!("The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID."),
        )
    }

    pub(super) fn no_from() -> Self {
        Self::new(400, 21_213, "A 'From' phone number is required")
    }

    pub(super) fn bad_url(name: &str) -> Self {
        Self::new(400, 21_205, format!("{name} is not a valid URL."))
    }

    pub(super) fn no_url() -> Self {
        Self::new(400, 21_205, "Url parameter is required.")
    }

    pub(super) fn bad_status_callback() -> Self {
        Self::new(400, 21_609, "The StatusCallback URL is not a valid URL.")
    }

    pub(super) fn not_in_progress() -> Self {
        Self::new(400, 21_220, "Call is not in-progress. Cannot redirect.")
    }

    pub(super) fn message_without_to() -> Self {
        Self::new(400, 21_604, "A 'To' phone number is required.")
    }

    pub(super) fn message_without_from() -> Self {
        Self::new(400, 21_603, "A 'From' phone number is required.")
    }

    pub(super) fn message_without_body() -> Self {
        Self::new(400, 21_602, "Message body is required.")
    }

    fn body(&self) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = ([(header::CONTENT_TYPE, "application/json;charset=utf-8")], self.body().to_string());
        if status == StatusCode::UNAUTHORIZED {
            return (status, [(header::WWW_AUTHENTICATE, "Basic realm=\"Twilio API\"")], body).into_response();
        }
        (status, body).into_response()
    }
}
