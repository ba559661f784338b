//! What a change of a health centre's settings will do to calls, before it is made.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::change::{changed, patients_outside};
use super::view::CentreView;
use crate::domain::{Actor, CallTimes, CentreCode, SlotOrigin};
use crate::policy::{CallingSchedule, Permission, scope};
use crate::service::centre_settings::{CentreChange, CentreSettings, schedule_of, visible_centre};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::service::slots::is_scheduled;
use crate::store::centres::CentreRow;
use crate::store::slots::{self, SlotGroup};
use crate::store::{StoreError, Tx, patients};

/// What a change will do, as of now.
#[derive(Debug, Clone)]
pub struct CentreEffect {
    /// The centre before the change.
    pub before: CentreView,
    /// The centre after it.
    pub after: CentreView,
    /// Slots that wait to be called.
    pub waiting: BeforeAfter,
    /// Calls that ring, are answered or of unknown outcome.
    pub under_way: BeforeAfter,
    /// Call times of the rest of today.
    pub today: BeforeAfter,
    /// Call times of tomorrow.
    pub tomorrow: BeforeAfter,
    /// Patients with a call time of their own outside the calling hours.
    pub outside_hours: BeforeAfter,
    /// Patients under observation without any call time in the next year.
    pub never_called: BeforeAfter,
}

/// A number before and after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BeforeAfter {
    /// Before it.
    pub before: u64,
    /// After it.
    pub after: u64,
}

/// Says what a change would do. Nothing is changed.
///
/// # Errors
/// Those of [`change_centre`](super::change_centre).
pub async fn preview_settings(
    context: &Context,
    actor: &Actor,
    code: &CentreCode,
    change: &CentreChange,
) -> Result<CentreEffect, ServiceError> {
    let scope = scope(actor, Permission::ChangeCentres)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let before = visible_centre(&mut tx, &scope, code).await?;
    let after = changed(&before, change, now)?;
    effect_of(&mut tx, before, after, now).await
}

pub(super) async fn effect_of(
    tx: &mut Tx,
    before: CentreRow,
    after: CentreRow,
    now: Timestamp,
) -> Result<CentreEffect, ServiceError> {
    let code = before.code.clone();
    let both = Schedules { before: schedule_of(&before)?, after: schedule_of(&after)? };
    let today = both.before.zone.to_datetime(now).date();
    let groups = patients::called_by_times(tx, &code, today).await?;
    let called: Vec<(CallTimes, u64)> = groups
        .into_iter()
        .map(|(text, count)| Ok((times(&text, "patients.call_times")?, count)))
        .collect::<Result<_, StoreError>>()?;
    let hours = |row: &CentreRow| CentreSettings::of(row).calling_hours;
    Ok(CentreEffect {
        waiting: both.still_wanted(&slots::waiting_at(tx, &code).await?)?,
        under_way: both.still_wanted(&slots::under_way_at(tx, &code).await?)?,
        today: both.counted(&called, |schedule, times| on_day(schedule, times, now, 0)),
        tomorrow: both.counted(&called, |schedule, times| on_day(schedule, times, now, 1)),
        outside_hours: BeforeAfter {
            before: patients_outside(tx, &code, hours(&before)).await?,
            after: patients_outside(tx, &code, hours(&after)).await?,
        },
        never_called: both
            .counted(&called, |schedule, times| u64::from(schedule.next_slot(times, None, now).is_none())),
        before: before.into(),
        after: after.into(),
    })
}

/// When the centre calls, before and after.
struct Schedules {
    before: CallingSchedule,
    after: CallingSchedule,
}

impl Schedules {
    /// How many of these slots are there, and how many of them will still be wanted.
    fn still_wanted(&self, groups: &[SlotGroup]) -> Result<BeforeAfter, StoreError> {
        let mut counted = BeforeAfter::default();
        for group in groups {
            let times = times(&group.call_times, "patients.call_times")?;
            let stays = group.origin == SlotOrigin::Staff || is_scheduled(&times, group.date, &group.time, &self.after);
            counted.before += u64::from(group.count);
            counted.after += if stays { u64::from(group.count) } else { 0 };
        }
        Ok(counted)
    }

    /// The sum over all patients.
    fn counted(&self, called: &[(CallTimes, u64)], of: impl Fn(&CallingSchedule, &CallTimes) -> u64) -> BeforeAfter {
        let sum = |schedule: &CallingSchedule| called.iter().map(|(times, count)| of(schedule, times) * count).sum();
        BeforeAfter { before: sum(&self.before), after: sum(&self.after) }
    }
}

/// The number of call times on a day from now on.
fn on_day(schedule: &CallingSchedule, times: &CallTimes, now: Timestamp, days: i32) -> u64 {
    let date: Option<Date> = schedule.zone.to_datetime(now).date().checked_add(days.days()).ok();
    let slots = date.map(|date| schedule.slots_on(times, date)).unwrap_or_default();
    slots.iter().filter(|slot| slot.due_at > now).map(|_| 1).sum()
}

fn times(text: &str, what: &'static str) -> Result<CallTimes, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { what })
}
