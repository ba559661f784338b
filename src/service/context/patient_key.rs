//! By what a request names a patient.

use crate::domain::{HersysId, PatientId};

/// By what a request names a patient: commands by the HER-SYS ID, pages by the record's id, which tells nothing in an
/// address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatientKey {
    /// The HER-SYS ID.
    HersysId(HersysId),
    /// The record's id.
    Record(PatientId),
}

impl From<&HersysId> for PatientKey {
    fn from(id: &HersysId) -> Self {
        Self::HersysId(id.clone())
    }
}

impl From<PatientId> for PatientKey {
    fn from(id: PatientId) -> Self {
        Self::Record(id)
    }
}

impl From<&Self> for PatientKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}
