//! The laboratory: simulated days, a fake carrier, measurements and the demonstration. Nothing in it is needed to take
//! or place calls. `--no-default-features` builds the program without it, and `--no-default-features --features lab`
//! without the simulated days, whose faults need hooks in the store.

mod bench;
mod commands;
mod demo;
mod fake_carrier;
#[cfg(feature = "fault-injection")]
mod simulate_days;
#[cfg(feature = "fault-injection")]
pub mod simulation;
mod synthetic_day;
mod synthetic_people;
mod virtual_day;

pub use commands::LabCommands;
use synthetic_day::{NamedPeople, add_named_day};
pub use synthetic_day::{SyntheticDay, add_even_slots, add_synthetic_day, synthetic_identity, synthetic_number};
pub use synthetic_people::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, SYNTHETIC_CENTRE, SyntheticDataError, add_synthetic};
pub use virtual_day::{Rhythm, Round, STEP, Simulation, Stretch, VirtualClock};
