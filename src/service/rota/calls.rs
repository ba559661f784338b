//! What calls to staff change: the steps of an escalation, and the lines that somebody takes on the phone.

use jiff::Timestamp;
use tracing::info;

use crate::domain::{AccountState, Actor, CallId, CentreCode, Claimant, EscalationEnd, EscalationId, StepOutcome};
use crate::service::alerts::take_by_phone;
use crate::service::context::{Changes, audit_entry};
use crate::store::escalations::{self, StepRow};
use crate::store::{StoreError, Tx, audit, rotas, staff_accounts};

/// What one commit learns about calls to staff.
#[derive(Default)]
pub(in crate::service) struct StaffCallWrites {
    /// Calls that the carrier has.
    pub(in crate::service) placed: Vec<CallId>,
    /// Calls that were answered.
    pub(in crate::service) answered: Vec<CallId>,
    /// Calls that have ended.
    pub(in crate::service) ends: Vec<(CallId, StepOutcome)>,
}

impl StaffCallWrites {
    /// Writes it.
    pub(in crate::service) async fn write(&self, tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
        for call in &self.placed {
            escalations::placed(tx, *call, at).await?;
        }
        for call in &self.answered {
            escalations::answered(tx, *call, at).await?;
        }
        let calls: Vec<CallId> = self.ends.iter().map(|(call, _)| *call).collect();
        let steps = escalations::steps_of_calls(tx, &calls).await?;
        for (call, outcome) in &self.ends {
            if let Some(step) = steps.iter().find(|step| step.call == *call) {
                end_step(tx, step, *outcome, at).await?;
            }
        }
        Ok(())
    }
}

/// Ends a step, and records it. Who takes the alerts has them from now on.
pub(in crate::service) async fn end_step(
    tx: &mut Tx,
    step: &StepRow,
    outcome: StepOutcome,
    at: Timestamp,
) -> Result<(), StoreError> {
    if !escalations::end_step(tx, step.call, outcome, at).await? {
        return Ok(());
    }
    metrics::counter!("kenkocall_staff_calls_total", "outcome" => outcome.code()).increment(1);
    info!(call = %step.call, outcome = outcome.code(), "a call to staff ended");
    let Some(escalation) = escalations::get(tx, step.escalation).await? else { return Ok(()) };
    let centre = escalation.centre;
    let ended = Changes::default()
        .field("call", None::<String>, step.call.to_string())
        .field("contact", None::<String>, step.name.as_str())
        .field("outcome", None::<String>, outcome.code());
    record(tx, &centre, "alert.staff_call_ended", ended, at).await?;
    if outcome == StepOutcome::Taken {
        let by = claimant_of(tx, &centre, step).await?;
        take_by_phone(tx, &centre, &by, step.call, at).await?;
        end_escalation(tx, step.escalation, &centre, EscalationEnd::ByPhone, at).await?;
    }
    Ok(())
}

/// Somebody on the phone as who takes lines: with their account, if the rota names one that is in use.
async fn claimant_of(tx: &mut Tx, centre: &CentreCode, step: &StepRow) -> Result<Claimant, StoreError> {
    let rota = rotas::get(tx, centre).await?;
    let named = rota.and_then(|found| found.rota.contact(step.contact).and_then(|contact| contact.account));
    let account = match named {
        Some(id) => staff_accounts::get(tx, id).await?,
        None => None,
    };
    let account =
        account.filter(|account| account.state == AccountState::Active && account.centre.as_ref() == Some(centre));
    Ok(Claimant { name: step.name.as_str().to_owned(), account: account.map(|account| account.id) })
}

/// Ends an escalation, and records it, unless it has ended.
pub(in crate::service) async fn end_escalation(
    tx: &mut Tx,
    escalation: EscalationId,
    centre: &CentreCode,
    why: EscalationEnd,
    at: Timestamp,
) -> Result<(), StoreError> {
    if escalations::end(tx, escalation, at, why).await? {
        let ended = Changes::default().field("reason", None::<String>, why.code());
        record(tx, centre, "alert.escalation_ended", ended, at).await?;
    }
    Ok(())
}

/// Records in the audit trail what became of a health centre's calls to staff.
pub(in crate::service) async fn record(
    tx: &mut Tx,
    centre: &CentreCode,
    action: &str,
    changes: Changes,
    at: Timestamp,
) -> Result<(), StoreError> {
    let entry = audit_entry(&Actor::System, at, action, format!("centre:{centre}"), Some(centre.clone()), changes);
    audit::append(tx, vec![entry]).await
}
