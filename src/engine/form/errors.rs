//! Checks a form field by field, against what the flow would ask with these answers.

use std::collections::BTreeMap;

use super::{Extent, Filled, FilledField};
use crate::domain::{Answer, Item};
use crate::engine::session::Person;
use crate::flow::form::{Condition, Field, Form, FormStep, NotReadable, Requirement};
use crate::flow::{Bound, NodeId};

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, as it was submitted.
    pub field: NodeId,
    /// What is wrong.
    pub problem: FieldProblem,
}

/// The kinds of errors of a field. They don't repeat what was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldProblem {
    /// It must be filled in.
    Missing,
    /// It can't be read, or is out of range.
    NotReadable(NotReadable),
    /// With the other answers, it isn't asked.
    NotAsked,
    /// The value that the person confirmed is another one.
    ConfirmedOtherwise,
    /// The form has no such field.
    Unknown,
}

impl FieldProblem {
    /// The code used in JSON and commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotReadable(NotReadable::NotANumber) => "not_a_number",
            Self::NotReadable(NotReadable::NotAnOption) => "not_an_option",
            Self::NotReadable(NotReadable::OutOfRange { .. }) => "out_of_range",
            Self::NotAsked => "not_asked",
            Self::ConfirmedOtherwise => "confirmed_otherwise",
            Self::Unknown => "unknown_field",
        }
    }
}

/// What is known of a field, with what was filled in so far.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub enum FieldStanding {
    /// It isn't asked, or not yet: that depends on a question that is open.
    NotAsked,
    /// It is asked and empty.
    Open,
    /// It is answered.
    Entered,
    /// It has an error, or depends on a field with one.
    Wrong,
}

/// What is known of each field, in the order of the form, and what is wrong. What is missing is no error.
pub(super) fn standings(
    form: &Form,
    person: &Person,
    filled: &Filled,
) -> (Vec<(NodeId, FieldStanding)>, Vec<FieldError>) {
    let mut checking = Checking::of(person, Extent::SoFar);
    checking.all(form, filled);
    let Checking { states, errors, .. } = checking;
    let standing = |field: &Field| {
        let standing = match states.get(&field.id) {
            Some(State::NotAsked) | None => FieldStanding::NotAsked,
            Some(State::Entered(_)) => FieldStanding::Entered,
            Some(State::Empty) => FieldStanding::Open,
            Some(State::Unclear) => FieldStanding::Wrong,
        };
        (field.id.clone(), standing)
    };
    (form.fields().map(standing).collect(), errors)
}

/// The entries of a form without errors, as the phone would take them, by field.
pub(super) type Entries = BTreeMap<NodeId, Box<str>>;

/// What is known of a field that may be asked.
enum State {
    /// It certainly isn't asked.
    NotAsked,
    /// It is asked and has this entry.
    Entered(Box<str>),
    /// It is asked and empty, and may be.
    Empty,
    /// Its entry, or whether it is asked, depends on a field with an error.
    Unclear,
}

struct Checking<'a> {
    person: &'a Person,
    extent: Extent,
    states: BTreeMap<&'a NodeId, State>,
    /// The answers of the report, or `None` where an error leaves them unclear.
    answers: BTreeMap<Item, Option<Answer>>,
    errors: Vec<FieldError>,
}

/// Reads a form.
///
/// # Errors
///
/// Returns every error that holds whatever the other fields with errors turn out to be.
pub(super) fn checked(
    form: &Form,
    person: &Person,
    filled: &Filled,
    extent: Extent,
) -> Result<Entries, Vec<FieldError>> {
    let mut checking = Checking::of(person, extent);
    checking.all(form, filled);
    if !checking.errors.is_empty() {
        return Err(checking.errors);
    }
    let entered = checking.states.into_iter().filter_map(|(field, state)| match state {
        State::Entered(entry) => Some((field.clone(), entry)),
        State::NotAsked | State::Empty | State::Unclear => None,
    });
    Ok(entered.collect())
}

impl<'a> Checking<'a> {
    fn of(person: &'a Person, extent: Extent) -> Self {
        let answers = person.answers.iter().map(|(item, answer)| (*item, Some(*answer))).collect();
        Self { person, extent, states: BTreeMap::new(), answers, errors: Vec::new() }
    }

    fn all(&mut self, form: &'a Form, filled: &Filled) {
        for step in &form.steps {
            match step {
                FormStep::Field(field) => self.field(field, filled.0.get(&field.id)),
                FormStep::Record { item, from, if_ } => self.record(*item, from, if_),
            }
        }
        let known = |name: &NodeId| form.fields().any(|field| field.id == *name);
        for name in filled.0.keys().filter(|name| !known(name)) {
            self.errors.push(FieldError { field: name.clone(), problem: FieldProblem::Unknown });
        }
    }

    fn field(&mut self, field: &'a Field, filled: Option<&FilledField>) {
        let filled = filled.filter(|filled| !filled.value.trim().is_empty());
        let answered = field.question.is_some_and(|item| self.before(item));
        let asked = if answered { Some(false) } else { self.holds(&field.asked_if) };
        let (state, problem) = match (asked, filled) {
            (Some(false), None) => (State::NotAsked, None),
            (Some(false), Some(_)) => (State::NotAsked, Some(FieldProblem::NotAsked)),
            (None, _) => (State::Unclear, None),
            (Some(true), None) => match (field.requirement, self.extent) {
                (Requirement::Optional, _) | (_, Extent::SoFar) => (State::Empty, None),
                (Requirement::Required, Extent::Whole) => (State::Unclear, Some(FieldProblem::Missing)),
            },
            (Some(true), Some(filled)) => match entry(field, filled) {
                Ok(entry) => (State::Entered(entry), None),
                Err(problem) => (State::Unclear, Some(problem)),
            },
        };
        self.states.insert(&field.id, state);
        self.errors.extend(problem.map(|problem| FieldError { field: field.id.clone(), problem }));
    }

    fn record(&mut self, item: Item, from: &NodeId, if_: &Condition) {
        let answer = match (self.holds(if_), self.states.get(from)) {
            (Some(false), _) => return,
            (Some(true), Some(State::Entered(entry))) => item.read(entry),
            (_, Some(State::Empty)) if self.extent == Extent::SoFar => return,
            _ => None,
        };
        self.answers.insert(item, answer);
    }

    /// Whether the item was answered before this form.
    fn before(&self, item: Item) -> bool {
        self.person.answers.iter().any(|(of, _)| *of == item)
    }

    fn holds(&self, condition: &Condition) -> Option<bool> {
        condition.holds(&|test| match test {
            Condition::Is(field, text) => self.compare(field, |entry| *entry == **text),
            Condition::AtMost(field, bound) => {
                let most = self.bound(*bound);
                self.compare(field, |entry| entry.parse::<u32>().is_ok_and(|number| number <= most))
            }
            Condition::Given(field) => self.compare(field, |_| true),
            Condition::Answered(item, text) => match self.answers.get(item) {
                None => Some(false),
                Some(answer) => answer.map(|answer| answer.is(text)),
            },
            Condition::AnsweredBefore(item) => Some(self.before(*item)),
            Condition::Always | Condition::Not(_) | Condition::All(_) | Condition::Any(_) => None,
        })
    }

    fn compare(&self, field: &NodeId, fits: impl Fn(&str) -> bool) -> Option<bool> {
        match self.states.get(field) {
            Some(State::Entered(entry)) => Some(fits(entry)),
            Some(State::NotAsked | State::Empty) | None => Some(false),
            Some(State::Unclear) => None,
        }
    }

    fn bound(&self, bound: Bound) -> u32 {
        let thresholds = &self.person.centre.thresholds;
        match bound {
            Bound::Number(number) => number,
            Bound::Spo2Amber => thresholds.spo2_amber.into(),
            Bound::Spo2Red => thresholds.spo2_red.into(),
        }
    }
}

fn entry(field: &Field, filled: &FilledField) -> Result<Box<str>, FieldProblem> {
    let entry = field.read(&filled.value).map_err(FieldProblem::NotReadable)?;
    let confirmed = filled.confirmed.as_ref().is_none_or(|confirmed| field.read(confirmed).as_ref() == Ok(&entry));
    if confirmed { Ok(entry) } else { Err(FieldProblem::ConfirmedOtherwise) }
}
