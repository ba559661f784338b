//! Why a request about a job was refused.

/// Why a request about a job was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutboxError {
    /// No job with this id was given up.
    #[error("no job with this id was given up")]
    NotFound,
}
