//! What follows for slots and attempts from what happened to calls, patients and reports. Each function works inside
//! the transaction that brings the news, so that a slot never says something else than its calls.

mod revive;
mod settle;
mod withdraw;

pub(super) use revive::revive;
pub(super) use settle::{Ended, end_slots, settle};
pub(super) use withdraw::{next_slot_of, reported, unwanted, withdraw_unwanted};

use jiff::Timestamp;

use super::clock::new_id;
use crate::call::{AlertId, AlertKind, CallId, CentreCode, PatientId};
use crate::engine::Errand;
use crate::store::alerts::{AlertRow, Repeats};
use crate::store::outbox::{self, ErrandRow};
use crate::store::{Document, StoreError, Tx, alerts};

/// What staff are told and what is done after the commit.
#[derive(Default)]
pub(super) struct Consequences {
    alerts: Vec<AlertRow>,
    errands: Vec<ErrandRow>,
}

impl Consequences {
    /// Puts something on the list of a health centre, and tells it.
    pub(super) fn alert(
        &mut self,
        kind: AlertKind,
        centre: &CentreCode,
        patient: Option<PatientId>,
        call: Option<CallId>,
        at: Timestamp,
    ) {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.word()).increment(1);
        self.alerts.push(AlertRow {
            id: AlertId(new_id()),
            kind,
            centre: Some(centre.clone()),
            patient,
            report: None,
            call,
            item: None,
            raised_at: at,
            closed_at: None,
            closed_by: None,
            repeats: Repeats::default(),
        });
        self.errand(&Errand::TellCentre { centre: centre.clone(), kind }, at);
    }

    /// Leaves something to be done after the commit.
    pub(super) fn errand(&mut self, errand: &Errand, at: Timestamp) {
        // An errand is an enum of ids and words: its JSON can't fail.
        let errand = Document::from(serde_json::to_string(errand).unwrap_or_default());
        self.errands.push(ErrandRow { id: new_id(), errand, due_at: at, attempts: 0 });
    }

    /// Writes all of it.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        if !self.alerts.is_empty() {
            alerts::raise(tx, &self.alerts).await?;
        }
        if !self.errands.is_empty() {
            outbox::put(tx, self.errands).await?;
        }
        Ok(())
    }
}
