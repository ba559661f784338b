//! Days of a small health centre with everything that can go wrong in them: the real services on a real database, a
//! virtual clock and a simulated phone network, and after each day a look whether anything was lost, anybody rung
//! twice, or called who wasn't to be called.
//!
//! A seed is one day: who is registered, what people do with their phones, what staff do, when the network, the disk or
//! the process fails. The same seed is the same day again, to the letter ([`Played::digest`]). What a day left behind
//! ([`EventLog`]) is checked by rules of its own ([`check`]), which share no code with the services: what the network
//! carried, what callers were told and what staff changed, against what stands in the tables.

mod check;
mod day;
mod environment;
mod event_log;
mod fault_profile;
mod faults;
mod generators;
mod log;
mod observer;
mod people;
mod scenario;
mod server_run;
mod staff;

pub use check::{Invariant, Violation, check};
pub use day::{Figures, Played, Settings, SimulationError, play, play_plan};
pub use event_log::{EventLog, LoggedEvent, LoggedEventKind, PatientState, Rules};
pub use scenario::{CalleeManner, Death, Odds, Ring, Scenario, ScenarioEvent, StaffAct};
