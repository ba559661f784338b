//! The settings of a health centre: stored form, checks, and the calling schedule that follows from them.

mod change;
mod contact;
mod lookup;
mod settings;

pub use change::CentreChange;
pub use contact::CentreContact;
pub(crate) use lookup::schedule_of;
pub(in crate::service) use lookup::{
    centre_of, day_and_hours, known_centre, narrowed, spo2_again_on, spo2_question_of, visible_centre, zone_of,
};
pub use settings::CentreSettings;
pub(in crate::service) use settings::settings_changes;
