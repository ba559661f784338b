//! Answers. They are append-only: a correction is a later row, and the latest row of an item applies. Later is what was
//! committed later: each answer has its place among those of its report. An answer that arrives after its report was
//! finished is late. A late answer is stored with the report but never applies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    seals::{Seal, SealKind, millis, new_salt, seal},
};
use crate::domain::{AnswerOrigin, CallId, Item, ReportId, Sensitive, Severity};

/// One answer, or its correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Its ID. It says nothing about the order: a clock can be set back.
    pub id: Uuid,
    /// The report.
    pub report: ReportId,
    /// Where it comes from.
    pub origin: AnswerOrigin,
    /// The item that was asked.
    pub item: Item,
    /// What was keyed in or chosen. Empty if it was taken back.
    pub entry: Sensitive,
    /// Its severity.
    pub severity: Severity,
    /// When it was given.
    pub at: Timestamp,
    /// Whether it came in another call, after the report was finished and the caller was thanked.
    pub late: bool,
}

/// The answer that applies to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestAnswer {
    /// The item that was asked.
    pub item: Item,
    /// What was keyed in or chosen. Empty if it was taken back.
    pub entry: Sensitive,
    /// Its severity.
    pub severity: Severity,
}

/// Adds answers, in the order in which they were given. Hold the reports that others can answer, so that each answer's
/// place follows those of all earlier commits.
///
/// # Errors
/// Database errors.
pub async fn append(tx: &mut Tx, answers: &[AnswerRow]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(answers.len());
    let mut together: HashMap<ReportId, i64> = HashMap::new();
    for answer in answers {
        let place = together.entry(answer.report).or_default();
        let salt = new_salt()?;
        tx.seals(answer_seal(answer, &salt));
        rows.push([
            answer.id.into(),
            answer.report.into(),
            answer.origin.call().into(),
            answer.origin.turn().into(),
            answer.item.code().into(),
            (&answer.entry).into(),
            answer.severity.code().into(),
            answer.at.into(),
            answer.late.into(),
            salt.into(),
            answer.origin.entered_by().map_or(None::<&str>.into(), Into::into),
            (*place).into(),
        ]);
        *place += 1;
    }
    // Several statements may write many rows, so the last column is a distance from the last place, not a count.
    tx.write_rows(
        "INSERT INTO answers (id, report_id, call_id, turn, item, entry, severity, at, late, salt, entered_by, place)
         SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, v.column8, v.column9,
         v.column10, v.column11, v.column12 + COALESCE((SELECT max(a.place) + 1 FROM answers a
         WHERE a.report_id = v.column2), 0) FROM (VALUES",
        rows,
        ") AS v",
    )
    .await
}

fn answer_seal(answer: &AnswerRow, salt: &str) -> Seal {
    let (id, report, at) = (answer.id.to_string(), answer.report.to_string(), millis(answer.at));
    let call = answer.origin.call().map(|call| call.to_string());
    let turn = answer.origin.turn().map(|turn| turn.to_string());
    let entered_by = answer.origin.entered_by();
    let late = if answer.late { "true" } else { "false" };
    let mut fields = vec![
        Some(salt),
        Some(&*id),
        Some(&*report),
        call.as_deref(),
        turn.as_deref(),
        Some(answer.item.code()),
        Some(answer.entry.expose()),
        Some(answer.severity.code()),
        Some(&*at),
        Some(late),
    ];
    // The seals of answers by phone are those of earlier versions.
    fields.extend(entered_by.as_deref().map(Some));
    seal(SealKind::Answer, answer.report.0, answer.id, answer.at, &fields)
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, report_id, call_id, turn, item, entry, severity, at, late, entered_by, place FROM answers ",
            $where
        )
    };
}
pub(super) use select;

/// All answers of these reports, oldest first within each report.
///
/// # Errors
/// Database errors.
pub async fn of_reports(tx: &mut Tx, reports: &[ReportId]) -> Result<Vec<AnswerRow>, StoreError> {
    let stored = tx
        .fetch_in(
            select!("WHERE report_id IN"),
            &[],
            reports.iter().map(|report| (*report).into()),
            "ORDER BY report_id, id",
            read,
        )
        .await?;
    Ok(in_order(stored))
}

/// The answers of these reports to these items, oldest first within each report.
///
/// # Errors
/// Database errors.
pub async fn of_items(tx: &mut Tx, reports: &[ReportId], items: &BTreeSet<Item>) -> Result<Vec<AnswerRow>, StoreError> {
    let codes: String = items.iter().flat_map(|item| [" ", item.code()]).chain([" "]).collect();
    let stored = tx
        .fetch_in(
            select!("WHERE $1 LIKE '% ' || item || ' %' AND report_id IN"),
            &[codes.into()],
            reports.iter().map(|report| (*report).into()),
            "ORDER BY report_id, id",
            read,
        )
        .await?;
    Ok(in_order(stored))
}

/// An answer and its place. `None`: it is of a version that kept no places, and comes before those that have one.
pub(super) struct PlacedAnswer {
    answer: AnswerRow,
    place: Option<i64>,
}

/// The answers of each report in the order in which they were committed.
pub(super) fn in_order(stored: Vec<PlacedAnswer>) -> Vec<AnswerRow> {
    let (mut placed, earlier): (Vec<_>, Vec<_>) = stored.into_iter().partition(|one| one.place.is_some());
    placed.sort_by_key(|one| one.place);
    let mut answers: Vec<AnswerRow> = earlier.into_iter().map(|one| one.answer).collect();
    in_order_of_turns(&mut answers);
    answers.extend(placed.into_iter().map(|one| one.answer));
    // The sort is stable.
    answers.sort_by_key(|answer| answer.report);
    answers
}

/// Sorts the answers of each report by ID, but never puts an answer of a call before one of an earlier turn. That is as
/// much as is known without places.
fn in_order_of_turns(answers: &mut [AnswerRow]) {
    answers.sort_by_key(|answer| (answer.report, answer.origin.turn(), answer.id));
    let mut latest: HashMap<(ReportId, CallId), Uuid> = HashMap::new();
    let mut place = |answer: &AnswerRow| {
        let Some(call) = answer.origin.call() else { return answer.id };
        let latest = latest.entry((answer.report, call)).or_insert(answer.id);
        *latest = answer.id.max(*latest);
        *latest
    };
    let places: HashMap<Uuid, Uuid> = answers.iter().map(|answer| (answer.id, place(answer))).collect();
    // The sort is stable. Answers with the same key belong to one call and are already in the order of its turns.
    answers.sort_by_key(|answer| (answer.report, places.get(&answer.id).copied()));
}

/// The answers that apply to these reports, in the order of the questionnaire.
///
/// # Errors
/// Database errors.
pub async fn latest(tx: &mut Tx, reports: &[ReportId]) -> Result<HashMap<ReportId, Vec<LatestAnswer>>, StoreError> {
    Ok(latest_in(of_reports(tx, reports).await?))
}

/// The answers that apply to these reports and items, in the order of the questionnaire.
///
/// # Errors
/// Database errors.
pub async fn latest_of_items(
    tx: &mut Tx,
    reports: &[ReportId],
    items: &BTreeSet<Item>,
) -> Result<HashMap<ReportId, Vec<LatestAnswer>>, StoreError> {
    Ok(latest_in(of_items(tx, reports, items).await?))
}

fn latest_in(given: Vec<AnswerRow>) -> HashMap<ReportId, Vec<LatestAnswer>> {
    let mut latest: HashMap<ReportId, BTreeMap<Item, LatestAnswer>> = HashMap::new();
    for AnswerRow { report, item, entry, severity, .. } in given.into_iter().filter(|answer| !answer.late) {
        latest.entry(report).or_default().insert(item, LatestAnswer { item, entry, severity });
    }
    latest.into_iter().map(|(report, answers)| (report, answers.into_values().collect())).collect()
}

/// The late answers of these reports, in the order of the questionnaire: the latest of each item, unless it was taken
/// back.
///
/// # Errors
/// Database errors.
pub async fn late(tx: &mut Tx, reports: &[ReportId]) -> Result<HashMap<ReportId, Vec<LatestAnswer>>, StoreError> {
    let mut late: HashMap<ReportId, BTreeMap<Item, LatestAnswer>> = HashMap::new();
    for answer in of_reports(tx, reports).await?.into_iter().filter(|answer| answer.late) {
        let AnswerRow { report, item, entry, severity, .. } = answer;
        late.entry(report).or_default().insert(item, LatestAnswer { item, entry, severity });
    }
    let given = |answers: BTreeMap<Item, LatestAnswer>| {
        answers.into_values().filter(|answer| !answer.entry.expose().is_empty()).collect()
    };
    Ok(late.into_iter().map(|(report, answers)| (report, given(answers))).collect())
}

pub(super) fn read(row: &Row<'_>) -> Result<PlacedAnswer, StoreError> {
    let call = row.opt_read(2, "answers.call_id", parsed)?;
    let origin = AnswerOrigin::read(call, row.opt_int(3)?, row.opt_text(9)?)
        .ok_or(StoreError::Inconsistent { what: "answers.entered_by" })?;
    let answer = AnswerRow {
        id: row.read(0, "answers.id", parsed)?,
        report: row.read(1, "answers.report_id", parsed)?,
        origin,
        item: row.read(4, "answers.item", Item::from_code)?,
        entry: row.sensitive(5)?,
        severity: row.read(6, "answers.severity", Severity::from_code)?,
        at: row.time(7, "answers.at")?,
        late: row.flag(8)?,
    };
    Ok(PlacedAnswer { answer, place: row.opt_int(10)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(number: u128, origin: AnswerOrigin, entry: &str, place: Option<i64>) -> PlacedAnswer {
        let answer = AnswerRow {
            id: Uuid::from_u128(number),
            report: ReportId(Uuid::from_u128(1)),
            origin,
            item: Item::BodyTemperature,
            entry: Sensitive::new(entry),
            severity: Severity::None,
            at: Timestamp::UNIX_EPOCH,
            late: false,
        };
        PlacedAnswer { answer, place }
    }

    fn turn(call: u128, turn: i64) -> AnswerOrigin {
        AnswerOrigin::Turn { call: CallId(Uuid::from_u128(call)), turn }
    }

    fn entries(stored: Vec<PlacedAnswer>) -> Vec<String> {
        in_order(stored).iter().map(|answer| answer.entry.expose().to_owned()).collect()
    }

    #[test]
    fn without_places_the_later_turn_of_a_call_is_valid_whatever_the_clock_showed() {
        // The number of the last one comes from a clock that was set back after turn 4.
        let given = vec![
            stored(20, turn(7, 4), "375", None),
            stored(15, AnswerOrigin::Unrecorded, "370", None),
            stored(12, turn(7, 5), "365", None),
        ];
        assert_eq!(entries(given), ["370", "375", "365"]);
    }

    #[test]
    fn answers_with_places_follow_those_of_earlier_versions() {
        let given = vec![
            stored(1, turn(9, 1), "365", Some(1)),
            stored(2, turn(8, 6), "384", Some(0)),
            stored(30, turn(7, 4), "375", None),
        ];
        assert_eq!(entries(given), ["375", "384", "365"]);
    }
}
