//! The only SQL of the house, for SQLite and PostgreSQL alike. Functions take a transaction, plain rows go in and come
//! out; ids and times are the caller's. One file per table or aggregate.

mod address;
pub mod alerts;
pub mod answers;
mod arg;
pub mod attempts;
pub mod audit;
pub mod calls;
pub mod centres;
mod copying;
mod database;
pub mod day_use;
pub mod dialer;
mod document;
mod encryption;
mod error;
mod fate;
pub mod flow_sets;
mod guards;
mod held;
pub mod identifications;
pub mod legs;
pub mod losses;
pub mod maintenances;
mod migrating;
pub mod origin;
pub mod outbox;
pub mod patient_list;
pub mod patients;
pub mod reports;
pub mod seals;
mod server;
pub mod sessions;
pub mod slots;
mod sqlite;
mod statement;
pub mod turns;
mod tx;
pub mod whole;

pub use address::sqlite_file;
pub use copying::{CopyError, Staged, back_up, stage};
pub use database::Database;
pub use document::Document;
pub use error::{DriverError, StoreError, Unique};
#[doc(hidden)]
pub use fate::{Decision, Fate, unheard};
pub use migrating::Tables;
pub use server::Server;
pub use tx::Tx;
