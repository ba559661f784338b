//! The questions of the form in the words of the documents.

use crate::domain::{PageLanguage, YesNo};
use crate::engine::form::{FieldError, FieldProblem, FieldStanding};
use crate::flow::FlowSet;
use crate::flow::form::{Condition, Field, FieldKind, Form, NotReadable, Requirement, Scale};
use crate::service::{FormView, ServiceError, StoredThing};
use crate::translations::{Message, message};
use crate::web::portal::form::{Fields, Mistakes};
use crate::web::portal::worded::Worded;

/// The end of the name of the box beside a number: it couldn't be measured.
const INSTEAD: &str = "_instead";

/// A question.
pub(super) struct Question {
    /// The field's name, which is also the id of its control.
    pub(super) name: String,
    pub(super) labels: Vec<Worded>,
    pub(super) hint: Option<Message>,
    pub(super) asked: Asked,
    pub(super) error: Option<Message>,
}

/// How it is answered.
pub(super) enum Asked {
    /// By a number with its unit, or by the box beside it.
    Number { value: String, unit: &'static str, instead: Option<Choice> },
    /// By one of several options.
    Choice(Vec<Choice>),
}

/// An option.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) name: Message,
    pub(super) is_chosen: bool,
}

impl Question {
    /// The question without tags, for attributes.
    pub(super) fn label(&self) -> String {
        self.labels.iter().map(Worded::without_readings).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn instead_name(&self) -> String {
        format!("{}{INSTEAD}", self.name)
    }
}

/// The form of the questionnaire.
pub(super) fn form_of(flow_set: &FlowSet) -> Result<&Form, ServiceError> {
    flow_set.questionnaire_form().map_err(|_| ServiceError::Unreadable(StoredThing::FlowSet))
}

/// What was typed, by question, and where a number and the box beside it contradict each other.
pub(super) fn typed(form: &Form, names: &[String], fields: &Fields) -> (Vec<(String, String)>, Mistakes) {
    let mut mistakes = Mistakes::default();
    let mut answers = Vec::new();
    for name in names.iter().filter(|name| form.fields().any(|field| field.id.as_str() == name.as_str())) {
        let (value, instead) = (fields.get(name).trim(), fields.get(&format!("{name}{INSTEAD}")));
        match (value, instead) {
            ("", instead) => answers.push((name.clone(), instead.to_owned())),
            (value, "") => answers.push((name.clone(), value.to_owned())),
            _ => mistakes.add(name.clone(), message!("portal-report-number-or-box")),
        }
    }
    (answers, mistakes)
}

/// What was filled in before, as the fields of a form.
pub(super) fn filled(form: &Form, view: &FormView) -> Fields {
    let of_field = |field: &Field| {
        let name = field.id.as_str();
        let value = view.entries.get(name)?;
        let is_instead =
            matches!(&field.kind, FieldKind::Number { instead, .. } if instead.iter().any(|entry| **entry == **value));
        Some((if is_instead { format!("{name}{INSTEAD}") } else { name.to_owned() }, value.clone()))
    };
    Fields(form.fields().filter_map(of_field).collect())
}

/// What is wrong, as sentences with what was typed.
pub(super) fn mistakes_of(form: &Form, errors: &[FieldError], fields: &Fields) -> Mistakes {
    let mut mistakes = Mistakes::default();
    for error in errors {
        let name = error.field.as_str();
        let typed = fields.get(name).trim().to_owned();
        let field = form.fields().find(|field| field.id == error.field);
        mistakes.add(name.to_owned(), sentence(error.problem, field, typed));
    }
    mistakes
}

/// The questions of a page that are open and must be answered.
pub(super) fn missing(form: &Form, view: &FormView, names: &[String]) -> Mistakes {
    let mut mistakes = Mistakes::default();
    for (name, standing) in &view.fields {
        let field = form.fields().find(|field| field.id.as_str() == name);
        let must = field.is_some_and(|field| field.requirement == Requirement::Required);
        if *standing == FieldStanding::Open && must && names.contains(name) {
            let is_number = field.is_some_and(|field| matches!(field.kind, FieldKind::Number { .. }));
            let sentence =
                if is_number { message!("portal-report-missing-number") } else { message!("portal-report-missing") };
            mistakes.add(name.clone(), sentence);
        }
    }
    mistakes
}

fn sentence(problem: FieldProblem, field: Option<&Field>, typed: String) -> Message {
    match problem {
        FieldProblem::NotReadable(NotReadable::OutOfRange { at_least, at_most, scale }) => message!(
            "portal-report-out-of-range",
            typed = typed,
            least = number(at_least, scale),
            most = number(at_most, scale)
        ),
        FieldProblem::NotReadable(NotReadable::NotANumber) | FieldProblem::ConfirmedOtherwise => {
            match field.map(|field| &field.kind) {
                Some(FieldKind::Number { scale: Scale::Whole, .. }) => {
                    message!("portal-report-not-a-whole-number", typed = typed)
                }
                _ => message!("portal-report-not-a-number", typed = typed),
            }
        }
        FieldProblem::NotAsked => message!("portal-report-not-asked"),
        FieldProblem::Missing | FieldProblem::NotReadable(NotReadable::NotAnOption) | FieldProblem::Unknown => {
            message!("portal-report-missing")
        }
    }
}

fn number(number: u32, scale: Scale) -> String {
    match scale {
        Scale::Whole => number.to_string(),
        Scale::Tenths => format!("{}.{}", number / 10, number % 10),
    }
}

/// A question with what was typed.
pub(super) fn question(
    flow_set: &FlowSet,
    field: &Field,
    language: PageLanguage,
    (fields, mistakes): (&Fields, &Mistakes),
    is_alone: bool,
) -> Question {
    let name = field.id.as_str().to_owned();
    let words = field.label.iter().filter_map(|prompt| flow_set.wording(prompt.as_str(), language.spoken()));
    let is_conditional = field.asked_if != Condition::Always && !is_alone;
    Question {
        labels: words.map(|wording| Worded::of_document(wording, language)).collect(),
        hint: hint_of(field, is_conditional),
        asked: asked_of(field, fields),
        error: mistakes.of(&name).cloned(),
        name,
    }
}

fn hint_of(field: &Field, is_conditional: bool) -> Option<Message> {
    match &field.kind {
        FieldKind::Number { scale: Scale::Tenths, .. } => Some(message!("portal-report-hint-tenths")),
        FieldKind::Number { .. } if !is_conditional => Some(message!("portal-report-hint-whole")),
        FieldKind::Number { .. } => Some(message!("portal-report-hint-again")),
        FieldKind::Choice(_) if is_conditional => Some(message!("portal-report-hint-conditional")),
        FieldKind::Choice(_) => None,
    }
}

fn asked_of(field: &Field, fields: &Fields) -> Asked {
    let (name, value) = (field.id.as_str(), fields.get(field.id.as_str()));
    match &field.kind {
        FieldKind::Number { instead, scale, .. } => {
            let typed = fields.get(&format!("{name}{INSTEAD}"));
            let of = |entry: &str| Choice {
                id: format!("{name}{INSTEAD}"),
                value: entry.to_owned(),
                name: match scale {
                    Scale::Tenths => message!("portal-report-not-measured"),
                    Scale::Whole => message!("portal-report-no-oximeter"),
                },
                is_chosen: typed == entry,
            };
            let unit = if *scale == Scale::Tenths { "℃" } else { "%" };
            Asked::Number { value: value.to_owned(), unit, instead: instead.first().map(|entry| of(entry)) }
        }
        FieldKind::Choice(options) => {
            let choice = |(nth, code): (usize, &str)| Choice {
                // The first one is what an error leads to.
                id: if nth == 0 { name.to_owned() } else { format!("{name}-{code}") },
                value: code.to_owned(),
                name: match YesNo::from_code(code) {
                    Some(YesNo::Yes) => message!("portal-report-yes"),
                    Some(YesNo::No) => message!("portal-report-no"),
                    Some(YesNo::Unknown) => message!("portal-report-unknown"),
                    None => message!("verbatim", text = code),
                },
                is_chosen: value == code,
            };
            Asked::Choice(options.iter().map(|option| &*option.code).enumerate().map(choice).collect())
        }
    }
}
