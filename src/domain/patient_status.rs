//! How a patient's observation and calls stand, as far as lists are filtered by it.

/// Which patients to list, by how their observation and calls stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PatientStatus {
    /// Under observation.
    #[default]
    Observed,
    /// Under observation, with automated calls.
    Called,
    /// Under observation, with calls stopped by the patient or the centre.
    Stopped,
    /// Under observation, with calls held back until the centre decides.
    HeldBack,
    /// Under observation, without automated calls.
    Off,
    /// Observation has ended.
    Released,
    /// All patients.
    All,
}

impl PatientStatus {
    /// All statuses.
    pub const ALL: [Self; 7] =
        [Self::Observed, Self::Called, Self::Stopped, Self::HeldBack, Self::Off, Self::Released, Self::All];

    /// The code of this status.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Called => "called",
            Self::Stopped => "stopped",
            Self::HeldBack => "held_back",
            Self::Off => "off",
            Self::Released => "released",
            Self::All => "all",
        }
    }

    /// Reads [`PatientStatus::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}
