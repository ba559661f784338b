//! Legs: the carrier's side of a call. The carrier's reports may arrive twice, late and in any order. Nothing here
//! reverts to an earlier state.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{BindValue, Row, parsed},
    tx::Later,
};
use crate::domain::{CallId, Direction, HangupCause, LegId, PhoneNumber, ProcessId};
use crate::policy::AttemptWithoutLeg;

/// One leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegRow {
    /// The leg.
    pub id: LegId,
    /// The call that it belongs to.
    pub call: CallId,
    /// Who called whom.
    pub direction: Direction,
    /// The carrier, as named in the configuration.
    pub carrier: String,
    /// The carrier's ID for the leg.
    pub carrier_leg_id: String,
    /// The number at the far end. `None` if it was withheld.
    pub far_number: Option<PhoneNumber>,
    /// Our number.
    pub near_number: Option<PhoneNumber>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub hangup_cause: Option<HangupCause>,
    /// When the carrier first reported that the phone rang or was answered. Only for outbound legs to a phone.
    pub began_at: Option<Timestamp>,
    /// The node that placed the call or first received a report of the leg. `None` for legs of earlier versions and
    /// legs that were found in the carrier's list.
    pub node: Option<ProcessId>,
}

/// A leg found by its carrier leg ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegFound {
    /// The carrier's ID for the leg.
    pub carrier_leg_id: String,
    /// The leg.
    pub leg: LegId,
    /// Its call.
    pub call: CallId,
    /// When the carrier first reported that the phone rang or was answered.
    pub began_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A status that the carrier reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegStatus {
    /// The leg.
    pub leg: LegId,
    /// The status, in the carrier's word.
    pub status: String,
    /// When it was first received.
    pub at: Timestamp,
}

/// The end of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegEnd {
    /// The leg.
    pub leg: LegId,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Why it ended.
    pub cause: HangupCause,
}

/// Adds legs.
///
/// # Errors
/// [`StoreError::Taken`] with [`Unique::LegId`](super::Unique::LegId) if the carrier's leg is known already.
pub async fn insert(tx: &mut Tx, legs: &[LegRow]) -> Result<(), StoreError> {
    tx.write_rows(INSERT, legs.iter().map(columns).collect(), "").await
}

/// Adds legs that may exist already: a callback can arrive before the reply to the request that created the leg.
///
/// # Errors
/// Database errors.
pub async fn insert_unknown(tx: &mut Tx, legs: &[LegRow]) -> Result<(), StoreError> {
    let tail = "ON CONFLICT (carrier, carrier_leg_id) DO NOTHING";
    tx.write_rows(INSERT, legs.iter().map(columns).collect(), tail).await
}

const INSERT: &str = "INSERT INTO legs (id, call_id, direction, carrier, carrier_leg_id, far_number, near_number, started_at, ended_at, hangup_cause, began_at, node) VALUES";

fn columns(leg: &LegRow) -> [BindValue<'_>; 12] {
    [
        leg.id.into(),
        leg.call.into(),
        leg.direction.code().into(),
        leg.carrier.as_str().into(),
        leg.carrier_leg_id.as_str().into(),
        leg.far_number.as_ref().into(),
        leg.near_number.as_ref().into(),
        leg.started_at.into(),
        leg.ended_at.into(),
        leg.hangup_cause.map(HangupCause::code).into(),
        leg.began_at.into(),
        leg.node.into(),
    ]
}

/// The legs with these carrier leg IDs, in no particular order. Unknown IDs are omitted.
///
/// # Errors
/// Database errors.
pub async fn by_carrier_leg(tx: &mut Tx, carrier: &str, names: &[&str]) -> Result<Vec<LegFound>, StoreError> {
    let later = later_by_carrier_leg(tx, carrier, names).await?;
    later.read(&tx.arrive().await?)
}

pub(super) async fn later_by_carrier_leg(
    tx: &mut Tx,
    carrier: &str,
    names: &[&str],
) -> Result<Later<LegFound>, StoreError> {
    tx.later_in(
        "SELECT carrier_leg_id, id, call_id, began_at, ended_at FROM legs WHERE carrier = $1 AND carrier_leg_id IN",
        &[carrier.into()],
        names.iter().map(|name| (*name).into()),
        "",
        |row| {
            Ok(LegFound {
                carrier_leg_id: row.owned(0)?,
                leg: row.read(1, "legs.id", parsed)?,
                call: row.read(2, "legs.call_id", parsed)?,
                began_at: row.opt_time(3, "legs.began_at")?,
                ended_at: row.opt_time(4, "legs.ended_at")?,
            })
        },
    )
    .await
}

/// The legs of these calls, oldest first.
///
/// # Errors
/// Database errors.
pub async fn of_calls(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<LegRow>, StoreError> {
    let later = later_of_calls(tx, calls).await?;
    later.read(&tx.arrive().await?)
}

pub(super) async fn later_of_calls(tx: &mut Tx, calls: &[CallId]) -> Result<Later<LegRow>, StoreError> {
    tx.later_in(
        "SELECT id, call_id, direction, carrier, carrier_leg_id, far_number, near_number, started_at, ended_at,
         hangup_cause, began_at, node FROM legs WHERE call_id IN",
        &[],
        calls.iter().map(|call| (*call).into()),
        "ORDER BY started_at, id",
        read,
    )
    .await
}

/// The carrier leg ID of a witness: among our calls intended at or after `intended_at`, the one most recently reported
/// as ringing or answered before `before`. A list by start time that lacks this call is older than the intent.
///
/// # Errors
/// Database errors.
pub async fn witness(
    tx: &mut Tx,
    carrier: &str,
    intended_at: Timestamp,
    before: Timestamp,
) -> Result<Option<String>, StoreError> {
    tx.fetch_optional(
        "SELECT l.carrier_leg_id FROM legs l JOIN attempts a ON a.call_id = l.call_id
         WHERE l.carrier = $1 AND l.began_at > $2 AND l.began_at < $3 AND a.intended_at >= $2
         ORDER BY l.began_at DESC LIMIT 1",
        vec![carrier.into(), intended_at.into(), before.into()],
        |row| row.owned(0),
    )
    .await
}

/// Records when the phones of these legs were first reported as ringing or answered. The first time is kept.
///
/// # Errors
/// Database errors.
pub async fn began(tx: &mut Tx, legs: &[(LegId, Timestamp)]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE legs SET began_at = v.column2 FROM (VALUES",
        legs.iter().map(|(leg, at)| [(*leg).into(), (*at).into()]).collect(),
        ") AS v WHERE legs.id = v.column1 AND legs.began_at IS NULL",
    )
    .await
}

/// Records statuses. A leg keeps the first report of each.
///
/// # Errors
/// Database errors.
pub async fn note_statuses(tx: &mut Tx, statuses: &[LegStatus]) -> Result<(), StoreError> {
    let rows = statuses.iter().map(|status| [status.leg.into(), status.status.as_str().into(), status.at.into()]);
    let head = "INSERT INTO leg_statuses (leg_id, status, at) VALUES";
    tx.write_rows(head, rows.collect(), "ON CONFLICT (leg_id, status) DO NOTHING").await
}

/// The statuses of a leg, in the order in which they were received.
///
/// # Errors
/// Database errors.
pub async fn statuses(tx: &mut Tx, leg: LegId) -> Result<Vec<LegStatus>, StoreError> {
    tx.fetch_all(
        "SELECT leg_id, status, at FROM leg_statuses WHERE leg_id = $1 ORDER BY at, status",
        vec![leg.into()],
        |row| {
            Ok(LegStatus {
                leg: row.read(0, "leg_statuses.leg_id", parsed)?,
                status: row.owned(1)?,
                at: row.time(2, "leg_statuses.at")?,
            })
        },
    )
    .await
}

/// Ends legs. A leg that has ended keeps its first end and cause.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, ends: &[LegEnd]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE legs SET ended_at = v.column2, hangup_cause = v.column3 FROM (VALUES",
        ends.iter().map(|end| [end.leg.into(), end.ended_at.into(), end.cause.code().into()]).collect(),
        ") AS v WHERE legs.id = v.column1 AND legs.ended_at IS NULL",
    )
    .await
}

/// What was dialled at these numbers since a time and has no leg. The query is `head`, which gives the number, when it
/// was decided and when it ended, and ends in `IN`.
///
/// # Errors
/// Database errors.
pub(super) async fn dialled_without(
    tx: &mut Tx,
    head: &'static str,
    numbers: &[PhoneNumber],
    since: Timestamp,
) -> Result<Vec<AttemptWithoutLeg>, StoreError> {
    tx.fetch_in(head, &[since.into()], numbers.iter().map(Into::into), "", |row| {
        Ok(AttemptWithoutLeg {
            number: row.read(0, "phone_number", |text| PhoneNumber::from_e164(text).ok())?,
            intended_at: row.time(1, "intended_at")?,
            open: row.opt_time(2, "ended_at")?.is_none(),
        })
    })
    .await
}

fn read(row: &Row<'_>) -> Result<LegRow, StoreError> {
    let number = |text: &str| PhoneNumber::from_e164(text).ok();
    Ok(LegRow {
        id: row.read(0, "legs.id", parsed)?,
        call: row.read(1, "legs.call_id", parsed)?,
        direction: row.read(2, "legs.direction", Direction::from_code)?,
        carrier: row.owned(3)?,
        carrier_leg_id: row.owned(4)?,
        far_number: row.opt_read(5, "legs.far_number", number)?,
        near_number: row.opt_read(6, "legs.near_number", number)?,
        started_at: row.time(7, "legs.started_at")?,
        ended_at: row.opt_time(8, "legs.ended_at")?,
        hangup_cause: row.opt_read(9, "legs.hangup_cause", HangupCause::from_code)?,
        began_at: row.opt_time(10, "legs.began_at")?,
        node: row.opt_read(11, "legs.node", parsed)?,
    })
}
