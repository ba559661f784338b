//! Pauses and resumes dialling by hand: after a restored backup, a fail-over, or any other problem with calls. If the
//! database has lost its last entries, dialling can't be resumed before the carrier's calls were reconciled. Every
//! node reads the pause before each claim, so it takes effect immediately everywhere.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{Actor, AlertKind, AttemptState, CentreCode, LossEvidence, ReasonText};
use crate::policy::{Permission, require, scope};
use crate::service::alerts::raise_once;
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{ServiceError, SuspensionError};
use crate::store::dialer::{self, Pause, Waiting};
use crate::store::{StoreError, Tx, alerts, attempts, audit, centres, losses, maintenances, slots};

/// No day is longer, even when clocks are changed.
const LONGEST_DAY: SignedDuration = SignedDuration::from_hours(26);
/// The maximum number of unknown calls that are counted.
const MOST_UNKNOWN: u32 = 10_000;

/// Why nothing is dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PauseReason {
    /// Paused by a person, or after a reply of the carrier.
    Paused(Pause),
    /// The database has lost its last entries.
    Lost {
        /// The evidence for the loss.
        sign: LossEvidence,
        /// Whether the carrier's list was reconciled since.
        reconciled: bool,
    },
    /// A maintenance, with its end if known.
    Maintenance(Option<Timestamp>),
    /// The health centre has paused its own calls.
    Centre,
}

/// The state of dialling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialerState {
    /// Why nothing is dialled. `None` if dialling isn't held.
    pub hold: Option<PauseReason>,
    /// Why a node dials nothing yet after a start or a move of its database to another server.
    pub waiting: Option<Waiting>,
    /// Slots that are due and wait to be called.
    pub due: u32,
    /// Calls in progress, including those of unknown outcome.
    pub under_way: u32,
    /// Calls of unknown outcome, at most 10,000.
    pub unknown: u32,
    /// The centres that reached their own limit today, and when.
    pub limited: Vec<(CentreCode, Timestamp)>,
    /// When staff were told that nothing is dialled, if their alert is open and there is no other reason for the hold.
    /// Our clock is or was in doubt, or the carrier has refused our account.
    pub told_at: Option<Timestamp>,
}

/// Returns the state of dialling.
///
/// # Errors
/// Database errors.
pub async fn dialer_state(context: &Context, actor: &Actor) -> Result<DialerState, ServiceError> {
    let scope = scope(actor, Permission::ViewDialling)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let mut state = state(&mut tx, now).await?;
    state.limited.retain(|(centre, _)| scope.covers(centre));
    Ok(state)
}

/// Pauses dialling and replaces the current pause. Calls in progress continue. A pause without an end raises an alert
/// for all health centres.
///
/// # Errors
/// [`SuspensionError::PauseEndPassed`].
pub async fn pause_dialling(
    context: &Context,
    actor: &Actor,
    reason: &ReasonText,
    until: Option<Timestamp>,
) -> Result<DialerState, ServiceError> {
    require(actor, Permission::ControlDialling)?;
    let now = context.clock.now();
    let reason = reason.as_str();
    if until.is_some_and(|until| until <= now) {
        return Err(SuspensionError::PauseEndPassed.into());
    }
    let mut tx = context.database.begin_write().await?;
    let before = dialer::next_epoch(&mut tx).await?.pause;
    dialer::set_pause(&mut tx, Some(&Pause { reason: reason.to_owned(), until, since: None, lost: None })).await?;
    if until.is_none() {
        tell_staff(&mut tx, now).await?;
    }
    audit_change(&mut tx, actor, now, "dialer.paused", before, Some((reason, until))).await?;
    let state = state(&mut tx, now).await?;
    tx.commit().await?;
    Ok(state)
}

/// Ends a pause by a person or the carrier, and closes the alerts that nothing is dialled. Returns whether there was
/// one. If the database lost its last entries, the carrier's list must have been reconciled. With `anyway`, the user
/// accepts that phones may ring twice.
///
/// # Errors
/// [`SuspensionError::NotReconciled`].
pub async fn resume_dialling(
    context: &Context,
    actor: &Actor,
    anyway: bool,
) -> Result<(DialerState, bool), ServiceError> {
    require(actor, Permission::ControlDialling)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let before = dialer::next_epoch(&mut tx).await?.pause;
    let Some(pause) = before.filter(|pause| pause.lasts(now)) else {
        return Ok((state(&mut tx, now).await?, false));
    };
    if !anyway && losses::open(&mut tx).await?.iter().any(|loss| loss.reconciled_at.is_none()) {
        return Err(SuspensionError::NotReconciled.into());
    }
    losses::close(&mut tx, now).await?;
    dialer::set_pause(&mut tx, None).await?;
    for alert in alerts::open_of_kind(&mut tx, AlertKind::Dialling).await? {
        alerts::close(&mut tx, alert.id, now, actor.name()).await?;
    }
    let action = if anyway { "dialer.resumed_anyway" } else { "dialer.resumed" };
    audit_change(&mut tx, actor, now, action, Some(pause), None).await?;
    let state = state(&mut tx, now).await?;
    tx.commit().await?;
    Ok((state, true))
}

/// Why nothing is dialled at `now`. `None` if dialling isn't held.
pub(in crate::service) async fn current_hold(tx: &mut Tx, now: Timestamp) -> Result<Option<PauseReason>, StoreError> {
    if let Some(pause) = dialer::pause(tx).await?.filter(|pause| pause.lasts(now)) {
        let Some(sign) = pause.lost else { return Ok(Some(PauseReason::Paused(pause))) };
        let reconciled = losses::open(tx).await?.iter().all(|loss| loss.reconciled_at.is_some());
        return Ok(Some(PauseReason::Lost { sign, reconciled }));
    }
    Ok(maintenances::current(tx, now).await?.map(|maintenance| PauseReason::Maintenance(maintenance.until)))
}

async fn state(tx: &mut Tx, now: Timestamp) -> Result<DialerState, StoreError> {
    let later = Timestamp::MAX;
    let unknown = attempts::unmoved(tx, AttemptState::Unknown, later, later, MOST_UNKNOWN).await?;
    let hold = current_hold(tx, now).await?;
    let told = alerts::open_of_kind(tx, AlertKind::Dialling).await?;
    Ok(DialerState {
        waiting: dialer::waiting(tx).await?.filter(|waiting| waiting.until > now),
        told_at: told.first().filter(|_| hold.is_none()).map(|alert| alert.raised_at),
        hold,
        due: slots::due_by_centre(tx, now).await?.iter().map(|due| due.due).sum(),
        under_way: attempts::open_by_centre(tx).await?.iter().map(|(_, open)| *open).sum(),
        unknown: u32::try_from(unknown.len()).unwrap_or(MOST_UNKNOWN),
        limited: limited(tx, now).await?,
    })
}

/// The centres whose alert about a daily limit is of today, by the centre's time zone.
async fn limited(tx: &mut Tx, now: Timestamp) -> Result<Vec<(CentreCode, Timestamp)>, StoreError> {
    let since = now.checked_sub(LONGEST_DAY).unwrap_or(now);
    let mut limited = Vec::new();
    for alert in alerts::raised_since(tx, AlertKind::DayLimit, since).await? {
        let Some(centre) = alert.centre else { continue };
        let Some(row) = centres::get(tx, &centre).await? else { continue };
        let zone = TimeZone::get(&row.time_zone).unwrap_or(TimeZone::UTC);
        if zone.to_datetime(alert.raised_at).date() == zone.to_datetime(now).date() {
            limited.push((centre, alert.raised_at));
        }
    }
    Ok(limited)
}

/// Tells all health centres, once, that nothing is dialled for a reason that only people can fix.
pub(in crate::service) async fn tell_staff(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    raise_once(tx, AlertKind::Dialling, now).await
}

async fn audit_change(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    action: &str,
    before: Option<Pause>,
    after: Option<(&str, Option<Timestamp>)>,
) -> Result<(), ServiceError> {
    let time = |at: Timestamp| at.to_string();
    let ends = before.as_ref().and_then(|pause| pause.until).map(time);
    let changes = Changes::default()
        .field("reason", before.map(|pause| pause.reason), after.map(|(reason, _)| reason))
        .field("until", ends, after.and_then(|(_, until)| until).map(time));
    let entry = audit_entry(actor, now, action, "dialer".to_owned(), None, changes);
    Ok(audit::append(tx, vec![entry]).await?)
}
