//! The daily limits on calls and their cost. If one is reached, dialling stops until midnight, and staff are told
//! once. Slots that are due then end with their windows.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tracing::warn;

use super::DialerSettings;
use crate::domain::{AlertKind, CentreCode};
use crate::policy::{CallPrice, DayLimit};
use crate::service::alerts::{About, new_alert};
use crate::service::slots::CentreRules;
use crate::store::{StoreError, Tx, alerts, daily_usage, dialer};

/// The reason shown to staff while dialling waits for the next day.
const ALL_CALLS: &str = "the day's calls are used up (dialer.calls_per_day)";
const ALL_SPEND: &str = "the day's money for calls is used up (dialer.spend_per_day)";

/// What remains of the daily limits.
pub(super) struct RemainingToday {
    /// The number of calls that may still be placed.
    pub calls: u32,
    /// Whether something was written that must be committed.
    pub written: bool,
}

/// The number of calls that remain today for all centres together. If it is 0, dialling is paused until midnight.
pub(super) async fn remaining_today(
    tx: &mut Tx,
    dialling: &DialerSettings,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<RemainingToday, StoreError> {
    let (limits, price) = (dialling.day_limits, dialling.price);
    if limits.calls.is_none() && limits.spend.is_none() {
        return Ok(RemainingToday { calls: u32::MAX, written: false });
    }
    let today = zone.to_datetime(now).date();
    let day_began = begin_of(today, zone, now);
    let used = daily_usage::since(tx, None, day_began).await?;
    let reached = limits.reached(used, price);
    if let Some(limit) = reached {
        let tomorrow = today.tomorrow().unwrap_or(today);
        let why = match limit {
            DayLimit::Calls => ALL_CALLS,
            DayLimit::Spend => ALL_SPEND,
        };
        dialer::pause_until(tx, why, now, begin_of(tomorrow, zone, now)).await?;
        tell(tx, None, day_began, now).await?;
    }
    let calls = if reached.is_some() { 0 } else { limits.room(used, price) };
    Ok(RemainingToday { calls, written: reached.is_some() })
}

/// The number of calls that remain today for a centre.
pub(super) async fn room_of_centre(
    tx: &mut Tx,
    price: CallPrice,
    centre: &CentreCode,
    rules: &CentreRules,
    now: Timestamp,
) -> Result<RemainingToday, StoreError> {
    let limits = rules.settings.day_limits();
    if limits.calls.is_none() && limits.spend.is_none() {
        return Ok(RemainingToday { calls: u32::MAX, written: false });
    }
    let zone = &rules.schedule.zone;
    let day_began = begin_of(zone.to_datetime(now).date(), zone, now);
    let used = daily_usage::since(tx, Some(centre), day_began).await?;
    if limits.reached(used, price).is_none() {
        return Ok(RemainingToday { calls: limits.room(used, price), written: false });
    }
    let written = tell(tx, Some(centre), day_began, now).await?;
    Ok(RemainingToday { calls: 0, written })
}

/// Raises an alert, once a day. Returns whether it did.
async fn tell(
    tx: &mut Tx,
    centre: Option<&CentreCode>,
    day_began: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let today = alerts::raised_since(tx, AlertKind::DayLimit, day_began).await?;
    if today.iter().any(|alert| alert.centre.as_ref() == centre) {
        return Ok(false);
    }
    let scope = if centre.is_some() { "centre" } else { "all" };
    metrics::counter!("kenkocall_day_limits_reached_total", "of" => scope).increment(1);
    metrics::counter!("kenkocall_alerts_total", "kind" => AlertKind::DayLimit.code()).increment(1);
    warn!(centre = centre.map_or("all", CentreCode::as_str), "daily call limit reached");
    let about = About { centre: centre.cloned(), ..About::default() };
    alerts::raise(tx, &[new_alert(AlertKind::DayLimit, about, now)]).await?;
    Ok(true)
}

/// When a day began. A day that doesn't exist in the time zone counts as begun now.
fn begin_of(day: Date, zone: &TimeZone, now: Timestamp) -> Timestamp {
    zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(now)
}
