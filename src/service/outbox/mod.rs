//! The outbox: runs the jobs of committed transactions, one file per kind. A process claims a job before it runs it. A
//! job that fails runs again until it is given up. One that only waits, such as for a call to end, isn't counted.

mod failed_jobs;
mod missed_call_sms;
mod portal_code;
mod portal_letter;
mod staff_email;
mod staff_notice;
mod staff_sms;
mod staff_trial;
mod tell_centre;
mod withdraw;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::task::{Id, JoinSet};
use tracing::{error, warn};

pub use failed_jobs::{JobFilter, JobState, ShownJob, discard_job, list_jobs, retry_jobs};
pub use staff_email::Post;

use crate::carrier::{Carriers, Reach};
use crate::domain::{CallId, Job, JobFailure, JobId, JobKind, JobNeeds, ProcessId, ReportLinkId};
use crate::mail::NotSent;
use crate::policy::{MOST_RUNS, retry_job_after};
use crate::service::context::Context;
use crate::service::conversation::ConversationService;
use crate::service::dialer::watch_alone;
use crate::service::error::ServiceError;
use crate::service::portal_reports::report_link_sms;
use crate::store::outbox::{self, ClaimedJob, LONGEST_RUN};
use crate::store::{StoreError, Tx, nodes};

/// Jobs claimed in one round.
const MOST_AT_ONCE: u32 = 200;
/// The delay if the carrier couldn't do the job, or it is too early for it.
const SOON: SignedDuration = SignedDuration::from_secs(1);

/// The result of a run.
enum Done {
    /// Done, or nothing left to do.
    Yes,
    /// Something must happen first. It runs again after this delay, and this run doesn't count.
    Waits(SignedDuration),
    /// Only this node reaches the leg, so it is left to it. This run doesn't count.
    LeftTo(ProcessId),
}

/// What jobs with effects outside the program need.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Outside {
    /// The carriers.
    pub carriers: Carriers,
    /// Handles what the carriers report about calls.
    pub conversations: ConversationService,
    /// Where people find the program's pages, for messages.
    pub urls: PublicUrls,
}

/// The addresses of the program's pages, without a trailing slash.
#[derive(Debug, Clone, Default)]
pub struct PublicUrls {
    /// The console.
    pub console: String,
    /// The portal.
    pub portal: String,
}

impl PublicUrls {
    /// Below the URL by which people reach this server, without a trailing slash.
    pub fn of(public_url: &str) -> Self {
        Self { console: format!("{public_url}/console"), portal: format!("{public_url}/portal") }
    }
}

/// With what jobs are run.
#[derive(Clone)]
enum Means {
    /// Jobs that need nothing.
    Nothing,
    /// These, and those that need a phone network.
    Network(Outside),
    /// Only those that need a mail server.
    Mail(Post),
}

/// Runs jobs in one process.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct JobRunner {
    context: Arc<Context>,
    means: Means,
    /// When this node last showed that it is alive. Locked during a round: a process claims its own jobs again, so it
    /// runs one round at a time.
    round: Mutex<Option<Timestamp>>,
}

/// What became of the jobs of a round.
#[derive(Default)]
struct Results {
    done: Vec<JobId>,
    /// Jobs to run again: when, and the number of runs that count.
    postponed: Vec<(JobId, SignedDuration, i64)>,
    /// Jobs that are left to another node.
    left_to: Vec<(JobId, ProcessId)>,
    failed: Vec<(JobId, JobFailure)>,
}

impl JobRunner {
    /// A runner. Without `outside`, it leaves the jobs that need a phone network to other nodes.
    pub fn new(context: Arc<Context>, outside: Option<Outside>) -> Self {
        let means = outside.map_or(Means::Nothing, Means::Network);
        Self { context, means, round: Mutex::new(None) }
    }

    /// A runner of the jobs that send e-mail, beside the other one: a round ends with its slowest job, and a mail
    /// server that doesn't answer must not keep a call from being withdrawn.
    pub fn of_mail(context: Arc<Context>, post: Post) -> Self {
        Self { context, means: Means::Mail(post), round: Mutex::new(None) }
    }

    /// Runs the jobs that are due and that no other process has claimed. Returns how many were done.
    ///
    /// # Errors
    /// Database errors. Jobs whose results weren't stored run again.
    pub async fn run(&self) -> Result<usize, StoreError> {
        if matches!(self.means, Means::Nothing) {
            watch_alone(&self.context.clock);
        }
        let mut shown_at = self.round.lock().await;
        let now = self.context.clock.now();
        self.show_alive(&mut shown_at, now).await?;
        let claimed = self.claim(now).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let results = self.run_all(claimed, now).await;
        let mut tx = self.context.database.begin_write().await?;
        self.store(&mut tx, &results, now).await?;
        tx.commit().await?;
        Ok(results.done.len())
    }

    /// Shows other nodes from time to time that this node is alive, if it has legs that only it can reach.
    async fn show_alive(&self, shown_at: &mut Option<Timestamp>, now: Timestamp) -> Result<(), StoreError> {
        let Means::Network(outside) = &self.means else { return Ok(()) };
        let has_legs = outside.carriers.all().any(|carrier| carrier.reach() == Reach::OwnNode);
        let recent = shown_at.is_some_and(|at| now.duration_since(at).abs() < nodes::SHOWN_EVERY);
        if recent || !has_legs {
            return Ok(());
        }
        let mut tx = self.context.database.begin_write().await?;
        nodes::seen(&mut tx, self.context.process(), now).await?;
        tx.commit().await?;
        *shown_at = Some(now);
        Ok(())
    }

    /// Claims the jobs that are due. Usually there are none, and then nothing is written.
    async fn claim(&self, now: Timestamp) -> Result<Vec<ClaimedJob>, StoreError> {
        let kinds: Vec<JobKind> = JobKind::ALL.into_iter().filter(|kind| self.means.run(kind.needs())).collect();
        let mut tx = self.context.database.begin_autocommit().await?;
        if !outbox::is_any_claimable(&mut tx, &kinds, self.context.process(), now).await? {
            return Ok(Vec::new());
        }
        drop(tx);
        let mut tx = self.context.database.begin_write().await?;
        let claimed = outbox::claim(&mut tx, &kinds, self.context.process(), now, MOST_AT_ONCE).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn run_all(&self, claimed: Vec<ClaimedJob>, now: Timestamp) -> Results {
        let mut results = Results::default();
        // Jobs run concurrently, so that a slow request to the carrier doesn't delay the others. A simulated network is
        // never slow, and a simulated day is only reproducible if jobs run one after the other.
        let beside = match &self.means {
            Means::Network(outside) if outside.carriers.default().is_simulated() => 1,
            Means::Network(_) | Means::Mail(_) | Means::Nothing => claimed.len(),
        };
        let mut claimed = claimed.into_iter();
        let mut under_way = JoinSet::new();
        let mut jobs: HashMap<Id, ClaimedJob> = HashMap::new();
        loop {
            for job in claimed.by_ref().take(beside.saturating_sub(under_way.len())) {
                if job.runs > MOST_RUNS {
                    // Its last runs were interrupted: possibly it is what ends the program.
                    results.give_up(&job, JobFailure::Interrupted);
                    continue;
                }
                let (context, means) = (Arc::clone(&self.context), self.means.clone());
                let run = job.clone();
                let task = under_way.spawn(async move { run_in_time(&context, &means, &run, now).await });
                jobs.insert(task.id(), job);
            }
            let Some(ended) = under_way.join_next_with_id().await else { break };
            let (id, result) = match ended {
                Ok((id, result)) => (id, result),
                Err(error) => (error.id(), Err(JobFailure::Panicked)),
            };
            if let Some(job) = jobs.remove(&id) {
                results.add(&job, result);
            }
        }
        results
    }

    async fn store(&self, tx: &mut Tx, results: &Results, now: Timestamp) -> Result<(), StoreError> {
        let process = self.context.process();
        outbox::done(tx, &results.done, now).await?;
        for (id, after, runs) in &results.postponed {
            let due_at = now.checked_add(*after).unwrap_or(now);
            outbox::postpone(tx, *id, process, due_at, *runs).await?;
        }
        for (id, node) in &results.left_to {
            outbox::leave_to(tx, *id, process, *node).await?;
        }
        for (id, why) in &results.failed {
            outbox::fail(tx, *id, process, *why, now).await?;
        }
        Ok(())
    }
}

impl Means {
    const fn run(&self, needs: JobNeeds) -> bool {
        match self {
            Self::Nothing => matches!(needs, JobNeeds::Nothing),
            Self::Network(_) => matches!(needs, JobNeeds::Nothing | JobNeeds::Network),
            Self::Mail(_) => matches!(needs, JobNeeds::MailServer),
        }
    }
}

impl Results {
    fn add(&mut self, job: &ClaimedJob, result: Result<Done, JobFailure>) {
        match result {
            Ok(Done::Yes) => self.done.push(job.id),
            Ok(Done::Waits(after)) => self.postponed.push((job.id, after, 0)),
            Ok(Done::LeftTo(node)) => self.left_to.push((job.id, node)),
            Err(why @ (JobFailure::Unreadable | JobFailure::NoCarrier)) => self.give_up(job, why),
            Err(why) => match retry_job_after(job.runs) {
                Some(after) => {
                    warn!(job = %job.id, kind = job.kind.code(), why = why.code(), "outbox job failed; retrying");
                    self.postponed.push((job.id, after, job.runs));
                }
                None => self.give_up(job, why),
            },
        }
    }

    fn give_up(&mut self, job: &ClaimedJob, why: JobFailure) {
        let (kind, why_code) = (job.kind.code(), why.code());
        error!(job = %job.id, kind, why = why_code, "outbox job given up; `kenkocall outbox list` shows it");
        metrics::counter!("kenkocall_jobs_failed_total", "kind" => kind, "why" => why_code).increment(1);
        self.failed.push((job.id, why));
    }
}

/// Runs a job, and stops it before its claim ends.
async fn run_in_time(context: &Context, means: &Means, job: &ClaimedJob, now: Timestamp) -> Result<Done, JobFailure> {
    let longest = Duration::try_from(LONGEST_RUN).unwrap_or_default();
    match tokio::time::timeout(longest, run(context, means, job, now)).await {
        Ok(Ok(done)) => Ok(done),
        // Another node changed the same rows. Nothing is wrong.
        Ok(Err(RunError::Store(error))) if error.is_conflict() => Ok(Done::Waits(SOON)),
        Ok(Err(RunError::Store(error))) => {
            warn!(job = %job.id, %error, "an outbox job couldn't use the database");
            Err(JobFailure::Database)
        }
        Ok(Err(RunError::Unreadable(error))) => {
            error!(job = %job.id, %error, "an outbox job can't be read");
            Err(JobFailure::Unreadable)
        }
        Ok(Err(RunError::NoCarrier { call, carrier })) => {
            error!(job = %job.id, %call, carrier, "an outbox job needs a carrier that isn't configured");
            Err(JobFailure::NoCarrier)
        }
        Ok(Err(RunError::CodeNotSent(why))) => {
            warn!(job = %job.id, ?why, "the mail server didn't take a code of the portal; check [email]");
            Err(JobFailure::MailServer)
        }
        Ok(Err(RunError::LetterNotSent(why))) => {
            warn!(job = %job.id, ?why, "the mail server didn't take a letter of the portal; check [email]");
            Err(JobFailure::MailServer)
        }
        Ok(Err(RunError::NotSent { call, why })) => {
            warn!(job = %job.id, %call, ?why, "the mail server didn't take an e-mail to staff; check [email]");
            Err(JobFailure::MailServer)
        }
        Err(_) => Err(JobFailure::TimedOut),
    }
}

/// Why a run ended early.
enum RunError {
    Store(StoreError),
    Unreadable(serde_json::Error),
    /// The carrier that has the call isn't configured.
    NoCarrier {
        call: CallId,
        carrier: String,
    },
    /// The mail server certainly hasn't taken a code of the portal.
    CodeNotSent(NotSent),
    /// The mail server certainly hasn't taken a letter of the portal.
    LetterNotSent(NotSent),
    /// The mail server certainly hasn't taken a message.
    NotSent {
        call: CallId,
        why: NotSent,
    },
}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn run(context: &Context, means: &Means, job: &ClaimedJob, now: Timestamp) -> Result<Done, RunError> {
    let id = job.id;
    let job = serde_json::from_str::<Job>(job.job.as_str()).map_err(RunError::Unreadable)?;
    match (job, means) {
        (Job::TellCentre { centre, kind }, _) => {
            tell_centre::tell_centre(&centre, kind);
            Ok(Done::Yes)
        }
        (Job::Withdraw { call }, Means::Network(outside)) => withdraw::withdraw(context, outside, id, call).await,
        (Job::MissedCallSms { patient, slot }, Means::Network(outside)) => {
            missed_call_sms::missed_call_sms(context, outside, id, patient, slot, now).await?;
            Ok(Done::Yes)
        }
        (Job::StaffSms { call }, Means::Network(outside)) => {
            staff_sms::staff_sms(context, outside, id, call, now).await?;
            Ok(Done::Yes)
        }
        (Job::StaffTrial { centre, contact }, Means::Network(outside)) => {
            staff_trial::staff_trial(context, outside, id, centre, contact, now).await?;
            Ok(Done::Yes)
        }
        (Job::ReportLinkSms { link }, Means::Network(outside)) => {
            send_link(context, outside, id, link, now).await?;
            Ok(Done::Yes)
        }
        (Job::StaffEmail { call }, Means::Mail(post)) => staff_email::staff_email(context, post, id, call, now).await,
        (Job::PortalCode { code }, Means::Mail(post)) => portal_code::portal_code(context, post, id, code, now).await,
        (Job::PortalLetter { letter }, Means::Mail(post)) => {
            portal_letter::portal_letter(context, post, id, letter, now).await
        }
        // It was stored under the wrong kind, or it wouldn't have been claimed.
        (
            Job::Withdraw { .. }
            | Job::MissedCallSms { .. }
            | Job::StaffSms { .. }
            | Job::StaffTrial { .. }
            | Job::ReportLinkSms { .. }
            | Job::StaffEmail { .. }
            | Job::PortalCode { .. }
            | Job::PortalLetter { .. },
            Means::Nothing | Means::Network(_) | Means::Mail(_),
        ) => Ok(Done::Waits(outbox::LONGEST_POSTPONED)),
    }
}

/// Sends a report link. Without a number of its own, the program sends no SMS.
async fn send_link(
    context: &Context,
    outside: &Outside,
    id: JobId,
    link: ReportLinkId,
    now: Timestamp,
) -> Result<(), RunError> {
    let Some(from) = outside.conversations.lines().call_back_number.as_ref() else { return Ok(()) };
    let sent = report_link_sms(context, (&outside.carriers, from), &outside.urls.portal, (id, link), now).await;
    sent.map_err(|error| match error {
        ServiceError::Store(error) => RunError::Store(error),
        _ => RunError::Store(StoreError::Inconsistent { what: "report_links.patient_id" }),
    })
}
