//! Who is logged in: the extractor of every page about the work. Others are led to the log-in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use jiff::tz::TimeZone;

use super::Console;
use super::form::{Fields, Submitted};
use super::visit::Visit;
use crate::domain::Actor;
use crate::service::{CentreView, Context, LoggedIn, ServiceError, SessionState, show_centre};

/// Somebody who is logged in, and the request.
pub(super) struct StaffActor {
    /// The request.
    pub(super) visit: Visit,
    /// Who makes it.
    pub(super) logged_in: LoggedIn,
}

impl StaffActor {
    /// Who sent a form, and its fields.
    ///
    /// # Errors
    /// The answer to somebody who isn't logged in: it leads to the log-in, and from there to the page `back`.
    pub(super) fn of(form: Submitted, back: &str) -> Result<(Self, Fields), Box<Response>> {
        let Submitted { visit, fields } = form;
        match &visit.session {
            SessionState::LoggedIn(logged_in) => {
                let logged_in = (**logged_in).clone();
                Ok((Self { visit, logged_in }, fields))
            }
            SessionState::TimedOut(_) | SessionState::PasswordGiven(..) | SessionState::None => {
                Err(Box::new(visit.redirect(&format!("/log-in?next={}", visit.path(back)))))
            }
        }
    }

    /// The services' context.
    pub(super) fn context(&self) -> &Context {
        &self.visit.console.context
    }

    /// Who asks the services.
    pub(super) fn actor(&self) -> &Actor {
        &self.logged_in.actor
    }

    /// The reader's health centre, if there is one.
    pub(super) async fn centre(&self) -> Result<Option<CentreView>, ServiceError> {
        match &self.logged_in.account.centre {
            Some(code) => show_centre(self.context(), self.actor(), code).await.map(Some),
            None => Ok(None),
        }
    }

    /// The time zone of the reader's health centre, or of the installation.
    pub(super) fn zone(&self, centre: Option<&CentreView>) -> TimeZone {
        let of_centre = centre.and_then(|centre| TimeZone::get(&centre.time_zone).ok());
        of_centre.unwrap_or_else(|| self.visit.console.settings.zone.clone())
    }
}

impl FromRequestParts<Arc<Console>> for StaffActor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Response> {
        let mut visit = Visit::from_request_parts(parts, console).await?;
        match std::mem::replace(&mut visit.session, SessionState::None) {
            SessionState::LoggedIn(logged_in) => {
                visit.session = SessionState::LoggedIn(logged_in.clone());
                Ok(Self { visit, logged_in: *logged_in })
            }
            other => {
                visit.session = other;
                Err(visit.log_in_first())
            }
        }
    }
}
