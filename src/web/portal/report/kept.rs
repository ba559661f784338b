//! What the browser keeps of reports: the token that a link gave it, and whether it shows one question a page.

use axum::http::HeaderMap;
use axum::response::Response;

use super::{OF_ACCOUNTS, OF_LINKS};
use crate::domain::Actor;
use crate::service::{Reporter, SecretToken};
use crate::web::pages::kept_cookies;
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
    /// The person's name, as the account has it. With a link, nobody is named.
    pub(super) name: Option<String>,
}

impl Way {
    /// By the page: a browser that a link has opened, or an account with the person whom its pages show.
    ///
    /// # Errors
    /// The answer to somebody who is neither.
    pub(super) fn of(visit: &Visit, headers: &HeaderMap) -> Result<Self, Box<Response>> {
        if !visit.page.starts_with(OF_ACCOUNTS) {
            let kept = kept_cookies::read(TOKEN.0, headers, &visit.portal.site);
            let token = kept.and_then(|kept| SecretToken::parse(&kept)).ok_or_else(|| missing::page(visit))?;
            return Ok(Self { reporter: Reporter::Browser(token), form: OF_LINKS, name: None });
        }
        let logged_in = visit.logged_in.as_ref().ok_or_else(|| visit.log_in_first())?;
        let person = logged_in.shown_person().ok_or_else(|| visit.redirect("/people/add"))?;
        let Actor::Patient(owner) = &logged_in.actor else { return Err(Box::new(missing::page(visit))) };
        let reporter = Reporter::Account { owner: owner.clone(), patient: person.patient };
        Ok(Self { reporter, form: OF_ACCOUNTS, name: Some(person.name()) })
    }

    /// A page after the form.
    pub(super) fn page(&self, page: &str) -> String {
        format!("{}{page}", self.form)
    }
}

/// Gives the browser its token.
pub(super) fn give(visit: &Visit, mut response: Response, token: &SecretToken) -> Response {
    kept_cookies::write(TOKEN, response.headers_mut(), &visit.portal.site, token.expose());
    response
}
