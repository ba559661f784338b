//! Obviously made-up centres and patients, for rehearsals and measurements.

use jiff::civil::date;

use crate::domain::{BirthDate, CentreCode, HersysId, Language, Oximeter, PatientId, PhoneNumber, Sensitive};
use crate::service::{CentreSettings, Clock, new_id};
use crate::store::centres::{self, CentreRow};
use crate::store::patients::{self, Calling, PatientRow};
use crate::store::{Database, StoreError};

/// The code of the made-up centre.
pub const SYNTHETIC_CENTRE: &str = "00000";
/// The birth date of every made-up patient, as keyed.
pub const MADE_UP_BIRTH_DATE: &str = "19800401";
/// The HER-SYS ID of the first made-up patient. The others follow consecutively.
pub const FIRST_MADE_UP_ID: u32 = 1_000_001;

/// Why made-up data couldn't be added.
#[derive(Debug, thiserror::Error)]
pub enum SyntheticDataError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There aren't enough HER-SYS IDs for this number of patients.
    #[error("there are at most 90,000,000 made-up patients")]
    TooMany,
}

/// Adds the made-up centre and `count` patients under its observation, all named 見本 花子.
///
/// # Errors
/// Returns an error if the database fails or `count` exceeds the available numbers.
pub async fn add_synthetic(database: &Database, clock: &Clock, count: u32) -> Result<(), SyntheticDataError> {
    let now = clock.now();
    let code = CentreCode::parse(SYNTHETIC_CENTRE).map_err(|_| SyntheticDataError::TooMany)?;
    let centre = CentreRow {
        code: code.clone(),
        name: "見本保健所".to_owned(),
        phone: PhoneNumber::from_e164("+81300000000").map_err(|_| SyntheticDataError::TooMany)?,
        time_zone: "Asia/Tokyo".to_owned(),
        settings: serde_json::to_string(&CentreSettings::default()).unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    let birth_date = BirthDate::new(date(1980, 4, 1), date(2000, 1, 1)).map_err(|_| SyntheticDataError::TooMany)?;
    let mut rows = Vec::with_capacity(count as usize);
    for nth in 0..count {
        let hersys_id =
            HersysId::parse(&(FIRST_MADE_UP_ID + nth).to_string()).map_err(|_| SyntheticDataError::TooMany)?;
        rows.push(PatientRow {
            id: PatientId(new_id()),
            centre: code.clone(),
            hersys_id,
            birth_date,
            family_name: Sensitive::new("見本"),
            given_name: Sensitive::new("花子"),
            phone_number: None,
            automated_call: false,
            call_times: String::new(),
            language: Language::Japanese,
            diagnosis_date: None,
            monitoring_start: None,
            stopped_at: None,
            released_at: None,
            created_at: now,
            updated_at: now,
            revision: 1,
            calling: Calling::default(),
            known_in: Vec::new(),
            oximeter: Oximeter::Unknown,
            spo2_asked_at: None,
        });
    }
    let mut tx = database.begin_write().await?;
    centres::insert(&mut tx, &centre).await?;
    patients::insert(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(())
}
