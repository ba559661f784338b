//! Filters of the list of patients that staff have saved.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{
    CentreCode, FilterName, FilterSharing, ListFilter, PatientStatus, ReportedToday, SavedFilterId, Severity,
    StaffAccountId,
};

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilterRow {
    /// The filter.
    pub id: SavedFilterId,
    /// The health centre.
    pub centre: CentreCode,
    /// Who saved it.
    pub account: StaffAccountId,
    /// The name of that person.
    pub by: String,
    /// Who sees it.
    pub sharing: FilterSharing,
    /// Its name.
    pub name: FilterName,
    /// The conditions.
    pub filter: ListFilter,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.centre_code, f.account_id, a.name, f.sharing, f.name, f.status, f.language, f.severity,
                    f.today, f.changed_at
             FROM saved_filters f JOIN staff_accounts a ON a.id = f.account_id ",
            $rest
        )
    };
}

/// Adds a filter.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, row: &SavedFilterRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO saved_filters (id, centre_code, account_id, sharing, name, status, language, severity,
                                          today, changed_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let ListFilter { status, language, severity, today } = row.filter;
    let args = vec![
        row.id.into(),
        (&row.centre).into(),
        row.account.into(),
        row.sharing.code().into(),
        row.name.as_str().into(),
        status.code().into(),
        language.map(crate::domain::Language::tag).into(),
        severity.map(Severity::code).into(),
        today.code().into(),
        row.changed_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// Gives a filter another name, or shows it to others.
///
/// # Errors
/// Database errors.
pub async fn change(
    tx: &mut Tx,
    id: SavedFilterId,
    name: &FilterName,
    sharing: FilterSharing,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE saved_filters SET name = $2, sharing = $3, changed_at = $4 WHERE id = $1";
    tx.execute(sql, vec![id.into(), name.as_str().into(), sharing.code().into(), at.into()]).await?;
    Ok(())
}

/// Deletes a filter.
///
/// # Errors
/// Database errors.
pub async fn delete(tx: &mut Tx, id: SavedFilterId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM saved_filters WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

/// A filter.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: SavedFilterId) -> Result<Option<SavedFilterRow>, StoreError> {
    tx.fetch_optional(select!("WHERE f.id = $1"), vec![id.into()], read).await
}

/// The filters that an account sees in a health centre, by name: its own and the shared ones.
///
/// # Errors
/// Database errors.
pub async fn seen_by(
    tx: &mut Tx,
    account: StaffAccountId,
    centre: &CentreCode,
) -> Result<Vec<SavedFilterRow>, StoreError> {
    let sql = select!("WHERE f.centre_code = $2 AND (f.account_id = $1 OR f.sharing = 'shared') ORDER BY f.name, f.id");
    tx.fetch_all(sql, vec![account.into(), centre.into()], read).await
}

fn read(row: &Row<'_>) -> Result<SavedFilterRow, StoreError> {
    Ok(SavedFilterRow {
        id: row.read(0, "saved_filters.id", parsed)?,
        centre: row.read(1, "saved_filters.centre_code", |text| CentreCode::parse(text).ok())?,
        account: row.read(2, "saved_filters.account_id", parsed)?,
        by: row.owned(3)?,
        sharing: row.read(4, "saved_filters.sharing", FilterSharing::from_code)?,
        name: row.read(5, "saved_filters.name", |text| FilterName::parse(text).ok())?,
        filter: ListFilter {
            status: row.read(6, "saved_filters.status", PatientStatus::from_code)?,
            language: row.opt_read(7, "saved_filters.language", parsed)?,
            severity: row.opt_read(8, "saved_filters.severity", Severity::from_code)?,
            today: row.read(9, "saved_filters.today", ReportedToday::from_code)?,
        },
        changed_at: row.time(10, "saved_filters.changed_at")?,
    })
}
