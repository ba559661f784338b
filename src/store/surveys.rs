//! The health surveys of patients: answered once.

use jiff::Timestamp;

use super::{StoreError, Tx, bind_value::Row, bind_value::parsed};
use crate::domain::{AccountId, Height, PatientId, ReportText, Survey, Weight, survey};

/// A survey that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyRow {
    /// What was answered.
    pub survey: Survey,
    /// Which account answered.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
}

/// Stores a survey. Returns `false`, and changes nothing, if the patient has answered before.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, patient: PatientId, row: &SurveyRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO surveys (patient_id, height_tenths, weight_tenths, illnesses, besides, risks, account_id,
               answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (patient_id) DO NOTHING";
    let Survey { height, weight, illnesses, besides, risks } = &row.survey;
    let (illnesses, risks) = (illnesses.as_ref().map(survey::written), risks.as_ref().map(survey::written));
    let args = vec![
        patient.into(),
        height.map(|height| i64::from(height.tenths())).into(),
        weight.map(|weight| i64::from(weight.tenths())).into(),
        illnesses.as_deref().into(),
        besides.as_ref().map(ReportText::expose).into(),
        risks.as_deref().into(),
        row.account.into(),
        row.at.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// A patient's survey.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId) -> Result<Option<SurveyRow>, StoreError> {
    let sql = "SELECT height_tenths, weight_tenths, illnesses, besides, risks, account_id, answered_at FROM surveys
               WHERE patient_id = $1";
    tx.fetch_optional(sql, vec![patient.into()], read).await
}

fn read(row: &Row<'_>) -> Result<SurveyRow, StoreError> {
    let wrong = |what| move || StoreError::Inconsistent { what };
    let tenths = |value: Option<i64>| value.map(|value| u32::try_from(value).unwrap_or(0));
    let (height, weight) = (tenths(row.opt_int(0)?), tenths(row.opt_int(1)?));
    let height = height.map(|tenths| Height::from_tenths(tenths).ok_or_else(wrong("surveys.height_tenths")));
    let weight = weight.map(|tenths| Weight::from_tenths(tenths).ok_or_else(wrong("surveys.weight_tenths")));
    Ok(SurveyRow {
        survey: Survey {
            height: height.transpose()?,
            weight: weight.transpose()?,
            illnesses: row.opt_read(2, "surveys.illnesses", survey::read)?,
            besides: row.opt_read(3, "surveys.besides", |text| ReportText::parse(text).ok()?)?,
            risks: row.opt_read(4, "surveys.risks", survey::read)?,
        },
        account: row.read(5, "surveys.account_id", parsed)?,
        at: row.time(6, "surveys.answered_at")?,
    })
}
