//! The red lines that nobody has taken, as those are told who are rung about them, and taking them on the phone.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::claims::state;
use super::list::{line_key, line_of};
use crate::domain::{Actor, CallId, CentreCode, ClaimId, Claimant, LineOf, PatientId, Severity};
use crate::policy::{LineState, OPENED_WITHIN};
use crate::service::context::{Changes, audit_entry, new_id};
use crate::store::alert_claims::{self, ClaimRow};
use crate::store::alerts::{self, AlertRow, AlertsOf, OpenPage};
use crate::store::audit::was_opened;
use crate::store::{StoreError, Tx, audit};

/// The maximum number of red alerts that are looked at.
const MOST_RED: u32 = 1_000;

/// A line with a red alert that nobody has taken.
pub(in crate::service) struct UntakenLine {
    /// The newest open alert of the line.
    newest: AlertRow,
    /// Who had taken what is no longer all that is red.
    held: Option<ClaimRow>,
    /// When the first red alert was raised that nobody has taken.
    pub(in crate::service) since: Timestamp,
}

/// The red lines of a health centre that nobody has taken.
pub(in crate::service) async fn untaken_red_lines(
    tx: &mut Tx,
    centre: &CentreCode,
) -> Result<Vec<UntakenLine>, StoreError> {
    let page = OpenPage {
        of: AlertsOf::Centre(centre),
        severity: Severity::Red,
        kind: None,
        since: Timestamp::UNIX_EPOCH,
        after: None,
        limit: MOST_RED,
    };
    let red = alerts::open_page(tx, &page).await?;
    if red.is_empty() {
        return Ok(Vec::new());
    }
    let mut patients: Vec<PatientId> = red.iter().filter_map(line_of).collect();
    patients.sort_unstable();
    patients.dedup();
    // A claim may have been made for alerts that aren't red.
    let mut open = alerts::open_of_patients(tx, &patients).await?;
    open.retain(|alert| line_of(alert).is_some() && alert.centre.as_ref() == Some(centre));
    open.extend(red.iter().filter(|alert| line_of(alert).is_none()).cloned());
    let mut lines: BTreeMap<LineOf, Vec<AlertRow>> = BTreeMap::new();
    for alert in open {
        lines.entry(line_key(&alert)).or_default().push(alert);
    }
    let keys: Vec<LineOf> = lines.keys().copied().collect();
    let mut held: HashMap<LineOf, ClaimRow> =
        alert_claims::of_lines(tx, &keys).await?.into_iter().map(|claim| (claim.line, claim)).collect();
    let untaken = lines.into_iter().filter_map(|(line, open)| untaken(&open, held.remove(&line)));
    Ok(untaken.collect())
}

/// The line, if something red on it isn't taken.
fn untaken(open: &[AlertRow], held: Option<ClaimRow>) -> Option<UntakenLine> {
    let known = match held.as_ref().map(|claim| (state(claim, open), claim)) {
        None | Some((LineState::Untaken, _)) => None,
        Some((LineState::RedSince, claim)) => Some((claim.alert_at, claim.alert)),
        Some((LineState::Taken, _)) => return None,
    };
    let is_new = |alert: &&AlertRow| known.is_none_or(|known| (alert.raised_at, alert.id) > known);
    let red = open.iter().filter(|alert| alert.kind.severity() == Severity::Red).filter(is_new);
    let since = red.map(|alert| alert.raised_at).min()?;
    let newest = open.iter().max_by_key(|alert| (alert.raised_at, alert.id))?.clone();
    Some(UntakenLine { newest, held, since })
}

/// Takes all red lines of a health centre that nobody has taken, for somebody on the phone. Returns how many were
/// taken.
pub(in crate::service) async fn take_by_phone(
    tx: &mut Tx,
    centre: &CentreCode,
    by: &Claimant,
    call: CallId,
    at: Timestamp,
) -> Result<usize, StoreError> {
    let mut entries = Vec::new();
    for UntakenLine { newest, held, .. } in untaken_red_lines(tx, centre).await? {
        let claim = ClaimRow {
            id: ClaimId(new_id()),
            line: line_key(&newest),
            alert: newest.id,
            alert_at: newest.raised_at,
            by: by.clone(),
            taken_at: at,
            by_call: Some(call),
        };
        let taken = match &held {
            Some(held) => alert_claims::replace(tx, held.id, &claim).await?,
            None => alert_claims::insert(tx, &claim).await?,
        };
        if taken {
            let from = held.map(|held| held.by.name);
            let changes = Changes::default().field("taken_by", from, by.name.as_str()).field(
                "call",
                None::<String>,
                call.to_string(),
            );
            let subject = format!("alert:{}", newest.id);
            entries.push(audit_entry(&Actor::System, at, "alert.taken", subject, Some(centre.clone()), changes));
        }
    }
    let taken = entries.len();
    if taken > 0 {
        audit::append(tx, entries).await?;
    }
    Ok(taken)
}

/// Gives back the lines that were taken on the phone and that nobody has opened in the console in time. Returns `true`
/// if something was written.
pub(in crate::service) async fn give_back_unopened(tx: &mut Tx, now: Timestamp) -> Result<bool, StoreError> {
    let unopened = alert_claims::unopened(tx).await?;
    let mut written = false;
    for claim in unopened {
        let opened = match claim.line {
            LineOf::Patient(patient) => was_opened(tx, patient, claim.taken_at).await?,
            LineOf::Alert(_) => false,
        };
        if opened {
            alert_claims::opened(tx, claim.id).await?;
            written = true;
        } else if now.duration_since(claim.taken_at) >= OPENED_WITHIN {
            written |= alert_claims::delete(tx, claim.line, claim.id).await?;
            let centre = alerts::get(tx, claim.alert).await?.and_then(|alert| alert.centre);
            let changes = Changes::default().field("taken_by", claim.by.name, None::<String>).field(
                "reason",
                None::<String>,
                "not_opened",
            );
            let subject = format!("alert:{}", claim.alert);
            let entry = audit_entry(&Actor::System, now, "alert.given_back", subject, centre, changes);
            audit::append(tx, vec![entry]).await?;
        }
    }
    Ok(written)
}
