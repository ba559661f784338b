//! A day's figures of automated calls by health centre: the slots that were due and how each ended.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{Actor, AttemptOutcome, CentreCode, SlotEnd, SlotId, SlotState};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::narrowed;
use crate::service::context::{Context, Page};
use crate::service::error::{ServiceError, SlotError};
use crate::store::slots::{DayPage, SlotRow};
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

/// Which slots of a day to list.
#[derive(Debug, Clone)]
pub struct SlotQuery {
    /// The day.
    pub date: Date,
    /// Only slots of this health centre.
    pub centre: Option<CentreCode>,
    /// Only slots after this one: the next page.
    pub after: Option<SlotId>,
    /// The maximum number of slots.
    pub limit: u32,
}

/// A slot of a day, without its patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySlot {
    /// The slot.
    pub id: SlotId,
    /// The health centre.
    pub centre: CentreCode,
    /// The time there.
    pub time: String,
    /// Its state.
    pub state: SlotState,
}

/// Lists the slots of a day, by health centre and then by time.
///
/// # Errors
/// [`SlotError::NotFound`] if the slot before the page doesn't exist;
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn day_slots(context: &Context, actor: &Actor, query: &SlotQuery) -> Result<Page<DaySlot>, ServiceError> {
    let scope = scope(actor, Permission::ViewFigures)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    let after = match query.after {
        Some(id) => {
            let slot = slots::by_ids(&mut tx, &[id]).await?.pop();
            Some(slot.filter(|slot| scope.covers(&slot.centre)).ok_or(SlotError::NotFound)?)
        }
        None => None,
    };
    let wanted = Page::<SlotRow>::one_more(query.limit);
    let page = DayPage { date: query.date, centre: None, after: after.as_ref(), limit: wanted };
    let Some(centres) = scope.centres() else {
        return Ok(Page::of(slots::of_day(&mut tx, &page).await?, query.limit).map(DaySlot::from));
    };
    let mut found = Vec::new();
    let first = after.as_ref().map(|slot| &slot.centre);
    for code in centres.iter().filter(|code| first.is_none_or(|first| *code >= first)) {
        let limit = wanted.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if limit == 0 {
            break;
        }
        let after = page.after.filter(|slot| slot.centre == *code);
        found.extend(slots::of_day(&mut tx, &DayPage { centre: Some(code), after, limit, ..page }).await?);
    }
    Ok(Page::of(found, query.limit).map(DaySlot::from))
}

impl From<SlotRow> for DaySlot {
    fn from(row: SlotRow) -> Self {
        Self { id: row.id, centre: row.centre, time: row.time, state: row.state }
    }
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
