//! The application services: one function per use case. Here the pure layers meet the store and the carriers.

mod alerts;
mod attempts;
mod audit_trail;
mod backoff;
mod calls;
mod carrier_client;
mod centre_change;
mod centre_lookup;
mod centre_settings;
mod centres;
mod clerk;
mod clock;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod conversation;
mod ctx;
mod data_loss;
mod dialer;
mod error;
mod event_bus;
mod flow_set_cache;
mod last_commit;
mod leg_book;
mod log_limiter;
mod lost_reports;
mod maintenance;
mod manual_calls;
mod outbox;
mod patient_import;
mod patient_list;
mod patients;
mod pause;
mod reconcile;
mod registration;
mod reports;
mod restored;
mod simulated_gateway;
mod simulation;
mod slot_opening;
mod speech;
mod statistics;
mod sweeper;
mod synthetic_day;
mod synthetic_people;
mod transfers;
mod turn_log;

pub use alerts::{
    AlertFilter, AlertList, ClosedAlerts, ShownAlert, ToClose, close_alerts, line_of, list_alerts, tell_of_carrier,
};
pub use audit_trail::{
    BadRow, ChainError, Checkpoint, CheckpointError, CheckpointKind, CheckpointsRead, RowFault, RowsRead, SealedBy,
    SealerTask, ShownEntry, TrailFilter, Verification, erase_report, list_trail, seal_left_behind, seal_older_rows,
    seal_trail, walk_trail, write_checkpoint, write_seals,
};
pub use backoff::wait_after;
pub use calls::{ShownAnswer, ShownAttempt, ShownCall, ShownPerson, ShownTurn, list_attempts, list_calls, show_call};
pub use carrier_client::{CarrierClient, NetworkObserver, SimulatedCarrier};
pub use centre_change::CentreChange;
pub use centre_settings::CentreSettings;
pub use centres::{CentreChanged, add_centre, change_centre, list_centres, show_centre};
pub use clerk::{Clerk, Details, Noted, Source, Viewed};
pub use clock::{Clock, CountedIds, Stopwatch};
pub use conversation::{
    Answered, Begin, CarrierEvent, ConversationError, ConversationService, LegStatus, Outcome, Readiness, StaffNews,
};
pub use ctx::Context;
pub use data_loss::{call_not_known, turn_not_known};
pub use dialer::{DialError, Dialer, DialerSettings, PreparedBatch, TICK, TickSummary};
pub use error::ServiceError;
pub use event_bus::{EventBus, ServiceEvent, ServiceEventKind};
pub use flow_set_cache::FlowSetCache;
pub use last_commit::LastCommit;
pub use leg_book::{LegBook, Speaks};
pub use log_limiter::{LimitedLine, count_last_outside_lines, count_outside_lines};
pub use maintenance::{current_maintenance, end_maintenance, start_maintenance};
pub use manual_calls::{AskedFor, Resolution, Resolved, call_now, resolve_call};
pub use outbox::{Outside, run_jobs};
pub use patient_import::{ImportMode, Imported, import_patients};
pub use patient_list::{PatientStatus, list_patients};
pub use patients::{
    Changed, ShownPatient, ShownReport, add_patient, change_patient, not_called, release_patient, show_patient,
    stop_patient,
};
pub use pause::{DialerState, PauseReason, dialer_state, pause_dialling, resume_dialling};
pub use reconcile::{Reconciled, reconcile_calls};
pub use reports::Export;
pub use restored::{mark_restored, note_backup};
pub use simulated_gateway::{Processed, run_simulated_gateway, run_until};
pub use simulation::{Rhythm, Round, STEP, Simulation, Stretch, VirtualClock};
pub use speech::sentences;
pub use statistics::{CentreDay, DailyStats, DaySlot, day_figures, day_slots};
pub use sweeper::sweep;
pub use synthetic_day::{SyntheticDay, add_even_slots, add_made_up_day, made_up_identity, made_up_number};
pub use synthetic_people::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, MADE_UP_CENTRE, SyntheticDataError, add_made_up};
pub use turn_log::StoredEvent;
