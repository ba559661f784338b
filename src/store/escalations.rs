//! Escalations, and the calls to staff of which they consist.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    legs,
};
use crate::domain::{
    CallId, CentreCode, ContactId, EmailAddress, EscalationEnd, EscalationId, Language, NoticeOutcome, PhoneNumber,
    StaffName, StepOutcome, StepRole, StepState,
};
use crate::policy::AttemptWithoutLeg;

/// An escalation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationRow {
    /// The escalation.
    pub id: EscalationId,
    /// The health centre.
    pub centre: CentreCode,
    /// When it began.
    pub began_at: Timestamp,
    /// When and why it ended.
    pub ended: Option<(Timestamp, EscalationEnd)>,
    /// When it was last said that nobody could be reached.
    pub said_at: Option<Timestamp>,
}

/// A call to staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// The call. The carrier's URLs contain this ID.
    pub call: CallId,
    /// The escalation.
    pub escalation: EscalationId,
    /// Its number in the escalation, from 1.
    pub number: u32,
    /// How often the list had been begun, this time included.
    pub round: u32,
    /// Why the person is rung.
    pub role: StepRole,
    /// The person.
    pub contact: ContactId,
    /// The person's name at that time.
    pub name: StaffName,
    /// The number rung.
    pub phone_number: PhoneNumber,
    /// The language of the call.
    pub language: Language,
    /// Where the e-mail goes.
    pub email: Option<EmailAddress>,
    /// How far the call has come.
    pub state: StepState,
    /// When it was decided.
    pub intended_at: Timestamp,
    /// When its state last changed.
    pub moved_at: Timestamp,
    /// What came of it, and when.
    pub ended: Option<(StepOutcome, Timestamp)>,
    /// What came of the SMS.
    pub sms: Option<NoticeOutcome>,
    /// What came of the e-mail.
    pub mail: Option<NoticeOutcome>,
}

/// The health centres with red alerts, with an escalation, or with lines taken on the phone that nobody has opened yet.
///
/// # Errors
/// Database errors.
pub async fn centres_at_work(tx: &mut Tx) -> Result<Vec<CentreCode>, StoreError> {
    tx.fetch_all(
        "SELECT centre_code FROM alerts WHERE closed_at IS NULL AND urgency = 0 AND centre_code IS NOT NULL
         UNION SELECT centre_code FROM escalations WHERE ended_at IS NULL",
        vec![],
        |row| row.read(0, "alerts.centre_code", |text| CentreCode::parse(text).ok()),
    )
    .await
}

macro_rules! escalation {
    ($where:literal) => {
        concat!("SELECT id, centre_code, began_at, ended_at, reason, said_at FROM escalations WHERE ", $where)
    };
}

/// The escalation of a health centre that hasn't ended.
///
/// # Errors
/// Database errors.
pub async fn open_of(tx: &mut Tx, centre: &CentreCode) -> Result<Option<EscalationRow>, StoreError> {
    tx.fetch_optional(escalation!("centre_code = $1 AND ended_at IS NULL"), vec![centre.into()], read_escalation).await
}

/// The latest escalations of a health centre, the latest first.
///
/// # Errors
/// Database errors.
pub async fn latest_of(tx: &mut Tx, centre: &CentreCode, limit: u32) -> Result<Vec<EscalationRow>, StoreError> {
    let sql = escalation!("centre_code = $1 ORDER BY began_at DESC, id DESC LIMIT $2");
    tx.fetch_all(sql, vec![centre.into(), i64::from(limit).into()], read_escalation).await
}

/// One escalation.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: EscalationId) -> Result<Option<EscalationRow>, StoreError> {
    tx.fetch_optional(escalation!("id = $1"), vec![id.into()], read_escalation).await
}

/// Begins an escalation. Returns `false` if the health centre has one.
///
/// # Errors
/// Database errors.
pub async fn begin(
    tx: &mut Tx,
    id: EscalationId,
    centre: &CentreCode,
    began_at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO escalations (id, centre_code, began_at) VALUES ($1, $2, $3)
               ON CONFLICT (centre_code) WHERE ended_at IS NULL DO NOTHING";
    Ok(tx.execute(sql, vec![id.into(), centre.into(), began_at.into()]).await? == 1)
}

/// Ends an escalation. Returns `false` if it had ended.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, id: EscalationId, at: Timestamp, why: EscalationEnd) -> Result<bool, StoreError> {
    let sql = "UPDATE escalations SET ended_at = $2, reason = $3 WHERE id = $1 AND ended_at IS NULL";
    Ok(tx.execute(sql, vec![id.into(), at.into(), why.code().into()]).await? == 1)
}

/// Records that it is said now that nobody could be reached. Returns `false` if it was said after `since`, by any node.
///
/// # Errors
/// Database errors.
pub async fn say(tx: &mut Tx, id: EscalationId, at: Timestamp, since: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE escalations SET said_at = $2
               WHERE id = $1 AND ended_at IS NULL AND (said_at IS NULL OR said_at <= $3 OR said_at > $2)";
    Ok(tx.execute(sql, vec![id.into(), at.into(), since.into()]).await? == 1)
}

fn read_escalation(row: &Row<'_>) -> Result<EscalationRow, StoreError> {
    let ended_at = row.opt_time(3, "escalations.ended_at")?;
    Ok(EscalationRow {
        id: row.read(0, "escalations.id", parsed)?,
        centre: row.read(1, "escalations.centre_code", |text| CentreCode::parse(text).ok())?,
        began_at: row.time(2, "escalations.began_at")?,
        ended: ended_at.zip(row.opt_read(4, "escalations.reason", EscalationEnd::from_code)?),
        said_at: row.opt_time(5, "escalations.said_at")?,
    })
}

macro_rules! step {
    ($where:literal) => {
        concat!(
            "SELECT call_id, escalation_id, number, round, role, contact_id, name, phone_number, language, email, state,
             intended_at, moved_at, outcome, ended_at, sms, mail FROM escalation_steps WHERE ",
            $where
        )
    };
}

/// Adds a step. Returns `false` if there is such a step, or another call rings: another node was faster.
///
/// # Errors
/// Database errors.
pub async fn add_step(tx: &mut Tx, step: &StepRow) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO escalation_steps (call_id, escalation_id, number, round, role, contact_id, name, phone_number,
                   language, email, state, intended_at, moved_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    let args = vec![
        step.call.into(),
        step.escalation.into(),
        i64::from(step.number).into(),
        i64::from(step.round).into(),
        step.role.code().into(),
        step.contact.into(),
        step.name.as_str().into(),
        (&step.phone_number).into(),
        step.language.tag().into(),
        step.email.as_ref().map(EmailAddress::expose).into(),
        step.state.code().into(),
        step.intended_at.into(),
        step.moved_at.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The steps of an escalation, in order.
///
/// # Errors
/// Database errors.
pub async fn steps_of(tx: &mut Tx, escalation: EscalationId) -> Result<Vec<StepRow>, StoreError> {
    tx.fetch_all(step!("escalation_id = $1 ORDER BY number"), vec![escalation.into()], read_step).await
}

/// The steps of a health centre since a time, the latest first.
///
/// # Errors
/// Database errors.
pub async fn steps_since(
    tx: &mut Tx,
    centre: &CentreCode,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<StepRow>, StoreError> {
    let sql = step!(
        "escalation_id IN (SELECT id FROM escalations WHERE centre_code = $1 AND (ended_at IS NULL OR ended_at >= $2))
         AND intended_at >= $2 ORDER BY intended_at DESC, number DESC LIMIT $3"
    );
    tx.fetch_all(sql, vec![centre.into(), since.into(), i64::from(limit).into()], read_step).await
}

/// The steps of these calls, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn steps_of_calls(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<StepRow>, StoreError> {
    tx.fetch_in(step!("call_id IN"), &[], calls.iter().map(|call| (*call).into()), "", read_step).await
}

/// The health centre whose staff a call is to. `None` for any other call.
///
/// # Errors
/// Database errors.
pub async fn centre_of_call(tx: &mut Tx, call: CallId) -> Result<Option<CentreCode>, StoreError> {
    let sql = "SELECT e.centre_code FROM escalation_steps s JOIN escalations e ON e.id = s.escalation_id
               WHERE s.call_id = $1";
    let read = |row: &Row<'_>| row.read(0, "escalations.centre_code", |text| CentreCode::parse(text).ok());
    tx.fetch_optional(sql, vec![call.into()], read).await
}

/// Records that the carrier has the call.
///
/// # Errors
/// Database errors.
pub async fn placed(tx: &mut Tx, call: CallId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE escalation_steps SET state = 'placed', moved_at = $2 WHERE call_id = $1 AND state = 'intended'";
    tx.execute(sql, vec![call.into(), at.into()]).await.map(drop)
}

/// Records that somebody, or a machine, answered.
///
/// # Errors
/// Database errors.
pub async fn answered(tx: &mut Tx, call: CallId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE escalation_steps SET state = 'answered', moved_at = $2
               WHERE call_id = $1 AND state IN ('intended', 'placed')";
    tx.execute(sql, vec![call.into(), at.into()]).await.map(drop)
}

/// Ends a step. Returns `false` if it had ended. Taking the alerts counts even then: somebody answered late.
///
/// # Errors
/// Database errors.
pub async fn end_step(tx: &mut Tx, call: CallId, outcome: StepOutcome, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE escalation_steps SET state = 'ended', outcome = $2, ended_at = $3, moved_at = $3
               WHERE call_id = $1 AND (ended_at IS NULL OR ($2 = 'taken' AND outcome <> 'taken'))";
    Ok(tx.execute(sql, vec![call.into(), outcome.code().into(), at.into()]).await? == 1)
}

/// Records what came of the SMS of a step.
///
/// # Errors
/// Database errors.
pub async fn sms(tx: &mut Tx, call: CallId, outcome: NoticeOutcome) -> Result<(), StoreError> {
    let sql = "UPDATE escalation_steps SET sms = $2 WHERE call_id = $1";
    tx.execute(sql, vec![call.into(), outcome.code().into()]).await.map(drop)
}

/// Records what came of the e-mail of a step.
///
/// # Errors
/// Database errors.
pub async fn mail(tx: &mut Tx, call: CallId, outcome: NoticeOutcome) -> Result<(), StoreError> {
    let sql = "UPDATE escalation_steps SET mail = $2 WHERE call_id = $1";
    tx.execute(sql, vec![call.into(), outcome.code().into()]).await.map(drop)
}

/// The calls to staff at these numbers since a time of which no leg is known: the carrier's list may have them.
///
/// # Errors
/// Database errors.
pub async fn without_leg(
    tx: &mut Tx,
    numbers: &[PhoneNumber],
    since: Timestamp,
) -> Result<Vec<AttemptWithoutLeg>, StoreError> {
    legs::dialled_without(
        tx,
        "SELECT s.phone_number, s.intended_at, s.ended_at FROM escalation_steps s
         WHERE (s.intended_at >= $1 OR s.ended_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM legs l WHERE l.call_id = s.call_id) AND s.phone_number IN",
        numbers,
        since,
    )
    .await
}

fn read_step(row: &Row<'_>) -> Result<StepRow, StoreError> {
    let small = |index: usize| row.int(index).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let outcome = row.opt_read(13, "escalation_steps.outcome", StepOutcome::from_code)?;
    Ok(StepRow {
        call: row.read(0, "escalation_steps.call_id", parsed)?,
        escalation: row.read(1, "escalation_steps.escalation_id", parsed)?,
        number: small(2)?,
        round: small(3)?,
        role: row.read(4, "escalation_steps.role", StepRole::from_code)?,
        contact: row.read(5, "escalation_steps.contact_id", parsed)?,
        name: row.read(6, "escalation_steps.name", |text| StaffName::parse(text).ok())?,
        phone_number: row.read(7, "escalation_steps.phone_number", |text| PhoneNumber::from_e164(text).ok())?,
        language: row.read(8, "escalation_steps.language", parsed)?,
        email: row.opt_read(9, "escalation_steps.email", |text| EmailAddress::parse(text).ok())?,
        state: row.read(10, "escalation_steps.state", StepState::from_code)?,
        intended_at: row.time(11, "escalation_steps.intended_at")?,
        moved_at: row.time(12, "escalation_steps.moved_at")?,
        ended: outcome.zip(row.opt_time(14, "escalation_steps.ended_at")?),
        sms: row.opt_read(15, "escalation_steps.sms", NoticeOutcome::from_code)?,
        mail: row.opt_read(16, "escalation_steps.mail", NoticeOutcome::from_code)?,
    })
}
