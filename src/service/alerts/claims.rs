//! Taking lines of the open alerts, so that each has one person who deals with it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::list::{is_visible, line_key, line_of, open_of_line};
use super::view::AlertView;
use crate::domain::{Actor, AlertId, ClaimId, Claimant, LineOf, PatientId};
use crate::policy::{LineState, Permission, Scope, line_state, scope};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{AlertError, ServiceError};
use crate::store::alert_claims::{self, ClaimRow};
use crate::store::alerts::{self, AlertRow};
use crate::store::{StoreError, Tx, audit, patients};

/// Who has taken a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimView {
    /// The claim.
    pub id: ClaimId,
    /// The name of who has taken it.
    pub by: String,
    /// Whether that is the reader.
    pub is_own: bool,
    /// When.
    pub taken_at: Timestamp,
    /// When the newest alert was raised that the line showed then.
    pub known_until: Timestamp,
    /// Whether a red alert has come since, of which nobody has said that they deal with it.
    pub red_since: bool,
    /// Whether it was taken on the phone, and nobody has opened it in the console yet.
    pub is_unopened: bool,
}

/// From whom to take a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeFrom {
    /// Only if nobody has it.
    Nobody,
    /// From the holder of this claim, which the reader has seen.
    Holder(ClaimId),
    /// From its holder, if there is one.
    Anybody,
}

/// What came of taking a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// The actor has it now.
    Now {
        /// The claim.
        claim: ClaimView,
        /// Who had it before.
        from: Option<String>,
    },
    /// The actor had it before.
    Before(ClaimView),
    /// Somebody else has it.
    ByOther(ClaimView),
    /// The alert is closed.
    Closed(AlertView),
}

/// What came of giving a line back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenBack {
    /// Nobody has it now.
    Now,
    /// Nobody had it.
    Before,
    /// Somebody else has it.
    ByOther(ClaimView),
}

/// Takes the line of an alert: the newest one that the actor has seen on it. Of two people at the same moment, one has
/// it, and the other learns who.
///
/// # Errors
/// [`AlertError::NotFound`].
pub async fn take_line(
    context: &Context,
    actor: &Actor,
    alert: AlertId,
    from: TakeFrom,
) -> Result<Taken, ServiceError> {
    let scope = scope(actor, Permission::CloseAlerts)?;
    let mut tx = context.database.begin_write().await?;
    let named = visible_alert(&mut tx, alert, &scope).await?;
    if named.closed_at.is_some() {
        return Ok(Taken::Closed(named.into()));
    }
    let (line, by) = (line_key(&named), Claimant::of(actor));
    let open = open_of_line(&mut tx, &named, &scope).await?;
    let taken_at = context.clock.now();
    let (id, alert_at) = (ClaimId(new_id()), named.raised_at);
    let claim = ClaimRow { id, line, alert: named.id, alert_at, by, taken_at, by_call: None };
    if alert_claims::insert(&mut tx, &claim).await? {
        return taken(tx, actor, &named, &claim, None, &open).await;
    }
    let held = held(&mut tx, line).await?.ok_or(StoreError::Stale)?;
    let is_own = held.by.is_same_as(&claim.by);
    let knows_more = (claim.alert_at, claim.alert) > (held.alert_at, held.alert);
    let before = match (state(&held, &open), from) {
        (LineState::Untaken, _) => None,
        (LineState::Taken | LineState::RedSince, _) if is_own && !knows_more => {
            return Ok(Taken::Before(view(&held, actor, &open)));
        }
        (LineState::Taken | LineState::RedSince, _) if is_own => None,
        (LineState::Taken | LineState::RedSince, TakeFrom::Anybody) => Some(held.by.name.clone()),
        (LineState::Taken | LineState::RedSince, TakeFrom::Holder(known)) if known == held.id => {
            Some(held.by.name.clone())
        }
        (LineState::Taken | LineState::RedSince, TakeFrom::Holder(_) | TakeFrom::Nobody) => {
            return Ok(Taken::ByOther(view(&held, actor, &open)));
        }
    };
    if alert_claims::replace(&mut tx, held.id, &claim).await? {
        return taken(tx, actor, &named, &claim, before, &open).await;
    }
    // Somebody was faster.
    let held = self::held(&mut tx, line).await?.ok_or(StoreError::Stale)?;
    Ok(Taken::ByOther(view(&held, actor, &open)))
}

/// Records who has taken a line, and commits.
async fn taken(
    mut tx: Tx,
    actor: &Actor,
    named: &AlertRow,
    claim: &ClaimRow,
    from: Option<String>,
    open: &[AlertRow],
) -> Result<Taken, ServiceError> {
    let action = if from.is_some() { "alert.taken_over" } else { "alert.taken" };
    let by = Changes::default().field("taken_by", from.clone(), claim.by.name.as_str());
    let subject = format!("alert:{}", named.id);
    let entry = audit_entry(actor, claim.taken_at, action, subject, named.centre.clone(), by);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(Taken::Now { claim: view(claim, actor, open), from })
}

/// Gives the line of an alert back, so that somebody else takes it.
///
/// # Errors
/// [`AlertError::NotFound`].
pub async fn give_back_line(context: &Context, actor: &Actor, alert: AlertId) -> Result<GivenBack, ServiceError> {
    let scope = scope(actor, Permission::CloseAlerts)?;
    let mut tx = context.database.begin_write().await?;
    let named = visible_alert(&mut tx, alert, &scope).await?;
    let line = line_key(&named);
    let Some(held) = held(&mut tx, line).await? else { return Ok(GivenBack::Before) };
    let open = open_of_line(&mut tx, &named, &scope).await?;
    if !held.by.is_same_as(&Claimant::of(actor)) {
        return Ok(match state(&held, &open) {
            LineState::Untaken => GivenBack::Before,
            LineState::Taken | LineState::RedSince => GivenBack::ByOther(view(&held, actor, &open)),
        });
    }
    if !alert_claims::delete(&mut tx, line, held.id).await? {
        return Ok(GivenBack::Before);
    }
    let by = Changes::default().field("taken_by", held.by.name, None::<String>);
    let subject = format!("alert:{}", named.id);
    let entry = audit_entry(actor, context.clock.now(), "alert.given_back", subject, named.centre, by);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(GivenBack::Now)
}

/// An alert that the actor may see.
pub(in crate::service) async fn visible_alert(
    tx: &mut Tx,
    id: AlertId,
    scope: &Scope,
) -> Result<AlertRow, ServiceError> {
    let named = alerts::get(tx, id).await?.filter(|alert| is_visible(alert, scope)).ok_or(AlertError::NotFound)?;
    // A closed alert stays where it was raised; its patient may have gone to another health centre since.
    let people = patients::by_ids(tx, named.patient.as_slice()).await?;
    match people.iter().all(|patient| scope.covers(&patient.centre)) {
        true => Ok(named),
        false => Err(AlertError::NotFound.into()),
    }
}

/// The claim of somebody who deals with all that is red on a patient's line.
pub(in crate::service) async fn own_claim(
    tx: &mut Tx,
    actor: &Actor,
    patient: PatientId,
) -> Result<Option<ClaimRow>, StoreError> {
    let Some(held) = held(tx, LineOf::Patient(patient)).await? else { return Ok(None) };
    let open = open_of_patient(tx, patient).await?;
    let is_own = held.by.is_same_as(&Claimant::of(actor));
    Ok(Some(held).filter(|held| is_own && state(held, &open) == LineState::Taken))
}

/// Lets a claim cover what its holder has just entered: nobody is called about it.
pub(in crate::service) async fn cover_new(tx: &mut Tx, claim: &ClaimRow, patient: PatientId) -> Result<(), StoreError> {
    let open = open_of_patient(tx, patient).await?;
    match open.iter().max_by_key(|alert| (alert.raised_at, alert.id)) {
        Some(newest) => alert_claims::extend(tx, claim.id, newest.id, newest.raised_at).await,
        None => Ok(()),
    }
}

/// The open alerts on a patient's line.
async fn open_of_patient(tx: &mut Tx, patient: PatientId) -> Result<Vec<AlertRow>, StoreError> {
    let mut open = alerts::open_of_patients(tx, &[patient]).await?;
    open.retain(|alert| line_of(alert).is_some());
    Ok(open)
}

async fn held(tx: &mut Tx, line: LineOf) -> Result<Option<ClaimRow>, StoreError> {
    Ok(alert_claims::of_lines(tx, &[line]).await?.pop())
}

/// Who has taken the lines of these alerts: all open ones of each line.
pub(super) async fn claims_of(
    tx: &mut Tx,
    actor: &Actor,
    open: impl Iterator<Item = &AlertRow>,
) -> Result<HashMap<LineOf, ClaimView>, StoreError> {
    let mut of_lines: HashMap<LineOf, Vec<AlertRow>> = HashMap::new();
    for alert in open {
        of_lines.entry(line_key(alert)).or_default().push(alert.clone());
    }
    let lines: Vec<LineOf> = of_lines.keys().copied().collect();
    let held = alert_claims::of_lines(tx, &lines).await?;
    let of = |line: &LineOf| of_lines.get(line).map_or(&[][..], Vec::as_slice);
    let claims = held.iter().filter(|claim| state(claim, of(&claim.line)) != LineState::Untaken);
    Ok(claims.map(|claim| (claim.line, view(claim, actor, of(&claim.line)))).collect())
}

pub(super) fn state(claim: &ClaimRow, open: &[AlertRow]) -> LineState {
    let places = open.iter().map(|alert| ((alert.raised_at, alert.id), alert.kind.severity()));
    line_state(Some((claim.alert_at, claim.alert)), places)
}

fn view(claim: &ClaimRow, actor: &Actor, open: &[AlertRow]) -> ClaimView {
    ClaimView {
        id: claim.id,
        by: claim.by.name.clone(),
        is_own: claim.by.is_same_as(&Claimant::of(actor)),
        taken_at: claim.taken_at,
        known_until: claim.alert_at,
        red_since: state(claim, open) == LineState::RedSince,
        is_unopened: claim.by_call.is_some(),
    }
}
