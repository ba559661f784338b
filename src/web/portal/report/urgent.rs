//! After a red answer: 119 first, then the health centre with its hours.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::kept::Way;
use super::{end, with_centre};
use crate::domain::Severity;
use crate::engine::form::FieldStanding;
use crate::service::{FormView, ServiceError, UrgentToday, report_form};
use crate::translations::{Message, message};
use crate::web::portal::layout::{CentreContact, Layout};
use crate::web::portal::visit::Visit;
use crate::web::portal::worded::Worded;

/// The prompt that is spoken after a red answer.
const ADVICE: &str = "questionnaire.advice";

#[derive(Template)]
#[template(path = "portal/report/urgent.html", config = "src/web/askama.toml")]
struct Urgent {
    l: Layout,
    /// What the phone says, in the documents' words.
    advice: Option<Worded>,
    centre: CentreContact,
    /// When the answer was saved. `None` if it is one of an earlier report.
    saved: Option<Message>,
    /// The person's name, as the account has it. With a link, nobody is named.
    name: Option<String>,
    /// How many questions are open. `None` if the report is finished.
    left: Option<Message>,
    on: String,
}

pub(super) async fn handler(visit: Visit, headers: HeaderMap) -> Response {
    let shown = show(&visit, &headers).await;
    visit.answer(shown)
}

async fn show(visit: &Visit, headers: &HeaderMap) -> Result<Response, ServiceError> {
    let flow_set = &visit.portal.settings.flow_set;
    let way = match Way::of(visit, headers) {
        Ok(way) => way,
        Err(answer) => return Ok(*answer),
    };
    let found = match report_form(&visit.portal.context, flow_set, &way.reporter).await? {
        Ok(found) => found,
        Err(over) => return Ok(end(visit, &over)),
    };
    if found.urgent == UrgentToday::No {
        return Ok(visit.redirect(way.form));
    }
    let advice = flow_set.wording(ADVICE, visit.language.spoken());
    let of_form = found.saved_at.filter(|_| found.severity == Severity::Red);
    let at = of_form.map(|at| at.to_zoned_datetime(found.centre.zone.clone()).strftime("%-H:%M").to_string());
    let page = Urgent {
        l: with_centre(visit, &found.centre),
        advice: advice.map(|words| Worded::of_document(words, visit.language)),
        centre: CentreContact::of(&found.centre),
        saved: at.map(|at| message!("portal-urgent-saved", at = at)),
        name: way.name(),
        left: left_of(&found),
        on: visit.path(way.form),
    };
    Ok(visit.page(StatusCode::OK, &page))
}

fn left_of(found: &FormView) -> Option<Message> {
    let open = found
        .fields
        .iter()
        .filter(|(name, standing)| *standing == FieldStanding::Open && !found.entries.contains_key(name));
    let count = open.count();
    (found.finished_at.is_none() && count > 0).then(|| message!("portal-urgent-left", count = count.to_string()))
}
