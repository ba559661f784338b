//! Correcting an answer of a report: the right answer and why. The one before stays visible.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::days::Cell;
use super::done::Done;
use super::person::{id_of, name_of};
use super::questions::{Asked, Question, answers_of, form_of, mistakes_of, questions_of};
use super::typed::shown_or_typed;
use super::words;
use crate::domain::{Answer, Item, NoteText, PatientId, ReportId};
use crate::engine::form::{FieldError, FieldProblem};
use crate::flow::form::{Field, Form};
use crate::service::{
    Corrected, Correction, ReportError, ReportView, ServiceError, ShownPatient, correct_answer, show_profile,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;
use crate::web::console::today::words as today_words;
use crate::web::console::{missing, note_field, times};

#[derive(Template)]
#[template(path = "console/patient_correct.html", config = "src/web/askama.toml")]
struct CorrectPage {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    action: String,
    /// Which report.
    report: Message,
    items: Vec<ItemLine>,
    /// The item that is corrected.
    chosen: Option<Chosen>,
    reason: String,
    mistakes: Mistakes,
    surprise: Surprise,
}

/// An item of the report.
struct ItemLine {
    code: &'static str,
    name: Message,
    cell: Cell,
}

/// The item that is corrected.
struct Chosen {
    code: &'static str,
    name: Message,
    /// The answer that is shown, which may have been corrected meanwhile.
    before: String,
    cell: Cell,
    question: Question,
}

/// Why the page isn't as the reader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surprise {
    /// Nothing.
    Nothing,
    /// What was typed before the last log-in is back.
    DraftRestored,
    /// Somebody else has corrected the answer meanwhile.
    CorrectedMeanwhile,
}

/// What the form has, or had.
struct Entered {
    item: Option<Item>,
    fields: Fields,
    mistakes: Mistakes,
    surprise: Surprise,
}

pub(super) async fn handler(
    staff: StaffActor,
    Path((id, report)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let shown = async {
        let (id, report) = (id_of(&id)?, report_of(&report)?);
        let item = Item::from_code(&query_value(query.as_deref(), "item"));
        let (fields, mistakes) = (Fields::default(), Mistakes::default());
        let mut entered = Entered { item, fields, mistakes, surprise: Surprise::Nothing };
        if let Some(fields) = kept(&staff, &page_of(id, report)).await? {
            let item = Item::from_code(fields.get("item")).or(item);
            entered = Entered { item, fields, mistakes: Mistakes::default(), surprise: Surprise::DraftRestored };
        }
        show(&staff, id, report, entered).await
    };
    let shown = shown.await;
    shown_or_typed(&staff, &format!("/patients/{id}"), shown).await
}

pub(super) async fn submit(Path((id, report)): Path<(String, String)>, form: Submitted) -> Response {
    let (Ok(id), Ok(report)) = (id_of(&id), report_of(&report)) else { return missing::page(&form.visit) };
    sent(form, &page_of(id, report), async |staff, fields| take(staff, id, report, fields).await).await
}

fn report_of(text: &str) -> Result<ReportId, ServiceError> {
    text.parse().map_err(|_| ReportError::NotFound.into())
}

fn page_of(id: PatientId, report: ReportId) -> String {
    format!("/patients/{id}/reports/{report}/correct")
}

async fn take(staff: &StaffActor, id: PatientId, report: ReportId, fields: Fields) -> Result<Response, ServiceError> {
    let form = form_of(&staff.visit.console.settings.flow_set)?;
    let item = Item::from_code(fields.get("item"));
    let Some((item, field)) = item.and_then(|item| Some((item, field_of(form, item)?))) else {
        let entered = Entered { item: None, fields, mistakes: Mistakes::default(), surprise: Surprise::Nothing };
        return show(staff, id, report, entered).await;
    };
    let (answers, mut mistakes) = answers_of(form, &fields);
    let after = answer_of(field, item, &answers, &mut mistakes);
    let reason = match NoteText::parse(fields.get("reason")) {
        Ok(Some(reason)) => Some(reason),
        Ok(None) => {
            mistakes.add("reason", message!("correct-reason-missing"));
            None
        }
        Err(error) => {
            mistakes.add("reason", note_field::told(error));
            None
        }
    };
    let (Some(after), Some(reason)) = (after, reason) else {
        let entered = Entered { item: Some(item), fields, mistakes, surprise: Surprise::Nothing };
        return show(staff, id, report, entered).await;
    };
    let before = item.read(fields.get("before"));
    let correction = Correction { report, item, before, after, reason: &reason };
    let done = match correct_answer(staff.context(), staff.actor(), id, correction).await? {
        Corrected::Now(_) => Done::Corrected,
        Corrected::Same => Done::Same,
        Corrected::Otherwise(_) => {
            let surprise = Surprise::CorrectedMeanwhile;
            return show(staff, id, report, Entered { item: Some(item), fields, mistakes, surprise }).await;
        }
    };
    Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code())))
}

/// The first question about an item.
fn field_of(form: &Form, item: Item) -> Option<&Field> {
    form.fields().find(|field| field.item == Some(item))
}

/// The right answer, or what is wrong with it.
fn answer_of(field: &Field, item: Item, answers: &[(String, String)], mistakes: &mut Mistakes) -> Option<Answer> {
    let name = field.id.as_str();
    let typed = answers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
    let problem = match typed.map(|typed| field.read(typed)) {
        None => FieldProblem::Missing,
        Some(Err(problem)) => FieldProblem::NotReadable(problem),
        Some(Ok(entry)) => return item.read(&entry),
    };
    if mistakes.of(name).is_none() {
        let error = FieldError { field: field.id.clone(), problem };
        mistakes.0.extend(mistakes_of(std::iter::once(field), &[error]).0);
    }
    None
}

async fn show(staff: &StaffActor, id: PatientId, report: ReportId, entered: Entered) -> Result<Response, ServiceError> {
    let profile = show_profile(staff.context(), staff.actor(), id).await?.found;
    let shown = &profile.shown;
    let found = shown.reports.iter().find(|view| view.id == report).ok_or(ReportError::NotFound)?;
    let now = staff.context().clock.now().to_zoned_datetime(shown.zone.clone());
    let status = match (entered.mistakes.is_empty(), entered.surprise) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Surprise::CorrectedMeanwhile) => StatusCode::CONFLICT,
        (true, _) => StatusCode::OK,
    };
    let page = page(staff, shown, found, entered, &now)?;
    Ok(staff.visit.page(status, &page))
}

fn page(
    staff: &StaffActor,
    shown: &ShownPatient,
    report: &ReportView,
    entered: Entered,
    now: &ZonedDateTime,
) -> Result<CorrectPage, ServiceError> {
    let flow_set = &staff.visit.console.settings.flow_set;
    let form = form_of(flow_set)?;
    let Entered { item, fields, mistakes, surprise } = entered;
    let mut questions = questions_of((flow_set, form), staff.visit.language, &fields, &mistakes, None);
    let mut chosen = None;
    if let Some((item, field)) = item.and_then(|item| Some((item, field_of(form, item)?))) {
        let place = questions.iter().position(|question| question.name == field.id.as_str());
        let given = report.answers.iter().find(|answer| answer.item == item).and_then(|answer| answer.answer);
        chosen = place.map(|place| Chosen {
            code: item.code(),
            name: today_words::item_name(item),
            before: given.map(|answer| answer.entry()).unwrap_or_default(),
            cell: Cell::of(Some(report), item),
            question: questions.swap_remove(place).alone(),
        });
    }
    let line = |item: Item| ItemLine {
        code: item.code(),
        name: today_words::item_name(item),
        cell: Cell::of(Some(report), item),
    };
    let correctable = Item::ALL.into_iter().filter(|item| field_of(form, *item).is_some());
    Ok(CorrectPage {
        l: staff.visit.layout(),
        centre: shown.centre_name.clone(),
        name: name_of(&shown.patient),
        person: staff.visit.path(&format!("/patients/{}", shown.patient.id)),
        action: staff.visit.path(&page_of(shown.patient.id, report.id)),
        report: message!(
            "correct-report",
            at = times::clock_time(report.started_at, now),
            channel = words::channel_name(report.channel)
        ),
        items: correctable.map(line).collect(),
        chosen,
        reason: fields.get("reason").to_owned(),
        mistakes,
        surprise,
    })
}
