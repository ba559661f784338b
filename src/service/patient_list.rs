//! Patients searched for. Each that is shown has a trace of it, and the search has one of its own (D3).

use super::calls::shown_of;
use super::centres::known_centre;
use super::clerk::{Clerk, Details, Noted, Viewed};
use super::error::ServiceError;
use crate::store::patient_list::{self, PatientFilter};
use crate::store::patients::PatientRow;

/// Where the patients stand who are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PatientStatus {
    /// Under observation.
    #[default]
    Observed,
    /// Of these, those who get automated calls.
    Called,
    /// Of these, those who or whose centre stopped the calls.
    Stopped,
    /// Of these, those whose calls are held back until the centre decides.
    HeldBack,
    /// Of these, those without automated calls.
    Off,
    /// Observation has ended.
    Released,
    /// Everybody.
    All,
}

impl PatientStatus {
    /// The word.
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
}

/// Lists patients by their HER-SYS IDs.
///
/// # Errors
/// [`ServiceError::NoSuchCentre`]; database errors.
pub async fn list_patients(
    clerk: &Clerk,
    filter: &PatientFilter,
    details: Details,
) -> Result<Viewed<Vec<PatientRow>>, ServiceError> {
    let mut tx = clerk.database.begin_read().await?;
    if let Some(code) = &filter.centre {
        known_centre(&mut tx, code).await?;
    }
    let found = patient_list::list(&mut tx, filter).await?;
    drop(tx);
    let now = clerk.clock.now();
    let searched = details
        .changes()
        .field("name", None::<String>, filter.name.as_deref())
        .field("hersys_id", None::<String>, filter.id_part.as_deref())
        .field("number_ends", None::<String>, filter.number_ends.as_deref())
        .field("status", None::<String>, filter.status)
        .field("found", None::<u64>, found.len() as u64);
    let entry = clerk.entry(now, "patients.listed", "patients".to_owned(), filter.centre.clone(), searched);
    let noted = match clerk.note_look(vec![entry]).await? {
        Noted::Yes => shown_of(clerk, &found, "patient.listed", details).await?,
        no => no,
    };
    Ok(Viewed { found, noted })
}
