//! The laboratory: simulated days, a fake carrier, measurements and the demonstration. Nothing in it is needed to take
//! or place calls. The program is built without it by `--no-default-features`.

mod bench;
mod commands;
mod demo;
mod fake_carrier;
mod simulate_days;
pub mod simulation;
mod synthetic_day;
mod synthetic_people;
mod virtual_day;

pub use commands::LabCommands;
pub use synthetic_day::{SyntheticDay, add_even_slots, add_made_up_day, made_up_identity, made_up_number};
pub use synthetic_people::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, MADE_UP_CENTRE, SyntheticDataError, add_made_up};
pub use virtual_day::{Rhythm, Round, STEP, Simulation, Stretch, VirtualClock};
