//! The page for those who wait while very many log in or sign up: the place in the line, and a button. Nothing that was
//! typed is lost, and nothing refreshes itself (WCAG 2.2.1). Reports and report links wait in no line.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::Submitted;
use super::layout::Layout;
use super::visit::Visit;
use crate::policy::{LineFull, PortalLines};
use crate::service::{Asker, Bulkhead, Clock, Entered, PlaceInLine};
use crate::translations::{Message, message};

/// The answer to what somebody has waited for, in the language in which it is fetched.
pub(super) type Answer = Box<dyn FnOnce(&Visit) -> Response + Send>;

/// An answer.
pub(super) fn answer(answer: impl FnOnce(&Visit) -> Response + Send + 'static) -> Answer {
    Box::new(answer)
}

/// What a line is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Before hashing a password.
    Passwords,
    /// Before writing codes and accounts.
    Codes,
}

impl Awaited {
    const ALL: [Self; 2] = [Self::Passwords, Self::Codes];

    const fn code(self) -> &'static str {
        match self {
            Self::Passwords => "passwords",
            Self::Codes => "codes",
        }
    }

    /// The line of a page's query.
    fn asked(visit: &Visit) -> Option<Self> {
        Self::ALL.into_iter().find(|line| line.code() == visit.asked("line"))
    }

    fn page(self) -> String {
        format!("/waiting?line={}", self.code())
    }
}

/// Who waits in each line.
pub(super) struct Lines {
    passwords: Bulkhead<Answer>,
    codes: Bulkhead<Answer>,
}

impl Lines {
    /// Empty lines.
    pub(super) fn new(limits: PortalLines, clock: &Clock) -> Self {
        Self {
            passwords: Bulkhead::new("portal_passwords", limits.passwords, clock.clone()),
            codes: Bulkhead::new("portal_codes", limits.codes, clock.clone()),
        }
    }

    const fn of(&self, line: Awaited) -> &Bulkhead<Answer> {
        match line {
            Awaited::Passwords => &self.passwords,
            Awaited::Codes => &self.codes,
        }
    }
}

impl Visit {
    /// Does work when its turn comes. Returns its answer, or the way to the page of those who wait.
    pub(super) async fn wait(
        &self,
        line: Awaited,
        work: impl Future<Output = Answer> + Send + 'static,
    ) -> Result<Response, LineFull> {
        let holder = self.holder();
        let asker = Asker { holder: &holder, address: &self.browser.address };
        match self.portal.lines.of(line).enter(asker, work).await {
            Entered::Done(answer) => Ok(answer(self)),
            Entered::Waits => Ok(self.redirect(&line.page())),
            Entered::Full => Err(LineFull),
        }
    }
}

#[derive(Template)]
#[template(path = "portal/waiting.html", config = "src/web/askama.toml")]
struct Waiting {
    l: Layout,
    line: &'static str,
    heading: Message,
    place: Option<Message>,
    button: Message,
}

pub(super) async fn handler(visit: Visit) -> Response {
    let place =
        Awaited::asked(&visit).and_then(|line| Some((line, visit.portal.lines.of(line).place(&visit.holder())?)));
    let Some((line, place)) = place else { return visit.redirect("/log-in?out=waited") };
    let (heading, place, button) = match place {
        PlaceInLine::Behind(before) => (
            message!("portal-waiting"),
            Some(message!("portal-waiting-place", place = before.saturating_add(1))),
            message!("portal-waiting-again"),
        ),
        PlaceInLine::Underway => (message!("portal-waiting-next"), None, message!("portal-waiting-again")),
        PlaceInLine::Done => (message!("portal-waiting-done"), None, message!("portal-waiting-on")),
    };
    visit.page(StatusCode::OK, &Waiting { l: visit.layout(), line: line.code(), heading, place, button })
}

pub(super) async fn submit(Submitted { visit, .. }: Submitted) -> Response {
    let Some(line) = Awaited::asked(&visit) else { return visit.redirect("/log-in") };
    match visit.portal.lines.of(line).fetch(&visit.holder()) {
        Some(answer) => answer(&visit),
        None => visit.redirect(&line.page()),
    }
}
