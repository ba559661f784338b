//! The red lines with which nobody deals, and when alerts were raised: counts and times for every page, no person.

use std::collections::HashSet;

use jiff::Timestamp;

use super::claims::claims_of;
use super::list::{is_visible, line_key, line_of, of_scope};
use crate::domain::{Actor, LineOf, PatientId, Severity};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::alerts::{self, AlertRow, OpenPage};
use crate::store::{StoreError, Tx};

/// The maximum number of red alerts that are looked at.
const MOST_RED: u32 = 1_000;
/// The maximum number of times of new alerts.
const MOST_NEW: u32 = 20;

/// The red lines with which nobody deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UntakenRed {
    /// How many.
    pub lines: usize,
    /// Since when the first of them waits.
    pub since: Option<Timestamp>,
}

/// What an open page wants to know. It has no personal data, so the audit trail has no entry for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertPulse {
    /// The red lines with which nobody deals.
    pub red: UntakenRed,
    /// When the newest open alerts were raised, the newest first.
    pub newest: Vec<Timestamp>,
}

/// Returns `true` if the actor may know of alerts.
pub fn may_watch_alerts(actor: &Actor) -> bool {
    scope(actor, Permission::ViewAlerts).is_ok()
}

/// Counts the red lines with which nobody deals.
///
/// # Errors
/// Database errors.
pub async fn untaken_red(context: &Context, actor: &Actor) -> Result<UntakenRed, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    Ok(untaken(&mut tx, actor, &scope).await?)
}

/// Looks at what has changed in the list of open alerts.
///
/// # Errors
/// Database errors.
pub async fn alert_pulse(context: &Context, actor: &Actor) -> Result<AlertPulse, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    let red = untaken(&mut tx, actor, &scope).await?;
    let mut newest = Vec::new();
    for of in of_scope(&scope) {
        for severity in [Severity::Red, Severity::Amber, Severity::Note] {
            newest.extend(alerts::newest_open(&mut tx, of, severity, MOST_NEW).await?);
        }
    }
    newest.sort_unstable_by(|one, other| other.cmp(one));
    newest.truncate(usize::try_from(MOST_NEW).unwrap_or(usize::MAX));
    Ok(AlertPulse { red, newest })
}

async fn untaken(tx: &mut Tx, actor: &Actor, scope: &Scope) -> Result<UntakenRed, StoreError> {
    let mut red = Vec::new();
    for of in of_scope(scope) {
        let page = OpenPage {
            of,
            severity: Severity::Red,
            kind: None,
            since: Timestamp::UNIX_EPOCH,
            after: None,
            limit: MOST_RED,
        };
        red.extend(alerts::open_page(tx, &page).await?);
    }
    let patients: HashSet<PatientId> = red.iter().filter_map(line_of).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    // A claim may have been made for alerts that aren't red.
    let mut open = alerts::open_of_patients(tx, &patients).await?;
    open.retain(|alert| line_of(alert).is_some() && is_visible(alert, scope));
    open.extend(red.iter().filter(|alert| line_of(alert).is_none()).cloned());
    let claims = claims_of(tx, actor, open.iter()).await?;
    let waits = |alert: &&AlertRow| match claims.get(&line_key(alert)) {
        None => true,
        Some(claim) => claim.red_since && alert.raised_at > claim.known_until,
    };
    let lines: HashSet<LineOf> = red.iter().map(line_key).collect();
    let is_untaken = |line: &&LineOf| claims.get(line).is_none_or(|claim| claim.red_since);
    Ok(UntakenRed {
        lines: lines.iter().filter(is_untaken).count(),
        since: red.iter().filter(waits).map(|alert| alert.raised_at).min(),
    })
}
