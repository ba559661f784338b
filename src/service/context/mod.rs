//! What every service function needs: the database, the time, who asks, and the audit trail.

mod asked_centre;
mod audit_entry;
mod backoff;
mod bulkhead;
mod clock;
#[cfg(feature = "fault-injection")]
mod counted_ids;
mod event_bus;
mod flow_set_cache;
mod last_commit;
mod log_limiter;
mod pace;
mod page;
mod patient_key;
mod standing;
mod view_writer;

pub(in crate::service) use asked_centre::record_of;
pub(in crate::service) use audit_entry::{Changes, audit_entry, named, shown_of};
pub use audit_entry::{Details, Noted, Viewed};
pub use backoff::wait_after;
pub use bulkhead::{Asker, Bulkhead, Entered, PlaceInLine};
pub(crate) use clock::new_id;
pub use clock::{Clock, Stopwatch};
#[cfg(feature = "fault-injection")]
pub use counted_ids::CountedIds;
pub use event_bus::{EventBus, ServiceEvent, ServiceEventKind};
pub use flow_set_cache::FlowSetCache;
pub(in crate::service) use flow_set_cache::{FlowSetError, stored_flow_set};
pub use last_commit::LastCommit;
pub use log_limiter::{LimitedLine, count_last_outside_lines, count_outside_lines};
pub(in crate::service) use pace::{Pace, Step};
pub use page::{Page, Rest};
pub use patient_key::PatientKey;
pub(in crate::service) use standing::StandingData;

use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use self::standing::StandingCopy;
use self::view_writer::ViewWriter;
use crate::domain::{Actor, ProcessId};
use crate::store::{Database, StoreError, Tx};

/// What every service function needs. One per process.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Context {
    /// The database.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// Wakes the dialer: something may be due, or a line may be free.
    pub dialer_wake: Notify,
    /// Events for observers.
    pub event_bus: EventBus,
    /// The last commit of this process.
    pub last_commit: LastCommit,
    /// Writes the audit entries of views.
    view_writer: ViewWriter,
    /// The copy of the standing data.
    standing: StandingCopy,
    /// The id of this process, once it is needed.
    process: OnceLock<ProcessId>,
}

/// A context and the actor of one request.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
#[derive(Clone)]
pub struct Client {
    /// The context.
    pub context: Arc<Context>,
    /// Who asks.
    pub actor: Actor,
}

impl Context {
    /// A context of a process that hasn't committed anything yet.
    pub fn new(database: Database, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            database,
            clock,
            dialer_wake: Notify::new(),
            event_bus: EventBus::default(),
            last_commit: LastCommit::default(),
            view_writer: ViewWriter::default(),
            standing: StandingCopy::default(),
            process: OnceLock::new(),
        })
    }

    /// The health centres and maintenance periods, as of this transaction. `version` is their version, if the
    /// transaction has read it.
    ///
    /// # Errors
    /// Database errors.
    pub(in crate::service) async fn standing_data(
        &self,
        tx: &mut Tx,
        version: Option<i64>,
    ) -> Result<Arc<StandingData>, StoreError> {
        self.standing.current(tx, version).await
    }

    /// This process, by which other nodes know its legs and its claims on jobs.
    pub fn process(&self) -> ProcessId {
        *self.process.get_or_init(|| ProcessId(new_id()))
    }
}
