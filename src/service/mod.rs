//! One call for each thing that the outside can ask for. Here the pure storeys meet the store and the carriers.

mod centres;
mod clock;
mod history;
mod switchboard;

pub use centres::CentreSettings;
pub use clock::Clock;
pub use history::StoredEvent;
pub use switchboard::{Begin, Knock, LegStatus, Outcome, Switchboard, SwitchboardError};
