//! What keeps our own line from taking or placing calls.

/// Why calls can't be taken or placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineTrouble {
    /// The call journal can't be written, so nobody is called.
    JournalNotWritable,
    /// A file of the call journal was taken away, replaced or cut.
    JournalLost,
    /// The loop that serves all calls is held up.
    Stalled,
    /// A trunk that wants it has no entry of ours.
    NotRegistered,
}

impl LineTrouble {
    /// A sentence for operators.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::JournalNotWritable => {
                "the call journal can't be written, so nobody is called; make room on its disk or repair the disk"
            }
            Self::JournalLost => {
                "a file of the call journal was taken away, replaced or cut, so nobody is called; restart this server"
            }
            Self::Stalled => "the SIP line is held up; restart this server",
            Self::NotRegistered => {
                "a trunk has not registered us, so no call can come or go; kenkocall sip check says why"
            }
        }
    }
}
