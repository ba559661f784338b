//! What follows from a change: the alerts to raise and the jobs to run, written with it. Every alert is made here.

use jiff::{SignedDuration, Timestamp};

use super::tell_all;
use crate::domain::{AlertId, AlertKind, CallId, CentreCode, Item, Job, JobId, PatientId, ReportId};
use crate::service::context::new_id;
use crate::store::alerts::AlertRow;
use crate::store::outbox::{self, NewJob};
use crate::store::{StoreError, Tx, alerts};

/// How long after staff closed an alert they are told that its cause continues.
const REMIND_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// What an alert is about, besides its kind.
#[derive(Debug, Clone, Default)]
pub(in crate::service) struct About {
    /// The health centre that must look at it. `None` for all health centres.
    pub(in crate::service) centre: Option<CentreCode>,
    /// The patient.
    pub(in crate::service) patient: Option<PatientId>,
    /// The report.
    pub(in crate::service) report: Option<ReportId>,
    /// The call.
    pub(in crate::service) call: Option<CallId>,
    /// The item of the answer.
    pub(in crate::service) item: Option<Item>,
}

/// A new alert.
pub(in crate::service) fn new_alert(kind: AlertKind, about: About, at: Timestamp) -> AlertRow {
    let About { centre, patient, report, call, item } = about;
    AlertRow { centre, patient, report, call, item, ..AlertRow::of_all(AlertId(new_id()), kind, at) }
}

/// The alerts to raise and the jobs to run after the commit.
#[derive(Default)]
pub(in crate::service) struct Consequences {
    alerts: Vec<AlertRow>,
    /// Alerts that are counted in an open one of their kind at the centre.
    counted: Vec<AlertRow>,
    /// Alerts about continuing problems.
    reminders: Vec<AlertRow>,
    /// Open alerts whose event happened again, and when.
    repeated: Vec<(AlertId, Timestamp)>,
    jobs: Vec<NewJob>,
}

impl Consequences {
    /// Adds an alert. The centre isn't told: the flow that raises it has a job of its own for that.
    pub(in crate::service) fn raise(&mut self, kind: AlertKind, about: About, at: Timestamp) {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
        self.alerts.push(new_alert(kind, about, at));
    }

    /// Adds an alert to a health centre's list and tells the centre.
    pub(in crate::service) fn raise_and_tell(
        &mut self,
        kind: AlertKind,
        centre: &CentreCode,
        patient: Option<PatientId>,
        call: Option<CallId>,
        at: Timestamp,
    ) {
        self.raise(kind, About { centre: Some(centre.clone()), patient, call, ..About::default() }, at);
        self.job(Job::TellCentre { centre: centre.clone(), kind }, at);
    }

    /// Adds an alert of which one stands for many: if one of its kind is open at the centre, the event is counted
    /// there, and otherwise the centre is told.
    pub(in crate::service) fn count(&mut self, kind: AlertKind, about: About, at: Timestamp) {
        self.counted.push(new_alert(kind, about, at));
    }

    /// Reminds staff of a continuing problem if they closed its alert more than a day ago.
    pub(in crate::service) fn remind(&mut self, kind: AlertKind, about: About, at: Timestamp) {
        self.reminders.push(new_alert(kind, about, at));
    }

    /// Counts the event of an open alert once more.
    pub(in crate::service) fn repeat(&mut self, alert: AlertId, at: Timestamp) {
        self.repeated.push((alert, at));
    }

    /// Adds a job that runs after the commit.
    pub(in crate::service) fn job(&mut self, job: Job, at: Timestamp) {
        self.jobs.push(NewJob { id: JobId(new_id()), job, due_at: at });
    }

    /// Writes all alerts and jobs.
    pub(in crate::service) async fn write(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        if !self.alerts.is_empty() {
            alerts::raise(tx, &self.alerts).await?;
        }
        for (alert, at) in std::mem::take(&mut self.repeated) {
            alerts::count_again(tx, alert, at).await?;
        }
        for alert in std::mem::take(&mut self.counted) {
            if alerts::raise_or_count(tx, &alert).await? {
                self.tell_of(&alert);
            }
        }
        for alert in std::mem::take(&mut self.reminders) {
            let since = alert.raised_at.checked_sub(REMIND_AFTER).unwrap_or(Timestamp::UNIX_EPOCH);
            if alerts::raise_unless_since(tx, &alert, since).await? {
                self.tell_of(&alert);
            }
        }
        if !self.jobs.is_empty() {
            outbox::put(tx, self.jobs).await?;
        }
        Ok(())
    }

    fn tell_of(&mut self, alert: &AlertRow) {
        let kind = alert.kind;
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
        match &alert.centre {
            Some(centre) => self.job(Job::TellCentre { centre: centre.clone(), kind }, alert.raised_at),
            None => tell_all(kind),
        }
    }
}
