//! An attempt has ended: its slot is tried again, or ends.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::info;

use super::SideEffects;
use crate::domain::{
    AlertKind, AttemptOutcome, CallId, CentreCode, Disposition, HangupCause, PatientId, PhoneNumber, SlotEnd, SlotId,
    SlotState, Withdrawal,
};
use crate::engine::Job;
use crate::policy::{
    AfterAttempt, EndedAttempt, after_attempt, counts_as_try, outcome_of_cause, outcome_of_conversation,
};
use crate::service::CentreSettings;
use crate::service::event_bus::{ServiceEvent, ServiceEventKind};
use crate::store::attempts::{self, AttemptEnd, AttemptRow};
use crate::store::calls::CallEnd;
use crate::store::slots::{self, SlotMove, SlotRow};
use crate::store::{StoreError, Tx, alerts, calls, centres, patients};

/// Who closes the alert that a call's fate is unknown.
const BY_OUTCOME: &str = "the call's outcome";

/// How a call that we made ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum AttemptConclusion {
    /// After a conversation, with this verdict.
    Conversation(Disposition),
    /// Without one; what the network said.
    Unanswered(HangupCause),
    /// It is proven that nothing rang.
    NotPlaced,
    /// The number doesn't exist, the carrier says.
    NoSuchNumber,
    /// Staff found out.
    Staff(AttemptOutcome),
}

/// Ends attempts that are open, and tries their slots again or ends them. Idempotent: what has ended stays.
pub(in crate::service) async fn settle(
    tx: &mut Tx,
    ends: &[(CallId, AttemptConclusion)],
    at: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    let calls: Vec<CallId> = ends.iter().map(|(call, _)| *call).collect();
    let open = attempts::by_calls(tx, &calls).await?;
    let open = open.into_iter().filter(|attempt| attempt.ended_at.is_none());
    let ended: Vec<(AttemptRow, AttemptConclusion)> = open
        .filter_map(|attempt| {
            let (_, how) = ends.iter().find(|(call, _)| *call == attempt.call)?;
            Some((attempt, *how))
        })
        .collect();
    let outcomes: Vec<AttemptEnd> = ended
        .iter()
        .map(|(attempt, how)| AttemptEnd { call: attempt.call, outcome: outcome_of(attempt, *how) })
        .collect();
    let moved = attempts::end(tx, &outcomes, at).await?;
    let slot_ids: Vec<SlotId> = ended.iter().map(|(attempt, _)| attempt.slot).collect();
    let mut slots: HashMap<SlotId, SlotRow> =
        slots::by_ids(tx, &slot_ids).await?.into_iter().map(|slot| (slot.id, slot)).collect();
    let settings = settings_of(tx, slots.values().map(|slot| &slot.centre)).await?;
    let decided_elsewhere = decided_elsewhere(tx, &ended).await?;
    let mut ended: Vec<_> = ended.iter().zip(&outcomes).collect();
    // Those that only count come first: what decides the slot counts them.
    let decides = |attempt: &AttemptRow, outcome| {
        let superseded = attempt.withdrawal == Some(Withdrawal::Superseded) && outcome != AttemptOutcome::Reported;
        !superseded && !decided_elsewhere.contains(&attempt.call)
    };
    ended.sort_by_key(|((attempt, _), end)| decides(attempt, end.outcome));
    let mut results = CompletionWrites::default();
    for ((attempt, how), end) in ended {
        let Some(slot) = slots.get_mut(&attempt.slot).filter(|_| moved.contains(&attempt.call)) else { continue };
        let Some(settings) = settings.get(&slot.centre) else { continue };
        results.of_attempt(attempt, *how, end.outcome, slot, at);
        if decides(attempt, end.outcome) && !matches!(slot.state, SlotState::Ended(_)) {
            results.of_slot(attempt, end.outcome, slot, settings, at);
        } else if counts_as_try(end.outcome) {
            results.late_try(tx, attempt, end.outcome, slot, settings, at).await?;
        }
    }
    results.write(tx, at).await
}

/// Of these attempts, those that came back after they had ended and whose slot another attempt decides: one that is
/// open, or ends just now.
async fn decided_elsewhere(tx: &mut Tx, ended: &[(AttemptRow, AttemptConclusion)]) -> Result<Vec<CallId>, StoreError> {
    let revived: Vec<&AttemptRow> =
        ended.iter().map(|(attempt, _)| attempt).filter(|attempt| attempt.revived_at.is_some()).collect();
    if revived.is_empty() {
        return Ok(Vec::new());
    }
    let patients: Vec<PatientId> = revived.iter().map(|attempt| attempt.patient).collect();
    let open = attempts::open_of(tx, &patients).await?;
    let others = || open.iter().chain(ended.iter().map(|(attempt, _)| attempt));
    let elsewhere = |attempt: &&AttemptRow| {
        others().any(|other| {
            (other.slot, other.revived_at) == (attempt.slot, None) && other.withdrawal != Some(Withdrawal::Superseded)
        })
    };
    Ok(revived.into_iter().filter(elsewhere).map(|attempt| attempt.call).collect())
}

fn outcome_of(attempt: &AttemptRow, how: AttemptConclusion) -> AttemptOutcome {
    match how {
        AttemptConclusion::Conversation(Disposition::Reported) => AttemptOutcome::Reported,
        // Whatever staff changed meanwhile: they have talked.
        AttemptConclusion::Conversation(Disposition::HandedOver) => AttemptOutcome::Reached,
        // It came back after it had ended, and rang to its own end before it could be taken back.
        AttemptConclusion::Unanswered(
            cause @ (HangupCause::UserBusy | HangupCause::NoAnswer | HangupCause::CallRejected),
        ) if attempt.revived_at.is_some() && attempt.withdrawal == Some(Withdrawal::Superseded) => {
            outcome_of_cause(cause, false)
        }
        // Whatever else is said of a call that we took back.
        AttemptConclusion::Conversation(_) | AttemptConclusion::Unanswered(_) | AttemptConclusion::NotPlaced
            if attempt.withdrawal.is_some() =>
        {
            AttemptOutcome::Withdrawn
        }
        AttemptConclusion::Conversation(disposition) => outcome_of_conversation(disposition, None),
        AttemptConclusion::Unanswered(cause) => outcome_of_cause(cause, false),
        AttemptConclusion::NotPlaced => AttemptOutcome::NotPlaced,
        AttemptConclusion::NoSuchNumber => AttemptOutcome::WrongNumber,
        AttemptConclusion::Staff(outcome) => outcome,
    }
}

pub(super) async fn settings_of(
    tx: &mut Tx,
    codes: impl Iterator<Item = &CentreCode>,
) -> Result<HashMap<CentreCode, CentreSettings>, StoreError> {
    let mut settings = HashMap::new();
    for code in codes {
        if !settings.contains_key(code)
            && let Some(row) = centres::get(tx, code).await?
        {
            settings.insert(code.clone(), CentreSettings::of(&row));
        }
    }
    Ok(settings)
}

/// What is written of the attempts that ended.
#[derive(Default)]
struct CompletionWrites {
    moves: Vec<SlotMove>,
    /// Of slots that had ended while their call went on.
    tries: Vec<(SlotId, u32)>,
    calls: Vec<CallEnd>,
    wrong: Vec<(PatientId, PhoneNumber)>,
    /// Whose call staff were asked about, and needn't be any more.
    known: Vec<PatientId>,
    consequences: SideEffects,
    told: Vec<ServiceEvent>,
}

impl CompletionWrites {
    /// What the end of an attempt means for itself and its number.
    fn of_attempt(
        &mut self,
        attempt: &AttemptRow,
        how: AttemptConclusion,
        outcome: AttemptOutcome,
        slot: &SlotRow,
        at: Timestamp,
    ) {
        metrics::counter!("kenkocall_attempts_ended_total", "outcome" => outcome.code()).increment(1);
        let disposition =
            if outcome == AttemptOutcome::Withdrawn { Disposition::Withdrawn } else { Disposition::NotAnswered };
        if !matches!(how, AttemptConclusion::Conversation(_)) {
            self.calls.push(CallEnd { call: attempt.call, ended_at: at, disposition });
        }
        if attempt.looks.asked_at.is_some() {
            self.known.push(attempt.patient);
        }
        // The person who answers may say so in a call that is no longer wanted, too: they are still to be left alone.
        let said_so = matches!(how, AttemptConclusion::Conversation(disposition)
            if outcome_of_conversation(disposition, None) == AttemptOutcome::WrongNumber);
        if outcome == AttemptOutcome::WrongNumber || said_so {
            self.wrong.push((attempt.patient, attempt.phone_number.clone()));
            // Who pressed the key for it has raised the alert in that call.
            if !matches!(how, AttemptConclusion::Conversation(_)) {
                self.consequences.alert(
                    AlertKind::WrongNumber,
                    &slot.centre,
                    Some(slot.patient),
                    Some(attempt.call),
                    at,
                );
            }
        }
    }

    /// The slot is tried again, or ends.
    fn of_slot(
        &mut self,
        attempt: &AttemptRow,
        outcome: AttemptOutcome,
        slot: &SlotRow,
        settings: &CentreSettings,
        at: Timestamp,
    ) {
        let tries = slot.tries + u32::from(counts_as_try(outcome));
        let finished = EndedAttempt {
            outcome,
            withdrawal: attempt.withdrawal,
            ended_at: at,
            tries,
            not_placed: slot.attempts.saturating_sub(tries),
        };
        if let SlotState::Ended(_) = slot.state {
            // It ended while the patient was with staff.
            info!(call = %attempt.call, outcome = outcome.code(), slot = slot.state.code(), "attempt ended after its slot");
            self.told.push(ServiceEvent {
                at,
                call: Some(attempt.call),
                what: ServiceEventKind::Ended(outcome, slot.state),
            });
            self.tries.push((slot.id, tries));
            return;
        }
        let (state, due_at) = match after_attempt(&finished, slot.window_end, &settings.retry) {
            // Never before it was due first: the clock may have been put back since.
            AfterAttempt::Retry { due_at } | AfterAttempt::AgainSoon { due_at } => {
                (SlotState::Waiting, due_at.max(slot.due_at))
            }
            AfterAttempt::End(end) => (SlotState::Ended(end), slot.due_at),
        };
        info!(
            call = %attempt.call, attempt = attempt.number, outcome = outcome.code(), slot = state.code(),
            "an attempt ended"
        );
        self.told.push(ServiceEvent { at, call: Some(attempt.call), what: ServiceEventKind::Ended(outcome, state) });
        self.moves.push(SlotMove { slot: slot.id, state, due_at, tries, at });
        if let SlotState::Ended(end) = state {
            self.consequences.of_slot(slot, end, Some(attempt.call), settings, at);
        }
    }

    /// A try that doesn't decide its slot, which has another attempt or had ended.
    async fn late_try(
        &mut self,
        tx: &mut Tx,
        attempt: &AttemptRow,
        outcome: AttemptOutcome,
        slot: &mut SlotRow,
        settings: &CentreSettings,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        slot.tries += 1;
        info!(
            call = %attempt.call, attempt = attempt.number, outcome = outcome.code(), slot = slot.state.code(),
            "attempt ended without deciding its slot"
        );
        if slots::late_try(tx, slot.id, outcome).await? {
            self.consequences.of_slot(slot, SlotEnd::Unanswered(outcome), Some(attempt.call), settings, at);
        }
        self.told.push(ServiceEvent {
            at,
            call: Some(attempt.call),
            what: ServiceEventKind::Ended(outcome, slot.state),
        });
        Ok(())
    }

    async fn write(self, tx: &mut Tx, at: Timestamp) -> Result<Vec<ServiceEvent>, StoreError> {
        if !self.moves.is_empty() {
            slots::advance(tx, &self.moves).await?;
        }
        if !self.tries.is_empty() {
            slots::count_tries(tx, &self.tries).await?;
        }
        if !self.calls.is_empty() {
            calls::end(tx, &self.calls).await?;
        }
        if !self.wrong.is_empty() {
            patients::wrong_numbers(tx, &self.wrong).await?;
        }
        if !self.known.is_empty() {
            alerts::close_of(tx, &self.known, &[AlertKind::UnknownCall], at, BY_OUTCOME).await?;
        }
        self.consequences.write(tx).await?;
        Ok(self.told)
    }
}

impl SideEffects {
    /// What the end of a slot leads to.
    fn of_slot(
        &mut self,
        slot: &SlotRow,
        end: SlotEnd,
        call: Option<CallId>,
        settings: &CentreSettings,
        at: Timestamp,
    ) {
        metrics::counter!("kenkocall_slots_ended_total", "state" => SlotState::Ended(end).code()).increment(1);
        match end {
            SlotEnd::Reported | SlotEnd::Cancelled(_) => {}
            // It is on the list as a wrong number already.
            SlotEnd::Unanswered(AttemptOutcome::WrongNumber) => {}
            SlotEnd::Unanswered(why) => {
                self.alert(AlertKind::Unanswered, &slot.centre, Some(slot.patient), call, at);
                // Someone who talked to us needs no message that we could not reach them.
                let inconclusive =
                    matches!(why, AttemptOutcome::Busy | AttemptOutcome::NoAnswer | AttemptOutcome::Voicemail);
                if inconclusive && settings.missed_call_sms.is_some() {
                    self.job(&Job::MissedCallSms { patient: slot.patient, slot: slot.id }, at);
                }
            }
            SlotEnd::Missed(_) => self.alert(AlertKind::Missed, &slot.centre, Some(slot.patient), call, at),
        }
    }
}

/// Ends waiting slots; gives those that did.
pub(in crate::service) async fn end_slots(
    tx: &mut Tx,
    ends: &[(SlotRow, SlotEnd)],
    at: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    let pairs: Vec<(SlotId, SlotEnd)> = ends.iter().map(|(slot, end)| (slot.id, *end)).collect();
    let ended = slots::end_waiting(tx, &pairs, at).await?;
    let settings = settings_of(tx, ends.iter().map(|(slot, _)| &slot.centre)).await?;
    let mut consequences = SideEffects::default();
    let mut told = Vec::with_capacity(ended.len());
    for (slot, end) in ends.iter().filter(|(slot, _)| ended.contains(&slot.id)) {
        info!(slot = %slot.id, state = SlotState::Ended(*end).code(), why = SlotState::Ended(*end).reason(), "a slot ended");
        if let Some(settings) = settings.get(&slot.centre) {
            consequences.of_slot(slot, *end, None, settings, at);
        }
        told.push(ServiceEvent { at, call: None, what: ServiceEventKind::SlotEnded(*end) });
    }
    consequences.write(tx).await?;
    Ok(told)
}

/// Ends slots whose patients are with staff: their calls go on. Gives those that hadn't ended.
pub(super) async fn end_slots_with_staff(
    tx: &mut Tx,
    ends: &[(SlotId, SlotEnd)],
    at: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    let ended = slots::end_calling(tx, ends, at).await?;
    let mut told = Vec::with_capacity(ended.len());
    for (slot, end) in ends.iter().filter(|(slot, _)| ended.contains(slot)) {
        let state = SlotState::Ended(*end);
        metrics::counter!("kenkocall_slots_ended_total", "state" => state.code()).increment(1);
        info!(%slot, state = state.code(), why = state.reason(), "slot ended while the patient talks to staff");
        told.push(ServiceEvent { at, call: None, what: ServiceEventKind::SlotEnded(*end) });
    }
    Ok(told)
}
