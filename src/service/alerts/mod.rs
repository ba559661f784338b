//! Alerts of a health centre: listing, raising and closing them.

mod consequences;
mod line;
mod list;
mod view;

pub(in crate::service) use consequences::{About, Consequences, new_alert};
pub use line::{AlertLine, show_alert_line};
pub use list::{AlertList, AlertQuery, ClosedAlerts, ToClose, close_alerts, list_alerts, tell_of_carrier};
pub(in crate::service) use list::{raise_once, tell_all};
pub use view::{AlertPerson, AlertView, ShownAlert};
