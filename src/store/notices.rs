//! Notices to patients: planned, handed over, and what came of them; and the numbers and addresses that take none.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{
    CentreCode, EmailAddress, NoNotice, NoticeChannel, NoticeId, NoticeKind, NoticeState, PatientId, PhoneNumber,
    ReportLinkId, Sensitive,
};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// The notice.
    pub id: NoticeId,
    /// To whom it goes.
    pub patient: PatientId,
    /// The health centre that sends it.
    pub centre: CentreCode,
    /// What it is about.
    pub kind: NoticeKind,
    /// The day for which it was planned, at the health centre.
    pub day: Date,
    /// How it went out. `None` while it waits.
    pub channel: Option<NoticeChannel>,
    /// How it is expected to go out. Each channel has its own pace.
    pub lane: NoticeChannel,
    /// How far it is.
    pub state: NoticeState,
    /// Why it isn't sent.
    pub reason: Option<NoNotice>,
    /// When it is due.
    pub due_at: Timestamp,
    /// When its intent was stored.
    pub intended_at: Option<Timestamp>,
    /// When its state last changed.
    pub moved_at: Timestamp,
    /// The personal link in it.
    pub link: Option<ReportLinkId>,
    /// The member of staff who sent it. `None`: the program.
    pub asked_by: Option<String>,
    /// When a mail server last said that it goes on trying.
    pub delayed_at: Option<Timestamp>,
}

impl NoticeRow {
    /// A notice that waits.
    pub fn waiting(
        id: NoticeId,
        (patient, centre, lane): (PatientId, CentreCode, NoticeChannel),
        kind: NoticeKind,
        day: Date,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            patient,
            centre,
            kind,
            day,
            channel: None,
            lane,
            state: NoticeState::Waiting,
            reason: None,
            due_at,
            intended_at: None,
            moved_at: now,
            link: None,
            asked_by: None,
            delayed_at: None,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.patient_id, n.centre_code, n.kind, n.notice_day, n.channel, n.state, n.reason, n.due_at,
             n.intended_at, n.moved_at, n.link_id, n.asked_by, n.lane, n.delayed_at FROM notices n ",
            $rest
        )
    };
}

/// Adds notices that wait. Nobody gets a second daily one for a day. Returns how many were added.
///
/// # Errors
/// Database errors.
pub async fn plan(tx: &mut Tx, notices: &[NoticeRow]) -> Result<u64, StoreError> {
    let rows = notices.iter().map(|notice| {
        [
            notice.id.into(),
            notice.patient.into(),
            (&notice.centre).into(),
            notice.kind.code().into(),
            notice.day.into(),
            notice.state.code().into(),
            notice.due_at.into(),
            notice.moved_at.into(),
            notice.asked_by.as_deref().into(),
            notice.lane.code().into(),
        ]
    });
    let sql = "INSERT INTO notices (id, patient_id, centre_code, kind, notice_day, state, due_at, moved_at, asked_by,
               lane) VALUES";
    tx.execute_rows(sql, rows.collect(), "ON CONFLICT DO NOTHING").await
}

/// How far the daily notices of a health centre are planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedDay {
    /// The last patient that was looked at. Empty: none.
    pub after: String,
    /// Whether all were.
    pub is_done: bool,
}

/// The health centres whose notices of a day on or after `from` are all planned.
///
/// # Errors
/// Database errors.
pub async fn days_done(tx: &mut Tx, from: Date) -> Result<Vec<(CentreCode, Date)>, StoreError> {
    let sql = "SELECT centre_code, notice_day FROM notice_days WHERE notice_day >= $1 AND done_at IS NOT NULL";
    tx.fetch_all(sql, vec![from.into()], |row| {
        let centre = row.read(0, "notice_days.centre_code", |text| CentreCode::parse(text).ok())?;
        Ok((centre, row.read(1, "notice_days.notice_day", parsed)?))
    })
    .await
}

/// Takes a health centre's day for this transaction, so that two nodes don't plan the same patients.
///
/// # Errors
/// Database errors.
pub async fn take_day(tx: &mut Tx, centre: &CentreCode, day: Date) -> Result<PlannedDay, StoreError> {
    let sql = "INSERT INTO notice_days (centre_code, notice_day, after_id, planned) VALUES ($1, $2, '', 0)
               ON CONFLICT (centre_code, notice_day) DO UPDATE SET planned = notice_days.planned
               RETURNING after_id, done_at";
    let taken = tx.fetch_optional(sql, vec![centre.into(), day.into()], |row| {
        Ok(PlannedDay { after: row.owned(0)?, is_done: row.opt_time(1, "notice_days.done_at")?.is_some() })
    });
    taken.await?.ok_or(StoreError::Inconsistent { what: "notice_days" })
}

/// Records how far a day is planned.
///
/// # Errors
/// Database errors.
pub async fn day_went_on(
    tx: &mut Tx,
    (centre, day): (&CentreCode, Date),
    after: Option<PatientId>,
    planned: u64,
    done_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let after = after.map(|id| id.0.to_string());
    let planned = i64::try_from(planned).unwrap_or(i64::MAX);
    let sql = "UPDATE notice_days SET after_id = COALESCE($3, after_id), planned = planned + $4, done_at = $5
               WHERE centre_code = $1 AND notice_day = $2";
    let args = vec![centre.into(), day.into(), after.as_deref().into(), planned.into(), done_at.into()];
    tx.execute(sql, args).await.map(|_| ())
}

/// Lets a health centre's day be planned from the beginning. Daily notices that weren't sent because of the time or the
/// settings are forgotten; all others stay.
///
/// # Errors
/// Database errors.
pub async fn plan_day_anew(tx: &mut Tx, centre: &CentreCode, day: Date) -> Result<(), StoreError> {
    let forgotten = "DELETE FROM notices WHERE centre_code = $1 AND notice_day = $2 AND kind = 'daily'
                     AND state = 'not_sent' AND reason IN ('off', 'late')";
    tx.execute(forgotten, vec![centre.into(), day.into()]).await?;
    let sql = "DELETE FROM notice_days WHERE centre_code = $1 AND notice_day = $2";
    tx.execute(sql, vec![centre.into(), day.into()]).await.map(|_| ())
}

/// The patients of a health centre who get notices on a day, with their numbers, by ID and after this one.
///
/// # Errors
/// Database errors.
pub async fn people(
    tx: &mut Tx,
    (centre, day): (&CentreCode, Date),
    after: &str,
    limit: u32,
) -> Result<Vec<(PatientId, Option<PhoneNumber>)>, StoreError> {
    let sql = "SELECT p.id, p.phone_number FROM patients p WHERE p.centre_code = $1 AND p.id > $2
               AND p.released_at IS NULL AND p.stopped_at IS NULL AND p.stop_requested_at IS NULL
               AND (p.monitoring_start IS NULL OR p.monitoring_start <= $3)
               AND p.import <> (SELECT hidden FROM imports)
               AND NOT EXISTS (SELECT 1 FROM notice_stops s WHERE s.patient_id = p.id AND s.state <> 'declined')
               ORDER BY p.id LIMIT $4";
    let args = vec![centre.into(), after.into(), day.into(), i64::from(limit).into()];
    tx.fetch_all(sql, args, |row| {
        let number = row.opt_read(1, "patients.phone_number", |text| PhoneNumber::from_e164(text).ok())?;
        Ok((row.read(0, "patients.id", parsed)?, number))
    })
    .await
}

/// The patients whom an import has added to a health centre and who have no invitation, by ID and after this one.
///
/// # Errors
/// Database errors.
pub async fn uninvited(
    tx: &mut Tx,
    (centre, import): (&CentreCode, i64),
    after: &str,
    limit: u32,
) -> Result<Vec<PatientId>, StoreError> {
    let sql = "SELECT p.id FROM patients p WHERE p.centre_code = $1 AND p.id > $2 AND p.import = $3
               AND p.released_at IS NULL AND p.stopped_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.patient_id = p.id AND n.kind = 'invitation')
               ORDER BY p.id LIMIT $4";
    let args = vec![centre.into(), after.into(), import.into(), i64::from(limit).into()];
    tx.fetch_all(sql, args, |row| row.read(0, "patients.id", parsed)).await
}

/// The notices of a channel that are due, the earliest first.
///
/// # Errors
/// Database errors.
pub async fn due(tx: &mut Tx, lane: NoticeChannel, now: Timestamp, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
    let sql = select!("WHERE n.state = 'waiting' AND n.lane = $3 AND n.due_at <= $1 ORDER BY n.due_at, n.id LIMIT $2");
    tx.fetch_all(sql, vec![now.into(), i64::from(limit).into(), lane.code().into()], read).await
}

/// Whether one of a channel is due, or one was left while it was handed over. Reads the end of an index.
///
/// # Errors
/// Database errors.
pub async fn is_any_due(
    tx: &mut Tx,
    lane: NoticeChannel,
    now: Timestamp,
    left_before: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM notices WHERE state = 'waiting' AND lane = $3 AND due_at <= $1
               UNION ALL SELECT id FROM notices WHERE state = 'intended' AND lane = $3 AND intended_at < $2 LIMIT 1";
    let args = vec![now.into(), left_before.into(), lane.code().into()];
    Ok(tx.fetch_optional(sql, args, |_| Ok(())).await?.is_some())
}

/// How many of a channel were handed over since a time, over all nodes.
///
/// # Errors
/// Database errors.
pub async fn handed_over_since(tx: &mut Tx, lane: NoticeChannel, since: Timestamp) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM notices WHERE intended_at > $1 AND lane = $2";
    let counted = tx.fetch_optional(sql, vec![since.into(), lane.code().into()], |row| row.int(0)).await?;
    Ok(counted.and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX))
}

/// Stores the intents of notices that wait. Returns those that no other node has taken meanwhile.
///
/// # Errors
/// Database errors.
pub async fn intend(
    tx: &mut Tx,
    notices: &[(NoticeId, CentreCode, NoticeChannel)],
    now: Timestamp,
) -> Result<Vec<NoticeId>, StoreError> {
    let rows =
        notices.iter().map(|(id, centre, channel)| [(*id).into(), centre.into(), channel.code().into(), now.into()]);
    tx.fetch_rows(
        "UPDATE notices SET state = 'intended', centre_code = v.column2, channel = v.column3, lane = v.column3,
         intended_at = v.column4, moved_at = v.column4, delayed_at = NULL FROM (VALUES",
        rows.collect(),
        ") AS v WHERE notices.id = v.column1 AND notices.state = 'waiting' RETURNING id",
        |row| row.read(0, "notices.id", parsed),
    )
    .await
}

/// Records the link in a notice.
///
/// # Errors
/// Database errors.
pub async fn give_link(tx: &mut Tx, id: NoticeId, link: ReportLinkId) -> Result<(), StoreError> {
    let sql = "UPDATE notices SET link_id = $2 WHERE id = $1";
    tx.execute(sql, vec![id.into(), link.into()]).await.map(|_| ())
}

/// Records the token by which an e-mail can be unsubscribed from.
///
/// # Errors
/// Database errors.
pub async fn give_stop_token(tx: &mut Tx, id: NoticeId, hash: &str) -> Result<(), StoreError> {
    let sql = "UPDATE notices SET stop_hash = $2 WHERE id = $1";
    tx.execute(sql, vec![id.into(), hash.into()]).await.map(|_| ())
}

/// Lets notices that wait go by another channel, at its pace.
///
/// # Errors
/// Database errors.
pub async fn change_lanes(tx: &mut Tx, notices: &[(NoticeId, NoticeChannel)]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE notices SET lane = v.column2 FROM (VALUES",
        notices.iter().map(|(id, lane)| [(*id).into(), lane.code().into()]).collect(),
        ") AS v WHERE notices.id = v.column1 AND notices.state = 'waiting'",
    )
    .await
}

/// Records of an e-mail to which address it goes, hashed.
///
/// # Errors
/// Database errors.
pub async fn goes_to(tx: &mut Tx, id: NoticeId, address_hash: &str) -> Result<(), StoreError> {
    let sql = "UPDATE notices SET address_hash = $2 WHERE id = $1";
    tx.execute(sql, vec![id.into(), address_hash.into()]).await.map(|_| ())
}

/// The address that an e-mail went to, hashed. `None` if that isn't known.
///
/// # Errors
/// Database errors.
pub async fn went_to(tx: &mut Tx, id: NoticeId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT address_hash FROM notices WHERE id = $1";
    let found = tx.fetch_optional(sql, vec![id.into()], |row| Ok(row.opt_text(0)?.map(str::to_owned)));
    Ok(found.await?.flatten())
}

/// Records that a mail server hasn't been able to deliver an e-mail so far. Returns whether that can still be.
///
/// # Errors
/// Database errors.
pub async fn delayed(tx: &mut Tx, id: NoticeId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE notices SET delayed_at = $2 WHERE id = $1 AND channel = 'email'
               AND state IN ('intended', 'unknown', 'sent')";
    Ok(tx.execute(sql, vec![id.into(), now.into()]).await? == 1)
}

/// The patient whose notice has this token.
///
/// # Errors
/// Database errors.
pub async fn by_stop_token(tx: &mut Tx, hash: &str) -> Result<Option<PatientId>, StoreError> {
    let sql = "SELECT patient_id FROM notices WHERE stop_hash = $1";
    tx.fetch_optional(sql, vec![hash.into()], |row| row.read(0, "notices.patient_id", parsed)).await
}

/// The addresses of the accounts that have these patients.
///
/// # Errors
/// Database errors.
pub async fn addresses_of(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<(PatientId, EmailAddress)>, StoreError> {
    let head = "SELECT p.patient_id, a.address FROM portal_people p JOIN portal_accounts a ON a.id = p.account_id
                WHERE p.patient_id IN";
    tx.fetch_in(head, &[], patients.iter().map(|id| (*id).into()), "", |row| {
        let address = row.read(1, "portal_accounts.address", |text| EmailAddress::parse(text).ok())?;
        Ok((row.read(0, "portal_people.patient_id", parsed)?, address))
    })
    .await
}

/// Lets notices wait longer, as this health centre's.
///
/// # Errors
/// Database errors.
pub async fn postpone(tx: &mut Tx, notices: &[(NoticeId, CentreCode, Timestamp)]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE notices SET due_at = v.column3, centre_code = v.column2 FROM (VALUES",
        notices.iter().map(|(id, centre, at)| [(*id).into(), centre.into(), (*at).into()]).collect(),
        ") AS v WHERE notices.id = v.column1 AND notices.state = 'waiting'",
    )
    .await
}

/// Ends notices that aren't sent.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, notices: &[(NoticeId, NoNotice)], now: Timestamp) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE notices SET state = 'not_sent', reason = v.column2, moved_at = v.column3 FROM (VALUES",
        notices.iter().map(|(id, why)| [(*id).into(), why.code().into(), now.into()]).collect(),
        ") AS v WHERE notices.id = v.column1 AND notices.state = 'waiting'",
    )
    .await
}

/// Records that notices of a channel which were handed over before a time have an unknown outcome: the program was
/// killed, or couldn't store it. Returns how many.
///
/// # Errors
/// Database errors.
pub async fn give_up(tx: &mut Tx, lane: NoticeChannel, before: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE notices SET state = 'unknown', moved_at = $2
               WHERE state = 'intended' AND intended_at < $1 AND lane = $3";
    tx.execute(sql, vec![before.into(), now.into(), lane.code().into()]).await
}

/// Lets notices that a server certainly hasn't taken wait again.
///
/// # Errors
/// Database errors.
pub async fn wait_again(tx: &mut Tx, notices: &[(NoticeId, Timestamp)]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE notices SET state = 'waiting', channel = NULL, due_at = v.column2 FROM (VALUES",
        notices.iter().map(|(id, at)| [(*id).into(), (*at).into()]).collect(),
        ") AS v WHERE notices.id = v.column1 AND notices.state = 'intended'",
    )
    .await
}

/// Records what came of a notice, if its state allows it. Returns whether it did.
///
/// # Errors
/// Database errors.
pub async fn became(tx: &mut Tx, id: NoticeId, next: NoticeState, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE notices SET state = $2, moved_at = $3 WHERE id = $1 AND state = $4";
    for state in NoticeState::ALL.iter().filter(|state| state.may_become(next)) {
        let args = vec![id.into(), next.code().into(), now.into(), state.code().into()];
        if tx.execute(sql, args).await? == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The notice with this ID.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: NoticeId) -> Result<Option<NoticeRow>, StoreError> {
    tx.fetch_optional(select!("WHERE n.id = $1"), vec![id.into()], read).await
}

/// The last notices of a patient, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
    let sql = select!("WHERE n.patient_id = $1 ORDER BY n.notice_day DESC, n.moved_at DESC, n.id DESC LIMIT $2");
    tx.fetch_all(sql, vec![patient.into(), i64::from(limit).into()], read).await
}

/// A health centre's notices of a day, counted by state.
///
/// # Errors
/// Database errors.
pub async fn counts(tx: &mut Tx, centre: &CentreCode, day: Date) -> Result<Vec<(NoticeState, u64)>, StoreError> {
    let sql = "SELECT state, count(*) FROM notices WHERE centre_code = $1 AND notice_day = $2 GROUP BY state";
    tx.fetch_all(sql, vec![centre.into(), day.into()], |row| {
        let state = row.read(0, "notices.state", NoticeState::from_code)?;
        Ok((state, u64::try_from(row.int(1)?).unwrap_or(0)))
    })
    .await
}

/// The patients under observation with this registered number.
///
/// # Errors
/// Database errors.
pub async fn observed_with(tx: &mut Tx, number: &PhoneNumber) -> Result<Vec<PatientId>, StoreError> {
    let sql = "SELECT id FROM patients WHERE phone_number = $1 AND released_at IS NULL
               AND import <> (SELECT hidden FROM imports) ORDER BY id";
    tx.fetch_all(sql, vec![number.into()], |row| row.read(0, "patients.id", parsed)).await
}

/// A number or an address that takes no messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadAddress {
    /// Whose it is.
    pub patient: PatientId,
    /// How it was used.
    pub channel: NoticeChannel,
    /// The number or the address.
    pub address: Sensitive,
    /// The notice that showed it.
    pub notice: NoticeId,
    /// When.
    pub found_at: Timestamp,
}

/// Records that a number or an address takes no messages.
///
/// # Errors
/// Database errors.
pub async fn found_dead(tx: &mut Tx, dead: &DeadAddress) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO dead_addresses (patient_id, channel, address, notice_id, found_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (patient_id, channel) DO UPDATE
               SET address = excluded.address, notice_id = excluded.notice_id, found_at = excluded.found_at";
    let args = vec![
        dead.patient.into(),
        dead.channel.code().into(),
        (&dead.address).into(),
        dead.notice.into(),
        dead.found_at.into(),
    ];
    tx.execute(sql, args).await.map(|_| ())
}

/// Forgets that a patient's number or address takes no messages. Returns `false` if that wasn't known.
///
/// # Errors
/// Database errors.
pub async fn forget_dead(tx: &mut Tx, patient: PatientId, channel: NoticeChannel) -> Result<bool, StoreError> {
    let sql = "DELETE FROM dead_addresses WHERE patient_id = $1 AND channel = $2";
    Ok(tx.execute(sql, vec![patient.into(), channel.code().into()]).await? == 1)
}

/// The numbers and addresses of these patients that take no messages.
///
/// # Errors
/// Database errors.
pub async fn dead_of(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<DeadAddress>, StoreError> {
    let head = "SELECT patient_id, channel, address, notice_id, found_at FROM dead_addresses WHERE patient_id IN";
    tx.fetch_in(head, &[], patients.iter().map(|id| (*id).into()), "", read_dead).await
}

/// The numbers and addresses of a health centre's patients under observation that take no messages, the latest first.
///
/// # Errors
/// Database errors.
pub async fn dead_at(tx: &mut Tx, centre: &CentreCode, limit: u32) -> Result<Vec<DeadAddress>, StoreError> {
    let sql = "SELECT d.patient_id, d.channel, d.address, d.notice_id, d.found_at FROM dead_addresses d
               JOIN patients p ON p.id = d.patient_id
               WHERE p.centre_code = $1 AND p.released_at IS NULL
               AND ((d.channel = 'sms' AND d.address = p.phone_number) OR (d.channel = 'email' AND EXISTS
                   (SELECT 1 FROM portal_people q JOIN portal_accounts a ON a.id = q.account_id
                    WHERE q.patient_id = p.id AND a.address = d.address)))
               ORDER BY d.found_at DESC, d.patient_id LIMIT $2";
    tx.fetch_all(sql, vec![centre.into(), i64::from(limit).into()], read_dead).await
}

fn read_dead(row: &Row<'_>) -> Result<DeadAddress, StoreError> {
    Ok(DeadAddress {
        patient: row.read(0, "dead_addresses.patient_id", parsed)?,
        channel: row.read(1, "dead_addresses.channel", NoticeChannel::from_code)?,
        address: row.sensitive(2)?,
        notice: row.read(3, "dead_addresses.notice_id", parsed)?,
        found_at: row.time(4, "dead_addresses.found_at")?,
    })
}

fn read(row: &Row<'_>) -> Result<NoticeRow, StoreError> {
    Ok(NoticeRow {
        id: row.read(0, "notices.id", parsed)?,
        patient: row.read(1, "notices.patient_id", parsed)?,
        centre: row.read(2, "notices.centre_code", |text| CentreCode::parse(text).ok())?,
        kind: row.read(3, "notices.kind", NoticeKind::from_code)?,
        day: row.read(4, "notices.notice_day", parsed)?,
        channel: row.opt_read(5, "notices.channel", NoticeChannel::from_code)?,
        state: row.read(6, "notices.state", NoticeState::from_code)?,
        reason: row.opt_read(7, "notices.reason", NoNotice::from_code)?,
        due_at: row.time(8, "notices.due_at")?,
        intended_at: row.opt_time(9, "notices.intended_at")?,
        moved_at: row.time(10, "notices.moved_at")?,
        link: row.opt_read(11, "notices.link_id", parsed)?,
        asked_by: row.opt_text(12)?.map(str::to_owned),
        lane: row.read(13, "notices.lane", NoticeChannel::from_code)?,
        delayed_at: row.opt_time(14, "notices.delayed_at")?,
    })
}
