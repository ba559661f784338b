//! What shows that the database has lost its last entries: an old backup was restored, or a fail-over came too early.

/// What showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LossEvidence {
    /// A checkpoint of the audit trail, or this program a moment ago, knew of entries or calls that aren't there.
    CheckpointAhead,
    /// An entry is another one than the checkpoint says.
    CheckpointDiffers,
    /// The carrier tells of a call that we placed and don't know.
    UnknownCall,
    /// A backup was restored by this program.
    BackupRestored,
}

impl LossEvidence {
    /// All signs.
    pub const ALL: [Self; 4] =
        [Self::CheckpointAhead, Self::CheckpointDiffers, Self::UnknownCall, Self::BackupRestored];

    /// The word used in the database, in commands and in metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckpointAhead => "checkpoint_ahead",
            Self::CheckpointDiffers => "checkpoint_differs",
            Self::UnknownCall => "unknown_call",
            Self::BackupRestored => "backup_restored",
        }
    }

    /// Reads [`LossEvidence::word`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.code() == word)
    }
}
