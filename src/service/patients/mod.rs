//! Patients: registering, changing, stopping, erasing, importing, listing and showing them.

mod change;
mod erase;
mod import;
mod list;
mod registration;
mod report;
mod view;

pub use change::{Changed, ShownPatient, add_patient, change_patient, release_patient, show_patient, stop_patient};
pub use erase::{ERASABLE_AFTER, Erasure, Rewritten, erase_person};
pub use import::{ImportMode, Imported, finish_imports, import_patients};
pub use list::{PatientQuery, PatientStatus, list_patients};
pub use report::{EnteredReport, ReportEntry, add_report};
pub use view::{AnswerView, PatientView, ReportView, UnconfirmedStop};
