//! Alerts of a health centre: listing, raising and closing them.

mod error;
mod list;

pub use error::AlertError;
pub use list::{
    AlertFilter, AlertList, ClosedAlerts, ShownAlert, ToClose, close_alerts, line_of, list_alerts, tell_of_carrier,
};
pub(in crate::service) use list::{raise_once, tell_all};
