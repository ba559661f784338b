//! A form that was sent from a page of the same browser.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

pub(super) use super::fields::{Fields, Mistakes};
use super::visit::{LANGUAGE, Visit};
use super::{Portal, missing};
use crate::domain::PageLanguage;

/// What the sender of a form wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// That it is taken.
    Take,
    /// To see it in another language. What was typed is shown again, and nothing is done.
    OtherLanguage,
}

/// A form that was sent.
pub(super) struct Submitted {
    /// The request.
    pub(super) visit: Visit,
    /// What was entered.
    pub(super) fields: Fields,
    /// What the sender wants. Every handler must look.
    pub(super) wish: Wish,
}

impl FromRequest<Arc<Portal>> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Arc<Portal>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let mut visit = Visit::from_request_parts(&mut parts, portal).await?;
        let request = Request::from_parts(parts, body);
        let Ok(body) = Bytes::from_request(request, portal).await else {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let fields = Fields::of(&body);
        let wish = match PageLanguage::from_code(fields.get(LANGUAGE)) {
            Some(language) => {
                visit.choose(language);
                Wish::OtherLanguage
            }
            None => Wish::Take,
        };
        if fields.have_token(&visit.form_token()) {
            return Ok(Self { visit, fields, wish });
        }
        match Earlier::of(&visit.page).filter(|_| fields.have_token(&visit.form_token_of_browser())) {
            Some(Earlier::OfLink) => Ok(Self { visit, fields, wish }),
            Some(Earlier::ToLogIn) => Err(visit.redirect("/")),
            None => Err(missing::forbidden(&visit)),
        }
    }
}

/// A form of a page that was shown before somebody logged in, in the same browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Earlier {
    /// Of who reports by a personal link: another tab has logged in meanwhile, and no answer is lost. It concerns no
    /// account.
    OfLink,
    /// To log in, sent twice: nothing is left to do.
    ToLogIn,
}

impl Earlier {
    fn of(page: &str) -> Option<Self> {
        match page {
            "/r" => Some(Self::OfLink),
            page if page.starts_with("/r/") => Some(Self::OfLink),
            "/register" | "/code" | "/log-in" | "/waiting" => Some(Self::ToLogIn),
            _ => None,
        }
    }
}
