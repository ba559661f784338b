//! What the reader had typed about somebody who has another health centre since: shown, and passed on as answers and
//! notes are.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::questions::{form_of, questions_of};
use super::report::TypedLine;
use super::words;
use crate::service::{Column, ErrorKind, ServiceError, TypedElsewhere, typed_elsewhere};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;

/// The fields with what people write in their own words.
const NOTES: [&str; 4] = ["note", "line_note", "patient_note", "message"];
/// The ids that forms have for what they add.
const IDS: [&str; 2] = ["entry", "note_id"];
/// The fields of forms that nobody types.
const UNTYPED: [&str; 3] = ["step", "round", "corrects"];

#[derive(Template)]
#[template(path = "console/patient_typed.html", config = "src/web/askama.toml")]
struct TypedPage {
    l: Layout,
    heading: Message,
    can_pass_on: bool,
    /// Where answers and notes are sent.
    action: String,
    forms: Vec<TypedForm>,
}

/// A form that was begun.
struct TypedForm {
    /// Its path, by which its draft is discarded.
    path: String,
    lines: Vec<TypedLine>,
    notes: Vec<String>,
    /// What is sent to pass it on. Empty if it has neither answers nor notes.
    sent: Vec<(String, String)>,
}

/// The page that was asked for. If it isn't the reader's because the person was transferred, what the reader had typed
/// about that person.
pub(in crate::web::console) async fn shown_or_typed(
    staff: &StaffActor,
    page: &str,
    shown: Result<Response, ServiceError>,
) -> Response {
    let is_gone = shown.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    if is_gone && let Ok(Some(typed)) = typed_elsewhere(staff.context(), staff.actor(), page).await {
        return staff.visit.answer(show(staff, typed));
    }
    staff.visit.answer(shown)
}

fn show(staff: &StaffActor, typed: TypedElsewhere) -> Result<Response, ServiceError> {
    let TypedElsewhere { patient, centre, forms, can_pass_on } = typed;
    let forms: Result<Vec<_>, _> = forms.into_iter().map(|form| TypedForm::of(staff, form)).collect();
    let page = TypedPage {
        l: staff.visit.layout(),
        heading: message!("answers-elsewhere", centre = centre),
        can_pass_on,
        action: staff.visit.path(&format!("/patients/{patient}/report")),
        forms: forms?,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

impl TypedForm {
    fn of(staff: &StaffActor, (path, fields): (String, Vec<(String, String)>)) -> Result<Self, ServiceError> {
        let fields = Fields(fields);
        let notes = NOTES.iter().map(|name| fields.get(name).trim().to_owned());
        let notes: Vec<String> = notes.filter(|text| !text.is_empty()).collect();
        let mut lines = Vec::new();
        let mut sent = Vec::new();
        if path.ends_with("/report") {
            let flow_set = &staff.visit.console.settings.flow_set;
            let form = form_of(flow_set)?;
            let language = staff.visit.language;
            let questions = questions_of((flow_set, form), language, &fields, &Mistakes::default(), None);
            lines.extend(questions.into_iter().filter_map(|question| TypedLine::of(question, &[])));
            sent.extend(fields.0.iter().filter(|(name, _)| !is_own_of_form(name)).cloned());
        } else {
            lines.extend(fields.0.iter().filter_map(|(name, value)| line_of(name, value)));
        }
        if !lines.is_empty() && path.ends_with("/report") || !notes.is_empty() {
            let id = IDS.iter().map(|name| fields.get(name)).find(|id| !id.is_empty());
            sent.extend(id.map(|id| ("entry".to_owned(), id.to_owned())));
            sent.push(("note".to_owned(), notes.join("\n")));
        } else {
            sent.clear();
        }
        Ok(Self { path, lines, notes, sent: sent.into_iter().filter(|(_, value)| !value.is_empty()).collect() })
    }

    /// Whether it can be passed on: with an id, so that it is stored once.
    fn is_sendable(&self) -> bool {
        self.sent.iter().any(|(name, _)| name == "entry")
    }
}

/// Whether a field isn't an answer.
fn is_own_of_form(name: &str) -> bool {
    NOTES.contains(&name) || IDS.contains(&name) || UNTYPED.contains(&name)
}

/// A field of another form than that of the answers.
fn line_of(name: &str, value: &str) -> Option<TypedLine> {
    let is_typed = !value.trim().is_empty() && !is_own_of_form(name);
    let column = Column::read(name).filter(|_| is_typed)?;
    Some(TypedLine::plain(words::column_name(column), value))
}
