//! After the report: thanks, what else there is to say in one's own words, and another report for who feels different.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::kept::Way;
use super::words::{Refused, write_words};
use super::{end, with_centre};
use crate::service::{ServiceError, UrgentToday, begin_again, report_form};
use crate::translations::{Message, message};
use crate::web::portal::dates::day;
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::{Banner, BannerKind, Layout};
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/report/done.html", config = "src/web/askama.toml")]
struct Done {
    l: Layout,
    heading: Message,
    saved: Message,
    /// The person's name, as the account has it. With a link, nobody is named.
    name: Option<String>,
    person: String,
    form: String,
    words: String,
    mistakes: Mistakes,
    to_words: String,
    again: String,
    /// The advice, if an answer of today needs attention at once.
    advice: Option<String>,
}

/// What was written and isn't stored.
pub(super) struct Written {
    pub(super) words: String,
    pub(super) mistakes: Mistakes,
}

pub(super) async fn handler(visit: Visit, headers: HeaderMap) -> Response {
    let shown = async {
        match Way::of(&visit, &headers) {
            Ok(way) => done(&visit, &way, None).await,
            Err(answer) => Ok(*answer),
        }
    };
    let shown = shown.await;
    visit.answer(shown)
}

pub(super) async fn done(visit: &Visit, way: &Way, written: Option<Written>) -> Result<Response, ServiceError> {
    let found = match report_form(&visit.portal.context, &visit.portal.settings.flow_set, &way.reporter).await? {
        Ok(found) => found,
        Err(over) => return Ok(end(visit, &over)),
    };
    let Some(at) = found.finished_at else { return Ok(visit.redirect(way.form)) };
    let at = at.to_zoned_datetime(found.centre.zone.clone()).strftime("%-H:%M").to_string();
    let told = |heading: Message, sentence: Option<Message>| Banner { kind: BannerKind::Done, heading, sentence };
    let banner = match (visit.asked("late"), visit.asked("words"), visit.asked("next-day")) {
        ("1", ..) => Some(told(message!("portal-done-before"), Some(message!("portal-done-late")))),
        (_, "1", _) => Some(told(message!("portal-words-saved"), None)),
        (.., "1") => Some(told(message!("portal-report-next-day", day = day(found.day)), None)),
        _ => None,
    };
    let Written { words, mistakes } =
        written.unwrap_or_else(|| Written { words: String::new(), mistakes: Mistakes::default() });
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Done {
        l: with_centre(visit, &found.centre).with_form("words-form").with_banner(banner),
        heading: message!("portal-done", day = day(found.day)),
        saved: message!("portal-done-saved", at = at),
        name: way.name(),
        person: way.person_field(),
        form: found.id.map(|id| id.to_string()).unwrap_or_default(),
        words,
        mistakes,
        to_words: visit.path(&way.page("/words")),
        again: visit.path(&way.page("/again")),
        advice: (found.urgent == UrgentToday::Yes).then(|| visit.path(&way.page("/urgent"))),
    };
    Ok(visit.page(status, &page))
}

pub(super) async fn words(headers: HeaderMap, form: Submitted) -> Response {
    let Submitted { visit, fields, wish } = form;
    let typed = fields.get("words").to_owned();
    let answer = async {
        let way = match Way::sent(&visit, &headers, &fields).await {
            Ok(way) => way,
            Err(answer) => return Ok(*answer),
        };
        let again = |mistakes: Mistakes| Some(Written { words: typed.clone(), mistakes });
        if wish == Wish::OtherLanguage {
            return done(&visit, &way, again(Mistakes::default())).await;
        }
        match write_words(&visit, &way.reporter, &fields).await? {
            Ok(()) if typed.trim().is_empty() => Ok(visit.redirect(&way.page("/done"))),
            Ok(()) => Ok(visit.redirect(&way.page("/done?words=1"))),
            Err(Refused::Words(mistakes)) => done(&visit, &way, again(mistakes)).await,
            Err(Refused::End(over)) => Ok(end(&visit, &over)),
        }
    };
    let answer = answer.await;
    visit.answer(answer)
}

pub(super) async fn again(headers: HeaderMap, form: Submitted) -> Response {
    let Submitted { visit, fields, .. } = form;
    let answer = async {
        let way = match Way::sent(&visit, &headers, &fields).await {
            Ok(way) => way,
            Err(answer) => return Ok(*answer),
        };
        Ok(match begin_again(&visit.portal.context, &way.reporter, fields.get("form").parse().ok()).await? {
            Ok(()) => visit.redirect(way.form),
            Err(over) => end(&visit, &over),
        })
    };
    let answer = answer.await;
    visit.answer(answer)
}
