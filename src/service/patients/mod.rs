//! Patients: registering, changing, stopping, erasing, importing, listing and showing them.

mod change;
mod erase;
mod import;
mod list;
mod looks;
mod preview;
mod registration;
mod report;
mod show;
mod stop_request;
mod view;

pub use change::{Changed, add_patient, change_patient, release_patient, stop_patient};
pub use erase::{ERASABLE_AFTER, Erasure, Rewritten, erase_person};
pub use import::{ImportMode, Imported, finish_imports, import_patients};
pub use list::{ListedPatient, PatientQuery, ReportedToday, list_patients};
pub use looks::Look;
pub use preview::{ChangePreview, PatientChange, RegistrationPreview, preview_change, preview_registration};
pub use report::{EnteredReport, ReportEntry, add_report};
pub use show::{CallOfPatient, Profile, ShownPatient, show_patient, show_profile};
pub use stop_request::{Decided, StopDecision, decide_stop};
pub use view::{AnswerView, PatientView, ReportView, UnconfirmedStop};
