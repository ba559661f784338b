//! Alerts of a health centre: listing, raising and closing them.

mod amber;
mod by_phone;
mod claims;
mod consequences;
mod line;
mod list;
mod notes;
mod of_patient;
mod untaken;
mod view;

pub(in crate::service) use amber::raise_amber;
pub(in crate::service) use by_phone::{give_back_unopened, take_by_phone, untaken_red_lines};
pub use claims::{ClaimView, GivenBack, TakeFrom, Taken, give_back_line, take_line};
pub(in crate::service) use claims::{cover_new, own_claim, visible_alert};
pub(in crate::service) use consequences::{About, Consequences, new_alert};
pub use line::{AlertLine, OpenCalls, show_alert_line};
pub use list::{AlertList, AlertQuery, ClosedAlerts, ToClose, close_alerts, list_alerts, tell_of_carrier};
pub(in crate::service) use list::{alerts_in, raise_once, tell_all};
pub use notes::{Added, NoteView, add_note};
pub(in crate::service) use notes::{add_to_line, notes_of};
pub(in crate::service) use of_patient::open_alerts_of;
pub use untaken::{AlertPulse, UntakenRed, alert_pulse, may_watch_alerts, untaken_red};
pub use view::{AlertPerson, AlertView, Reached, ShownAlert};
