//! Searches for patients. The audit trail records the search and each patient shown (D3).

use crate::domain::{Actor, CentreCode, HersysId};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::narrowed;
use crate::service::context::{Context, Details, Page, Viewed, audit_entry, named};
use crate::service::error::ServiceError;
use crate::store::audit::{AuditRow, Subject};
use crate::store::patient_list::{self, PatientFilter};
use crate::store::patients::PatientRow;

use super::view::PatientView;

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

/// Which patients to list. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct PatientQuery {
    /// Only patients of this health centre.
    pub centre: Option<CentreCode>,
    /// A part of the name: family name first, without spaces.
    pub name: Option<String>,
    /// A part of the HER-SYS ID.
    pub id_part: Option<String>,
    /// The last digits of the phone number.
    pub number_ends: Option<String>,
    /// Their status.
    pub status: PatientStatus,
    /// Only patients after this ID: the next page.
    pub after: Option<HersysId>,
    /// The maximum number of patients.
    pub limit: u32,
}

/// Lists patients by their HER-SYS IDs. The audit trail records the search and everyone shown in one entry.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound); database errors.
pub async fn list_patients(
    context: &Context,
    actor: &Actor,
    query: &PatientQuery,
    details: Details,
) -> Result<Viewed<Page<PatientView>>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    let filter = PatientFilter {
        centre: query.centre.clone(),
        name: query.name.clone(),
        id_part: query.id_part.clone(),
        number_ends: query.number_ends.clone(),
        status: query.status.code(),
        after: query.after.clone(),
        limit: Page::<PatientRow>::one_more(query.limit),
    };
    let page = Page::of(patient_list::list(&mut tx, &filter, scope.centres()).await?, query.limit);
    drop(tx);
    let searched = details
        .changes()
        .field("name", None::<String>, query.name.as_deref())
        .field("hersys_id", None::<String>, query.id_part.as_deref())
        .field("number_ends", None::<String>, query.number_ends.as_deref())
        .field("status", None::<String>, query.status.code())
        .field("found", None::<u64>, page.items.len() as u64);
    let centre = query.centre.clone();
    let entry = audit_entry(actor, context.clock.now(), "patients.listed", Subject::Search, centre, searched);
    let noted = context.note_view(AuditRow { people: named(&page.items), ..entry }).await?;
    Ok(Viewed { found: page.map(PatientView::from), noted })
}
