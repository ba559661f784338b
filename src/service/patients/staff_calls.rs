//! Calls that staff placed themselves, and what came of them.

use jiff::Timestamp;

use crate::domain::{ReportId, StaffCallId, StaffCallOutcome};
use crate::store::patients::PatientRow;
use crate::store::staff_calls::StaffCallRow;
use crate::store::{StoreError, Tx, round_claims, staff_calls};

/// A call that staff placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffCallView {
    /// What came of it.
    pub outcome: StaffCallOutcome,
    /// When to call again.
    pub again_at: Option<Timestamp>,
    /// Who called.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

impl From<StaffCallRow> for StaffCallView {
    fn from(row: StaffCallRow) -> Self {
        Self { outcome: row.outcome, again_at: row.again_at, author: row.author, at: row.at }
    }
}

/// A call to add.
pub(super) struct NewCall<'a> {
    pub(super) id: StaffCallId,
    pub(super) author: &'a str,
    pub(super) outcome: StaffCallOutcome,
    pub(super) again_at: Option<Timestamp>,
    /// The report that has what was said.
    pub(super) report: Option<ReportId>,
    pub(super) at: Timestamp,
}

/// Adds a call to a held patient, and ends the claim of the round.
pub(super) async fn add(tx: &mut Tx, patient: &PatientRow, call: NewCall<'_>) -> Result<(), StoreError> {
    let NewCall { id, author, outcome, again_at, report, at } = call;
    let (centre, author) = (patient.centre.clone(), author.to_owned());
    staff_calls::add(tx, &StaffCallRow { id, patient: patient.id, centre, outcome, again_at, author, at, report })
        .await?;
    round_claims::end(tx, patient.id).await
}
