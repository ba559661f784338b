//! Staff send a patient a link to today's form, by SMS to the registered number.

use super::reporter::is_observed;
use crate::domain::{Actor, Job, JobId, PatientId, ReportLinkId};
use crate::policy::{MOST_LINKS_A_DAY, Permission, ReportLinks, Scope, report_day, scope};
use crate::service::centre_settings::{CentreSettings, known_centre, zone_of};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::ServiceError;
use crate::service::patients::held_patient;
use crate::store::audit::{self, Subject};
use crate::store::centres::CentreRow;
use crate::store::outbox::{self, NewJob};
use crate::store::patients::PatientRow;
use crate::store::report_links::{self, ReportLinkRow};

/// The links of a patient that are looked through for those of today.
const LOOKED_THROUGH: u32 = 20;

/// What came of asking for a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAsked {
    /// It goes out at once.
    Now,
    /// It was asked for before: the form was sent twice.
    Before,
    /// It isn't sent.
    NotSent(WhyNoLink),
}

/// Why no link is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNoLink {
    /// The health centre sends none.
    Off,
    /// The patient has no number.
    NoNumber,
    /// The patient isn't under observation.
    NotObserved,
    /// The calls are stopped, or the patient has asked for that.
    LeftAlone,
    /// The patient got several today.
    TooMany,
}

/// Sends a patient a link to today's form. `id` is the form's, so that it is sent once.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn send_report_link(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    id: ReportLinkId,
) -> Result<LinkAsked, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    context.looked_up(actor, patient, "report_link.asked", ask(context, actor, &scope, patient, id).await).await
}

async fn ask(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    patient: PatientId,
    id: ReportLinkId,
) -> Result<LinkAsked, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &patient.into()).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let day = report_day(now, &zone_of(&centre)?);
    let past = report_links::of_patient(&mut tx, patient.id, LOOKED_THROUGH).await?;
    if past.iter().any(|link| link.id == id) {
        return Ok(LinkAsked::Before);
    }
    let today = past.iter().filter(|link| link.day == day).count();
    if let Some(why) = not_sent(&patient, &centre, is_observed(&patient, day), today) {
        return Ok(LinkAsked::NotSent(why));
    }
    let link = ReportLinkRow {
        id,
        patient: patient.id,
        day,
        made_by: actor.name().to_owned(),
        made_at: now,
        outcome: None,
        sent_at: None,
        opened_at: None,
        wrong: 0,
    };
    if !report_links::add(&mut tx, &link).await? {
        return Ok(LinkAsked::Before);
    }
    outbox::put(&mut tx, vec![NewJob { id: JobId(new_id()), job: Job::ReportLinkSms { link: id }, due_at: now }])
        .await?;
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, now, "report_link.asked", subject, Some(patient.centre), Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(LinkAsked::Now)
}

/// Why a patient gets no link.
pub(super) fn not_sent(patient: &PatientRow, centre: &CentreRow, is_observed: bool, today: usize) -> Option<WhyNoLink> {
    let left_alone = patient.stopped_at.is_some() || patient.calling.stop_requested_at.is_some();
    let reasons = [
        (!is_observed, WhyNoLink::NotObserved),
        (left_alone, WhyNoLink::LeftAlone),
        (CentreSettings::of(centre).report_links == ReportLinks::Off, WhyNoLink::Off),
        (patient.phone_number.is_none(), WhyNoLink::NoNumber),
        (today >= MOST_LINKS_A_DAY, WhyNoLink::TooMany),
    ];
    reasons.into_iter().find(|(holds, _)| *holds).map(|(_, why)| why)
}
