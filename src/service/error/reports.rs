//! Why an export was refused.

/// Why an export was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The last day comes before the first.
    #[error("the last day comes before the first")]
    WindowReversed,
}
