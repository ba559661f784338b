//! Days of a small health centre with everything that can go wrong in them: the real services on a real database, a
//! virtual clock and a simulated phone network, and after each day a look whether anything was lost, anybody rung
//! twice, or called who wasn't to be called.
//!
//! A seed is one day: who is registered, what people do with their phones, what staff do, when the network, the disk or
//! the process fails. The same seed is the same day again, to the letter ([`Played::digest`]). What a day left behind
//! ([`Record`]) is checked by rules of its own ([`check`]), which share no code with the services: what the network
//! carried, what callers were told and what staff changed, against what stands in the tables.

mod check;
mod day;
mod drawn;
mod ears;
mod faults;
mod life;
mod log;
mod office;
mod people;
mod plan;
mod record;
mod weather;
mod world;

pub use check::{Broken, Invariant, check};
pub use day::{Figures, Played, Settings, SimulationError, play, play_plan};
pub use plan::{Death, Happening, Manner, Odds, Plan, Ring, StaffAct};
pub use record::{Moment, Record, Rules, Standing, What};
