//! What every service function needs: the database, the time, who asks, and the audit trail.

mod backoff;
mod clerk;
mod clock;
mod event_bus;
mod flow_set_cache;
mod last_commit;
mod log_limiter;

pub use backoff::wait_after;
pub(in crate::service) use clerk::{Changes, hersys_id_subject, patient_subject, shown_of};
pub use clerk::{Clerk, Details, Noted, Source, Viewed};
pub(crate) use clock::new_id;
pub use clock::{Clock, CountedIds, Stopwatch};
pub use event_bus::{EventBus, ServiceEvent, ServiceEventKind};
pub use flow_set_cache::FlowSetCache;
pub(in crate::service) use flow_set_cache::{FlowSetError, stored_flow_set};
pub use last_commit::LastCommit;
pub use log_limiter::{LimitedLine, count_last_outside_lines, count_outside_lines};

use jiff::tz::TimeZone;
use tokio::sync::Notify;

use crate::domain::{CentreCode, PhoneNumber};
use crate::policy::GuessingLimits;
use crate::store::Database;

/// The dependencies of the services.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Context {
    /// The database.
    pub database: Database,
    /// The flow documents.
    pub flow_sets: FlowSetCache,
    /// The time.
    pub clock: Clock,
    /// The limits on guessing.
    pub guessing: GuessingLimits,
    /// The time zone in which the end of a maintenance is spoken.
    pub zone: TimeZone,
    /// The centre that takes callers who aren't identified. If none is configured, the only centre.
    pub fallback_centre: Option<CentreCode>,
    /// The number that automated calls come from.
    pub call_back_number: Option<PhoneNumber>,
    /// Wakes the dialer: something may be due, or a line may be free.
    pub dialer_wake: Notify,
    /// Events for observers.
    pub event_bus: EventBus,
    /// The last commit of this process.
    pub remembered: LastCommit,
}
