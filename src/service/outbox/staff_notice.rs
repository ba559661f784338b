//! What the messages to staff who are rung about red alerts say.

use crate::domain::CallId;
use crate::service::alerts::untaken_red_lines;
use crate::store::escalations::{self, StepRow};
use crate::store::{StoreError, Tx, centres};

/// What a member of staff is told. It names no patient.
pub(super) struct Notice {
    pub(super) step: StepRow,
    /// The name of the health centre.
    pub(super) centre: String,
    /// How many red lines wait.
    pub(super) lines: usize,
}

/// What the person of a step is told. `None` if nothing waits any more.
pub(super) async fn notice_of(tx: &mut Tx, call: CallId) -> Result<Option<Notice>, StoreError> {
    let Some(step) = escalations::steps_of_calls(tx, &[call]).await?.pop() else { return Ok(None) };
    let Some(escalation) = escalations::get(tx, step.escalation).await? else { return Ok(None) };
    let Some(centre) = centres::get(tx, &escalation.centre).await? else { return Ok(None) };
    let lines = untaken_red_lines(tx, &escalation.centre).await?.len();
    if lines == 0 {
        return Ok(None);
    }
    Ok(Some(Notice { step, centre: centre.name.to_string(), lines }))
}
