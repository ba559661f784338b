//! The open slots of a health centre, counted by what decides whether they are wanted: to say what a change does.

use jiff::civil::Date;

use super::count;
use crate::domain::{CentreCode, SlotOrigin};
use crate::store::bind_value::{Row, parsed};
use crate::store::{StoreError, Tx};

/// Slots of one time of one day, whose patients have the same call times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotGroup {
    /// The date at the health centre.
    pub date: Date,
    /// The time there.
    pub time: String,
    /// Their origin.
    pub origin: SlotOrigin,
    /// The patients' own call times, as stored. Empty if they have none.
    pub call_times: String,
    /// The number of slots.
    pub count: u32,
}

/// The slots of a health centre that wait to be called.
///
/// # Errors
/// Database errors.
pub async fn waiting_at(tx: &mut Tx, centre: &CentreCode) -> Result<Vec<SlotGroup>, StoreError> {
    let sql = "SELECT s.slot_date, s.slot_time, s.origin, p.call_times, count(*)
               FROM slots s JOIN patients p ON p.id = s.patient_id
               WHERE s.centre_code = $1 AND s.state = 'waiting'
               GROUP BY s.slot_date, s.slot_time, s.origin, p.call_times";
    tx.fetch_all(sql, vec![centre.into()], read).await
}

/// The slots of a health centre's calls that ring or are answered, and of those of unknown outcome.
///
/// # Errors
/// Database errors.
pub async fn under_way_at(tx: &mut Tx, centre: &CentreCode) -> Result<Vec<SlotGroup>, StoreError> {
    let sql = "SELECT s.slot_date, s.slot_time, s.origin, p.call_times, count(*)
               FROM attempts a JOIN slots s ON s.id = a.slot_id JOIN patients p ON p.id = s.patient_id
               WHERE a.centre_code = $1 AND a.ended_at IS NULL
               GROUP BY s.slot_date, s.slot_time, s.origin, p.call_times";
    tx.fetch_all(sql, vec![centre.into()], read).await
}

fn read(row: &Row<'_>) -> Result<SlotGroup, StoreError> {
    Ok(SlotGroup {
        date: row.read(0, "slots.slot_date", parsed)?,
        time: row.owned(1)?,
        origin: row.read(2, "slots.origin", SlotOrigin::from_code)?,
        call_times: row.owned(3)?,
        count: count(row.int(4)?),
    })
}
