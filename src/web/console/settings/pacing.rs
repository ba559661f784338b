//! How fast calls are placed, beside the limits of the health centre: what the server may do, and how many wait now.

use jiff::ZonedDateTime;

use crate::service::{CentreView, ServiceError, call_numbers, day_figures};
use crate::translations::{Message, message};
use crate::web::console::staff::StaffActor;

/// The figures, in words.
pub(super) async fn figures(
    staff: &StaffActor,
    centre: &CentreView,
    now: &ZonedDateTime,
) -> Result<Vec<Message>, ServiceError> {
    let (context, actor) = (staff.context(), staff.actor());
    let numbers = call_numbers(context, actor, &centre.code, now.timestamp(), now.timestamp()).await?;
    let figures = day_figures(context, actor, now.date()).await?.centres;
    let waiting: u64 = figures.iter().filter(|of| of.code == centre.code).map(|of| u64::from(of.open())).sum();
    let pace = staff.visit.console.settings.pace;
    Ok(vec![
        message!("gate-pace-server", pace = pace.per_second.to_string(), calls = u64::from(pace.at_once)),
        message!("gate-pace-now", waiting = waiting, open = u64::from(numbers.open)),
    ])
}
