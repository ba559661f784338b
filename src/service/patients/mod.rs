//! Patients: registering, changing, stopping, erasing, importing, listing and showing them.

mod alert_line;
mod bulk;
mod calls;
mod cells;
mod certificate;
mod change;
mod correct;
mod correct_report;
mod diagnosis;
mod disclose;
mod erase;
mod export;
mod from_portal;
mod import;
mod list;
mod list_columns;
mod looks;
mod note;
mod past_changes;
mod portal_certificate;
mod portal_history;
mod portal_survey;
mod preview;
mod registration;
mod report;
mod requested_call;
mod retention;
mod round;
mod saved_filters;
mod show;
mod staff_calls;
mod stop_request;
mod transfer;
mod uploads;
mod verify_certificate;
mod view;
mod withdraw_certificate;

pub use alert_line::{AlertLineOfPerson, show_alert_of_person};
pub use bulk::{
    BulkChange, BulkEffect, BulkOf, BulkView, ShownBulk, finish_bulk_changes, prepare_bulk, show_bulk, start_bulk,
    undo_bulk, work_on_bulk,
};
pub use calls::calls_of_patient;
pub use certificate::{CertificateFields, CertificateOffer, CertificateView, give_passport_number, show_certificate};
pub(in crate::service) use change::held_patient;
pub use change::{Changed, add_patient, change_patient, release_patient, stop_patient};
pub use correct::{Corrected, Correction, CorrectionView, correct_answer};
pub use correct_report::{ReportCorrection, correct_report};
pub use diagnosis::{DiagnosisView, DiagnosisWritten, write_diagnosis};
pub use disclose::{Disclosure, disclose_person};
pub use erase::{ERASABLE_AFTER, Erasure, Rewritten, erase_person};
pub use export::{ExportedPatient, PatientExport, export_patients};
pub use from_portal::{ReportLinkView, ReportTextView};
pub use import::{ImportMode, Imported, finish_imports, import_patients};
pub use list::{ListedPatient, PatientQuery, count_patients, list_patients};
pub use list_columns::{choose_columns, chosen_columns};
pub use looks::Look;
pub use note::add_patient_note;
pub use past_changes::{PastChange, PastField};
pub use portal_certificate::{give_portal_passport, show_portal_certificate};
pub use portal_history::{HistoryPage, PortalHistory, show_portal_history};
pub use portal_survey::{SurveyAsked, SurveyTaken, SurveyView, answer_portal_survey, portal_survey};
pub use preview::{ChangePreview, IdIs, PatientChange, RegistrationPreview, preview_change, preview_registration};
pub use report::{
    AnswerForm, AnswersEntered, BegunReport, Differing, Elsewhere, EnteredReport, PassedOn, Purpose, ReportEntry,
    SavedOtherwise, TypedElsewhere, add_report, enter_answers, typed_elsewhere,
};
pub(in crate::service) use report::{counting, open_now};
pub use requested_call::{CallPreview, CallRequested, preview_call, request_call};
pub use retention::{
    Retention, RetentionChange, RetentionMoved, erase_expired, retention_history, set_retention, show_retention,
};
pub(in crate::service) use round::promises;
pub use round::{Counted, NextPerson, Promise, RoundProgress, next_person, round_progress};
pub use saved_filters::{
    FilterSaved, FilterWord, SavedFilterView, change_filter, delete_filter, save_filter, saved_filters, show_filter,
};
pub use show::{CallOfPatient, Profile, ShownPatient, show_patient, show_profile};
pub use staff_calls::StaffCallView;
pub use stop_request::{Decided, StopDecision, decide_stop};
pub use transfer::{
    AcceptedTimes, DecidedOutcome, DecidedTransfer, Offer, OfferPreview, Offered, PendingTransfers, ReceiverCentre,
    ShownTransfer, TransferAnswer, TransferCall, TransferView, decide_transfer, find_transfer, list_transfers,
    notice_transfer, offer_transfer, pending_transfers, preview_offer, receivers, show_transfer,
};
pub use uploads::{
    AlikeRow, CallEffects, CellFault, ColumnRead, FieldChange, FindingWords, ListedRow, Received, RefusedRows,
    RowWarning, ShownUpload, Started, UploadDetails, UploadView, choose_sheet, discard_upload, list_uploads,
    receive_list, refused_rows, show_upload, start_import, sweep_uploads, work_on_upload,
};
pub use verify_certificate::{CertificateStanding, CheckedCertificate, FileCheck, check_certificate};
pub use view::{AnswerView, PatientView, ReportView, UnconfirmedStop};
pub use withdraw_certificate::{CertificateDecided, allow_certificate, withdraw_certificate};
