//! Tells a health centre about a new alert. Log shippers page staff by the level and target of this line. The list
//! itself is `kenkocall alerts list`.

use tracing::warn;

use crate::domain::{AlertKind, CentreCode};

pub(super) fn tell_centre(centre: &CentreCode, kind: AlertKind) {
    warn!(target: "kenkocall::alerts", %centre, kind = kind.code(), "new alert for a health centre");
}
