//! After the database lost its last entries: compares the carrier's list of calls with the database. Each unknown call
//! becomes an attempt of the slot that it was for, so that no patient is called again for that slot.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use super::lost_reports::{known_calls, settle_known};
use crate::carrier::Carrier;
use crate::carrier::network::{Answering, CallDirection, CarrierCall, LegProgress, LookupResult};
use crate::domain::{
    Actor, AttemptOutcome, AttemptState, CallId, HangupCause, Line, PatientId, PhoneNumber, SlotState,
};
use crate::policy::{CallingSchedule, Permission, require};
use crate::service::audit::OLDEST_CALL;
use crate::service::centre_settings::{known_centre, schedule_of};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::conversation::outbound_leg;
use crate::service::error::{ServiceError, SuspensionError};
use crate::service::slots::{AttemptConclusion, open_before_change, settle};
use crate::store::attempts::{self, AttemptRow, LookupHistory};
use crate::store::audit::Subject;
use crate::store::call_people::{self, CallPerson};
use crate::store::calls::{self, CallRow};
use crate::store::patients::{self, PatientRow};
use crate::store::slots::{self, SlotRow};
use crate::store::{Tx, audit, legs, losses};

/// The largest difference between the carrier's clock and ours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);
/// Ids and numbers looked up at a time.
pub(super) const AT_ONCE: usize = 200;

/// The result of a reconciliation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// Unknown calls that became attempts of their slots.
    pub settled: u32,
    /// Unknown calls to patients without an open slot of that time.
    pub without_slot: u32,
    /// Known and answered calls whose end may be lost. Their slots ended as reached.
    pub reports_lost: u32,
    /// Unknown inbound calls. The callers may have reported.
    pub lines_lost: u32,
    /// Calls that haven't ended, in the carrier's list or in the database. The next reconciliation settles them.
    pub under_way: u32,
    /// When the list can be trusted, as it may lag behind. `None` if it can be trusted now.
    pub list_holds_at: Option<Timestamp>,
}

impl Reconciled {
    /// Returns `true` if all calls are accounted for.
    pub const fn is_complete(&self) -> bool {
        self.under_way == 0 && self.list_holds_at.is_none()
    }
}

/// Reconciles the carrier's calls of the last day. A day is enough: a slot ends on the day that it began, so that no
/// older call can belong to an open slot. Once every call is accounted for, `dialer resume` is allowed. `flow_set` is
/// the digest of the current documents; `lag` is how long the carrier's list may lack a call. Idempotent.
///
/// # Errors
/// [`SuspensionError::CallListUnavailable`], or database errors.
pub async fn reconcile_calls(
    context: &Context,
    actor: &Actor,
    flow_set: &str,
    carrier: &dyn Carrier,
    lag: SignedDuration,
) -> Result<Reconciled, ServiceError> {
    require(actor, Permission::ControlDialling)?;
    let now = context.clock.now();
    let open = losses::open(&mut context.database.begin_read().await?).await?;
    let found_at = open.iter().map(|loss| loss.found_at).max();
    let since = now.checked_sub(OLDEST_CALL).unwrap_or(now);
    let listed = match carrier.list_all(since).await {
        LookupResult::Found(listed) => listed,
        LookupResult::Nothing => Vec::new(),
        LookupResult::Unavailable(_) => return Err(SuspensionError::CallListUnavailable.into()),
    };
    let holds_at = found_at.and_then(|at| at.checked_add(lag).ok());
    let mut done = Reconciled { list_holds_at: holds_at.filter(|at| *at > now), ..Reconciled::default() };
    let (known, listed) = known_calls(context, carrier, listed).await?;
    if let Some(first) = open.iter().map(|loss| loss.found_at).min() {
        settle_known(context, actor, &known, first, &mut done).await?;
    }
    let mut work = Work { context, actor, flow_set, carrier, now };
    done.lines_lost = work.lines_lost(&listed).await?;
    for (patient, of_patient) in work.not_known(listed).await? {
        work.settle_calls_of(patient, of_patient, &mut done).await?;
    }
    if let Some(found_at) = found_at.filter(|_| done.is_complete()) {
        let mut tx = context.database.begin_write().await?;
        losses::reconciled(&mut tx, found_at, now).await?;
        let changes = Changes::default().field("calls", None::<u32>, done.settled + done.without_slot);
        let entry = audit_entry(actor, now, "dialer.reconciled", "dialer".to_owned(), None, changes);
        audit::append(&mut tx, vec![entry]).await?;
        tx.commit().await?;
    }
    Ok(done)
}

/// One reconciliation.
struct Work<'a> {
    context: &'a Context,
    actor: &'a Actor,
    flow_set: &'a str,
    carrier: &'a dyn Carrier,
    now: Timestamp,
}

impl Work<'_> {
    /// Inbound calls that the database doesn't know and that weren't reconciled before.
    async fn lines_lost(&self, listed: &[CarrierCall]) -> Result<u32, ServiceError> {
        let settled = losses::settled_until(&mut self.context.database.begin_read().await?).await?;
        let is_new = |call: &&CarrierCall| call.created_at.is_none_or(|at| settled.is_none_or(|until| at > until));
        let inbound = listed.iter().filter(|call| call.direction == CallDirection::Inbound).filter(is_new);
        Ok(u32::try_from(inbound.count()).unwrap_or(u32::MAX))
    }

    /// The unknown calls to patients, by patient, earliest first.
    async fn not_known(&self, listed: Vec<CarrierCall>) -> Result<BTreeMap<PatientId, Vec<CarrierCall>>, ServiceError> {
        let mut tx = self.context.database.begin_read().await?;
        let mut new = listed;
        new.sort_by_key(|listed| listed.created_at);
        let mut numbers: Vec<PhoneNumber> = new.iter().filter_map(|listed| listed.to.clone()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut holders = HashMap::new();
        for part in numbers.chunks(AT_ONCE) {
            let found = patients::automated_call_holders(&mut tx, part).await?;
            holders.extend(found.into_iter().map(|holder| (holder.phone_number, holder.patient)));
        }
        let mut by_patient: BTreeMap<PatientId, Vec<CarrierCall>> = BTreeMap::new();
        for listed in new {
            if let Some(patient) = listed.to.as_ref().and_then(|number| holders.get(number)) {
                by_patient.entry(*patient).or_default().push(listed);
            }
        }
        Ok(by_patient)
    }

    async fn settle_calls_of(
        &mut self,
        patient: PatientId,
        listed: Vec<CarrierCall>,
        done: &mut Reconciled,
    ) -> Result<(), ServiceError> {
        let mut tx = self.context.database.begin_write().await?;
        patients::hold(&mut tx, &[patient]).await?;
        let Some(patient) = patients::by_ids(&mut tx, &[patient]).await?.pop() else { return Ok(()) };
        let schedule = schedule_of(&known_centre(&mut tx, &patient.centre).await?)?;
        // Open the slots that were due while nothing was dialled: the calls may have been for them.
        open_before_change(&mut tx, std::slice::from_ref(&patient), self.now).await?;
        for call in listed {
            let LegProgress::Ended(cause) = call.progress else {
                done.under_way += 1;
                continue;
            };
            let ended = ended(cause, call.answering);
            match self.settle_call(&mut tx, &patient, &schedule, &call, ended).await? {
                Settled::Slot => done.settled += 1,
                Settled::NoSlot => done.without_slot += 1,
                Settled::Later => done.under_way += 1,
                Settled::Known => {}
            }
        }
        Ok(tx.commit().await?)
    }

    async fn settle_call(
        &self,
        tx: &mut Tx,
        patient: &PatientRow,
        schedule: &CallingSchedule,
        listed: &CarrierCall,
        ended: AttemptConclusion,
    ) -> Result<Settled, ServiceError> {
        let (carrier, name) = (self.carrier.name(), listed.leg.as_str());
        if !legs::by_carrier_leg(tx, carrier, &[name]).await?.is_empty() {
            // The dialer's own lookup came first.
            return Ok(Settled::Known);
        }
        let at = listed.created_at.unwrap_or(self.now);
        let open = attempts::open_of(tx, &[patient.id]).await?.pop();
        let attempt = match open {
            Some(attempt) if is_this(&attempt, at) => {
                attempts::placed(tx, &[attempt.call], self.now).await?;
                attempt
            }
            // Another call of the slot is still open here. Its outcome must be known first.
            Some(_) => return Ok(Settled::Later),
            None => {
                let waiting = slots::open_of(tx, &[patient.id]).await?;
                let slot = waiting.into_iter().find(|slot| was_for(slot, schedule, at));
                let Some(slot) = slot else { return Ok(Settled::NoSlot) };
                self.attempt_of(tx, &slot, listed, at).await?
            }
        };
        legs::insert_unknown(tx, &[outbound_leg(attempt.call, &attempt.phone_number, carrier, name, None, at)]).await?;
        settle(tx, &[(attempt.call, ended)], self.now).await?;
        let call = attempt.call.to_string();
        let changes = Changes::default().field("call", None::<String>, call);
        let (subject, centre) = (Subject::Patient(patient.id), Some(patient.centre.clone()));
        audit::append(tx, vec![audit_entry(self.actor, self.now, "patient.call_reconciled", subject, centre, changes)])
            .await?;
        Ok(Settled::Slot)
    }

    /// Writes again what the dialer wrote before the loss: the taken slot, the call and the attempt.
    async fn attempt_of(
        &self,
        tx: &mut Tx,
        slot: &SlotRow,
        listed: &CarrierCall,
        at: Timestamp,
    ) -> Result<AttemptRow, ServiceError> {
        let number = listed.to.clone().ok_or(SuspensionError::CallListUnavailable)?;
        slots::claim(tx, &[slot.id]).await?;
        let call = CallRow {
            id: CallId(new_id()),
            line: Line::AutomatedCall,
            flow_set: self.flow_set.to_owned(),
            started_at: at,
            ended_at: None,
            disposition: None,
        };
        let attempt = AttemptRow {
            call: call.id,
            slot: slot.id,
            patient: slot.patient,
            centre: slot.centre.clone(),
            number: slot.attempts + 1,
            phone_number: number,
            carrier: self.carrier.name().to_owned(),
            state: AttemptState::Placed,
            intended_at: at,
            moved_at: self.now,
            withdrawal: None,
            outcome: None,
            ended_at: None,
            revived_at: None,
            looks: LookupHistory::default(),
        };
        calls::insert(tx, &[call]).await?;
        call_people::insert(tx, &[CallPerson::called(&attempt)]).await?;
        attempts::insert(tx, std::slice::from_ref(&attempt)).await?;
        Ok(attempt)
    }
}

/// The result for a call of the list.
enum Settled {
    /// It is an attempt of its slot.
    Slot,
    /// No open slot has this time.
    NoSlot,
    /// It must wait for a later reconciliation.
    Later,
    /// It is known by now.
    Known,
}

/// Returns `true` if an open attempt is the call placed at `at`, and the carrier hadn't reported on it yet.
fn is_this(attempt: &AttemptRow, at: Timestamp) -> bool {
    let not_told = matches!(attempt.state, AttemptState::Intended | AttemptState::Unknown);
    not_told && attempt.intended_at.checked_sub(CLOCKS_DIFFER).is_ok_and(|earliest| earliest <= at)
}

/// Returns `true` if a waiting slot is the one that a call was for: the call came after the slot's scheduled time,
/// whatever its next try is due at.
fn was_for(slot: &SlotRow, schedule: &CallingSchedule, at: Timestamp) -> bool {
    let time: Option<Time> = slot.time.parse().ok();
    let begins = time.and_then(|time| schedule.zone.to_timestamp(DateTime::from_parts(slot.date, time)).ok());
    let begins = begins.unwrap_or(slot.due_at).checked_sub(CLOCKS_DIFFER).unwrap_or(slot.due_at);
    slot.state == SlotState::Waiting && begins <= at && at < slot.window_end
}

/// The outcome of a call about which nothing else is known. An answered call counts as a conversation. The report may
/// be lost, and a nurse asks for it, which is better than another automated call.
const fn ended(cause: HangupCause, answering: Answering) -> AttemptConclusion {
    match (cause, answering) {
        // Cancelled before it was answered.
        (cause, Answering::NotAnswered) => AttemptConclusion::Unanswered(cause),
        (_, Answering::Answered) | (HangupCause::NormalClearing | HangupCause::Unspecified, Answering::Unknown) => {
            AttemptConclusion::Staff(AttemptOutcome::Reached)
        }
        (cause, Answering::Unknown) => AttemptConclusion::Unanswered(cause),
    }
}
