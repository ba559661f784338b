//! Searching for patients by what staff know about them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::bind_value::BindValue;
use super::patients::{PatientRow, read, select};
use super::{StoreError, Tx};
use crate::domain::{CentreCode, FoldedName, HersysId, Language, PatientStatus, PhoneNumber, Severity};
use crate::policy::PatientTerms;

/// Which patients to list. All given conditions must hold.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PatientFilter {
    /// What somebody typed to find a patient.
    pub terms: Option<PatientTerms>,
    /// A part of the HER-SYS ID.
    pub id_part: Option<String>,
    /// The last digits of the phone number.
    pub number_ends: Option<String>,
    /// How their observation and calls stand.
    pub status: PatientStatus,
    /// The language of their calls.
    pub language: Option<Language>,
    /// The highest severity of their open alerts.
    pub severity: Option<Severity>,
    /// Without a finished report of this day.
    pub not_reported_on: Option<Date>,
    /// Added by the import with this number.
    pub import: Option<i64>,
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
    let Some(centres) = centres else { return page(tx, filter, None).await };
    let mut found = Vec::new();
    for centre in centres {
        found.extend(page(tx, filter, Some(centre)).await?);
    }
    found.sort_by(|one, other| one.hersys_id.expose().cmp(other.hersys_id.expose()));
    found.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// A statement with the condition of a status, so that the database has only that to check in a hundred thousand rows.
macro_rules! of_status {
    ($status:expr, $sql:ident) => {
        match $status {
            PatientStatus::All => $sql!("1 = 1"),
            PatientStatus::Released => $sql!("released_at IS NOT NULL"),
            PatientStatus::Observed => $sql!("released_at IS NULL"),
            PatientStatus::Stopped => $sql!("released_at IS NULL AND stopped_at IS NOT NULL"),
            PatientStatus::HeldBack => $sql!(
                "released_at IS NULL AND stopped_at IS NULL
                 AND (stop_requested_at IS NOT NULL OR wrong_number = phone_number)"
            ),
            PatientStatus::Off => $sql!("released_at IS NULL AND NOT automated_call"),
            PatientStatus::Called => $sql!(
                "released_at IS NULL AND automated_call AND phone_number IS NOT NULL AND stopped_at IS NULL
                 AND stop_requested_at IS NULL AND (wrong_number IS NULL OR wrong_number <> phone_number)"
            ),
        }
    };
}

/// The other conditions. The numbers of the parameters are those of [`conditions`]. The name comes first: most people
/// have another one, and then nothing else is checked.
macro_rules! matching {
    ($status:literal) => {
        concat!(
            $status,
            " AND ($7 = '' OR folded_name LIKE $7 ESCAPE '!') AND import <> (SELECT hidden FROM imports)
              AND ($4 = '' OR hersys_id LIKE $4) AND ($5 = '' OR phone_number LIKE $5)
              AND ($6 = '' OR language = $6) AND ($9 = 0 OR import = $9)
              AND ($8 = '' OR NOT EXISTS (SELECT 1 FROM reports r WHERE r.patient_id = patients.id
                                          AND r.report_date = $8 AND r.outcome = 'reported'))"
        )
    };
}

/// A page of a health centre's list: the keys from the index alone, and then the records.
macro_rules! of_centre {
    ($status:literal) => {
        concat!(
            select!(
                "WHERE hersys_id IN (SELECT hersys_id FROM patients WHERE centre_code = $1 AND hersys_id > $2 AND "
            ),
            matching!($status),
            " ORDER BY hersys_id LIMIT $3) ORDER BY hersys_id"
        )
    };
}

/// How many are on a health centre's list, at most as many as asked for.
macro_rules! counted {
    ($status:literal) => {
        concat!(
            "SELECT count(*) FROM (SELECT hersys_id FROM patients WHERE centre_code = $1 AND hersys_id > $2 AND ",
            matching!($status),
            " LIMIT $3) AS found"
        )
    };
}

/// A page of everybody.
macro_rules! of_all {
    ($status:literal) => {
        concat!(select!("WHERE $1 = '' AND hersys_id > $2 AND "), matching!($status), " ORDER BY hersys_id LIMIT $3")
    };
}

/// Patients among few others: neither the centre's list nor the order is read from an index.
macro_rules! of_few {
    ($status:literal, $few:literal) => {
        concat!(
            select!("WHERE ($1 = '' OR centre_code || '' = $1) AND hersys_id || '' > $2 AND "),
            matching!($status),
            $few,
            " ORDER BY hersys_id || '' LIMIT $3"
        )
    };
}

/// Those with open alerts, of which the most severe is this one.
macro_rules! of_alerts {
    ($status:literal) => {
        of_few!(
            $status,
            " AND id IN (SELECT patient_id FROM alerts WHERE closed_at IS NULL AND patient_id IS NOT NULL
                         AND ($1 = '' OR centre_code || '' = $1) GROUP BY patient_id HAVING min(urgency) = $10)"
        )
    };
}

/// Those with one of these IDs, this number or this birth date.
macro_rules! of_terms {
    ($status:literal) => {
        of_few!(
            $status,
            " AND ($10 < 0 OR id IN (SELECT patient_id FROM alerts WHERE closed_at IS NULL AND patient_id IS NOT NULL
                                    GROUP BY patient_id HAVING min(urgency) = $10))
              AND id IN (SELECT id FROM patients WHERE hersys_id IN ($11, $12, $13)
                         UNION SELECT id FROM patients WHERE phone_number = $14
                         UNION SELECT id FROM patients WHERE birth_date = $15)"
        )
    };
}

async fn page(tx: &mut Tx, filter: &PatientFilter, centre: Option<&CentreCode>) -> Result<Vec<PatientRow>, StoreError> {
    let terms = filter.terms.clone().unwrap_or_default();
    let mut args = conditions(filter, &terms, centre);
    if is_read_in_order(&terms) {
        let sql = match (filter.severity, centre) {
            (Some(severity), _) => {
                args.push(urgency_of(severity).into());
                of_status!(filter.status, of_alerts)
            }
            (None, Some(_)) => of_status!(filter.status, of_centre),
            (None, None) => of_status!(filter.status, of_all),
        };
        return tx.fetch_all(sql, args, read).await;
    }
    args.push(filter.severity.map_or(-1, urgency_of).into());
    let mut ids = terms.ids.iter().map(HersysId::expose);
    for _ in 0..MOST_IDS {
        args.push(ids.next().unwrap_or_default().to_owned().into());
    }
    args.push(terms.number.as_ref().map_or("", PhoneNumber::expose).to_owned().into());
    args.push(terms.birth_date.map(|date| date.to_string()).unwrap_or_default().into());
    tx.fetch_all(of_status!(filter.status, of_terms), args, read).await
}

/// How many match, counted up to the filter's limit.
///
/// # Errors
/// Database errors.
pub async fn count(
    tx: &mut Tx,
    filter: &PatientFilter,
    centres: Option<&BTreeSet<CentreCode>>,
) -> Result<u64, StoreError> {
    let terms = filter.terms.clone().unwrap_or_default();
    let Some(centres) = centres.filter(|_| filter.severity.is_none() && is_read_in_order(&terms)) else {
        // Open alerts, IDs, numbers and birth dates name few.
        return Ok(list(tx, filter, centres).await?.len() as u64);
    };
    let mut found = 0_u64;
    for centre in centres {
        let args = conditions(filter, &terms, Some(centre));
        let counted = tx.fetch_all(of_status!(filter.status, counted), args, |row| row.int(0)).await?;
        let counted = counted.into_iter().filter_map(|count| u64::try_from(count).ok());
        found = counted.fold(found, u64::saturating_add);
    }
    Ok(found.min(u64::from(filter.limit)))
}

/// Whether the list is read in its order until a page is full: it isn't if an index finds the few who match.
fn is_read_in_order(terms: &PatientTerms) -> bool {
    *terms == PatientTerms::default() || terms.name.is_some()
}

/// An ID with its other leading zeros.
const MOST_IDS: usize = 3;

fn conditions<'a>(filter: &PatientFilter, terms: &PatientTerms, centre: Option<&CentreCode>) -> Vec<BindValue<'a>> {
    vec![
        centre.map_or("", CentreCode::as_str).to_owned().into(),
        filter.after.as_ref().map_or("", HersysId::expose).to_owned().into(),
        i64::from(filter.limit).into(),
        part(filter.id_part.as_deref(), "%", "%").into(),
        part(filter.number_ends.as_deref(), "%", "").into(),
        filter.language.map_or("", Language::tag).into(),
        part(terms.name.as_ref().map(FoldedName::expose), "%", "%").into(),
        filter.not_reported_on.map(|date| date.to_string()).unwrap_or_default().into(),
        filter.import.unwrap_or(0).into(),
    ]
}

/// The stored urgency of alerts of a severity.
const fn urgency_of(severity: Severity) -> i64 {
    match severity {
        Severity::Red => 0,
        Severity::Amber => 1,
        Severity::Note | Severity::None => 2,
    }
}

/// A pattern of `LIKE` for a text somewhere. Empty without a text.
fn part(text: Option<&str>, before: &str, after: &str) -> String {
    text.map(|text| format!("{before}{}{after}", escaped(text))).unwrap_or_default()
}

/// Escapes the wildcards of `LIKE`.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c])).collect()
}
