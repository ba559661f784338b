//! A hook that lets a simulation decide the result of commits: a process dies at one, or a disk or connection fails
//! exactly there. Only with the feature `fault-injection`.

use std::pin::Pin;

use super::{StoreError, error::DriverError};

/// The decision, as a future. A future that never resolves simulates a process that died at this point.
pub type Decision = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Decides the result of commits.
pub trait CommitHook: Send + Sync {
    /// Runs after all writes and before the commit. An error replaces the commit: nothing is stored.
    fn before(&self) -> Decision;
    /// Runs when the commit is durable and the caller doesn't know yet. An error hides the commit.
    fn after(&self) -> Decision;
}

/// The connection broke during a commit, so it is unknown whether the commit is durable.
pub fn connection_lost() -> StoreError {
    StoreError::Driver(DriverError::new(sqlx::Error::WorkerCrashed))
}
