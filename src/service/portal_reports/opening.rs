//! Opens today's form by a link and the birth date.

use jiff::{SignedDuration, Timestamp};

use super::reporter::{facts_of, person};
use crate::domain::{AccountId, Actor, AlertKind, BirthDate, ReportFormId};
use crate::policy::{Lane, MOST_WRONG_BIRTH_DATES, report_day};
use crate::service::accounts::{SecretToken, hash_of};
use crate::service::alerts::{About, Consequences};
use crate::service::centre_settings::{CentreContact, zone_of};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::ServiceError;
use crate::store::Tx;
use crate::store::audit::{self, Subject};
use crate::store::centres::CentreRow;
use crate::store::identifications::{self, IdentificationOutcome, IdentificationRow, IdentifiedIn};
use crate::store::patients::PatientRow;
use crate::store::portal::people;
use crate::store::report_forms::{self, FormHolder, ReportFormRow};
use crate::store::report_links::{self, ReportLinkRow};

/// How long forms are kept after their last page: the answers stand in the reports.
const FORMS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(48);

/// How a link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It asks for the birth date. The health centre is known from the message with the link.
    Open(CentreContact),
    /// It has ended.
    Ended(CentreContact),
    /// There is no such link.
    Unknown,
}

/// What came of a birth date.
#[derive(Debug, Clone)]
pub enum LinkOpened {
    /// It was right: the browser's token, for its cookie.
    Now(SecretToken),
    /// It was wrong.
    Mismatch(CentreContact),
    /// The link has ended, perhaps by this try.
    Ended(CentreContact),
    /// There is no such link.
    Unknown,
}

/// How a link stands. It tells nothing about the patient.
///
/// # Errors
/// Database errors.
pub async fn look_at_link(context: &Context, token: &SecretToken) -> Result<LinkState, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let Some((link, patient, centre)) = found(&mut tx, token).await? else { return Ok(LinkState::Unknown) };
    let today = report_day(now, &zone_of(&centre)?);
    let contact = CentreContact::of(&centre, now)?;
    Ok(match facts_of(&link, &patient, &centre, today).end(today) {
        None => LinkState::Open(contact),
        Some(_) => LinkState::Ended(contact),
    })
}

/// Opens today's form if the birth date is right. A wrong one is counted (H7): a link bears a few, and then the health
/// centre is told. The patient's tries by phone don't suffer from it. If an account is logged in that has the person,
/// its reports count from then on as those of the registered number, to which the link was sent.
///
/// # Errors
/// Database errors.
pub async fn open_link(
    context: &Context,
    token: &SecretToken,
    birth_date: Option<BirthDate>,
    account: Option<AccountId>,
) -> Result<LinkOpened, ServiceError> {
    let now = context.clock.now();
    let browser = SecretToken::random()?;
    let mut tx = context.database.begin_write().await?;
    let Some((link, patient, centre)) = found(&mut tx, token).await? else { return Ok(LinkOpened::Unknown) };
    let today = report_day(now, &zone_of(&centre)?);
    let contact = CentreContact::of(&centre, now)?;
    // The row is locked by this: tries at the same time are counted one after the other.
    let tries = report_links::count_try(&mut tx, link.id).await?;
    let facts = facts_of(&ReportLinkRow { wrong: tries.saturating_sub(1), ..link.clone() }, &patient, &centre, today);
    if facts.end(today).is_some() {
        return Ok(LinkOpened::Ended(contact));
    }
    let is_right = birth_date.is_some_and(|given| given == patient.birth_date);
    let action = if is_right { "report_link.opened" } else { "report_link.mismatch" };
    let (actor, subject) = (Actor::LinkHolder(patient.id), Subject::Patient(patient.id));
    let entry = audit_entry(&actor, now, action, subject, Some(patient.centre.clone()), Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    if !is_right {
        metrics::counter!("kenkocall_report_link_mismatches_total").increment(1);
        note_mismatch(&mut tx, &link, &patient, now).await?;
        let is_last = tries >= MOST_WRONG_BIRTH_DATES;
        if is_last {
            warn_of_guessing(&mut tx, &patient, now).await?;
        }
        tx.commit().await?;
        return Ok(if is_last { LinkOpened::Ended(contact) } else { LinkOpened::Mismatch(contact) });
    }
    report_links::was_right(&mut tx, link.id).await?;
    report_links::opened(&mut tx, link.id, now).await?;
    if let Some(account) = account {
        people::link_used(&mut tx, account, patient.id, now).await?;
    }
    report_forms::forget(&mut tx, now.checked_sub(FORMS_KEPT_FOR).unwrap_or(Timestamp::UNIX_EPOCH)).await?;
    let form = ReportFormRow {
        id: ReportFormId(new_id()),
        patient: patient.id,
        holder: FormHolder::Browser { link: link.id, hash: browser.hash() },
        day: today,
        entries: "{}".into(),
        report: None,
        begun_at: now,
        saved_at: now,
        finished_at: None,
    };
    report_forms::add(&mut tx, &form).await?;
    tx.commit().await?;
    Ok(LinkOpened::Now(browser))
}

async fn found(
    tx: &mut Tx,
    token: &SecretToken,
) -> Result<Option<(ReportLinkRow, PatientRow, CentreRow)>, ServiceError> {
    let Some(link) = report_links::by_token(tx, &token.hash()).await? else { return Ok(None) };
    Ok(person(tx, link.patient).await?.map(|(patient, centre)| (link, patient, centre)))
}

/// Counts the try in the limits that the portal shares with the phone lines, as one of somebody with another number:
/// the patient's own line doesn't suffer from it.
async fn note_mismatch(
    tx: &mut Tx,
    link: &ReportLinkRow,
    patient: &PatientRow,
    at: Timestamp,
) -> Result<(), ServiceError> {
    let row = IdentificationRow {
        id: new_id(),
        place: IdentifiedIn::Portal(hash_of(&["report link", &link.id.to_string()])),
        hersys_id: patient.hersys_id.clone(),
        caller: None,
        lane: Lane::Outsider,
        outcome: IdentificationOutcome::Mismatch,
        at,
    };
    Ok(identifications::append(tx, &[row]).await?)
}

async fn warn_of_guessing(tx: &mut Tx, patient: &PatientRow, now: Timestamp) -> Result<(), ServiceError> {
    let mut consequences = Consequences::default();
    let about = About { centre: Some(patient.centre.clone()), patient: Some(patient.id), ..About::default() };
    consequences.count(AlertKind::Guessing, about, now);
    Ok(consequences.write(tx).await?)
}
