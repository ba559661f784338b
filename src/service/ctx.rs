//! CTX

use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::clock::Clock;
use super::event_bus::EventBus;
use super::flow_set_cache::FlowSetCache;
use super::last_commit::LastCommit;
use crate::domain::{CentreCode, PhoneNumber};
use crate::policy::GuessingLimits;
use crate::store::Database;

/// The dependencies of the services.
#[allow(missing_debug_implementations)] // connections have no useful `Debug` output
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
