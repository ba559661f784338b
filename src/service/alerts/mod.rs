//! Alerts of a health centre: listing, raising and closing them.

mod error;
mod list;
mod view;

pub use error::AlertError;
pub use list::{AlertList, AlertQuery, ClosedAlerts, ShownAlert, ToClose, close_alerts, list_alerts, tell_of_carrier};
pub(in crate::service) use list::{raise_once, tell_all};
pub use view::AlertView;
