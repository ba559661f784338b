//! Invitations to the portal (M14): at registration or import, if the health centre wants that, and sent again
//! by staff from the person's page.

use jiff::Timestamp;

use super::facts::Known;
use crate::domain::{Actor, NoticeId, NoticeKind, NoticeState, PatientId};
use crate::policy::{Invitations, NoticeFacts, Permission, Reachable, Scope, expected_channel, scope};
use crate::service::centre_settings::{CentreSettings, known_centre};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::store::Tx;
use crate::store::audit::{self, Subject};
use crate::store::centres::CentreRow;
use crate::store::notices::{self, NoticeRow};
use crate::store::patients::{self, PatientRow};

/// Notices of a patient that are looked through for one that still waits.
const LOOKED_THROUGH: u32 = 50;
/// Invitations that a patient gets in a day.
const MOST_A_DAY: usize = 3;

/// What came of asking for an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited {
    /// It goes out at once, or at the end of the quiet hours.
    Now,
    /// It was asked for before: the form was sent twice, or one still waits.
    Before,
    /// It isn't sent.
    NotSent(WhyNoInvitation),
}

/// Why no invitation is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNoInvitation {
    /// The observation has ended.
    Released,
    /// The calls or the notices have stopped, or the patient has asked for that.
    LeftAlone,
    /// The number takes no messages, or there is none.
    NoNumber,
    /// The patient got several today.
    TooMany,
}

/// Sends a patient the invitation again. `id` is the form's, so that it is sent once.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn send_invitation(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    id: NoticeId,
) -> Result<Invited, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, patient, "notice.invited", invite(context, actor, &scope, patient, id).await).await
}

async fn invite(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    notice: NoticeId,
) -> Result<Invited, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    patients::hold(&mut tx, &[id]).await?;
    let found = patients::by_ids(&mut tx, &[id]).await?.pop();
    let patient = found.filter(|patient| scope.covers(&patient.centre)).ok_or(PatientError::NotFound)?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let day = CentreSettings::of(&centre).notice_schedule(&centre)?.day(now);
    let past = notices::of_patient(&mut tx, id, LOOKED_THROUGH).await?;
    let invitations = past.iter().filter(|past| past.kind == NoticeKind::Invitation);
    if invitations.clone().any(|past| past.id == notice || past.state == NoticeState::Waiting) {
        return Ok(Invited::Before);
    }
    let facts = Known::of(&mut tx, &[id]).await?.facts(&patient, NoticeKind::Invitation, day);
    let today = invitations.filter(|past| past.day == day && past.state != NoticeState::NotSent).count();
    if let Some(why) = not_invited(&facts, today) {
        return Ok(Invited::NotSent(why));
    }
    let mut row = invitation(notice, &patient, day, now);
    row.asked_by = Some(actor.name().to_owned());
    if notices::plan(&mut tx, &[row]).await? == 0 {
        return Ok(Invited::Before);
    }
    let subject = Subject::Patient(id);
    let entry = audit_entry(actor, now, "notice.invited", subject, Some(patient.centre), Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(Invited::Now)
}

fn not_invited(facts: &NoticeFacts, today: usize) -> Option<WhyNoInvitation> {
    let alone = facts.stopped || facts.stop_requested || facts.notices_stopped;
    let reasons = [
        (facts.released, WhyNoInvitation::Released),
        (alone, WhyNoInvitation::LeftAlone),
        (facts.sms != Reachable::Yes && facts.email != Reachable::Yes, WhyNoInvitation::NoNumber),
        (today >= MOST_A_DAY, WhyNoInvitation::TooMany),
    ];
    reasons.into_iter().find(|(holds, _)| *holds).map(|(_, why)| why)
}

fn invitation(id: NoticeId, patient: &PatientRow, day: jiff::civil::Date, now: Timestamp) -> NoticeRow {
    let lane = expected_channel(patient.phone_number.as_ref());
    NoticeRow::waiting(id, (patient.id, patient.centre.clone(), lane), NoticeKind::Invitation, day, now, now)
}

/// Plans the invitations of patients who were just registered at a health centre, if it wants that.
pub(in crate::service) async fn plan_invitations(
    tx: &mut Tx,
    new: &[PatientRow],
    centre: &CentreRow,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let settings = CentreSettings::of(centre);
    if settings.invitations != Invitations::AtRegistration {
        return Ok(());
    }
    let day = settings.notice_schedule(centre)?.day(now);
    let reachable = new.iter().filter(|patient| {
        patient.phone_number.as_ref().is_some_and(|number| Reachable::by_sms(number.kind()) == Reachable::Yes)
    });
    let rows: Vec<NoticeRow> = reachable.map(|patient| invitation(NoticeId(new_id()), patient, day, now)).collect();
    notices::plan(tx, &rows).await?;
    Ok(())
}
