//! A trial message to a person of the rota: whether the number is right, before it matters. It says that it is a trial.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::domain::{Actor, CentreCode, Contact, ContactId, Job, JobId, NoticeOutcome};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::visible_centre;
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::ServiceError;
use crate::store::audit::{self, AuditFilter, AuditRow};
use crate::store::outbox::{self, NewJob};
use crate::store::{StoreError, Tx, rotas};

/// The time between two trials of one person.
const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// The trials of a health centre within an hour.
const MOST_IN_AN_HOUR: usize = 20;
/// The actions in the audit trail.
const ACTIONS: &str = "rota.trial_";
const ASKED: &str = "rota.trial_asked";
const SENT: &str = "rota.trial_sent";
/// The fields of their entries.
const CONTACT: &str = "contact";
const OUTCOME: &str = "outcome";

/// What came of asking for a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The message will be sent at once.
    Asked,
    /// The person was tried just now, or too many were within an hour.
    TooSoon,
    /// The person is no longer on the rota.
    Gone,
}

/// The last trial of a person of the rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialView {
    /// The person.
    pub contact: ContactId,
    /// When.
    pub at: Timestamp,
    /// What came of it. `None` while it waits to be sent.
    pub outcome: Option<NoticeOutcome>,
}

/// Sends a trial message by SMS to a person of the rota.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn try_contact(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    contact: ContactId,
) -> Result<Tried, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    let Some(person) = contact_of(&mut tx, centre, contact).await? else { return Ok(Tried::Gone) };
    let hour_ago = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let past = entries(&mut tx, centre, ASKED, hour_ago).await?;
    let just_now =
        |row: &AuditRow| contact_in(row) == Some(contact) && now.duration_since(row.at).abs() < TRIED_AGAIN_AFTER;
    if past.len() >= MOST_IN_AN_HOUR || past.iter().any(just_now) {
        return Ok(Tried::TooSoon);
    }
    let job = Job::StaffTrial { centre: centre.clone(), contact };
    outbox::put(&mut tx, vec![NewJob { id: JobId(new_id()), job, due_at: now }]).await?;
    append(&mut tx, actor, ASKED, centre, &person, Changes::default(), now).await?;
    tx.commit().await?;
    Ok(Tried::Asked)
}

/// The last trials of each person of the rota, of the last day.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn last_trials(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
) -> Result<Vec<TrialView>, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let day_ago = context.clock.now().checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let mut tx = context.database.begin_read().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    let mut trials: Vec<TrialView> = Vec::new();
    for row in entries(&mut tx, centre, ACTIONS, day_ago).await? {
        let Some(contact) = contact_in(&row) else { continue };
        // The latest comes first: what came of it, or that it was asked for.
        if !trials.iter().any(|trial| trial.contact == contact) {
            trials.push(TrialView { contact, at: row.at, outcome: outcome_in(&row) });
        }
    }
    Ok(trials)
}

/// A person of a rota.
pub(in crate::service) async fn contact_of(
    tx: &mut Tx,
    centre: &CentreCode,
    contact: ContactId,
) -> Result<Option<Contact>, StoreError> {
    Ok(rotas::get(tx, centre).await?.and_then(|stored| stored.rota.contact(contact).cloned()))
}

/// Records what came of a trial.
pub(in crate::service) async fn note_trial(
    tx: &mut Tx,
    centre: &CentreCode,
    person: &Contact,
    outcome: NoticeOutcome,
    at: Timestamp,
) -> Result<(), StoreError> {
    let says = Changes::default().field(OUTCOME, None::<String>, outcome.code());
    append(tx, &Actor::System, SENT, centre, person, says, at).await
}

async fn append(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    centre: &CentreCode,
    person: &Contact,
    says: Changes,
    at: Timestamp,
) -> Result<(), StoreError> {
    let says =
        says.field(CONTACT, None::<String>, person.id.to_string()).field("name", None::<String>, person.name.as_str());
    let entry = audit_entry(actor, at, action, format!("centre:{centre}"), Some(centre.clone()), says);
    audit::append(tx, vec![entry]).await
}

async fn entries(
    tx: &mut Tx,
    centre: &CentreCode,
    action: &'static str,
    since: Timestamp,
) -> Result<Vec<AuditRow>, StoreError> {
    let subject = Some(format!("centre:{centre}"));
    let limit = u32::try_from(MOST_IN_AN_HOUR).unwrap_or(u32::MAX).saturating_mul(50);
    audit::list(tx, &AuditFilter { subject, action, since: Some(since), limit, ..AuditFilter::default() }).await
}

fn text_in(row: &AuditRow, field: &str) -> Option<String> {
    let details: Value = serde_json::from_str(row.details.as_str()).ok()?;
    Some(details.get(field)?.get(1)?.as_str()?.to_owned())
}

fn contact_in(row: &AuditRow) -> Option<ContactId> {
    text_in(row, CONTACT)?.parse().ok()
}

fn outcome_in(row: &AuditRow) -> Option<NoticeOutcome> {
    NoticeOutcome::from_code(&text_in(row, OUTCOME)?)
}
