//! The alerts and jobs that follow from a change, written with it.

use jiff::Timestamp;

use crate::domain::{AlertId, AlertKind, CallId, CentreCode, Job, JobId, PatientId};
use crate::service::context::new_id;
use crate::store::alerts::{AlertRow, Repeats};
use crate::store::outbox::{self, NewJob};
use crate::store::{StoreError, Tx, alerts};

/// The alerts to raise and the jobs to run after the commit.
#[derive(Default)]
pub(in crate::service) struct SideEffects {
    alerts: Vec<AlertRow>,
    jobs: Vec<NewJob>,
}

impl SideEffects {
    /// Adds an alert to a health centre's list and notifies the centre.
    pub(in crate::service) fn alert(
        &mut self,
        kind: AlertKind,
        centre: &CentreCode,
        patient: Option<PatientId>,
        call: Option<CallId>,
        at: Timestamp,
    ) {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
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
        self.job(Job::TellCentre { centre: centre.clone(), kind }, at);
    }

    /// Adds a job that runs after the commit.
    pub(super) fn job(&mut self, job: Job, at: Timestamp) {
        self.jobs.push(NewJob { id: JobId(new_id()), job, due_at: at });
    }

    /// Writes all alerts and jobs.
    pub(in crate::service) async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        if !self.alerts.is_empty() {
            alerts::raise(tx, &self.alerts).await?;
        }
        if !self.jobs.is_empty() {
            outbox::put(tx, self.jobs).await?;
        }
        Ok(())
    }
}
