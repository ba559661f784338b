//! A page of the form that was sent: stored, and then the next question, the urgent page or the end.

use axum::http::HeaderMap;
use axum::response::Response;

use super::done::{Written, done};
use super::end;
use super::form::{Again, show};
use super::kept::{View, Way};
use super::questions::{form_of, missing as missing_answers, mistakes_of, typed};
use super::words::{read_words, too_many};
use crate::domain::Severity;
use crate::service::{PageSent, PageTaken, ServiceError, StoredPage, TextWritten, report_form, send_page};
use crate::web::portal::form::{Fields, Mistakes, Submitted, Wish};
use crate::web::portal::visit::Visit;

pub(super) async fn submit(headers: HeaderMap, form: Submitted) -> Response {
    let Submitted { visit, fields, wish } = form;
    let answer = async {
        let way = match Way::sent(&visit, &headers, &fields).await {
            Ok(way) => way,
            Err(answer) => return Ok(*answer),
        };
        let names: Vec<String> = fields.get("questions").split_whitespace().map(str::to_owned).collect();
        let view = View::of(&visit, &headers);
        match wish {
            Wish::OtherLanguage => {
                let again = Again { fields, mistakes: Mistakes::default(), names };
                show(&visit, &way, view, Some(again)).await
            }
            Wish::Take => take(&visit, &way, view, (fields, names)).await,
        }
    };
    let answer = answer.await;
    visit.answer(answer)
}

async fn take(
    visit: &Visit,
    way: &Way,
    view: View,
    (fields, names): (Fields, Vec<String>),
) -> Result<Response, ServiceError> {
    let (context, flow_set, reporter) = (&visit.portal.context, &visit.portal.settings.flow_set, &way.reporter);
    let form = form_of(flow_set)?;
    let (answers, mut mistakes) = typed(form, &names, &fields);
    let language = visit.language.spoken();
    // The words are kept whatever becomes of the answers.
    let (words, too_long) = match read_words(&fields) {
        Ok(words) => (words, None),
        Err(mistakes) => (None, Some(mistakes)),
    };
    let page = PageSent { form: fields.get("form").parse().ok(), fields: answers, language, words };
    let stored = match send_page(context, flow_set, reporter, &page).await? {
        PageTaken::Taken(stored) => stored,
        PageTaken::End(over) => return Ok(end(visit, &over)),
    };
    if stored.severity == Severity::Red {
        return Ok(visit.redirect(&way.page("/urgent")));
    }
    mistakes.0.extend(mistakes_of(form, &stored.errors, &fields).0);
    if !stored.is_finished && mistakes.is_empty() {
        let found = match report_form(context, flow_set, reporter).await? {
            Ok(found) => found,
            Err(over) => return Ok(end(visit, &over)),
        };
        mistakes = missing_answers(form, &found, &names);
    }
    let refused = too_long.or_else(|| (stored.words == TextWritten::TooMany).then(too_many));
    match refused {
        Some(refused) if stored.is_finished && mistakes.is_empty() => {
            let written = Written { words: fields.get("words").to_owned(), mistakes: refused };
            return done(visit, way, Some(written)).await;
        }
        Some(refused) => mistakes.0.extend(refused.0),
        None => {}
    }
    if !mistakes.is_empty() {
        return show(visit, way, view, Some(Again { fields, mistakes, names })).await;
    }
    Ok(visit.redirect(&way.page(&next(&stored))))
}

fn next(stored: &StoredPage) -> String {
    let page = if stored.is_finished { "/done" } else { "" };
    let told = match (stored.was_finished, stored.is_next_day) {
        (true, _) => "?late=1",
        (false, true) => "?next-day=1",
        (false, false) => "",
    };
    format!("{page}{told}")
}
