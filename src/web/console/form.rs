//! A form that was sent: its fields, if its token is that of the visit.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;

use super::visit::Visit;
use super::{Console, missing};
use crate::translations::Message;

/// The field with the form token.
const TOKEN: &str = "token";

/// The fields of a form, in the order of the page.
#[derive(Clone, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The value of a field. Empty if it wasn't sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The fields without the token, to keep them.
    pub(super) fn without_token(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(field, _)| field != TOKEN).cloned().collect()
    }
}

/// A mistake in a form: the field, and what is wrong with it.
#[derive(Debug, Clone)]
pub(super) struct Mistake {
    /// The field's name, which is also the id of its control.
    pub(super) field: Cow<'static, str>,
    /// The sentence.
    pub(super) sentence: Message,
}

/// The mistakes of a form, for the summary and beside the fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Mistakes(pub(super) Vec<Mistake>);

impl Mistakes {
    /// Adds a mistake.
    pub(super) fn add(&mut self, field: impl Into<Cow<'static, str>>, sentence: Message) {
        self.0.push(Mistake { field: field.into(), sentence });
    }

    /// One mistake.
    pub(super) fn one(field: impl Into<Cow<'static, str>>, sentence: Message) -> Self {
        Self(vec![Mistake { field: field.into(), sentence }])
    }

    /// Returns `true` if there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&Message> {
        self.0.iter().find(|mistake| mistake.field == field).map(|mistake| &mistake.sentence)
    }
}

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
        let fields = form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), value.into_owned()));
        let fields = Fields(fields.collect());
        match visit.form_token() {
            Some(token) if token == fields.get(TOKEN) => Ok(Self { visit, fields }),
            _ => Err(missing::forbidden(&visit)),
        }
    }
}
