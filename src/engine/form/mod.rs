//! Submits the questionnaire as a form: the same flow, grading and facts as by phone, without a voice.
//!
//! A form is checked as a whole first, so that each field can be told what is wrong with it. Then the flow is walked
//! with its entries, by the same functions that walk it in a call.

mod errors;
mod walk;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::effect::{Fact, Utterance};
use super::session::Person;
use crate::domain::{Answer, Item, Job, Language, ReportId, ReportOutcome, Severity};
use crate::flow::form::{Form, Obstacle};
use crate::flow::{FlowSet, NodeId};

pub use errors::{FieldError, FieldProblem, FieldStanding};

/// What a person filled in, by field.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Filled(pub BTreeMap<NodeId, FilledField>);

/// What a person filled in at one field.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FilledField {
    /// What was typed or chosen. Empty: nothing.
    pub value: Box<str>,
    /// The value that was read back to the person and confirmed. `None` if nothing was read back.
    pub confirmed: Option<Box<str>>,
}

impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filled({} fields, personal)", self.0.len())
    }
}

impl std::fmt::Debug for FilledField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FilledField(personal)")
    }
}

/// How much of the questionnaire a form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything that is asked.
    Whole,
    /// What was said so far. A question without an answer stays open, and the ones after it count.
    SoFar,
}

/// Whose form it is, in which language, and when it was submitted.
#[derive(Debug, Clone)]
pub struct Submitter {
    /// The patient, with the day's open report and the answers in it so far.
    pub person: Person,
    /// The language of what is said in return.
    pub language: Language,
    /// When.
    pub at: Timestamp,
}

/// What follows from a form.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The answers in the order of the flow, each followed by its alert, and the end of the report.
    pub facts: Vec<Fact>,
    /// What is done after the facts are stored.
    pub jobs: Vec<Job>,
    /// What the caller would have heard in return, such as advice after a red answer. It must be shown at once.
    pub advice: Vec<Utterance>,
}

impl Submitted {
    /// Whether every question was answered.
    pub fn is_finished(&self) -> bool {
        let is_end = |fact: &Fact| matches!(fact, Fact::ReportClosed { outcome: ReportOutcome::Reported, .. });
        self.facts.iter().any(is_end)
    }

    /// The answers: the last one to each item.
    pub fn answers(&self) -> Vec<(Item, Answer)> {
        let mut answers: Vec<(Item, Answer)> = Vec::new();
        for fact in &self.facts {
            if let Fact::Answered { item, answer, .. } = fact {
                answers.retain(|(of, _)| of != item);
                answers.push((*item, *answer));
            }
        }
        answers
    }

    /// The highest severity of the answers.
    pub fn severity(&self) -> Severity {
        let severity = |fact: &Fact| match fact {
            Fact::Answered { severity, .. } => Some(*severity),
            _ => None,
        };
        self.facts.iter().filter_map(severity).max().unwrap_or(Severity::None)
    }

    /// What a form adds to answers that its report has already. The same answer isn't given again and raises no second
    /// alert. A whole form takes back answers to what it doesn't ask any more.
    #[must_use]
    pub fn beyond(mut self, report: ReportId, before: &[(Item, Answer)]) -> Self {
        let given = self.answers();
        let is_old = |item: Item| given.iter().any(|now| now.0 == item && before.contains(now));
        self.facts.retain(|fact| match fact {
            Fact::Answered { item, .. } | Fact::Alert { item: Some(item), .. } => !is_old(*item),
            _ => true,
        });
        if self.is_finished() {
            let gone = before.iter().filter(|(item, _)| !given.iter().any(|(of, _)| of == item));
            let gone: Vec<Fact> = gone.map(|(item, _)| Fact::Withdrawn { report, item: *item }).collect();
            self.facts.splice(0..0, gone);
        }
        if !self.facts.iter().any(|fact| matches!(fact, Fact::Alert { .. })) {
            self.jobs.retain(|job| !matches!(job, Job::TellCentre { .. }));
        }
        self
    }
}

/// Why a form isn't accepted. Nothing follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormRefused {
    /// There are errors, in the order of the fields.
    Fields(Vec<FieldError>),
    /// The documents have no questionnaire.
    NoQuestionnaire,
    /// The questionnaire can't be shown as a form.
    NotAForm(Vec<Obstacle>),
    /// The flow document lacks something that was checked at start.
    BrokenFlow,
}

/// The fields of the questionnaire in the order in which it asks, each with what is known of it.
pub type Standings = Vec<(NodeId, FieldStanding)>;

/// What is known of each field, and what is wrong with what was filled in so far. What is missing is no error.
///
/// # Errors
///
/// Returns what keeps the questionnaire from being shown as a form.
pub fn so_far(
    flow_set: &FlowSet,
    person: &Person,
    filled: &Filled,
) -> Result<(Standings, Vec<FieldError>), FormRefused> {
    Ok(errors::standings(form_of(flow_set)?, person, filled))
}

/// Submits the questionnaire.
///
/// # Errors
///
/// Returns what keeps the form from being accepted.
pub fn submit(flow_set: &FlowSet, by: Submitter, filled: &Filled) -> Result<Submitted, FormRefused> {
    submit_extent(flow_set, by, filled, Extent::Whole)
}

/// Submits the questionnaire, or what was said of it so far. If questions stay open, the report isn't finished, as
/// after a call that ended before its end.
///
/// # Errors
///
/// Returns what keeps the form from being accepted. What is missing is no error in a form of what was said so far.
pub fn submit_extent(
    flow_set: &FlowSet,
    by: Submitter,
    filled: &Filled,
    extent: Extent,
) -> Result<Submitted, FormRefused> {
    let form = form_of(flow_set)?;
    let entries = errors::checked(form, &by.person, filled, extent).map_err(FormRefused::Fields)?;
    walk::walked(flow_set, form, by, &entries, extent).map_err(|_| FormRefused::BrokenFlow)
}

fn form_of(flow_set: &FlowSet) -> Result<&Form, FormRefused> {
    flow_set.questionnaire_form().map_err(|obstacles| match obstacles {
        [] => FormRefused::NoQuestionnaire,
        obstacles => FormRefused::NotAForm(obstacles.to_vec()),
    })
}
