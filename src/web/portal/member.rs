//! Who is logged in: the extractor of every page about people. Others are led to the log-in, and from there back.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;

use super::Portal;
use super::form::{Fields, Submitted, Wish};
use super::missing;
use super::visit::Visit;
use crate::domain::PatientId;
use crate::service::{Context, PortalLoggedIn, PortalPerson, show_portal_person};

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

    /// The same with a form about a person. It is about the one whom its page named, also when another tab shows
    /// somebody else by now. That person is shown from then on.
    ///
    /// # Errors
    /// The answer to somebody who isn't logged in, or hasn't that person.
    pub(super) async fn about(form: Submitted) -> Result<(Self, Fields, Wish), Box<Response>> {
        let (mut actor, fields, wish) = Self::of(form)?;
        let person = named_person(&actor.visit, &actor.logged_in, &fields).await?.patient;
        actor.logged_in.shown = Some(person);
        Ok((actor, fields, wish))
    }

    /// Who changes the account itself on a page, with a recent log-in.
    ///
    /// # Errors
    /// The answer to others: it leads to the log-in, and from there to the page.
    pub(super) fn recent(self, page: &str) -> Result<Self, Box<Response>> {
        match self.logged_in.may_change_account(self.context()) {
            true => Ok(self),
            false => Err(Box::new(self.visit.redirect(&format!("/log-in?again=1&next={page}")))),
        }
    }

    /// The services' context.
    pub(super) fn context(&self) -> &Context {
        self.visit.context()
    }
}

/// The person whom a form names, who is shown from now on.
///
/// # Errors
/// The answer to somebody who hasn't that person.
pub(super) async fn named_person<'l>(
    visit: &Visit,
    logged_in: &'l PortalLoggedIn,
    fields: &Fields,
) -> Result<&'l PortalPerson, Box<Response>> {
    let named = fields.get("person").parse::<PatientId>().ok();
    let person = named.and_then(|patient| logged_in.person(patient)).ok_or_else(|| missing::page(visit))?;
    if logged_in.shown_person().is_none_or(|shown| shown.patient != person.patient) {
        let shown = show_portal_person(visit.context(), logged_in, person.patient).await;
        shown.map_err(|error| visit.answer(Err(error)))?;
    }
    Ok(person)
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
