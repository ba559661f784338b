//! Notices as staff see them: a person's, and a health centre's of today.

use jiff::Timestamp;
use jiff::civil::Date;

use super::facts::Known;
use crate::domain::{
    Actor, CentreCode, HersysId, NoNotice, NoticeChannel, NoticeKind, NoticeState, NoticeStop, PatientId, Sensitive,
};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::{CentreSettings, visible_centre};
use crate::service::context::{Changes, Context, Viewed, shown_of};
use crate::service::error::ServiceError;
use crate::store::notices::{self, NoticeRow};
use crate::store::patients::{self, PatientRow};
use crate::store::{StoreError, Tx};

/// Notices of a person that are shown.
const SHOWN: u32 = 20;
/// Dead numbers that are shown.
const MOST_DEAD: u32 = 200;

/// A notice, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    /// What it is about.
    pub kind: NoticeKind,
    /// The day for which it was planned.
    pub day: Date,
    /// How it went out.
    pub channel: Option<NoticeChannel>,
    /// How far it is.
    pub state: NoticeState,
    /// Why it isn't sent.
    pub reason: Option<NoNotice>,
    /// When its state last changed.
    pub moved_at: Timestamp,
    /// Who sent it. `None`: the program.
    pub asked_by: Option<String>,
    /// When a mail server last said that it goes on trying to deliver it.
    pub delayed_at: Option<Timestamp>,
}

impl From<NoticeRow> for NoticeView {
    fn from(row: NoticeRow) -> Self {
        Self {
            kind: row.kind,
            day: row.day,
            channel: row.channel,
            state: row.state,
            reason: row.reason,
            moved_at: row.moved_at,
            asked_by: row.asked_by,
            delayed_at: row.delayed_at,
        }
    }
}

/// What staff see of a person's notices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoticesOfPerson {
    /// The last ones, the latest first.
    pub notices: Vec<NoticeView>,
    /// How the person isn't reached: what was sent there couldn't be delivered.
    pub dead: Vec<NoticeChannel>,
    /// The person's last request that they stop.
    pub stop: Option<NoticeStop>,
}

/// The notices of a person.
pub(in crate::service) async fn notices_of_person(
    tx: &mut Tx,
    patient: &PatientRow,
) -> Result<NoticesOfPerson, StoreError> {
    let known = Known::of(tx, &[patient.id]).await?;
    let notices = notices::of_patient(tx, patient.id, SHOWN).await?.into_iter().map(NoticeView::from).collect();
    Ok(NoticesOfPerson { notices, dead: known.dead(patient), stop: known.stop(patient.id) })
}

/// A person whose number or address takes no messages.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct DeadAddressView {
    /// The person.
    pub patient: PatientId,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// 姓
    pub family_name: Sensitive,
    /// 名
    pub given_name: Sensitive,
    /// How it was used.
    pub channel: NoticeChannel,
    /// When that was found.
    pub found_at: Timestamp,
}

/// A health centre's notices of today.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct NoticesOfDay {
    /// The day.
    pub day: Date,
    /// How many are in each state, in the order of a notice's way.
    pub counts: Vec<(NoticeState, u64)>,
    /// Whose number or address takes no messages.
    pub dead: Vec<DeadAddressView>,
}

/// A health centre's notices of today, and the numbers and addresses that take none. The audit trail records whom the
/// list shows (D3).
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::CentreError::NotFound).
pub async fn notices_of_day(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
) -> Result<Viewed<NoticesOfDay>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let row = visible_centre(&mut tx, &scope, centre).await?;
    let day = CentreSettings::of(&row).notice_schedule(&row)?.day(now);
    let mut counts = notices::counts(&mut tx, centre, day).await?;
    counts.sort_by_key(|(state, _)| NoticeState::ALL.iter().position(|known| known == state));
    let found = notices::dead_at(&mut tx, centre, MOST_DEAD).await?;
    let ids: Vec<PatientId> = found.iter().map(|dead| dead.patient).collect();
    let people = patients::by_ids(&mut tx, &ids).await?;
    drop(tx);
    let noted = shown_of(context, actor, &people, "notices.shown", Changes::default()).await?;
    let dead = found.into_iter().filter_map(|dead| {
        let person = people.iter().find(|person| person.id == dead.patient)?;
        Some(DeadAddressView {
            patient: person.id,
            hersys_id: person.hersys_id.clone(),
            family_name: person.family_name.clone(),
            given_name: person.given_name.clone(),
            channel: dead.channel,
            found_at: dead.found_at,
        })
    });
    Ok(Viewed { found: NoticesOfDay { day, counts, dead: dead.collect() }, noted })
}
