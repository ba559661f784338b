//! The page for those who wait while very many log in or sign up: the place in the line, and a button. Nothing that was
//! typed is lost, and nothing refreshes itself (WCAG 2.2.1). Reports and report links wait in no line.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::OnceCell;
use tracing::warn;

use super::cookies::Cookie;
use super::form::Submitted;
use super::layout::Layout;
use super::visit::Visit;
use crate::policy::{LineFull, LinePlace, PortalLines};
use crate::service::{Asker, Bulkhead, Clock, Context, Entered, LineTickets, PlaceInLine, TicketOf};
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
    /// Signs places, from the first one on.
    tickets: OnceCell<LineTickets>,
}

impl Lines {
    /// Empty lines.
    pub(super) fn new(limits: PortalLines, clock: &Clock) -> Self {
        Self {
            passwords: Bulkhead::new("portal_passwords", limits.passwords, clock.clone()),
            codes: Bulkhead::new("portal_codes", limits.codes, clock.clone()),
            tickets: OnceCell::new(),
        }
    }

    /// What signs places. `None` while the database doesn't answer: then places last until a restart.
    async fn tickets(&self, context: &Context) -> Option<&LineTickets> {
        match self.tickets.get_or_try_init(|| LineTickets::open(context)).await {
            Ok(tickets) => Some(tickets),
            Err(error) => {
                warn!(%error, "places in a line can't be signed");
                None
            }
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
        let earlier = self.earlier_place(line).await;
        let asker = Asker { holder: &holder, address: &self.browser.address, earlier };
        match self.portal.lines.of(line).enter(asker, work).await {
            Entered::Done(answer) => Ok(self.without_ticket(answer(self))),
            Entered::Waits(place) => {
                let response = self.redirect(&line.page());
                let of = TicketOf { line: line.code(), holder: &holder };
                let tickets = self.portal.lines.tickets(self.context()).await;
                Ok(match tickets.and_then(|tickets| tickets.write(of, place)) {
                    Some(ticket) => self.with_cookie(response, Cookie::Place, &ticket),
                    None => response,
                })
            }
            Entered::Full => Err(LineFull),
        }
    }

    /// The place that the browser was given before a restart, if nobody has taken it again.
    async fn earlier_place(&self, line: Awaited) -> Option<LinePlace> {
        let ticket = self.ticket.as_deref()?;
        let tickets = self.portal.lines.tickets(self.context()).await?;
        let (holder, now) = (self.holder(), self.context().clock.now());
        let place = tickets.read(TicketOf { line: line.code(), holder: &holder }, ticket, now)?;
        self.portal.lines.of(line).is_kept(place).then_some(place)
    }

    fn without_ticket(&self, response: Response) -> Response {
        if self.ticket.is_some() { self.with_cookie(response, Cookie::Place, "") } else { response }
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
    let Some(line) = Awaited::asked(&visit) else { return visit.redirect("/log-in?out=waited") };
    let Some(place) = visit.portal.lines.of(line).place(&visit.holder()) else {
        // A restart loses what was typed, as a password is stored nowhere, and not the place.
        return visit.redirect(match (visit.earlier_place(line).await, line) {
            (None, _) => "/log-in?out=waited",
            (Some(_), Awaited::Passwords) => "/log-in?out=kept",
            (Some(_), Awaited::Codes) => "/register?out=kept",
        });
    };
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
        Some(answer) => visit.without_ticket(answer(&visit)),
        None => visit.redirect(&line.page()),
    }
}
