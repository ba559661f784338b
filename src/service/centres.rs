//! Health centres as conversations need them, and as their staff set them.

use serde::{Deserialize, Serialize};
use tracing::error;

use crate::engine::Centre;
use crate::follow_up::{OfficeHours, Thresholds};
use crate::store::centres::CentreRow;

/// What a centre sets for its own patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentreSettings {
    /// When someone is there to talk to.
    pub office_hours: OfficeHours,
    /// From where on an answer worries.
    pub thresholds: Thresholds,
}

impl CentreSettings {
    /// The settings of a stored centre. Unreadable ones are reported and replaced by the defaults: a caller isn't
    /// turned away for them.
    pub fn of(row: &CentreRow) -> Self {
        serde_json::from_str(&row.settings).unwrap_or_else(|error| {
            error!(centre = %row.code, %error, "a centre's settings can't be read; the defaults are used");
            Self::default()
        })
    }
}

/// A stored centre as a conversation needs it.
pub(super) fn centre_of(row: &CentreRow) -> Centre {
    let settings = CentreSettings::of(row);
    Centre {
        code: row.code.clone(),
        name: row.name.as_str().into(),
        phone: row.phone.clone(),
        zone: row.time_zone.as_str().into(),
        office_hours: settings.office_hours,
        thresholds: settings.thresholds,
    }
}
