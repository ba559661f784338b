//! Ends attempts. The slot is then retried or ended.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::info;

use crate::domain::{
    AlertKind, AttemptOutcome, CallId, CentreCode, Disposition, HangupCause, Job, PatientId, PhoneNumber, SlotEnd,
    SlotId, SlotState, Withdrawal,
};
use crate::policy::{
    AfterAttempt, EndedAttempt, after_attempt, counts_as_try, outcome_of_cause, outcome_of_conversation,
};
use crate::service::alerts::Consequences;
use crate::service::centre_settings::CentreSettings;
use crate::service::context::{ServiceEvent, ServiceEventKind};
use crate::store::attempts::{self, AttemptEnd, AttemptRow};
use crate::store::calls::CallEnd;
use crate::store::slots::{self, SlotMove, SlotRow};
use crate::store::{StoreError, Tx, alerts, calls, centres, patients};

/// Who closes the alert about a call of unknown outcome.
const BY_OUTCOME: &str = "the call's outcome";

/// How an outbound call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum AttemptConclusion {
    /// After a conversation, with this disposition.
    Conversation(Disposition),
    /// Without a conversation. The network's hang-up cause.
    Unanswered(HangupCause),
    /// No phone rang, and that is proven.
    NotPlaced,
    /// The carrier says that the number doesn't exist.
    NoSuchNumber,
    /// Staff found out the outcome.
    Staff(AttemptOutcome),
}

/// Ends open attempts, then retries or ends their slots. Idempotent: ended attempts stay ended.
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
    // Attempts that only count towards the limit come first: the one that decides the slot includes them in its count.
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

/// The reopened attempts among these whose slot is decided by another attempt: one that is open or is ending now.
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
        // The patient has talked with staff. Changes by staff during the call don't alter that.
        AttemptConclusion::Conversation(Disposition::HandedOver) => AttemptOutcome::Reached,
        // The attempt was reopened, and its phone stopped ringing before the call could be cancelled.
        AttemptConclusion::Unanswered(
            cause @ (HangupCause::UserBusy | HangupCause::NoAnswer | HangupCause::CallRejected),
        ) if attempt.revived_at.is_some() && attempt.withdrawal == Some(Withdrawal::Superseded) => {
            outcome_of_cause(cause, false)
        }
        // Any other result of a call that we withdrew.
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

/// The rows to write for ended attempts.
#[derive(Default)]
struct CompletionWrites {
    moves: Vec<SlotMove>,
    /// Slots that had ended while their call continued.
    tries: Vec<(SlotId, u32)>,
    calls: Vec<CallEnd>,
    wrong: Vec<(PatientId, PhoneNumber)>,
    /// Patients whose call of unknown outcome is resolved. Staff no longer need to find out its outcome.
    known: Vec<PatientId>,
    consequences: Consequences,
    told: Vec<ServiceEvent>,
}

impl CompletionWrites {
    /// Records what an attempt's end means for the attempt and its phone number.
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
        // The person who answers can ask to be left alone even in a call that is no longer wanted.
        let said_so = matches!(how, AttemptConclusion::Conversation(disposition)
            if outcome_of_conversation(disposition, None) == AttemptOutcome::WrongNumber);
        if outcome == AttemptOutcome::WrongNumber || said_so {
            self.wrong.push((attempt.patient, attempt.phone_number.clone()));
            // If it was requested by key, the call itself has raised the alert.
            if !matches!(how, AttemptConclusion::Conversation(_)) {
                self.consequences.raise_and_tell(
                    AlertKind::WrongNumber,
                    &slot.centre,
                    Some(slot.patient),
                    Some(attempt.call),
                    at,
                );
            }
        }
    }

    /// Retries or ends the slot.
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
            // The slot ended while the patient talked with staff.
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
            // Never before its original due time: the clock may have been set back since.
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

    /// Records a try that doesn't decide its slot, because the slot has another attempt or had ended.
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

impl Consequences {
    /// Records the consequences of a slot's end.
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
            // It is already on the list as a wrong number.
            SlotEnd::Unanswered(AttemptOutcome::WrongNumber) => {}
            SlotEnd::Unanswered(why) => {
                self.raise_and_tell(AlertKind::Unanswered, &slot.centre, Some(slot.patient), call, at);
                // A patient who talked to us doesn't need the message that we could not reach them.
                let missed = matches!(why, AttemptOutcome::Busy | AttemptOutcome::NoAnswer | AttemptOutcome::Voicemail);
                if missed && settings.missed_call_sms.is_some() {
                    self.job(Job::MissedCallSms { patient: slot.patient, slot: slot.id }, at);
                }
            }
            SlotEnd::Missed(_) => self.raise_and_tell(AlertKind::Missed, &slot.centre, Some(slot.patient), call, at),
        }
    }
}

/// Ends waiting slots. Returns those that were still waiting.
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
    let mut consequences = Consequences::default();
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

/// Ends slots whose patients are talking with staff. The calls continue. Returns the slots that hadn't ended before.
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
