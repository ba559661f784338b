//! A8: the centre's policy decides how often and how soon a slot is tried again, by the outcome of the previous try.

use jiff::SignedDuration;

use super::super::event_log::LoggedEventKind;
use super::terminates::NO_TRY;
use super::{Case, Invariant};
use crate::store::snapshot::Attempt;

pub(super) fn retried(case: &mut Case<'_>) {
    let record = case.record;
    let rules = record.moments.iter().find_map(|moment| match &moment.what {
        LoggedEventKind::CentreChanged(rules) => Some(rules),
        _ => None,
    });
    let Some(rules) = rules else { return };
    let most = rules.retry.values().map(|(tries, _)| *tries as usize).max().unwrap_or(1);
    for slot in &record.tables.slots {
        let attempts: Vec<&Attempt> = record.tables.attempts.iter().filter(|one| one.slot == slot.id).collect();
        let rang = |attempt: &&&Attempt| {
            attempt.outcome.as_deref() != Some("withdrawn")
                && record.placed.iter().any(|placed| placed.call == Some(attempt.call))
        };
        let rung = attempts.iter().filter(rang).count();
        if rung > most {
            case.complain(Invariant::Retried, format!("slot {} of {}: a phone rang {rung} times", slot.id, slot.time));
        }
        for (nth, pair) in attempts.windows(2).enumerate() {
            let [first, second] = pair else { continue };
            // The first call was found only when the second was in progress. The second isn't a retry of it then.
            let known = |attempt: &Attempt| attempt.revived_at.is_none_or(|revived| revived < second.intended_at);
            if !known(first) {
                continue;
            }
            let outcome = first.outcome.as_deref().unwrap_or_default();
            let is_try = |attempt: &&&Attempt| {
                known(attempt) && !NO_TRY.contains(&attempt.outcome.as_deref().unwrap_or_default())
            };
            let tries = attempts.iter().take(nth + 1).filter(is_try).count();
            let allowed = rules.retry.get(outcome);
            let again = match outcome {
                // No phone rang, or another number is called.
                "not_placed" | "withdrawn" => true,
                _ => allowed.is_some_and(|(most, _)| tries < *most as usize),
            };
            if !again {
                let what = format!("call {} follows one that ended as {outcome} after {tries} tries", second.call);
                case.complain(Invariant::Retried, what);
            }
            let waited = first.ended_at.map(|ended| second.intended_at.duration_since(ended));
            // Staff may have resolved the first one while the clock was fast; without a pause that makes no difference.
            let least = allowed.map(|(_, minutes)| SignedDuration::from_mins(*minutes));
            if waited.is_none_or(|waited| least.is_some_and(|least| waited < least)) {
                let what = format!("call {} follows one that ended as {outcome} after {waited:?}", second.call);
                case.complain(Invariant::Retried, what);
            }
        }
    }
}
