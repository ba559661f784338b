//! Health centres as staff see them.

use crate::domain::{CentreCode, PhoneNumber};
use crate::service::centre_settings::CentreSettings;
use crate::store::centres::CentreRow;

/// A health centre.
#[derive(Debug, Clone, PartialEq)]
pub struct CentreView {
    /// Its code.
    pub code: CentreCode,
    /// Its name, as used in messages.
    pub name: String,
    /// Its phone number for callers.
    pub phone: PhoneNumber,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Its settings.
    pub settings: CentreSettings,
}

impl From<CentreRow> for CentreView {
    fn from(row: CentreRow) -> Self {
        Self {
            settings: CentreSettings::of(&row),
            code: row.code,
            name: row.name,
            phone: row.phone,
            time_zone: row.time_zone,
        }
    }
}
