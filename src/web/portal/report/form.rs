//! The form: the next question, or all of them.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::kept::{View, Way};
use super::questions::{Asked, Question, filled, form_of, question};
use super::{end, with_centre};
use crate::engine::form::FieldStanding;
use crate::flow::form::{Condition, Field, Form};
use crate::service::{FormView, ServiceError, report_form};
use crate::translations::{Message, message};
use crate::web::portal::dates::day;
use crate::web::portal::form::{Fields, Mistakes};
use crate::web::portal::layout::{Banner, BannerKind, Layout};
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/report/form.html", config = "src/web/askama.toml")]
struct FormPage {
    l: Layout,
    action: String,
    /// The day of the report.
    day: Message,
    form: String,
    person: String,
    mistakes: Mistakes,
    questions: Vec<Question>,
    /// The names of the questions on the page.
    names: String,
    /// The number of the question and of all. `None` if all are on the page.
    place: Option<(usize, usize, Message)>,
    back: Option<String>,
    /// How many questions were answered, and when that was saved.
    saved: Option<Message>,
    words: String,
    other_view: String,
}

/// What was typed into a page that is shown again.
pub(super) struct Again {
    pub(super) fields: Fields,
    pub(super) mistakes: Mistakes,
    pub(super) names: Vec<String>,
}

pub(super) async fn handler(visit: Visit, headers: HeaderMap) -> Response {
    let shown = async {
        let way = match Way::of(&visit, &headers) {
            Ok(way) => way,
            Err(answer) => return Ok(*answer),
        };
        show(&visit, &way, View::of(&visit, &headers), None).await
    };
    let shown = shown.await;
    let answer = visit.answer(shown);
    View::keep(&visit, answer)
}

pub(super) async fn show(visit: &Visit, way: &Way, view: View, again: Option<Again>) -> Result<Response, ServiceError> {
    let flow_set = &visit.portal.settings.flow_set;
    let form = form_of(flow_set)?;
    let found = match report_form(&visit.portal.context, flow_set, &way.reporter).await? {
        Ok(found) => found,
        Err(over) => return Ok(end(visit, &over)),
    };
    if found.finished_at.is_some() && again.is_none() {
        return Ok(visit.redirect(&way.page("/done")));
    }
    let names = match &again {
        Some(again) => again.names.clone(),
        None => names_of(form, &found, view, visit.asked("q")),
    };
    let Again { mut fields, mistakes, .. } =
        again.unwrap_or_else(|| Again { fields: Fields::default(), mistakes: Mistakes::default(), names: Vec::new() });
    fields.0.extend(filled(form, &found).0);
    let is_alone = names.len() == 1;
    let shown = form.fields().filter(|field| names.iter().any(|name| name == field.id.as_str()));
    let language = visit.language;
    let questions = shown.map(|field| question(flow_set, field, language, (&fields, &mistakes), is_alone)).collect();
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let banner = (visit.asked("next-day") == "1").then(|| Banner {
        kind: BannerKind::Info,
        heading: message!("portal-report-next-day", day = day(found.day)),
        sentence: None,
    });
    let page = FormPage {
        l: with_centre(visit, &found.centre).with_form("report").with_banner(banner),
        action: visit.path(way.form),
        day: title(way, day(found.day)),
        form: found.id.map(|id| id.to_string()).unwrap_or_default(),
        person: way.person_field(),
        place: place_of(form, &names, is_alone),
        back: is_alone
            .then(|| back_of(&found, &names))
            .flatten()
            .map(|name| visit.path(&way.page(&format!("?q={name}")))),
        saved: saved_of(form, &found),
        names: names.join(" "),
        words: fields.get("words").to_owned(),
        other_view: visit.path(&way.page(if is_alone { "?view=all" } else { "?view=one" })),
        questions,
        mistakes,
    };
    Ok(visit.page(status, &page))
}

fn title(way: &Way, day: Message) -> Message {
    match way.name() {
        Some(name) => message!("portal-report-title-of", name = name, day = day),
        None => message!("portal-report-title", day = day),
    }
}

/// The questions of a page: one that was asked for, the next one, or all that aren't answered elsewhere.
fn names_of(form: &Form, found: &FormView, view: View, wanted: &str) -> Vec<String> {
    let is_open = |name: &str| {
        let standing = found.fields.iter().find(|(field, _)| field == name).map(|(_, standing)| standing);
        matches!(standing, Some(FieldStanding::Entered | FieldStanding::Open))
    };
    let one = Some(wanted).filter(|wanted| is_open(wanted)).or_else(|| found.next());
    match (view, one) {
        (View::One, Some(one)) => vec![one.to_owned()],
        _ => {
            let is_new = |field: &&Field| field.question.is_none_or(|item| !found.before.contains(&item));
            form.fields().filter(is_new).map(|field| field.id.as_str().to_owned()).collect()
        }
    }
}

/// The number of a question among those that everybody is asked.
fn place_of(form: &Form, names: &[String], is_alone: bool) -> Option<(usize, usize, Message)> {
    let name = names.first().filter(|_| is_alone)?;
    let always = form.fields().filter(|field| field.asked_if == Condition::Always).count();
    let at = form.fields().position(|field| field.id.as_str() == name)?;
    let until = form.fields().take(at.saturating_add(1));
    let number = until.filter(|field| field.asked_if == Condition::Always).count();
    let says = message!("portal-report-place", number = number.to_string(), of = always.to_string());
    Some((number.saturating_sub(1), always, says))
}

/// The question before the one on the page.
fn back_of<'v>(found: &'v FormView, names: &[String]) -> Option<&'v str> {
    let here = names.first()?;
    let before = found.fields.iter().take_while(|(name, _)| name != here);
    before.filter(|(_, standing)| *standing == FieldStanding::Entered).last().map(|(name, _)| name.as_str())
}

fn saved_of(form: &Form, found: &FormView) -> Option<Message> {
    let at = found.saved_at?.to_zoned_datetime(found.centre.zone.clone()).strftime("%-H:%M").to_string();
    let is_always =
        |name: &str| form.fields().any(|field| field.id.as_str() == name && field.asked_if == Condition::Always);
    let entered = found.fields.iter().filter(|(name, standing)| *standing == FieldStanding::Entered && is_always(name));
    Some(message!("portal-report-saved", count = entered.count().to_string(), at = at))
}
