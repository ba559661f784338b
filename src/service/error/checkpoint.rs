//! Why a checkpoint file can't be used.

/// Why a checkpoint file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file can't be read or written.
    #[error("the checkpoint file can't be used: {0}")]
    File(#[from] std::io::Error),
    /// A line can't be parsed. Holds its number, counted from the first line, or `None` near the end of a long file.
    #[error("a line of the checkpoint file isn't a checkpoint: {}", .0.map_or_else(|| "near the end".to_owned(), |line| line.to_string()))]
    Line(Option<u64>),
    /// The database lacks entries that the file mentions. Another line would hide that.
    #[error("the checkpoint file has entries that this database doesn't have; nothing was added to it")]
    Contradicts,
}

impl CheckpointError {
    pub(in crate::service) const fn code(&self) -> &'static str {
        match self {
            Self::File(_) => "checkpoint.file",
            Self::Line(_) => "checkpoint.line",
            Self::Contradicts => "checkpoint.contradicts",
        }
    }
}
