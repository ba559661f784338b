//! Amber answers, at which a nurse must look today. The alert is raised when a call with the report is over.

use jiff::Timestamp;

use super::consequences::{About, Consequences};
use crate::domain::{AlertKind, CentreCode, Item, PatientId, ReportId, Severity};
use crate::policy::amber_answers;
use crate::store::alerts::{self, AlertRow};
use crate::store::answers::{self, AnswerRow};
use crate::store::{StoreError, Tx, reports};

/// Who closes the alert of an amber answer that a later report has, too.
const BY_LATER_REPORT: &str = "a later report";

/// Raises the alerts of amber answers in these reports, once each. A later report with an amber answer to the same
/// question replaces the alert of an earlier one, so that a line doesn't have one for each day.
pub(in crate::service) async fn raise_amber(tx: &mut Tx, closed: &[ReportId], at: Timestamp) -> Result<(), StoreError> {
    if closed.is_empty() {
        return Ok(());
    }
    let given = answers::of_reports(tx, closed).await?;
    if given.iter().all(|answer| answer.severity != Severity::Amber) {
        return Ok(());
    }
    let mut consequences = Consequences::default();
    for report in reports::by_ids(tx, closed).await? {
        let of_report: Vec<&AnswerRow> = given.iter().filter(|answer| answer.report == report.id).collect();
        let severities: Vec<(Item, Severity)> = of_report.iter().map(|answer| (answer.item, answer.severity)).collect();
        let amber: Vec<&AnswerRow> =
            amber_answers(&severities).into_iter().filter_map(|place| of_report.get(place).copied()).collect();
        if amber.is_empty() {
            continue;
        }
        let known = alerts::of_patient_and_kind(tx, report.patient, AlertKind::AmberAnswer).await?;
        for answer in amber {
            let is_told = |alert: &AlertRow| is_about(alert, answer);
            if known.iter().any(is_told) {
                continue;
            }
            replace(tx, &known, answer.item, at).await?;
            let about = about(&report.centre, report.patient, answer);
            consequences.raise(AlertKind::AmberAnswer, about, answer.at);
        }
    }
    consequences.write(tx).await
}

fn about(centre: &CentreCode, patient: PatientId, answer: &AnswerRow) -> About {
    About {
        centre: Some(centre.clone()),
        patient: Some(patient),
        report: Some(answer.report),
        call: answer.origin.call(),
        item: Some(answer.item),
    }
}

fn is_about(alert: &AlertRow, answer: &AnswerRow) -> bool {
    (alert.report, alert.item, alert.raised_at) == (Some(answer.report), Some(answer.item), answer.at)
}

/// Closes the open alerts of earlier amber answers to a question.
async fn replace(tx: &mut Tx, known: &[AlertRow], item: Item, at: Timestamp) -> Result<(), StoreError> {
    for alert in known.iter().filter(|alert| alert.closed_at.is_none() && alert.item == Some(item)) {
        alerts::close(tx, alert.id, at, BY_LATER_REPORT).await?;
    }
    Ok(())
}
