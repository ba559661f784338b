//! Alerts of a health centre: listing, raising and closing them.

mod consequences;
mod list;
mod view;

pub(in crate::service) use consequences::{About, Consequences, new_alert};
pub use list::{AlertList, AlertQuery, ClosedAlerts, ShownAlert, ToClose, close_alerts, list_alerts, tell_of_carrier};
pub(in crate::service) use list::{raise_once, tell_all};
pub use view::AlertView;
