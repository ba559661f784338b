//! A change of many patients as staff see it: what it would do, what it has done, and for whom it couldn't.

use jiff::Timestamp;

use super::super::view::PatientView;
use super::preview::{BulkChange, BulkEffect, effect_of};
use crate::domain::{Actor, BulkId, BulkKind, BulkOutcome, BulkState, PatientId};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::{Context, Details, Noted, Viewed, shown_of};
use crate::service::error::{PatientError, ServiceError};
use crate::store::bulk_changes::{self, BulkPatient, BulkRow};
use crate::store::patients::{self, PatientRow};

/// Patients who are read together.
const PART: u32 = 1_000;
/// Patients whom a page names: those who stay as they are.
const MOST_NAMED: u32 = 100;

/// A change of many patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkView {
    /// The change.
    pub id: BulkId,
    /// Who decided last.
    pub by: String,
    /// What changes.
    pub kind: BulkKind,
    /// The new value.
    pub value: String,
    /// How far it has come.
    pub state: BulkState,
    /// When its state changed.
    pub changed_at: Timestamp,
    /// The number of patients with each outcome.
    pub counts: Vec<(BulkOutcome, u64)>,
}

impl BulkView {
    /// The number of patients with an outcome.
    pub fn count(&self, outcome: BulkOutcome) -> u64 {
        self.counts.iter().find(|(of, _)| *of == outcome).map_or(0, |(_, count)| *count)
    }
}

/// A change, its effect if it isn't made yet, and some of those who stay as they are.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct ShownBulk {
    /// The change.
    pub bulk: BulkView,
    /// What it would do.
    pub effect: Option<BulkEffect>,
    /// Some who aren't changed, or not back.
    pub left_out: Vec<PatientView>,
}

/// A change of many patients. The audit trail names those whom it shows.
///
/// # Errors
/// [`PatientError::NotFound`]; database errors.
pub async fn show_bulk(context: &Context, actor: &Actor, id: BulkId) -> Result<Viewed<ShownBulk>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let bulk = visible(context, actor, &scope, id, "patients.bulk_shown").await?;
    let mut tx = context.database.begin_read().await?;
    let counts = bulk_changes::counts(&mut tx, id).await?;
    let mut left_out: Vec<PatientRow> = Vec::new();
    let mut effect = None;
    if bulk.state == BulkState::Previewed {
        let change = BulkChange::of(&bulk)?;
        let mut whole = BulkEffect::default();
        let mut after: Option<PatientId> = None;
        loop {
            let part = bulk_changes::patients(&mut tx, id, BulkOutcome::Waits, after, PART).await?;
            let Some(last) = part.last() else { break };
            after = Some(last.patient);
            let people = patients::by_ids(&mut tx, &ids_of(&part)).await?;
            let of_part = effect_of(&mut tx, &people, &change, context.clock.now()).await?;
            whole.add(of_part);
            let room = (MOST_NAMED as usize).saturating_sub(left_out.len());
            left_out.extend(people.into_iter().filter(|row| row.released_at.is_some()).take(room));
        }
        effect = Some(whole);
    } else {
        for outcome in [BulkOutcome::Refused, BulkOutcome::Kept] {
            let part = bulk_changes::patients(&mut tx, id, outcome, None, MOST_NAMED).await?;
            left_out.extend(patients::by_ids(&mut tx, &ids_of(&part)).await?);
        }
    }
    drop(tx);
    left_out.retain(|row| scope.covers(&row.centre));
    let noted = match left_out.is_empty() {
        true => Noted::Yes,
        false => shown_of(context, actor, &left_out, "patients.bulk_shown", Details::Masked.changes()).await?,
    };
    let BulkRow { id, by, kind, value, state, changed_at, .. } = bulk;
    let bulk = BulkView { id, by, kind, value, state, changed_at, counts };
    let left_out = left_out.into_iter().map(PatientView::from).collect();
    Ok(Viewed { found: ShownBulk { bulk, effect, left_out }, noted })
}

fn ids_of(part: &[BulkPatient]) -> Vec<PatientId> {
    part.iter().map(|row| row.patient).collect()
}

/// A change that the actor may see. Trying others leaves entries.
pub(super) async fn visible(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: BulkId,
    action: &str,
) -> Result<BulkRow, ServiceError> {
    let found = bulk_changes::get(&mut context.database.begin_autocommit().await?, id).await?;
    if let Some(bulk) = found.filter(|bulk| scope.covers(&bulk.centre)) {
        return Ok(bulk);
    }
    match context.note_absence(actor, format!("bulk:{id}"), "bulk.not_found", action).await? {
        Noted::Yes => Err(PatientError::NotFound.into()),
        Noted::No(error) => Err(PatientError::NotFoundNotAudited(error).into()),
    }
}
