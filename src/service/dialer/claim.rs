//! Claims due slots. Everything is checked again, and the intents are committed before the carrier is asked.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::day_limits::{remaining_today, room_of_centre};
use super::{Dialer, Intent};
use crate::domain::{
    AttemptState, CallId, CallableNumber, CentreCode, Line, LossEvidence, PatientId, PhoneNumber, SlotEnd, SlotId,
    SlotOrigin, Withdrawal,
};
use crate::policy::{CallingSchedule, CentreCalls, CentreCaps, CentreDemand, ReportCovers, allowance, shares, window};
use crate::service::context::{ServiceEvent, ServiceEventKind, new_id};
use crate::service::slots::{CentreRules, Counting, cancel_reported, end_slots, end_without_call, rules_of, unwanted};
use crate::service::suspension::stop_dialling;
use crate::store::attempts::{self, AttemptRow, LookupHistory};
use crate::store::call_people::{self, CallPerson};
use crate::store::calls::{self, CallRow};
use crate::store::patients::{self, PatientRow};
use crate::store::slots::{self, SlotMove, SlotRow};
use crate::store::{StoreError, Tx, dialer, maintenances};

/// Calls claimed in one commit.
const MAX_CLAIMED: u32 = 1_000;
/// How long a slot waits while its patient is on the phone with us. Without the delay it would block the slots after
/// it.
const BUSY_RETRY_DELAY: SignedDuration = SignedDuration::from_secs(30);

/// How long the last prompt may take. The carrier may never report its end.
const MAX_GOODBYE: SignedDuration = SignedDuration::from_secs(60);

/// The slots to dial.
struct Due {
    slots: Vec<SlotRow>,
    rules: HashMap<CentreCode, CentreRules>,
    /// Whether something was written that must be committed.
    written: bool,
}

impl Dialer {
    /// Commits an intent for as many due slots as the pace allows, fairly among centres. Returns the intents, and the
    /// number of slots that ended instead.
    pub(super) async fn claim(&self, now: Timestamp) -> Result<(Vec<Intent>, usize), StoreError> {
        let mut tx = self.context.database.begin_write().await?;
        let dialer::Epoch { taken: turn, pause: paused } = dialer::next_epoch(&mut tx).await?;
        if self.context.database.server().nth != self.compared_server.load(Ordering::Relaxed) {
            // The connections now lead to another server. First find out whether it has all entries.
            tx.rollback().await?;
            return Ok((Vec::new(), 0));
        }
        if turn <= self.turn.load(Ordering::Relaxed) {
            // A fail-over has lost our last committed epoch, and with it the record of who was called (fault 13).
            tx.rollback().await?;
            stop_dialling(&self.context, LossEvidence::CheckpointAhead, format!("turn {turn}"), now).await?;
            self.turn.store(0, Ordering::Relaxed);
            return Ok((Vec::new(), 0));
        }
        if let Some(pause) = &paused {
            if pause.lasts(now) {
                // Roll back now: `resume` waits for the lock on this row.
                tx.rollback().await?;
                return Ok((Vec::new(), 0));
            }
            info!("dialling resumed");
            dialer::set_pause(&mut tx, None).await?;
        }
        let open: HashMap<CentreCode, u32> = attempts::open_by_centre(&mut tx).await?.into_iter().collect();
        let budget = self.budget(&mut tx, open.values().sum(), now).await?;
        let day = remaining_today(&mut tx, &self.dialling, &self.conversations.lines().zone, now).await?;
        let budget = budget.min(day.calls);
        if budget == 0 || maintenances::current(&mut tx, now).await?.is_some() {
            // Nothing else was written that must be kept.
            if paused.is_some() || day.written {
                tx.commit().await?;
            }
            return Ok((Vec::new(), 0));
        }
        let Due { slots: due, rules, written } = self.due(&mut tx, &open, budget, now).await?;
        if due.is_empty() && !written && paused.is_none() {
            // A centre at its daily limit has due slots for hours. Don't commit ten times a second for them.
            tx.rollback().await?;
            return Ok((Vec::new(), 0));
        }
        let (wanted, ended) = self.check(&mut tx, due, &rules, now).await?;
        let intents = self.intend(&mut tx, wanted, now).await?;
        if let Some(last) = intents.last() {
            dialer::set_last_call(&mut tx, last.attempt.call).await?;
        }
        tx.commit().await?;
        self.turn.fetch_max(turn, Ordering::Relaxed);
        let count = ended.len();
        self.context.event_bus.tell(ended);
        self.context.event_bus.tell(intents.iter().map(told).collect());
        if !intents.is_empty() {
            metrics::counter!("kenkocall_calls_intended_total").increment(intents.len() as u64);
        }
        Ok((intents, count))
    }

    /// The number of calls that may be placed now, over all nodes.
    async fn budget(&self, tx: &mut Tx, open: u32, now: Timestamp) -> Result<u32, StoreError> {
        let rate = self.dialling.calls_per_second;
        let made = attempts::made_since(tx, now.checked_sub(window(rate)).unwrap_or(now), now).await?;
        Ok(allowance(rate, made, open, self.dialling.concurrent_calls, self.dialling.tick).min(MAX_CLAIMED))
    }

    /// The due slots to claim next.
    async fn due(
        &self,
        tx: &mut Tx,
        open: &HashMap<CentreCode, u32>,
        budget: u32,
        now: Timestamp,
    ) -> Result<Due, StoreError> {
        let waiting = slots::due_by_centre(tx, now).await?;
        let rules = rules_of(tx, waiting.iter().map(|due| &due.centre)).await?;
        let mut demand = Vec::with_capacity(waiting.len());
        let mut written = false;
        for due in waiting {
            let Some(rules) = rules.get(&due.centre) else { continue };
            let settings = &rules.settings;
            if settings.calls == CentreCalls::Pause {
                continue;
            }
            let this_tick = match settings.calls_per_second {
                Some(rate) => {
                    let since = now.checked_sub(window(rate)).unwrap_or(now);
                    let made = attempts::made_at(tx, &due.centre, since, now).await?;
                    Some(allowance(rate, made, 0, u32::MAX, self.dialling.tick))
                }
                None => None,
            };
            let today = room_of_centre(tx, self.dialling.price, &due.centre, rules, now).await?;
            written |= today.written;
            let this_tick = Some(this_tick.unwrap_or(u32::MAX).min(today.calls));
            demand.push(CentreDemand {
                open: open.get(&due.centre).copied().unwrap_or_default(),
                caps: CentreCaps { concurrent: settings.concurrent_calls, this_tick },
                code: due.centre,
                due: due.due,
                oldest_due: due.oldest,
            });
        }
        let mut slots = Vec::new();
        for (centre, share) in shares(budget, &demand) {
            slots.extend(slots::due_of(tx, &centre, now, share).await?);
        }
        Ok(Due { slots, rules, written })
    }

    /// Removes slots that must not be dialled. Returns the rest with their patients, and the number of slots that
    /// ended.
    async fn check(
        &self,
        tx: &mut Tx,
        due: Vec<SlotRow>,
        rules: &HashMap<CentreCode, CentreRules>,
        now: Timestamp,
    ) -> Result<(Vec<(SlotRow, PatientRow)>, Vec<ServiceEvent>), StoreError> {
        let ids: Vec<PatientId> = due.iter().map(|slot| slot.patient).collect();
        patients::hold(tx, &ids).await?;
        let people: HashMap<PatientId, PatientRow> =
            patients::by_ids(tx, &ids).await?.into_iter().map(|patient| (patient.id, patient)).collect();
        let mut busy = busy(tx, &ids, &people, now).await?;
        // With coverage by slot, a report finished since the slot was opened has already ended it.
        let by_day = |slot: &SlotRow| {
            let settings = &rules.get(&slot.centre)?.settings;
            let by_day = slot.origin == SlotOrigin::Schedule && settings.report_covers == ReportCovers::Day;
            let counting = Counting { since: Timestamp::UNIX_EPOCH, unregistered: settings.unregistered_reports };
            by_day.then(|| (slot.clone(), counting))
        };
        let covered = due.iter().filter_map(by_day).collect();
        let mut ended = cancel_reported(tx, covered, now).await?;
        let (mut wanted, mut cancelled, mut late, mut later) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut moved = Vec::new();
        for slot in due {
            let Some(patient) = people.get(&slot.patient) else { continue };
            if patient.centre != slot.centre {
                // The patient has gone to another health centre, by whose rules the next tick claims it.
                moved.push((slot.id, patient.centre.clone()));
                continue;
            }
            let hours = rules.get(&slot.centre).is_some_and(|rules| allows(&rules.schedule, slot.origin, now));
            if let Some(why) = unwanted(patient) {
                cancelled.push((slot, SlotEnd::Cancelled(why)));
            } else if slot.window_end <= now || !hours {
                late.push(slot);
            } else if busy.insert(slot.patient) {
                wanted.push((slot, patient.clone()));
            } else {
                let due_at = now.checked_add(BUSY_RETRY_DELAY).unwrap_or(slot.window_end);
                later.push(SlotMove { slot: slot.id, state: slot.state, due_at, tries: slot.tries, at: now });
            }
        }
        slots::advance(tx, &later).await?;
        slots::move_to(tx, &moved).await?;
        ended.extend(end_slots(tx, &cancelled, now).await?);
        ended.extend(end_without_call(tx, late, now).await?);
        Ok((wanted, ended))
    }

    /// Writes the intents. The slot is taken, and the call and the attempt exist before the carrier is asked.
    async fn intend(
        &self,
        tx: &mut Tx,
        wanted: Vec<(SlotRow, PatientRow)>,
        now: Timestamp,
    ) -> Result<Vec<Intent>, StoreError> {
        let ids: Vec<SlotId> = wanted.iter().map(|(slot, _)| slot.id).collect();
        let claimed: HashSet<SlotId> = slots::claim(tx, &ids).await?.into_iter().collect();
        let mut intents = Vec::with_capacity(claimed.len());
        for (slot, patient) in wanted.into_iter().filter(|(slot, _)| claimed.contains(&slot.id)) {
            let number = patient.phone_number.clone().map(CallableNumber::new);
            let Some(Ok(to)) = number else {
                // Can't happen: `unwanted` has checked the number.
                warn!(slot = %slot.id, "claimed a slot whose patient has no callable number");
                continue;
            };
            intents.push(Intent { attempt: self.attempt_of(&slot, &to, now), to });
        }
        let rows: Vec<CallRow> = intents.iter().map(|intent| self.call_of(intent, now)).collect();
        calls::insert(tx, &rows).await?;
        call_people::insert(tx, &intents.iter().map(|intent| CallPerson::called(&intent.attempt)).collect::<Vec<_>>())
            .await?;
        attempts::insert(tx, &intents.iter().map(|intent| intent.attempt.clone()).collect::<Vec<_>>()).await?;
        Ok(intents)
    }

    fn attempt_of(&self, slot: &SlotRow, to: &CallableNumber, now: Timestamp) -> AttemptRow {
        AttemptRow {
            call: CallId(new_id()),
            slot: slot.id,
            patient: slot.patient,
            centre: slot.centre.clone(),
            number: slot.attempts + 1,
            phone_number: to.number().clone(),
            carrier: self.carrier().name().to_owned(),
            state: AttemptState::Intended,
            intended_at: now,
            moved_at: now,
            withdrawal: None::<Withdrawal>,
            outcome: None,
            ended_at: None,
            revived_at: None,
            looks: LookupHistory::default(),
        }
    }

    fn call_of(&self, intent: &Intent, now: Timestamp) -> CallRow {
        CallRow {
            id: intent.attempt.call,
            line: Line::AutomatedCall,
            flow_set: self.conversations.lines().flow_sets.current().digest.clone(),
            started_at: now,
            ended_at: None,
            disposition: None,
        }
    }
}

/// The patients and numbers on the phone with us. A person and a number get one call at a time, even for different
/// slots. In the database a call ends when its last prompt begins. For the listener it ends when that prompt ends.
async fn busy(
    tx: &mut Tx,
    ids: &[PatientId],
    people: &HashMap<PatientId, PatientRow>,
    now: Timestamp,
) -> Result<HashSet<PatientId>, StoreError> {
    let mut busy: HashSet<PatientId> =
        attempts::open_of(tx, ids).await?.into_iter().map(|attempt| attempt.patient).collect();
    let since = now.checked_sub(MAX_GOODBYE).unwrap_or(now);
    busy.extend(attempts::recently_ended(tx, ids, since, now).await?);
    let numbers: Vec<PhoneNumber> = people.values().filter_map(|patient| patient.phone_number.clone()).collect();
    let taken: HashSet<PhoneNumber> = attempts::busy_numbers(tx, &numbers).await?.into_iter().collect();
    let calls_there =
        |patient: &&PatientRow| patient.phone_number.as_ref().is_some_and(|number| taken.contains(number));
    busy.extend(people.values().filter(calls_there).map(|patient| patient.id));
    Ok(busy)
}

fn told(intent: &Intent) -> ServiceEvent {
    let attempt = &intent.attempt;
    let number = attempt.phone_number.expose();
    let number_ends = number.get(number.len().saturating_sub(2)..).unwrap_or_default().to_owned();
    let what = ServiceEventKind::Intended { number_ends, attempt: attempt.number };
    ServiceEvent { at: attempt.intended_at, call: Some(attempt.call), what }
}

/// Returns `true` if calls may begin now. The slot's window was computed when the slot was opened, so the schedule is
/// checked too.
fn allows(schedule: &CallingSchedule, origin: SlotOrigin, now: Timestamp) -> bool {
    let local = schedule.zone.to_datetime(now);
    // Staff may request a call on a day off, but never at night.
    let day = origin == SlotOrigin::Staff || !schedule.days_off.contain(local.date());
    day && schedule.hours.contain(local.time())
}
