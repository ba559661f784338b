//! Where to turn: the health centre of a municipality, for anybody (D1).

use jiff::Timestamp;

use crate::domain::PhoneNumber;
use crate::policy::OfficeHours;
use crate::service::centre_settings::{CentreSettings, zone_of};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::centres::{self, CentreRow};

/// The longest text in which a municipality is looked for.
const MOST_CHARACTERS: usize = 200;

/// A health centre, as anybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicCentre {
    /// Its name.
    pub name: String,
    /// Its number.
    pub phone: PhoneNumber,
    /// When staff can be reached.
    pub hours: OfficeHours,
    /// Whether they can be reached now.
    pub is_open: bool,
    /// Its municipalities.
    pub municipalities: String,
}

/// The health centres of a municipality or an address. None for an empty text.
///
/// # Errors
/// Database errors.
pub async fn centres_of_place(context: &Context, place: &str) -> Result<Vec<PublicCentre>, ServiceError> {
    let place: String = place.chars().take(MOST_CHARACTERS).collect();
    let rows = centres::list(&mut context.database.begin_read().await?).await?;
    let now = context.clock.now();
    Ok(rows.iter().filter_map(|row| found(row, &place, now)).collect())
}

fn found(row: &CentreRow, place: &str, now: Timestamp) -> Option<PublicCentre> {
    let settings = CentreSettings::of(row);
    let fits = settings.municipalities.fit(place);
    fits.then(|| PublicCentre {
        name: row.name.clone(),
        phone: row.phone.clone(),
        is_open: zone_of(row).is_ok_and(|zone| settings.office_hours.contains(now, &zone)),
        hours: settings.office_hours,
        municipalities: settings.municipalities.to_string(),
    })
}
