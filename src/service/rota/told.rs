//! Who was told of a red alert: the calls to staff since it was raised, with their SMS and e-mails.

use jiff::Timestamp;

use super::state::{ShownStep, shown};
use crate::domain::{AlertKind, CentreCode};
use crate::service::alerts::ShownAlert;
use crate::store::escalations;
use crate::store::{StoreError, Tx};

/// Steps that are shown: the last ones.
const MOST: u32 = 50;

/// The calls to a health centre's staff since the first of these open red alerts was raised, first to last. One call is
/// about all red lines that nobody has taken, so each of them is told of by it.
pub(in crate::service) async fn told_of(
    tx: &mut Tx,
    centre: &CentreCode,
    open: &[ShownAlert],
) -> Result<Vec<ShownStep>, StoreError> {
    let red = open.iter().map(|shown| &shown.alert).filter(|alert| alert.kind == AlertKind::RedAnswer);
    let Some(since): Option<Timestamp> = red.map(|alert| alert.raised_at).min() else { return Ok(Vec::new()) };
    let mut steps = escalations::steps_since(tx, centre, since, MOST).await?;
    steps.reverse();
    Ok(steps.into_iter().map(shown).collect())
}
