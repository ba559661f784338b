//! What the browser keeps of reports: the token that a link gave it, and whether it shows one question a page.

use axum::http::HeaderMap;
use axum::response::Response;

use super::{OF_ACCOUNTS, OF_LINKS};
use crate::domain::{Actor, PatientId};
use crate::service::{PortalPerson, Reporter, SecretToken};
use crate::web::pages::kept_cookies;
use crate::web::portal::form::Fields;
use crate::web::portal::member::named_person;
use crate::web::portal::missing;
use crate::web::portal::visit::Visit;

/// The cookie with the token. It ends with the browser, or with the form at the latest.
const TOKEN: (&str, Option<i64>) = ("kenko-portal-report", None);
/// The cookie with the number of questions a page.
const VIEW: (&str, Option<i64>) = ("kenko-portal-questions", Some(365));

/// How many questions a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// One.
    One,
    /// All of them.
    All,
}

impl View {
    const fn code(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::All => "all",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::One, Self::All].into_iter().find(|view| view.code() == code)
    }

    /// What was chosen with this request, or before.
    pub(super) fn of(visit: &Visit, headers: &HeaderMap) -> Self {
        let kept = || Self::from_code(&kept_cookies::read(VIEW.0, headers, &visit.portal.site)?);
        Self::from_code(visit.asked("view")).or_else(kept).unwrap_or(Self::One)
    }

    /// Keeps what was chosen.
    pub(super) fn keep(visit: &Visit, mut response: Response) -> Response {
        if let Some(view) = Self::from_code(visit.asked("view")) {
            kept_cookies::write(VIEW, response.headers_mut(), &visit.portal.site, view.code());
        }
        response
    }
}

/// Who reports, and where the pages are.
pub(super) struct Way {
    pub(super) reporter: Reporter,
    /// The path of the form: without a token.
    pub(super) form: &'static str,
    /// The person, with the name that the account has. With a link, nobody is named.
    pub(super) person: Option<(PatientId, String)>,
}

impl Way {
    /// By the page: a browser that a link has opened, or an account with the person whom its pages show.
    ///
    /// # Errors
    /// The answer to somebody who is neither.
    pub(super) fn of(visit: &Visit, headers: &HeaderMap) -> Result<Self, Box<Response>> {
        if !visit.page.starts_with(OF_ACCOUNTS) {
            let token = link_token(visit, headers).ok_or_else(|| missing::page(visit))?;
            return Ok(Self { reporter: Reporter::Browser(token), form: OF_LINKS, person: None });
        }
        let logged_in = visit.logged_in.as_ref().ok_or_else(|| visit.log_in_first())?;
        let person = logged_in.shown_person().ok_or_else(|| visit.redirect("/people/add"))?;
        Self::of_account(visit, headers, (&logged_in.actor, person))
    }

    /// By a form that was sent: it is about the person whom its page named, also when another tab shows somebody else
    /// by now. That person is shown from then on.
    ///
    /// # Errors
    /// The answer to somebody who may not report for that person.
    pub(super) async fn sent(visit: &Visit, headers: &HeaderMap, fields: &Fields) -> Result<Self, Box<Response>> {
        if !visit.page.starts_with(OF_ACCOUNTS) {
            return Self::of(visit, headers);
        }
        let logged_in = visit.logged_in.as_ref().ok_or_else(|| visit.log_in_first())?;
        let person = named_person(visit, logged_in, fields).await?;
        Self::of_account(visit, headers, (&logged_in.actor, person))
    }

    fn of_account(
        visit: &Visit,
        headers: &HeaderMap,
        (actor, person): (&Actor, &PortalPerson),
    ) -> Result<Self, Box<Response>> {
        let Actor::Patient(owner) = actor else { return Err(Box::new(missing::page(visit))) };
        let browser = link_token(visit, headers);
        let reporter = Reporter::Account { owner: owner.clone(), patient: person.patient, browser };
        Ok(Self { reporter, form: OF_ACCOUNTS, person: Some((person.patient, person.name())) })
    }

    /// The person as the forms of the pages name them. Empty with a link.
    pub(super) fn person_field(&self) -> String {
        self.person.as_ref().map(|(patient, _)| patient.to_string()).unwrap_or_default()
    }

    /// The person's name, as the account has it.
    pub(super) fn name(&self) -> Option<String> {
        self.person.as_ref().map(|(_, name)| name.clone())
    }

    /// A page after the form.
    pub(super) fn page(&self, page: &str) -> String {
        format!("{}{page}", self.form)
    }
}

/// The token that a link gave the browser.
pub(in crate::web::portal) fn link_token(visit: &Visit, headers: &HeaderMap) -> Option<SecretToken> {
    SecretToken::parse(&kept_cookies::read(TOKEN.0, headers, &visit.portal.site)?)
}

/// Gives the browser its token.
pub(super) fn give(visit: &Visit, mut response: Response, token: &SecretToken) -> Response {
    kept_cookies::write(TOKEN, response.headers_mut(), &visit.portal.site, token.expose());
    response
}
