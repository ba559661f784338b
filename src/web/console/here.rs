//! Where and when a page about the work is shown: the reader's health centre and the time there.

use jiff::ZonedDateTime;

use super::staff::StaffActor;
use super::times;
use crate::service::{CentreView, ServiceError};
use crate::translations::Message;

/// The reader's health centre and the time there.
pub(super) struct Here {
    /// The health centre. `None` for readers who belong to none.
    pub(super) centre: Option<CentreView>,
    /// The time in its zone.
    pub(super) now: ZonedDateTime,
    /// What the frame of the page says.
    pub(super) frame: Frame,
}

/// What `console/work.html` shows above the content. Templates call it `f`.
#[derive(Clone)]
pub(super) struct Frame {
    /// The name of the health centre. Empty if there is none.
    pub(super) centre: String,
    /// The time.
    pub(super) now: Message,
    /// Its zone.
    pub(super) zone: Message,
    /// Whether all people are made up.
    pub(super) simulated: bool,
    /// The path that shows the page anew.
    pub(super) again: String,
}

impl Here {
    /// Of a reader.
    pub(super) async fn of(staff: &StaffActor) -> Result<Self, ServiceError> {
        let centre = staff.centre().await?;
        let zone = staff.zone(centre.as_ref());
        let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
        let frame = Frame {
            centre: centre.as_ref().map(|centre| centre.name.clone()).unwrap_or_default(),
            now: times::moment(&now, true),
            zone: times::zone_name(&zone),
            simulated: staff.context().database.data_origin().await?.is_simulated(),
            again: staff.visit.path(&staff.visit.page),
        };
        Ok(Self { centre, now, frame })
    }
}
