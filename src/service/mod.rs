//! The application services: one function per use case. Here the pure layers meet the store and the carriers.

mod accounts;
mod alerts;
mod audit;
mod calls;
mod carriers;
mod centre_settings;
mod centres;
mod context;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod conversation;
mod dialer;
mod error;
mod escalator;
mod handovers;
pub mod list_words;
mod notices;
mod outbox;
mod patients;
mod portal;
mod portal_reports;
mod recovery;
mod reports;
mod rota;
mod slots;
mod suspension;

// Types of lower layers that the services take and return, so that callers need to import no other layer.
pub use crate::domain::{PatientStatus, ReportedToday};
pub use crate::engine::{NextAction, TransferOutcome};
pub use crate::patient_import::{
    Column, Doubt, Fault, FileKind, Finding, Letters, ListFile, MAX_BYTES as MAX_LIST_BYTES, NEXT_CALL, Place,
    ROWS_LOOKED_THROUGH, STANDING, SheetName, SheetRead, WHY_NOT, guarded,
};
pub use crate::policy::{
    AfterRed, CallPattern, CallPatternError, CentreCalls, DaysOff, DaysOffError, InvitationParts, Invitations,
    LeafletUrl, MissedCallSms, MissedCallSmsError, NoCertificate, NoticeParts, NoticeText, NoticeTextError, NoticeTime,
    OfficeHours, OwnWords, OwnWordsError, PatientTerms, ReportCovers, ReportLinks, RetentionMonths, Retries,
    RetryPolicy, SmsPrice, Thresholds, UnregisteredReports, UnusablePattern, Worsening, default_notice,
    invitation_message, link_message, sms_segments, staff_message,
};
pub use crate::store::StoreError;
pub use crate::store::calls::{CallResult, CallsOf};
pub use crate::store::list_uploads::FateCounts;
pub use crate::store::seals::{SealKey, SealKind};
#[cfg(feature = "fault-injection")]
pub use accounts::hold_hashing;
pub use accounts::{
    AccountView, Activity, Browser, Device, Invitation, LoggedIn, NewAccount, NewAuthenticator, PasskeyView,
    RelyingParty, SecretToken, SessionState, SetUp, StaffUnlock, UnlockState, add_passkey, begin_passkey,
    challenge_passkey, choose_password, confirm_new_authenticator, confirm_second_factor, deactivate_staff, draft,
    drop_draft, enter_unlock_code, give_both_factors, give_passkey, give_password, give_second_factor, invite_staff,
    list_devices, list_passkeys, list_staff, list_unlockable, locked_account, log_out, log_out_everywhere,
    new_authenticator, remove_passkey, rename_passkey, save_draft, session, set_red_sound, set_up, unlock_staff,
};
#[cfg(feature = "lab")]
pub use accounts::{code_at, log_in_without_second_factor};
pub use alerts::{
    Added, AlertLine, AlertList, AlertPerson, AlertPulse, AlertQuery, AlertView, ClaimView, ClosedAlerts, GivenBack,
    NoteView, OpenCalls, Reached, ShownAlert, TakeFrom, Taken, ToClose, UntakenRed, add_note, alert_pulse,
    close_alerts, give_back_line, list_alerts, may_watch_alerts, show_alert_line, take_line, tell_of_carrier,
    untaken_red,
};
pub use audit::{
    BadRow, ChainError, Checkpoint, CheckpointKind, CheckpointsRead, ERASED, LastVerification, RowFault, RowsRead,
    SealedBy, SealerTask, ShownEntry, Subject, TrailQuery, Verification, erase_report, last_verification, list_trail,
    seal_left_behind, seal_older_rows, seal_trail, walk_trail, write_checkpoint, write_seals,
};
pub use calls::{
    AskedFor, AttemptQuery, AttemptStage, AttemptSummary, CallHour, CallNumbers, CallQuery, CallSummary, LoggedCall,
    LoggedPerson, Lookups, Resolution, Resolved, ShownAnswer, ShownAttempt, ShownCall, ShownLeg, ShownPerson,
    ShownReport, ShownTurn, call_log, call_now, call_numbers, list_attempts, list_calls, resolve_call, show_call,
};
pub use carriers::{LegBook, LegOwner, LineHealth, run_sip_gateway, watch_line};
#[cfg(feature = "lab")]
pub use carriers::{NetworkObserver, Processed, SimulatedCarrier, run_simulated_gateway, run_until};
pub use centre_settings::{CentreChange, CentreContact, CentreSettings};
pub use centres::{
    BeforeAfter, CentreChanged, CentreEffect, CentreView, ChangedSetting, PublicCentre, SettingsEntry, add_centre,
    centres_of_place, change_centre, change_settings, finish_replans, list_centres, preview_settings, preview_undo,
    settings_history, show_centre, undo_change,
};
#[cfg(feature = "fault-injection")]
pub use context::CountedIds;
pub use context::{
    Asker, Bulkhead, Client, Clock, Context, Details, Entered, EventBus, FlowSetCache, LastCommit, LimitedLine, Noted,
    Page, PatientKey, PlaceInLine, Rest, ServiceEvent, ServiceEventKind, Stopwatch, Viewed, count_last_outside_lines,
    count_outside_lines, wait_after,
};
pub use conversation::{
    Answered, Begin, CarrierEvent, ConversationError, ConversationService, LegStatus, LineSettings, Outcome, Readiness,
    StaffNews, StoredEvent, apology, speech, sweep,
};
pub use dialer::{DialError, Dialer, DialerSettings, PreparedBatch, TICK, TickSummary};
pub use error::{
    AccountError, AlertError, AuditError, CallError, CentreError, CheckpointError, ErrorKind, OutboxError,
    PatientError, PortalError, ReportError, ServiceError, SlotError, StoredThing, SuspensionError, TransferError,
};
pub use escalator::{EmailRule, Escalator, EscalatorSettings};
pub use handovers::{
    Compared, HandedOver, HandoverSheet, HandoverView, PromisedCall, Trend, WorsePerson, hand_over, handover_sheet,
};
pub use notices::{
    DeadAddressView, DeliveryNews, Invited, NoticePaces, NoticeStopView, NoticeView, NoticesOfDay, NoticesOfPerson,
    Notifier, NotifierSettings, SentNotices, WhyNoInvitation, confirm_address, notice_delivered, notices_of_day,
    plan_notices, read_bounces, resume_notices, send_invitation, take_sms, unsubscribe,
};
pub use outbox::{
    JobFilter, JobRunner, JobState, Outside, Post, PublicUrls, ShownJob, discard_job, list_jobs, retry_jobs,
};
pub use patients::{
    AcceptedTimes, AlertLineOfPerson, AlikeRow, AnswerForm, AnswerView, AnswersEntered, BegunReport, BulkChange,
    BulkEffect, BulkOf, BulkView, CallEffects, CallOfPatient, CellFault, CertificateDecided, CertificateFields,
    CertificateOffer, CertificateStanding, CertificateView, ChangePreview, Changed, CheckedCertificate, ColumnRead,
    Corrected, Correction, CorrectionView, Counted, Decided, DecidedOutcome, DecidedTransfer, DiagnosisView,
    DiagnosisWritten, Differing, Disclosure, ERASABLE_AFTER, Elsewhere, EnteredReport, Erasure, ExportedPatient,
    FieldChange, FileCheck, FilterSaved, FilterWord, FindingWords, HistoryPage, IdIs, ImportMode, Imported,
    ListedPatient, ListedRow, Look, NextPerson, Offer, OfferPreview, Offered, PassedOn, PastChange, PastField,
    PatientChange, PatientExport, PatientQuery, PatientView, PendingTransfers, PortalHistory, Profile, Promise,
    Purpose, Received, ReceiverCentre, RefusedRows, RegistrationPreview, ReportCorrection, ReportEntry, ReportLinkView,
    ReportTextView, ReportView, Retention, RetentionChange, RetentionMoved, Rewritten, RoundProgress, RowWarning,
    SavedFilterView, SavedOtherwise, ShownBulk, ShownPatient, ShownTransfer, ShownUpload, StaffCallView, Started,
    StopDecision, SurveyAsked, SurveyTaken, SurveyView, TransferAnswer, TransferCall, TransferView, TypedElsewhere,
    UnconfirmedStop, UploadDetails, UploadView, add_patient, add_patient_note, add_report, allow_certificate,
    answer_portal_survey, calls_of_patient, change_filter, change_patient, check_certificate, choose_columns,
    choose_sheet, chosen_columns, correct_answer, correct_report, count_patients, decide_stop, decide_transfer,
    delete_filter, discard_upload, disclose_person, enter_answers, erase_expired, erase_person, export_patients,
    find_transfer, finish_bulk_changes, finish_imports, give_passport_number, give_portal_passport, import_patients,
    list_patients, list_transfers, list_uploads, next_person, notice_transfer, offer_transfer, pending_transfers,
    portal_survey, prepare_bulk, preview_change, preview_offer, preview_registration, receive_list, receivers,
    refused_rows, release_patient, retention_history, round_progress, save_filter, saved_filters, set_retention,
    show_alert_of_person, show_bulk, show_certificate, show_filter, show_patient, show_portal_certificate,
    show_portal_history, show_profile, show_retention, show_transfer, show_upload, start_bulk, start_import,
    stop_patient, sweep_uploads, typed_elsewhere, undo_bulk, withdraw_certificate, work_on_bulk, work_on_upload,
    write_diagnosis,
};
pub use patients::{CallPreview, CallRequested, preview_call, request_call};
pub use portal::{
    AddedPerson, CodeEntered, CodeRequest, LastReport, LineTickets, MayReport, NewPerson, NoticesOfPortalPerson,
    OpenSurvey, PendingCode, PortalBrowser, PortalDevice, PortalLoggedIn, PortalPassword, PortalPerson, ReportToday,
    StateOfPerson, TicketOf, UrgentToday, add_portal_passkey, add_portal_person, ask_for_code, ask_to_stop_notices,
    begin_portal_passkey, challenge_portal_passkey, choose_portal_password, delete_empty_accounts,
    delete_portal_account, end_portal_device, enter_code, label_portal_person, log_in_by_portal_passkey,
    log_in_to_portal, log_out_of_portal, may_report, notices_of_portal_people, pending_code, portal_devices,
    portal_passkeys, portal_session, remove_portal_passkey, remove_portal_person, show_portal_person,
    state_of_portal_person, take_back_stop_of_notices, unlock_portal_address,
};
pub use portal_reports::{
    FormView, LinkAsked, LinkOpened, LinkState, PageSent, PageTaken, Reporter, ReportingEnd, StoredPage, TextWritten,
    WhyNoLink, begin_again, look_at_link, open_link, report_form, send_page, send_report_link, write_text,
};
pub use recovery::{Reconciled, reconcile_calls};
pub use reports::{Export, ReportStanding, ReportVersion};
pub use rota::{
    EscalationView, NextStep, OnDuty, RotaChanged, RotaView, ShownStep, TrialView, Tried, change_rota, last_trials,
    show_escalation, show_rota, try_contact,
};
pub use slots::{
    AffectedSlot, CalledToday, CentreDay, DailyStats, DaySlot, PhoneNow, ShownSlot, SlotFate, SlotQuery, day_figures,
    day_slots,
};
pub use suspension::{
    DialerState, MaintenanceView, PauseReason, call_not_known, current_maintenance, dialer_state, end_maintenance,
    mark_restored, note_backup, pause_dialling, resume_dialling, start_maintenance, turn_not_known,
};

#[cfg(feature = "lab")]
pub(crate) use self::{centre_settings::schedule_of, context::new_id, slots::next_slot_of};
