//! The answer to a form about somebody who has another health centre meanwhile: which one, and all that was typed, to
//! be passed on.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::Severity;
use crate::service::{Elsewhere, PassedOn, ServiceError};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes};
use crate::web::console::layout::Layout;
use crate::web::console::patients::questions::{Asked, Question, form_of, questions_of};
use crate::web::console::round::Round;
use crate::web::console::section::Section;
use crate::web::console::sender::taken;
use crate::web::console::staff::StaffActor;

#[derive(Template)]
#[template(path = "console/patient_elsewhere.html", config = "src/web/askama.toml")]
struct ElsewherePage {
    l: Layout,
    heading: Message,
    says: Message,
    /// Whether all that was typed was stored.
    is_stored: bool,
    is_red: bool,
    severity: Severity,
    advice: Vec<String>,
    typed: Vec<TypedLine>,
    note: String,
    later_at: String,
    round: Option<String>,
}

/// An answer that was typed.
pub(in crate::web::console::patients) struct TypedLine {
    pub(in crate::web::console::patients) label: Message,
    pub(in crate::web::console::patients) words: Message,
    /// Whether it couldn't be read, so that it wasn't passed on.
    is_left_out: bool,
}

pub(super) fn show_elsewhere(
    staff: &StaffActor,
    fields: &Fields,
    round: Option<Round>,
    elsewhere: Elsewhere,
) -> Result<Response, ServiceError> {
    let flow_set = &staff.visit.console.settings.flow_set;
    let form = form_of(flow_set)?;
    let questions = questions_of((flow_set, form), staff.visit.language, fields, &Mistakes::default(), None);
    let Elsewhere { centre, passed_on, left_out } = elsewhere;
    let typed = questions.into_iter().filter_map(|question| TypedLine::of(question, &left_out)).collect();
    let is_stored = passed_on != PassedOn::Nothing && left_out.is_empty();
    let says = match &passed_on {
        PassedOn::Nothing => message!("answers-elsewhere-nothing"),
        PassedOn::Before => message!("answers-elsewhere-before"),
        PassedOn::Answers(_) | PassedOn::Noted if left_out.is_empty() => message!("answers-elsewhere-all"),
        PassedOn::Answers(_) | PassedOn::Noted => message!("answers-elsewhere-part"),
    };
    let (severity, advice) = match passed_on {
        PassedOn::Answers(entered) => (entered.severity, entered.advice),
        PassedOn::Noted | PassedOn::Before | PassedOn::Nothing => (Severity::None, Vec::new()),
    };
    let page = ElsewherePage {
        l: staff.visit.layout().within(round.as_ref().map(|_| Section::Round)),
        heading: message!("answers-elsewhere", centre = centre),
        says,
        is_stored,
        is_red: severity == Severity::Red,
        severity,
        advice,
        typed,
        note: fields.get("note").to_owned(),
        later_at: fields.get("later_at").to_owned(),
        round: round.map(|round| round.text()),
    };
    Ok(taken(staff.visit.page(StatusCode::OK, &page)))
}

impl TypedLine {
    /// `None` if nothing was typed.
    pub(in crate::web::console::patients) fn of(question: Question, left_out: &[String]) -> Option<Self> {
        let typed = |value: String| message!("patient-value", value = value);
        let words = match question.asked {
            Asked::Number { value, instead } if value.is_empty() => {
                instead.filter(|choice| choice.is_chosen).map(|choice| choice.name)
            }
            Asked::Number { value, .. } => Some(typed(value)),
            Asked::Choice(choices) => choices
                .into_iter()
                .find(|choice| choice.is_chosen && !choice.value.is_empty())
                .map(|choice| choice.name),
        };
        let is_left_out = left_out.contains(&question.name);
        Some(Self { label: typed(question.label), words: words?, is_left_out })
    }

    /// What was typed into a field that isn't a question.
    pub(in crate::web::console::patients) fn plain(label: Message, value: &str) -> Self {
        Self { label, words: message!("patient-value", value = value), is_left_out: false }
    }
}
