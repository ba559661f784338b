//! Who is logged in: the extractor of every page about people. Others are led to the log-in, and from there back.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;

use super::Portal;
use super::form::{Fields, Submitted, Wish};
use super::visit::Visit;
use crate::service::{Context, PortalLoggedIn};

/// Somebody who is logged in, and the request.
pub(super) struct PortalActor {
    /// The request.
    pub(super) visit: Visit,
    /// Who makes it.
    pub(super) logged_in: PortalLoggedIn,
}

impl PortalActor {
    /// Who sent a form, its fields, and what the sender wants.
    ///
    /// # Errors
    /// The answer to somebody who isn't logged in: it leads to the log-in.
    pub(super) fn of(form: Submitted) -> Result<(Self, Fields, Wish), Box<Response>> {
        let Submitted { visit, fields, wish } = form;
        match visit.logged_in.clone() {
            Some(logged_in) => Ok((Self { visit, logged_in: *logged_in }, fields, wish)),
            None => Err(Box::new(visit.log_in_first())),
        }
    }

    /// The services' context.
    pub(super) fn context(&self) -> &Context {
        self.visit.context()
    }
}

impl FromRequestParts<Arc<Portal>> for PortalActor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, portal).await?;
        match visit.logged_in.clone() {
            Some(logged_in) => Ok(Self { visit, logged_in: *logged_in }),
            None => Err(visit.log_in_first()),
        }
    }
}
