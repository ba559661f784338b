//! Answers. Append-only: a correction is a later row, and the latest row of an item stands.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    arg::{Row, parsed},
};
use crate::call::{CallId, Item, ReportId, Sensitive, Severity};

/// One answer, or its correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Its id; of two answers of different calls the one of the greater id is later.
    pub id: Uuid,
    /// The report.
    pub report: ReportId,
    /// The call in which it was given, if by phone.
    pub call: Option<CallId>,
    /// The turn of that call.
    pub turn: Option<i64>,
    /// What was asked.
    pub item: Item,
    /// [`Answer::entry`](crate::call::Answer::entry).
    pub entry: Sensitive,
    /// How it was judged.
    pub severity: Severity,
    /// When it was given.
    pub at: Timestamp,
}

/// The answer of an item that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestAnswer {
    /// What was asked.
    pub item: Item,
    /// [`Answer::entry`](crate::call::Answer::entry).
    pub entry: Sensitive,
    /// How it was judged.
    pub severity: Severity,
}

/// Adds answers.
///
/// # Errors
/// As the database fails.
pub async fn append(tx: &mut Tx, answers: &[AnswerRow]) -> Result<(), StoreError> {
    let rows = answers.iter().map(|answer| {
        [
            answer.id.into(),
            answer.report.into(),
            answer.call.into(),
            answer.turn.into(),
            answer.item.word().into(),
            (&answer.entry).into(),
            answer.severity.word().into(),
            answer.at.into(),
        ]
    });
    tx.execute_rows(
        "INSERT INTO answers (id, report_id, call_id, turn, item, entry, severity, at) VALUES",
        rows.collect(),
        "",
    )
    .await?;
    Ok(())
}

/// All answers of these reports; those of one report oldest first.
///
/// # Errors
/// As the database fails.
pub async fn of_reports(tx: &mut Tx, reports: &[ReportId]) -> Result<Vec<AnswerRow>, StoreError> {
    let mut answers = tx
        .fetch_in(
            "SELECT id, report_id, call_id, turn, item, entry, severity, at FROM answers WHERE report_id IN",
            &[],
            reports.iter().map(|report| (*report).into()),
            "ORDER BY report_id, id",
            read,
        )
        .await?;
    in_order_of_turns(&mut answers);
    Ok(answers)
}

/// Puts the answers of each call in the order of its turns, and leaves the others between them where they are. A clock
/// can be put back in the middle of a call, and its turns can be taken by several nodes.
fn in_order_of_turns(answers: &mut [AnswerRow]) {
    let mut places: HashMap<(ReportId, CallId), Vec<usize>> = HashMap::new();
    for (place, answer) in answers.iter().enumerate() {
        if let Some(call) = answer.call {
            places.entry((answer.report, call)).or_default().push(place);
        }
    }
    for places in places.into_values() {
        let mut of_call: Vec<AnswerRow> = places.iter().filter_map(|place| answers.get(*place).cloned()).collect();
        of_call.sort_by_key(|answer| answer.turn);
        for (place, answer) in places.into_iter().zip(of_call) {
            if let Some(stands) = answers.get_mut(place) {
                *stands = answer;
            }
        }
    }
}

/// The answers of these reports that stand, in the order of the questionnaire.
///
/// # Errors
/// As the database fails.
pub async fn latest(tx: &mut Tx, reports: &[ReportId]) -> Result<HashMap<ReportId, Vec<LatestAnswer>>, StoreError> {
    let mut latest: HashMap<ReportId, BTreeMap<Item, LatestAnswer>> = HashMap::new();
    for AnswerRow { report, item, entry, severity, .. } in of_reports(tx, reports).await? {
        latest.entry(report).or_default().insert(item, LatestAnswer { item, entry, severity });
    }
    Ok(latest.into_iter().map(|(report, answers)| (report, answers.into_values().collect())).collect())
}

fn read(row: &Row<'_>) -> Result<AnswerRow, StoreError> {
    Ok(AnswerRow {
        id: row.read(0, "answers.id", parsed)?,
        report: row.read(1, "answers.report_id", parsed)?,
        call: row.opt_read(2, "answers.call_id", parsed)?,
        turn: row.opt_int(3)?,
        item: row.read(4, "answers.item", Item::from_word)?,
        entry: row.sensitive(5)?,
        severity: row.read(6, "answers.severity", Severity::from_word)?,
        at: row.time(7, "answers.at")?,
    })
}
