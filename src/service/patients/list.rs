//! Searches for patients. The audit trail records each patient shown and the search itself (D3).

use crate::service::centre_settings::known_centre;
use crate::service::context::{Clerk, Details, Noted, Viewed, shown_of};
use crate::service::error::ServiceError;
use crate::store::patient_list::{self, PatientFilter};
use crate::store::patients::PatientRow;

/// Which patients to list.
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
