//! A form that was sent: its fields, if its token is that of the visit.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

pub(super) use super::fields::{Fields, Mistake, Mistakes};
use super::visit::Visit;
use super::{Console, missing};

/// A form that was sent from a page of the same visit.
pub(super) struct Submitted {
    /// The request.
    pub(super) visit: Visit,
    /// What was entered.
    pub(super) fields: Fields,
}

impl FromRequest<Arc<Console>> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, console).await?;
        let request = Request::from_parts(parts, body);
        let Ok(body) = Bytes::from_request(request, console).await else {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let fields = Fields::of(&body);
        match visit.form_token() {
            Some(token) if fields.have_token(&token) => Ok(Self { visit, fields }),
            _ => Err(missing::forbidden(&visit)),
        }
    }
}
