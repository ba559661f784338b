//! When a field is asked.

use std::sync::Arc;

use crate::domain::Item;
use crate::flow::{Bound, NodeId};

/// A condition on the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It always holds.
    Always,
    /// The field has this entry or option.
    Is(NodeId, Arc<str>),
    /// The field has a number up to this bound.
    AtMost(NodeId, Bound),
    /// The field was asked and isn't empty.
    Given(NodeId),
    /// The day's report has this answer.
    Answered(Item, Arc<str>),
    /// The item was answered earlier on the day, before this form.
    AnsweredBefore(Item),
    /// The condition doesn't hold.
    Not(Box<Self>),
    /// All of them hold.
    All(Vec<Self>),
    /// At least one of them holds.
    Any(Vec<Self>),
}

impl Condition {
    /// Whether it holds, from the outcome of its tests: those other than `Always`, `Not`, `All` and `Any`. `None` if
    /// that depends on a test whose outcome isn't known (`None`).
    pub fn holds(&self, test: &impl Fn(&Self) -> Option<bool>) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Not(inner) => inner.holds(test).map(|holds| !holds),
            Self::All(parts) => decided(parts, false, test),
            Self::Any(parts) => decided(parts, true, test),
            _ => test(self),
        }
    }

    /// The number of its tests.
    pub(super) fn tests(&self) -> usize {
        match self {
            Self::Always => 0,
            Self::Not(inner) => inner.tests(),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().fold(0, |sum: usize, part| sum.saturating_add(part.tests()))
            }
            _ => 1,
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::Always,
            1 => flat.pop().unwrap_or(Self::Always),
            _ => Self::All(flat),
        }
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Always => return Self::Always,
                Self::Any(inner) => flat.extend(inner),
                other if flat.contains(&other) => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            1 => flat.pop().unwrap_or(Self::Always),
            _ => Self::Any(flat),
        }
    }
}

/// Evaluates parts of which one with the outcome `decisive` decides. An empty list has the other outcome.
fn decided(parts: &[Condition], decisive: bool, test: &impl Fn(&Condition) -> Option<bool>) -> Option<bool> {
    let mut outcome = Some(!decisive);
    for part in parts {
        match part.holds(test) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => outcome = None,
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_test_matters_only_if_nothing_else_decides() {
        let (known, unknown) = (Condition::Given("known".into()), Condition::Given("unknown".into()));
        let outcome = |condition: Condition, known_holds: bool| {
            condition.holds(&|test| (*test == Condition::Given("known".into())).then_some(known_holds))
        };
        let both = || Condition::all([known.clone(), unknown.clone()]);
        let either = || Condition::any([known.clone(), unknown.clone()]);
        assert_eq!(outcome(both(), false), Some(false));
        assert_eq!(outcome(both(), true), None);
        assert_eq!(outcome(either(), true), Some(true));
        assert_eq!(outcome(either(), false), None);
        assert_eq!(outcome(both().not(), false), Some(true));
        assert_eq!(outcome(Condition::any([]), true), Some(false));
        assert_eq!(outcome(Condition::all([]), false), Some(true));
    }
}
