//! A link from an SMS: the birth date opens today's form. The address of the form has no token any more.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::{OF_LINKS, ended, kept, with_centre};
use crate::domain::{BirthDate, era, width};
use crate::service::{CentreContact, LinkOpened, LinkState, SecretToken, ServiceError, look_at_link, open_link};
use crate::translations::{Message, message};
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::missing;
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/report/open.html", config = "src/web/askama.toml")]
struct Open {
    l: Layout,
    centre: Message,
    mistakes: Mistakes,
    /// What was typed.
    birth_date: String,
}

pub(super) async fn handler(visit: Visit, Path(token): Path<String>) -> Response {
    let shown = show(&visit, &token, String::new(), Mistakes::default()).await;
    visit.answer(shown)
}

async fn show(visit: &Visit, token: &str, typed: String, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let Some(token) = SecretToken::parse(token) else { return Ok(missing::page(visit)) };
    Ok(match look_at_link(&visit.portal.context, &token).await? {
        LinkState::Open(centre) => page(visit, &centre, typed, mistakes),
        LinkState::Ended(centre) => ended(visit, &centre),
        LinkState::Unknown => missing::page(visit),
    })
}

fn page(visit: &Visit, centre: &CentreContact, birth_date: String, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let l = with_centre(visit, centre).with_form("open");
    let centre = message!("portal-link-says", centre = centre.name.clone());
    visit.page(status, &Open { l, centre, mistakes, birth_date })
}

pub(super) async fn submit(Path(token): Path<String>, form: Submitted) -> Response {
    let Submitted { visit, fields, wish } = form;
    let typed = fields.get("birth_date").to_owned();
    let answer = async {
        if wish == Wish::OtherLanguage {
            return show(&visit, &token, typed, Mistakes::default()).await;
        }
        let Some(read) = birth_date(&visit, &typed) else {
            // It can't be one, so it isn't a try.
            let unreadable = Mistakes::one("birth_date", message!("portal-link-unreadable"));
            return show(&visit, &token, typed, unreadable).await;
        };
        open(&visit, &token, read, typed).await
    };
    let answer = answer.await;
    visit.answer(answer)
}

async fn open(visit: &Visit, token: &str, read: BirthDate, typed: String) -> Result<Response, ServiceError> {
    let Some(token) = SecretToken::parse(token) else { return Ok(missing::page(visit)) };
    let account = visit.logged_in.as_ref().map(|logged_in| logged_in.account);
    Ok(match open_link(&visit.portal.context, &token, Some(read), account).await? {
        LinkOpened::Now(browser) => kept::give(visit, visit.redirect(OF_LINKS), &browser),
        LinkOpened::Mismatch(centre) => {
            let wrong = Mistakes::one("birth_date", message!("portal-link-mismatch"));
            page(visit, &centre, typed, wrong)
        }
        LinkOpened::Ended(centre) => ended(visit, &centre),
        LinkOpened::Unknown => missing::page(visit),
    })
}

/// A birth date as people write it: eight digits, with strokes or words, of the western calendar or an era.
fn birth_date(visit: &Visit, typed: &str) -> Option<BirthDate> {
    let folded = width::fold(typed);
    let text = folded.trim();
    let today = visit.portal.settings.zone.to_datetime(visit.portal.context.clock.now()).date();
    let by_keys = || BirthDate::parse_keys(text, today).ok();
    let written = era::read(text).ok().and_then(|date| BirthDate::new(date, today).ok());
    written.or_else(by_keys)
}
