//! When a patient's calls are due, on the health centre's civil clock. Handles both changes of daylight saving time.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{CallPattern, DaysOff, ReportCovers};
use crate::domain::{CallTimes, CallingHours};

/// A centre's settings for when it calls.
#[derive(Debug, Clone)]
pub struct CallingSchedule {
    /// The centre's time zone.
    pub zone: TimeZone,
    /// When calls may begin.
    pub hours: CallingHours,
    /// The days without calls.
    pub days_off: DaysOff,
    /// The call times of patients who have none of their own.
    pub pattern: CallPattern,
}

/// One call time of one patient on one day. Its civil date and time identify it. Setting the clock, or computing it
/// again, gives the same identity, so a slot can't occur twice.
///
/// - A time in the spring gap is due later by the length of the gap (02:30 at 03:30) and keeps its identity.
/// - A time in the autumn fold is due once, the first time.
/// - If a gap moves two times to one moment, the earlier time is the slot and the later one is dropped.
/// - A time outside calling hours, on a day off, or moved out of hours or out of its day by a gap is not a slot.
/// - A day has at most [`CallTimes::MAX`] slots, the first ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlannedSlot {
    /// The civil date at the centre.
    pub date: Date,
    /// The civil time as configured.
    pub time: Time,
    /// The first moment at which it may be called.
    pub due_at: Timestamp,
    /// The first moment at which it may no longer be called: the day's next slot is due, or calling hours end.
    pub window_end: Timestamp,
}

impl CallingSchedule {
    /// The number of civil days searched for a next slot.
    pub const LOOK_AHEAD_DAYS: usize = 366;

    /// The slots of a civil date, ordered by due time.
    pub fn slots_on(&self, times: &CallTimes, date: Date) -> Vec<PlannedSlot> {
        if self.days_off.contain(date) {
            return Vec::new();
        }
        let pattern;
        let times = if times.is_empty() {
            pattern = self.pattern.times_on(date);
            pattern.as_slice()
        } else {
            times.times()
        };
        let mut due: Vec<(Timestamp, Time)> =
            times.iter().filter_map(|time| Some((self.due_at(date, *time)?, *time))).collect();
        due.sort_unstable();
        due.dedup_by_key(|(due_at, _)| *due_at);
        due.truncate(CallTimes::MAX);
        let next = due.iter().skip(1).map(|(due_at, _)| Some(*due_at)).chain([None]);
        let slots = due.iter().zip(next).filter_map(|(&(due_at, time), next)| {
            let close = self.close_after(date, due_at)?;
            Some(PlannedSlot { date, time, due_at, window_end: next.map_or(close, |next| next.min(close)) })
        });
        slots.filter(|slot| slot.due_at < slot.window_end).collect()
    }

    /// The slot with this date and time under the current settings (A3). `None` if there is no such slot any longer.
    pub fn slot(&self, times: &CallTimes, date: Date, time: Time) -> Option<PlannedSlot> {
        self.slots_on(times, date).into_iter().find(|slot| slot.time == time)
    }

    /// The first slot due after `after`, on or after the day on which observation begins, within
    /// [`CallingSchedule::LOOK_AHEAD_DAYS`].
    pub fn next_slot(&self, times: &CallTimes, observed_from: Option<Date>, after: Timestamp) -> Option<PlannedSlot> {
        self.upcoming(times, observed_from, after).next()
    }

    /// The first `limit` slots that are due after `after` and not after `until`, within
    /// [`CallingSchedule::LOOK_AHEAD_DAYS`].
    pub fn slots_between(
        &self,
        times: &CallTimes,
        observed_from: Option<Date>,
        after: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Vec<PlannedSlot> {
        self.upcoming(times, observed_from, after).take_while(|slot| slot.due_at <= until).take(limit).collect()
    }

    /// The time from which a finished report of the patient, through any channel, cancels this slot (A9). With
    /// [`ReportCovers::Day`] it is the start of the civil day. With [`ReportCovers::Slot`] it is when the slot is due,
    /// or the start of the day for the day's first slot.
    pub fn reports_count_from(&self, covers: ReportCovers, times: &CallTimes, slot: &PlannedSlot) -> Timestamp {
        let is_first = || self.slots_on(times, slot.date).first().is_none_or(|first| slot.due_at <= first.due_at);
        match covers {
            ReportCovers::Slot if !is_first() => slot.due_at,
            ReportCovers::Day | ReportCovers::Slot => self.day_begins(slot.date).unwrap_or(slot.due_at),
        }
    }

    /// The slot that a report begun at `at` is about: the latest one that is due, or the day's first. `None` if a
    /// report is about the whole day, and on days without slots.
    pub fn slot_reported(
        &self,
        covers: ReportCovers,
        times: &CallTimes,
        date: Date,
        at: Timestamp,
    ) -> Option<PlannedSlot> {
        if covers == ReportCovers::Day {
            return None;
        }
        let slots = self.slots_on(times, date);
        slots.iter().rev().find(|slot| slot.due_at <= at).or(slots.first()).copied()
    }

    /// The first moment of a civil date at the centre. `None` near the end of the calendar.
    pub fn day_begins(&self, date: Date) -> Option<Timestamp> {
        let midnight = date.at(0, 0, 0, 0);
        let shifted = self.zone.to_timestamp(midnight).ok()?;
        if self.zone.to_datetime(shifted) == midnight {
            return Some(shifted);
        }
        // Midnight is in a gap: the day begins at the end of the gap, at or before `shifted`.
        let just_after = shifted.checked_add(1.nanosecond()).ok()?;
        self.zone.preceding(just_after).next().map(|gap| gap.timestamp())
    }

    fn upcoming<'a>(
        &'a self,
        times: &'a CallTimes,
        observed_from: Option<Date>,
        after: Timestamp,
    ) -> impl Iterator<Item = PlannedSlot> + 'a {
        let today = self.zone.to_datetime(after).date();
        let from = observed_from.map_or(today, |first| first.max(today));
        let days = from.series(1.day()).take(Self::LOOK_AHEAD_DAYS);
        days.flat_map(|date| self.slots_on(times, date)).filter(move |slot| slot.due_at > after)
    }

    /// When a time of a day is due. `None` if it is outside calling hours, or a gap moves it out of them or out of its
    /// day.
    fn due_at(&self, date: Date, time: Time) -> Option<Timestamp> {
        let due_at = self.zone.to_timestamp(date.to_datetime(time)).ok()?;
        (self.hours.contain(time) && self.is_open(date, self.zone.to_datetime(due_at))).then_some(due_at)
    }

    fn is_open(&self, date: Date, at: DateTime) -> bool {
        at.date() == date && self.hours.contain(at.time())
    }

    /// The first moment after `due_at` outside the day's calling hours: when they close, or when a clock change leaves
    /// them.
    fn close_after(&self, date: Date, due_at: Timestamp) -> Option<Timestamp> {
        const MOST_TRANSITIONS: usize = 8;
        let close = self.zone.to_timestamp(self.hours.close.on(date)).ok()?;
        let put = self.zone.following(due_at).take(MOST_TRANSITIONS).map(|change| change.timestamp());
        let mut put = put.take_while(|at| *at < close);
        Some(put.find(|at| !self.is_open(date, self.zone.to_datetime(*at))).unwrap_or(close))
    }
}

#[cfg(test)]
mod tests;
