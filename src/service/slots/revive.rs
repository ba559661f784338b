//! Reopens attempts that had ended. The carrier reports that the call is in progress or that its phone rang. The slot
//! is updated in the commit that records this.

use jiff::Timestamp;
use tracing::error;

use super::withdraw::{unwanted, withdraw_calls};
use crate::domain::{AlertKind, AttemptOutcome, CallId, Job, SlotState, Withdrawal};
use crate::policy::{AfterSign, Rival, Sign, SlotThen, after_sign, counts_as_try};
use crate::service::alerts::Consequences;
use crate::store::attempts::{self, AttemptRow};
use crate::store::patients::{self, PatientRow};
use crate::store::slots::{self, SlotRow};
use crate::store::{StoreError, Tx, calls, legs, sessions};

/// A reopened attempt.
pub(in crate::service) struct Revived {
    /// The attempt in its new state.
    pub(in crate::service) attempt: AttemptRow,
    /// The slot's other calls, which were withdrawn in favour of this one.
    pub(in crate::service) superseded: Vec<CallId>,
}

/// Reopens an ended attempt, so that its call's actual outcome counts. Withdraws either this call or the slot's other
/// calls, never one that is in a conversation. Does nothing if the attempt was ended by the carrier's report or by a
/// conversation: then this report is only late.
pub(in crate::service) async fn revive(
    tx: &mut Tx,
    call: CallId,
    sign: Sign,
    at: Timestamp,
) -> Result<Option<Revived>, StoreError> {
    let seen = attempts::by_calls(tx, &[call]).await?.pop().filter(|attempt| attempt.ended_at.is_some());
    let Some(seen) = seen else { return Ok(None) };
    // Transactions that claim the slot or change the patient wait for this lock, or have committed before.
    patients::hold(tx, &[seen.patient]).await?;
    let Some(attempt) = attempts::by_calls(tx, &[call]).await?.pop().filter(|attempt| attempt.ended_at.is_some())
    else {
        return Ok(None);
    };
    let over = legs::of_calls(tx, &[call]).await?.iter().any(|leg| leg.ended_at.is_some());
    if over || !sessions::load(tx, &[call]).await?.is_empty() {
        return Ok(None);
    }
    let Some(slot) = slots::by_ids(tx, &[attempt.slot]).await?.pop() else { return Ok(None) };
    let Some(patient) = patients::by_ids(tx, &[attempt.patient]).await?.pop() else { return Ok(None) };
    let counted = attempt.outcome.is_some_and(counts_as_try);
    if counted && matches!(slot.state, SlotState::Ended(_)) {
        return Ok(None);
    }
    let open = attempts::open_of(tx, &[attempt.patient]).await?;
    let rivals: Vec<&AttemptRow> = open.iter().filter(|other| other.slot == slot.id).collect();
    let after = {
        let rivals: Vec<Rival> =
            rivals.iter().map(|rival| Rival { state: rival.state.into(), withdrawal: rival.withdrawal }).collect();
        let unwanted = not_wanted(&attempt, &patient);
        after_sign(sign, &SlotThen { slot: slot.state, unwanted, rivals: &rivals })
    };
    let withdrawal = match after {
        AfterSign::Continues => None,
        AfterSign::TakenBack(why) => Some(why),
        AfterSign::Noted => attempt.withdrawal,
    };
    slots::take_back(tx, slot.id, if counted { 1 } else { 0 }).await?;
    attempts::revive(tx, call, withdrawal, at).await?;
    calls::reopen(tx, call).await?;
    let superseded = match after {
        AfterSign::Continues => rivals.iter().map(|rival| (rival.call, slot.id, Withdrawal::Superseded)).collect(),
        AfterSign::TakenBack(_) | AfterSign::Noted => Vec::new(),
    };
    withdraw_calls(tx, &superseded, at).await?;
    let mut consequences = Consequences::default();
    if let (Sign::Lives, AfterSign::TakenBack(_)) = (sign, after) {
        consequences.job(Job::Withdraw { call }, at);
    }
    consequences.raise_and_tell(AlertKind::UnknownCall, &slot.centre, Some(slot.patient), Some(call), at);
    consequences.write(tx).await?;
    report(&attempt, &slot, sign, after);
    let Some(attempt) = attempts::by_calls(tx, &[call]).await?.pop() else { return Ok(None) };
    Ok(Some(Revived { attempt, superseded: superseded.into_iter().map(|(call, ..)| call).collect() }))
}

/// Why this call to the patient is no longer wanted. `None` if it is wanted.
fn not_wanted(attempt: &AttemptRow, patient: &PatientRow) -> Option<Withdrawal> {
    let another_number = patient.phone_number.as_ref() != Some(&attempt.phone_number);
    let superseded = Some(Withdrawal::Superseded);
    // `Superseded` no longer counts as a reason: which of the slot's calls to withdraw is decided again.
    let before = attempt.withdrawal.filter(|why| Some(*why) != superseded);
    before.or_else(|| unwanted(patient)).or_else(|| another_number.then_some(Withdrawal::NumberChanged))
}

fn report(attempt: &AttemptRow, slot: &SlotRow, sign: Sign, after: AfterSign) {
    metrics::counter!("kenkocall_attempts_revived_total").increment(1);
    let outcome = attempt.outcome.map_or("", AttemptOutcome::code);
    error!(
        call = %attempt.call, slot = %slot.id, slot_was = slot.state.code(), counted_as = outcome, ?sign, ?after,
        "the carrier has a call whose attempt had ended; the attempt is open again, and staff are told"
    );
}
