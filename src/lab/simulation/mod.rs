//! Simulated days of a small health centre with all kinds of faults. They run the real services on a real database,
//! with a virtual clock and a simulated phone network. After each day, checks find out whether anything was lost,
//! anyone was called twice, or anyone was called who wasn't to be called.
//!
//! A seed determines a day: who is registered, what people do with their phones, what staff do, and when the network,
//! the disk or the process fails. The same seed always gives exactly the same day ([`Played::digest`]). The checks
//! ([`check`]) read the record of a day ([`EventLog`]) and share no code with the services. They compare what the
//! network carried, what callers were told and what staff changed with the tables.

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
mod processor;
mod scenario;
mod server_run;
mod staff;

pub use check::{Invariant, Violation, check};
pub use day::{Completion, Figures, Played, Settings, SimulationError, play, play_plan};
pub use event_log::{EventLog, LoggedEvent, LoggedEventKind, PatientState, Rules};
pub use processor::stay_on_processor;
pub use scenario::{CalleeManner, Death, Odds, Ring, Scenario, ScenarioEvent, StaffAct, TransferStep};
