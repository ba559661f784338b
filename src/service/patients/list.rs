//! Searches for patients. The audit trail records each patient shown and the search itself (D3).

use crate::domain::Actor;
use crate::policy::{Permission, scope};
use crate::service::centre_settings::narrowed;
use crate::service::context::{Context, Details, Noted, Viewed, audit_entry, shown_of};
use crate::service::error::ServiceError;
use crate::store::audit::Subject;
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
/// [`CentreError::NotFound`](crate::service::CentreError::NotFound); database errors.
pub async fn list_patients(
    context: &Context,
    actor: &Actor,
    filter: &PatientFilter,
    details: Details,
) -> Result<Viewed<Vec<PatientRow>>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, filter.centre.as_ref()).await?;
    let found = patient_list::list(&mut tx, filter, scope.centres()).await?;
    drop(tx);
    let now = context.clock.now();
    let searched = details
        .changes()
        .field("name", None::<String>, filter.name.as_deref())
        .field("hersys_id", None::<String>, filter.id_part.as_deref())
        .field("number_ends", None::<String>, filter.number_ends.as_deref())
        .field("status", None::<String>, filter.status)
        .field("found", None::<u64>, found.len() as u64);
    let entry = audit_entry(actor, now, "patients.listed", Subject::Search, filter.centre.clone(), searched);
    let noted = match context.note_view(vec![entry]).await? {
        Noted::Yes => shown_of(context, actor, &found, "patient.listed", details).await?,
        no => no,
    };
    Ok(Viewed { found, noted })
}
