//! One call for each thing that the outside can ask for. Here the pure storeys meet the store and the carriers.

mod centres;
mod clock;
mod history;
mod made_up;
mod outbox;
mod speech;
mod sweeper;
mod switchboard;

pub use centres::CentreSettings;
pub use clock::Clock;
pub use history::StoredEvent;
pub use made_up::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, MADE_UP_CENTRE, MadeUpError, add_made_up};
pub use outbox::run_errands;
pub use speech::sentences;
pub use sweeper::sweep;
pub use switchboard::{Begin, Desk, Knock, LegStatus, Libraries, Outcome, Readiness, Switchboard, SwitchboardError};
