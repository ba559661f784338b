//! The questionnaire as a form for staff: the same questions, bounds and conditions as by phone, from the same
//! document.

use super::days::Cell;
use crate::domain::{Answer, Item, Language, YesNo};
use crate::engine::form::{FieldError, FieldProblem};
use crate::flow::FlowSet;
use crate::flow::form::{Condition, Field, FieldKind, Form, NotReadable, Scale};
use crate::service::{ReportView, ServiceError, StoredThing};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes};
use crate::web::console::today::words as today_words;

/// The end of the name of the box beside a number: it couldn't be measured.
const INSTEAD: &str = "_instead";

/// A question.
pub(super) struct Question {
    /// The field's name, which is also the id of its control.
    pub(super) name: String,
    /// `5`, or `5-2` if it depends on another answer.
    pub(super) number: String,
    pub(super) label: String,
    pub(super) hint: Option<Message>,
    pub(super) asked: Asked,
    pub(super) error: Option<Message>,
    pub(super) is_conditional: bool,
    /// The answer of the last report.
    pub(super) before: Option<Cell>,
}

/// How it is answered.
pub(super) enum Asked {
    /// By a number, or by the box beside it.
    Number { value: String, instead: Option<Choice> },
    /// By one of several options.
    Choice(Vec<Choice>),
}

/// An option.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: Message,
    pub(super) is_chosen: bool,
}

impl Question {
    pub(super) fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    /// The question on a page of its own, where it depends on nothing.
    pub(super) fn alone(self) -> Self {
        Self { is_conditional: false, hint: self.hint.filter(|_| !self.is_conditional), ..self }
    }

    pub(super) fn instead_name(&self) -> String {
        format!("{}{INSTEAD}", self.name)
    }
}

/// The form of the questionnaire.
pub(super) fn form_of(flow_set: &FlowSet) -> Result<&Form, ServiceError> {
    flow_set.questionnaire_form().map_err(|_| ServiceError::Unreadable(StoredThing::FlowSet))
}

/// The form with these answers filled in.
pub(super) fn filled(form: &Form, answers: &[(Item, Answer)]) -> Fields {
    let of_field = |field: &Field| {
        let (_, answer) = answers.iter().find(|(item, _)| field.question == Some(*item))?;
        let name = field.id.as_str();
        Some(match (&field.kind, answer.exported()) {
            (FieldKind::Number { .. }, value) if value.is_empty() => (format!("{name}{INSTEAD}"), answer.entry()),
            (FieldKind::Number { .. } | FieldKind::Choice(_), value) => (name.to_owned(), value),
        })
    };
    Fields(form.fields().filter_map(of_field).collect())
}

/// The answers that were filled in, and where a number and the box beside it contradict each other.
pub(super) fn answers_of(form: &Form, fields: &Fields) -> (Vec<(String, String)>, Mistakes) {
    let mut mistakes = Mistakes::default();
    let answer = |field: &Field| {
        let name = field.id.as_str();
        let typed = fields.get(name).trim();
        let instead = fields.get(&format!("{name}{INSTEAD}"));
        let value = match (typed, instead) {
            ("", instead) => instead,
            (typed, "") => typed,
            (typed, _) => {
                mistakes.add(name.to_owned(), message!("round-number-or-box"));
                typed
            }
        };
        (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    let answers = form.fields().filter_map(answer).collect();
    (answers, mistakes)
}

/// What is wrong, as sentences.
pub(super) fn mistakes_of<'f>(fields: impl Iterator<Item = &'f Field> + Clone, errors: &[FieldError]) -> Mistakes {
    let mut mistakes = Mistakes::default();
    for error in errors {
        let field = fields.clone().find(|field| field.id == error.field);
        let problem = sentence(error.problem, field);
        let sentence = match field.and_then(|field| field.item) {
            Some(item) => message!("round-wrong", item = name_of(field, item), problem = problem),
            None => problem,
        };
        mistakes.add(error.field.as_str().to_owned(), sentence);
    }
    mistakes
}

/// The name of a question in the summary: a value that is measured a second time isn't the first one.
fn name_of(field: Option<&Field>, item: Item) -> Message {
    let name = today_words::item_name(item);
    let again = field
        .is_some_and(|field| matches!(field.kind, FieldKind::Number { .. }) && field.asked_if != Condition::Always);
    if again { message!("report-measured-again", item = name) } else { name }
}

/// What a number of this field looks like.
fn not_a_number(field: Option<&Field>) -> Message {
    match field.map(|field| &field.kind) {
        Some(FieldKind::Number { scale: Scale::Whole, .. }) => message!("report-not-a-whole-number"),
        _ => message!("round-not-a-number"),
    }
}

fn sentence(problem: FieldProblem, field: Option<&Field>) -> Message {
    let is_number = field.is_some_and(|field| matches!(field.kind, FieldKind::Number { .. }));
    match problem {
        FieldProblem::Missing if is_number => message!("round-missing-number"),
        FieldProblem::Missing => message!("round-missing-choice"),
        FieldProblem::NotReadable(NotReadable::NotANumber) | FieldProblem::ConfirmedOtherwise => not_a_number(field),
        FieldProblem::NotReadable(NotReadable::OutOfRange { at_least, at_most, scale }) => {
            message!("round-out-of-range", least = number(at_least, scale), most = number(at_most, scale))
        }
        FieldProblem::NotReadable(NotReadable::NotAnOption) | FieldProblem::Unknown => {
            message!("round-missing-choice")
        }
        FieldProblem::NotAsked => message!("round-not-asked"),
    }
}

fn number(number: u32, scale: Scale) -> String {
    match scale {
        Scale::Whole => number.to_string(),
        Scale::Tenths => format!("{}.{}", number / 10, number % 10),
    }
}

/// The questions, with what was filled in.
pub(super) fn questions_of(
    (flow_set, form): (&FlowSet, &Form),
    language: Language,
    fields: &Fields,
    mistakes: &Mistakes,
    last: Option<&ReportView>,
) -> Vec<Question> {
    let (mut number, mut part) = (0_u32, 1_u32);
    let question = |field: &Field| {
        let is_conditional = field.asked_if != Condition::Always;
        (number, part) = if is_conditional { (number, part.saturating_add(1)) } else { (number.saturating_add(1), 1) };
        let name = field.id.as_str().to_owned();
        let words = field.label.iter().filter_map(|prompt| flow_set.wording(prompt.as_str(), language));
        Question {
            number: if is_conditional { format!("{number}-{part}") } else { number.to_string() },
            label: words.map(|wording| wording.on_form().to_string()).collect::<Vec<_>>().join(" "),
            hint: hint_of(field, is_conditional),
            asked: asked_of(field, is_conditional, fields),
            error: mistakes.of(&name).cloned(),
            is_conditional,
            before: field.item.and_then(|item| before_of(last, item)),
            name,
        }
    };
    form.fields().map(question).collect()
}

fn before_of(last: Option<&ReportView>, item: Item) -> Option<Cell> {
    last.map(|report| Cell::of(Some(report), item))
}

fn hint_of(field: &Field, is_conditional: bool) -> Option<Message> {
    match &field.kind {
        FieldKind::Number { at_least, at_most, scale: scale @ Scale::Tenths, .. } => {
            Some(message!("round-hint-tenths", least = number(*at_least, *scale), most = number(*at_most, *scale)))
        }
        FieldKind::Number { at_least, at_most, scale, .. } if !is_conditional => {
            Some(message!("round-hint-whole", least = number(*at_least, *scale), most = number(*at_most, *scale)))
        }
        FieldKind::Number { .. } => Some(message!("round-hint-again")),
        FieldKind::Choice(_) if is_conditional => Some(message!("round-hint-conditional")),
        FieldKind::Choice(_) => None,
    }
}

fn asked_of(field: &Field, is_conditional: bool, fields: &Fields) -> Asked {
    let value = fields.get(field.id.as_str());
    match &field.kind {
        FieldKind::Number { instead, .. } => {
            let typed = fields.get(&format!("{}{INSTEAD}", field.id.as_str()));
            let of = |entry: &str| Choice {
                value: entry.to_owned(),
                name: message!("round-not-measured"),
                is_chosen: typed == entry,
            };
            Asked::Number { value: value.to_owned(), instead: instead.first().map(|entry| of(entry)) }
        }
        FieldKind::Choice(options) => {
            let option = |code: &str| Choice {
                value: code.to_owned(),
                name: YesNo::from_code(code)
                    .map_or_else(|| message!("patient-value", value = code), today_words::answer_name),
                is_chosen: value == code,
            };
            let mut choices: Vec<Choice> = options.iter().map(|of| option(&of.code)).collect();
            if is_conditional {
                let name = message!("patient-not-asked");
                choices.push(Choice { value: String::new(), name, is_chosen: value.is_empty() });
            }
            Asked::Choice(choices)
        }
    }
}
