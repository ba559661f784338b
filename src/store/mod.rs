//! The only SQL of the code base, for both SQLite and PostgreSQL. Functions take a transaction, and take and return
//! plain rows. The caller supplies IDs and times. There is one file per table or aggregate.

mod address;
pub mod alert_claims;
pub mod alerts;
pub mod answer_corrections;
pub mod answers;
pub mod attempts;
pub mod audit;
mod bind_value;
pub mod bulk_changes;
pub mod call_people;
pub mod calls;
pub mod centres;
pub mod certificates;
pub mod chain;
#[cfg(feature = "fault-injection")]
mod commit_hook;
mod copying;
pub mod daily_usage;
mod database;
pub mod diagnoses;
pub mod dialer;
mod document;
mod encryption;
pub mod erasure;
mod error;
pub mod escalations;
mod file_identity;
mod file_lock;
pub mod flow_sets;
pub mod handovers;
pub mod identifications;
pub mod imports;
pub mod legs;
pub mod line_notes;
pub mod list_columns;
pub mod list_uploads;
pub mod log_in_failures;
pub mod losses;
pub mod maintenances;
mod migrating;
pub mod nodes;
pub mod notice_stops;
pub mod notices;
mod open_error;
pub mod origin;
pub mod outbox;
pub mod passkeys;
pub mod patient_list;
pub mod patients;
pub mod portal;
pub mod replans;
pub mod report_forms;
pub mod report_links;
pub mod reports;
mod request;
pub mod retention;
pub mod rotas;
pub mod round_claims;
pub mod saved_filters;
mod schema;
pub mod sealed_rows;
pub mod seals;
mod server;
pub mod sessions;
pub mod slots;
#[cfg(feature = "lab")]
pub mod snapshot;
mod sqlite;
pub mod staff_accounts;
pub mod staff_calls;
pub mod staff_unlocks;
pub mod standing_data;
pub mod standing_version;
mod statement;
pub mod surveys;
pub mod transfers;
mod triggers;
pub mod turn_reads;
pub mod turns;
mod tx;
pub mod web_sessions;
mod writer;

pub use address::sqlite_file;
#[cfg(feature = "fault-injection")]
pub use commit_hook::{CommitHook, Decision, connection_lost};
pub use copying::{CopyError, Staged, back_up, stage};
pub use database::Database;
pub use document::Document;
pub use error::{DriverError, StoreError, Unique};
pub use open_error::{
    CopyFault, CopyRefused, CopyStep, Distrust, FileFault, NoDatabase, NotCreated, OpenFault, ServerFault, StepTodo,
    Unmade,
};
pub use schema::Tables;
pub use server::Server;
pub use tx::Tx;
