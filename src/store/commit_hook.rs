//! What becomes of commits where a simulation decides it: a process dies at one, or a disk or a connection fails just
//! there. In production nobody decides, which costs one look at an empty field.

use std::pin::Pin;

use super::{StoreError, error::DriverError};

/// When a decision is there, and which. One that never comes is a process that died at this very point.
pub type Decision = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Decides what becomes of commits.
pub trait CommitHook: Send + Sync {
    /// Everything was written, and the commit is about to be asked for. An error takes its place: nothing is stored.
    fn before(&self) -> Decision;
    /// The commit is durable, and nobody has heard so yet. An error hides it.
    fn after(&self) -> Decision;
}

/// The connection broke at a commit: whether it is durable isn't known.
pub fn connection_lost() -> StoreError {
    StoreError::Driver(DriverError(sqlx::Error::WorkerCrashed))
}
