//! A day's figures of automated calls by health centre: the slots that were due and how each ended.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{Actor, AttemptOutcome, CentreCode, SlotEnd, SlotState};
use crate::policy::{Permission, require, scope};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::{attempts, centres, reports, slots};

/// The figures of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DailyStats {
    /// The health centres by code. Centres without slots and without reports from other numbers are left out.
    pub centres: Vec<CentreDay>,
}

/// The figures of one health centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreDay {
    /// Its code.
    pub code: CentreCode,
    /// Its name.
    pub name: String,
    /// The number of slots by state.
    pub slots: Vec<(SlotState, u32)>,
    /// The number of attempts by outcome. `None` for those in progress.
    pub attempts: Vec<(Option<AttemptOutcome>, u32)>,
    /// The day's finished reports from other numbers than the registered ones, by any channel.
    pub from_other_numbers: u32,
}

impl CentreDay {
    /// The number of slots.
    pub fn due(&self) -> u32 {
        self.slots.iter().map(|(_, count)| count).sum()
    }

    /// The number of slots whose state satisfies `holds`.
    pub fn of(&self, holds: impl Fn(SlotState) -> bool) -> u32 {
        self.slots.iter().filter(|(state, _)| holds(*state)).map(|(_, count)| count).sum()
    }

    /// The number of slots that ended with a report in their call.
    pub fn reported(&self) -> u32 {
        self.of(|state| state == SlotState::Ended(SlotEnd::Reported))
    }

    /// The number of slots whose attempts are used up.
    pub fn unanswered(&self) -> u32 {
        self.of(|state| matches!(state, SlotState::Ended(SlotEnd::Unanswered(_))))
    }

    /// The number of slots that were cancelled.
    pub fn cancelled(&self) -> u32 {
        self.of(|state| matches!(state, SlotState::Ended(SlotEnd::Cancelled(_))))
    }

    /// The number of slots that passed without a call.
    pub fn missed(&self) -> u32 {
        self.of(|state| matches!(state, SlotState::Ended(SlotEnd::Missed(_))))
    }

    /// The number of slots that haven't ended.
    pub fn open(&self) -> u32 {
        self.of(|state| !matches!(state, SlotState::Ended(_)))
    }

    /// The number of attempts.
    pub fn attempted(&self) -> u32 {
        self.attempts.iter().map(|(_, count)| count).sum()
    }
}

/// The figures of a day, without personal data.
///
/// # Errors
/// Database errors.
pub async fn day_figures(context: &Context, actor: &Actor, date: Date) -> Result<DailyStats, ServiceError> {
    let scope = scope(actor, Permission::ViewFigures)?;
    let mut tx = context.database.begin_read().await?;
    let names: BTreeMap<CentreCode, String> =
        centres::list(&mut tx).await?.into_iter().map(|centre| (centre.code, centre.name)).collect();
    let mut days: BTreeMap<CentreCode, CentreDay> = BTreeMap::new();
    for counted in slots::day(&mut tx, date).await? {
        day_of(&mut days, &names, counted.centre).slots.push((counted.state, counted.count));
    }
    for (centre, outcome, count) in attempts::day(&mut tx, date).await? {
        day_of(&mut days, &names, centre).attempts.push((outcome, count));
    }
    for (centre, count) in reports::from_other_numbers(&mut tx, date).await? {
        day_of(&mut days, &names, centre).from_other_numbers = count;
    }
    days.retain(|centre, _| scope.covers(centre));
    Ok(DailyStats { centres: days.into_values().collect() })
}

/// A slot of a day, without its patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySlot {
    /// The time at the health centre.
    pub time: String,
    /// Its state.
    pub state: SlotState,
}

/// The first `limit` slots of a day, by time.
///
/// # Errors
/// Database errors.
pub async fn day_slots(context: &Context, actor: &Actor, date: Date, limit: u32) -> Result<Vec<DaySlot>, ServiceError> {
    require(actor, Permission::ViewFigures)?;
    let found = slots::of_day(&mut context.database.begin_read().await?, date, limit).await?;
    Ok(found.into_iter().map(|slot| DaySlot { time: slot.time, state: slot.state }).collect())
}

fn day_of<'a>(
    days: &'a mut BTreeMap<CentreCode, CentreDay>,
    names: &BTreeMap<CentreCode, String>,
    code: CentreCode,
) -> &'a mut CentreDay {
    days.entry(code.clone()).or_insert_with(|| CentreDay {
        name: names.get(&code).cloned().unwrap_or_default(),
        code,
        slots: Vec::new(),
        attempts: Vec::new(),
        from_other_numbers: 0,
    })
}
