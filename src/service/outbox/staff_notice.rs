//! What the messages to staff who are rung about red alerts say.

use crate::domain::CallId;
use crate::policy::staff_message;
use crate::service::alerts::untaken_red_lines;
use crate::store::escalations::{self, StepRow};
use crate::store::{StoreError, Tx, centres};

/// A message to a member of staff.
pub(super) struct Notice {
    pub(super) step: StepRow,
    /// The health centre and how many lines wait. It names no patient.
    pub(super) text: String,
}

/// The message of a step. `None` if nothing waits any more.
pub(super) async fn notice_of(tx: &mut Tx, call: CallId, console: &str) -> Result<Option<Notice>, StoreError> {
    let Some(step) = escalations::steps_of_calls(tx, &[call]).await?.pop() else { return Ok(None) };
    let Some(escalation) = escalations::get(tx, step.escalation).await? else { return Ok(None) };
    let Some(centre) = centres::get(tx, &escalation.centre).await? else { return Ok(None) };
    let lines = untaken_red_lines(tx, &escalation.centre).await?.len();
    if lines == 0 {
        return Ok(None);
    }
    let text = staff_message(step.language, &centre.name, lines, console);
    Ok(Some(Notice { step, text }))
}
