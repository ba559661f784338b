//! Searching for patients by what staff know about them.

use super::patients::{PatientRow, read, select};
use std::collections::BTreeSet;

use super::centres::code_list;
use super::{StoreError, Tx};
use crate::domain::{CentreCode, HersysId};

/// Which patients to list. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct PatientFilter {
    /// Only patients of this health centre.
    pub centre: Option<CentreCode>,
    /// A part of the name: family name first, without spaces.
    pub name: Option<String>,
    /// A part of the HER-SYS ID.
    pub id_part: Option<String>,
    /// The last digits of the phone number.
    pub number_ends: Option<String>,
    /// Their status, as a word of the service.
    pub status: &'static str,
    /// Only patients after this ID, for the next page.
    pub after: Option<HersysId>,
    /// The maximum number of patients.
    pub limit: u32,
}

/// The matching patients of these health centres, or of all, ordered by HER-SYS ID.
///
/// # Errors
/// Database errors.
pub async fn list(
    tx: &mut Tx,
    filter: &PatientFilter,
    centres: Option<&BTreeSet<CentreCode>>,
) -> Result<Vec<PatientRow>, StoreError> {
    let part = |text: &Option<String>, before: &str, after: &str| {
        text.as_ref().map(|text| format!("{before}{}{after}", escaped(text))).unwrap_or_default()
    };
    tx.fetch_all(
        select!(
            "WHERE hersys_id > $1 AND import <> (SELECT hidden FROM imports)
               AND ($2 = '' OR $2 LIKE '%,' || centre_code || ',%')
               AND ($3 = '' OR lower(family_name || given_name) LIKE $3 ESCAPE '!')
               AND ($4 = '' OR hersys_id LIKE $4) AND ($5 = '' OR phone_number LIKE $5)
               AND ($6 = 'all' OR ($6 = 'released' AND released_at IS NOT NULL) OR (released_at IS NULL AND (
                    $6 = 'observed' OR ($6 = 'stopped' AND stopped_at IS NOT NULL)
                    OR ($6 = 'held_back' AND stopped_at IS NULL
                        AND (stop_requested_at IS NOT NULL OR wrong_number = phone_number))
                    OR ($6 = 'off' AND NOT automated_call)
                    OR ($6 = 'called' AND automated_call AND phone_number IS NOT NULL AND stopped_at IS NULL
                        AND stop_requested_at IS NULL AND (wrong_number IS NULL OR wrong_number <> phone_number)))))
             ORDER BY hersys_id LIMIT $7"
        ),
        vec![
            filter.after.as_ref().map_or("", HersysId::expose).to_owned().into(),
            code_list(centres).into(),
            part(&filter.name.as_ref().map(|name| name.to_lowercase()), "%", "%").into(),
            part(&filter.id_part, "%", "%").into(),
            part(&filter.number_ends, "%", "").into(),
            filter.status.into(),
            i64::from(filter.limit).into(),
        ],
        read,
    )
    .await
}

/// Escapes the wildcards of `LIKE`.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c])).collect()
}
