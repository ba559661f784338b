//! `kenkocall flows form`: the questionnaire as a form, and what follows from answers.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{library_of, synthetic};
use crate::commands::arguments::Form as Output;
use crate::commands::documents::Origin;
use crate::commands::exit::{Exit, usage};
use crate::commands::language::{self, text};
use crate::commands::output::complain;
use crate::domain::Language;
use crate::engine::form::{FieldError, FieldProblem, Filled, FilledField, FormRefused, Submitted, Submitter, submit};
use crate::engine::{Effect, WordsFor, words};
use crate::flow::form::{Condition, Field, FieldKind, Form, NotReadable, Requirement, Scale};
use crate::flow::{Bound, FlowSet, NodeId, PromptId, names};
use crate::flow_test::line_of;
use crate::translations::{Message, Said, message};

/// An answer of the command line: `FIELD=VALUE`.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Given {
    field: String,
    value: String,
}

impl std::str::FromStr for Given {
    type Err = Said;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (field, value) = text.split_once('=').ok_or_else(|| Said(message!("field-value")))?;
        Ok(Self { field: field.trim().to_owned(), value: value.to_owned() })
    }
}

/// Prints the fields or, if there are answers, what follows from them.
pub(super) fn show(origin: &Origin, language: Language, given: Vec<Given>, output: Output) -> anyhow::Result<Exit> {
    let flow_set = library_of(origin)?;
    let Some(Ok(form)) = flow_set.flow(names::QUESTIONNAIRE).map(Form::of) else {
        return Err(usage(text!("flows-no-questionnaire", flow = names::QUESTIONNAIRE)));
    };
    if given.is_empty() {
        let text: String = form.fields().map(|field| described(&flow_set, field, language)).collect();
        let fields: Vec<Value> = form.fields().map(|field| as_json(&flow_set, field, language)).collect();
        output.say(&text, json!({ "documents": origin.to_string(), "fields": fields }))?;
        return Ok(Exit::Done);
    }
    let mut filled = Filled(BTreeMap::new());
    for Given { field, value } in given {
        let one = FilledField { value: value.into(), confirmed: None };
        if filled.0.insert(NodeId::from(field.as_str()), one).is_some() {
            return Err(usage(text!("field-twice", field = field)));
        }
    }
    match submit(&flow_set, submitter(language)?, &filled) {
        Ok(submitted) => {
            let (text, value) = followed(&flow_set, &submitted, language);
            output.say(&text, value)?;
            Ok(Exit::Done)
        }
        Err(FormRefused::Fields(errors)) => {
            errors.iter().for_each(|error| complain(&sentence(error, &form)));
            let errors = errors.iter().map(|error| json!({ "field": error.field, "code": error.problem.code() }));
            output.say("", json!({ "errors": errors.collect::<Vec<_>>() }))?;
            Ok(Exit::Found)
        }
        Err(refused) => Err(anyhow::anyhow!("the questionnaire was checked and can't be submitted: {refused:?}")),
    }
}

/// The made-up patient, under the default thresholds.
fn submitter(language: Language) -> anyhow::Result<Submitter> {
    let at = crate::service::Clock::system().now();
    let person = synthetic()?.first_person().context("the made-up patient")?;
    Ok(Submitter { person: *person, language, at })
}

fn described(flow_set: &FlowSet, field: &Field, language: Language) -> String {
    let spoken = language::current();
    let (id, values) = (field.id.as_str(), kind(&field.kind));
    let head = match field.requirement {
        Requirement::Required => text!("field-required", field = id, values = values),
        Requirement::Optional => text!("field-optional", field = id, values = values),
    };
    let mut text = format!("{head}\n");
    let prompts = field.label.iter().chain(&field.help);
    for words in prompts.filter_map(|prompt| on_form(flow_set, prompt, language)) {
        text.push_str(&format!("    {words}\n"));
    }
    if field.asked_if != Condition::Always {
        let condition = condition(&field.asked_if, spoken);
        text.push_str(&format!("    {}\n", text!("field-asked-if", condition = condition)));
    }
    text
}

fn on_form<'a>(flow_set: &'a FlowSet, prompt: &PromptId, language: Language) -> Option<&'a str> {
    flow_set.wording(prompt.as_str(), language).map(|wording| &**wording.on_form())
}

fn kind(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Number { at_least, at_most, scale, instead, .. } => {
            let range = message!("field-range", least = number(*at_least, *scale), most = number(*at_most, *scale));
            let whole =
                instead.iter().fold(range, |range, entry| message!("field-or", range = range, entry = &**entry));
            whole.text(language::current())
        }
        FieldKind::Choice(options) => {
            let codes: Vec<&str> = options.iter().map(|option| &*option.code).collect();
            codes.join(", ")
        }
    }
}

fn number(number: u32, scale: Scale) -> String {
    match scale {
        Scale::Whole => number.to_string(),
        Scale::Tenths => format!("{}.{}", number / 10, number % 10),
    }
}

fn condition(of: &Condition, spoken: Language) -> String {
    let joined = |parts: &[Condition], word: Message| {
        let parts: Vec<String> = parts.iter().map(|part| condition(part, spoken)).collect();
        format!("({})", parts.join(&word.text(spoken)))
    };
    match of {
        Condition::Always => message!("condition-always").text(spoken),
        Condition::Is(field, text) => format!("{field} = {text}"),
        Condition::AtMost(field, bound) => {
            let bound = match bound {
                Bound::Number(number) => number.to_string(),
                Bound::Spo2Amber => "spo2_amber".to_owned(),
                Bound::Spo2Red => "spo2_red".to_owned(),
            };
            format!("{field} <= {bound}")
        }
        Condition::Given(field) => message!("condition-given", field = field.as_str()).text(spoken),
        Condition::Answered(item, text) => format!("{} = {text}", item.code()),
        Condition::AnsweredBefore(item) => message!("condition-answered-before", item = item.code()).text(spoken),
        Condition::Not(inner) => message!("condition-not", inner = condition(inner, spoken)).text(spoken),
        Condition::All(parts) => joined(parts, message!("condition-and")),
        Condition::Any(parts) => joined(parts, message!("condition-or")),
    }
}

fn as_json(flow_set: &FlowSet, field: &Field, language: Language) -> Value {
    let words = |prompt: &PromptId| on_form(flow_set, prompt, language).map(str::to_owned);
    let (kind, bounds, options) = match &field.kind {
        FieldKind::Number { at_least, at_most, scale, instead, .. } => {
            let bounds = [number(*at_least, *scale), number(*at_most, *scale)];
            ("number", Some(bounds), instead.iter().map(|entry| &**entry).collect())
        }
        FieldKind::Choice(options) => ("choice", None, options.iter().map(|o| &*o.code).collect::<Vec<_>>()),
    };
    json!({
        "field": field.id,
        "item": field.item.map(|item| item.code()),
        "kind": kind,
        "bounds": bounds,
        "options": options,
        "required": field.requirement == Requirement::Required,
        "label": field.label.iter().filter_map(words).collect::<Vec<_>>(),
        "help": field.help.as_ref().and_then(words),
        "asked_if": condition(&field.asked_if, Language::English),
    })
}

fn followed(flow_set: &FlowSet, submitted: &Submitted, language: Language) -> (String, Value) {
    let facts = submitted.facts.iter().cloned().map(Effect::Fact);
    let facts: Vec<String> = facts.flat_map(|fact| line_of(&fact, language)).collect();
    let advice = submitted.advice.iter().map(|said| words(flow_set, said, WordsFor::Reader));
    let advice: Vec<String> = advice.collect();
    let said = advice.iter().map(|words| format!("> {words}\n"));
    let text = facts.iter().map(|fact| format!("{fact}\n")).chain(said).collect();
    let facts: Vec<&str> = facts.iter().map(|fact| fact.trim_start_matches("! ")).collect();
    (text, json!({ "facts": facts, "advice": advice }))
}

fn sentence(error: &FieldError, form: &Form) -> String {
    let field = error.field.as_str();
    match error.problem {
        FieldProblem::Missing => text!("field-missing", field = field),
        FieldProblem::NotReadable(NotReadable::NotANumber) => text!("field-not-number", field = field),
        FieldProblem::NotReadable(NotReadable::OutOfRange { at_least, at_most, scale }) => {
            let (least, most) = (number(at_least, scale), number(at_most, scale));
            text!("field-out-of-range", field = field, least = least, most = most)
        }
        FieldProblem::NotReadable(NotReadable::NotAnOption) => {
            let options = form.fields().find(|other| other.id == error.field).map(|field| kind(&field.kind));
            text!("field-not-option", field = field, options = options.unwrap_or_default())
        }
        FieldProblem::NotAsked => text!("field-not-asked", field = field),
        FieldProblem::ConfirmedOtherwise => text!("field-confirmed-otherwise", field = field),
        FieldProblem::Unknown => {
            let names: Vec<&str> = form.fields().map(|field| field.id.as_str()).collect();
            text!("field-unknown", field = field, fields = names.join(", "))
        }
    }
}
