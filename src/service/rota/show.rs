//! The rota of a health centre.

use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::domain::{Actor, CentreCode, Revision, Rota};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::{visible_centre, zone_of};
use crate::service::context::{Context, new_id};
use crate::service::error::ServiceError;
use crate::store::rotas;

/// Ids for rows that are added to the form.
const SPARE_IDS: usize = 8;

/// The rota of a health centre.
#[derive(Debug, Clone)]
pub struct RotaView {
    /// The health centre.
    pub centre: CentreCode,
    /// Its name.
    pub centre_name: String,
    /// Its time zone, in which the shifts are.
    pub zone: TimeZone,
    /// The rota. Empty if the health centre has none.
    pub rota: Rota,
    /// Its revision; 0 if it has none.
    pub revision: Revision,
    /// Ids for people and shifts that are added.
    pub spare: Vec<Uuid>,
}

/// Shows the rota of a health centre.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn show_rota(context: &Context, actor: &Actor, centre: &CentreCode) -> Result<RotaView, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    let row = visible_centre(&mut tx, &scope, centre).await?;
    let stored = rotas::get(&mut tx, centre).await?;
    let revision = stored.as_ref().map_or(Revision(0), |stored| stored.revision);
    Ok(RotaView {
        centre: row.code.clone(),
        centre_name: row.name.clone(),
        zone: zone_of(&row)?,
        rota: stored.map(|stored| stored.rota).unwrap_or_default(),
        revision,
        spare: std::iter::repeat_with(new_id).take(SPARE_IDS).collect(),
    })
}
