//! One call for each thing that the outside can ask for. Here the pure storeys meet the store and the carriers.

mod alerts;
mod calls;
mod centre_settings;
mod centres;
mod clerk;
mod clock;
mod history;
mod made_up;
mod maintenance;
mod outbox;
mod patients;
mod refused;
mod registration;
mod reports;
mod roster;
mod speech;
mod sweeper;
mod switchboard;

pub use alerts::{ShownAlert, close_alert, list_alerts};
pub use calls::{ShownAnswer, ShownCall, ShownTurn, list_calls, show_call};
pub use centre_settings::CentreSettings;
pub use centres::{CentreChange, CentreChanged, add_centre, change_centre, list_centres};
pub use clerk::{Clerk, Source};
pub use clock::Clock;
pub use history::StoredEvent;
pub use made_up::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, MADE_UP_CENTRE, MadeUpError, add_made_up};
pub use maintenance::{current_maintenance, end_maintenance, start_maintenance};
pub use outbox::run_errands;
pub use patients::{
    Changed, ShownPatient, ShownReport, add_patient, change_patient, release_patient, show_patient, stop_patient,
};
pub use refused::Refused;
pub use reports::Export;
pub use roster::{ImportMode, Imported, import_patients};
pub use speech::sentences;
pub use sweeper::sweep;
pub use switchboard::{Begin, Desk, Knock, LegStatus, Libraries, Outcome, Readiness, Switchboard, SwitchboardError};
