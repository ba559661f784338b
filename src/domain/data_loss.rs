//! The evidence of data loss: an old backup was restored, or a fail-over came too early.

/// The evidence of data loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LossEvidence {
    /// A checkpoint of the audit trail, or this program shortly before, has entries or calls that the database lacks.
    CheckpointAhead,
    /// An entry differs from the checkpoint.
    CheckpointDiffers,
    /// The carrier reports a call that we placed and that the database lacks.
    UnknownCall,
    /// This program restored a backup.
    BackupRestored,
}

impl LossEvidence {
    /// All variants.
    pub const ALL: [Self; 4] =
        [Self::CheckpointAhead, Self::CheckpointDiffers, Self::UnknownCall, Self::BackupRestored];

    /// The code used in the database, in commands and in metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckpointAhead => "checkpoint_ahead",
            Self::CheckpointDiffers => "checkpoint_differs",
            Self::UnknownCall => "unknown_call",
            Self::BackupRestored => "backup_restored",
        }
    }

    /// Reads [`LossEvidence::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.code() == word)
    }
}
