//! The background tasks of a server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use super::network::Network;
use crate::carrier::Carriers;
use crate::domain::NoticeChannel;
use crate::service::{
    Context, ConversationService, Dialer, Escalator, JobRunner, Notifier, Outside, Post, PublicUrls, ServiceError,
    delete_empty_accounts, erase_expired, finish_bulk_changes, finish_imports, finish_replans, read_bounces, sweep,
    sweep_uploads, wait_after,
};
use crate::web::finding_words;

/// The interval between searches for lost calls.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// The interval between runs of the outbox.
const JOBS_EVERY: Duration = Duration::from_millis(500);

/// The interval between looks for notices that are due.
pub(super) const NOTICES_EVERY: Duration = Duration::from_secs(1);

/// The interval between looks for what mail servers sent back.
const BOUNCES_EVERY: Duration = Duration::from_secs(30);

/// The interval between erasures of patients whose retention has ended.
const ERASE_EVERY: Duration = Duration::from_secs(3_600);

/// Tasks that run until they are stopped together. Dropping this stops them, too.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Workers {
    /// Starts a task.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { stop.run_until_cancelled_owned(task).await });
    }

    /// Waits until all tasks have ended by themselves.
    pub(crate) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Stops all tasks where they next wait, and returns once they are dropped.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        self.finish().await;
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts all background tasks except the conversation service.
pub(crate) fn start_workers(
    context: &Arc<Context>,
    conversations: &ConversationService,
    network: Option<Network>,
    dialer: Option<Arc<Dialer>>,
    escalator: Option<Arc<Escalator>>,
    urls: PublicUrls,
    longest_call: SignedDuration,
) -> Workers {
    let workers = Workers::default();
    let (carriers, gateways) = network.map_or((None, Vec::new()), |network| (Some(network.carriers), network.gateways));
    workers.spawn(sweep_on(Arc::clone(context), conversations.clone(), carriers.clone(), longest_call));
    workers.spawn(work_on_uploads(Arc::clone(context)));
    workers.spawn(erase_on(Arc::clone(context)));
    // Without a number to call from, leave jobs that need the network to another node.
    let outside = carriers.filter(|_| conversations.lines().call_back_number.is_some());
    let outside = outside.map(|carriers| Outside { carriers, conversations: conversations.clone(), urls });
    workers.spawn(run_jobs_on(JobRunner::new(Arc::clone(context), outside)));
    if let Some(dialer) = dialer {
        workers.spawn(Arc::clone(&dialer).run());
        workers.spawn(dialer.run_looks());
    }
    if let Some(escalator) = escalator {
        workers.spawn(escalator.run());
    }
    for gateway in gateways {
        workers.spawn(gateway(conversations.clone()));
    }
    workers
}

/// Starts the task that sends e-mail.
pub(crate) fn start_mail(workers: &Workers, context: &Arc<Context>, post: Post) {
    workers.spawn(run_jobs_on(JobRunner::of_mail(Arc::clone(context), post)));
}

/// Starts the task that plans and sends notices to patients.
pub(crate) fn start_notices(workers: &Workers, notifier: Notifier) {
    let notifier = Arc::new(notifier);
    workers.spawn(plan_notices_on(Arc::clone(&notifier)));
    // Each by itself: one that stands still doesn't hold the other.
    for channel in [NoticeChannel::Sms, NoticeChannel::Email] {
        workers.spawn(notify_on(Arc::clone(&notifier), channel));
    }
}

/// Reads what mail servers send back.
pub(crate) fn start_bounces(workers: &Workers, context: &Arc<Context>, folder: PathBuf) {
    workers.spawn(read_bounces_on(Arc::clone(context), folder));
}

async fn sweep_on(
    context: Arc<Context>,
    conversations: ConversationService,
    carriers: Option<Carriers>,
    longest_call: SignedDuration,
) {
    let mut rhythm = tokio::time::interval(SWEEP_EVERY);
    loop {
        rhythm.tick().await;
        if let Err(error) = finish_imports(&context).await {
            error!(%error, "could not finish or undo an import; retrying");
        }
        if let Err(error) = finish_replans(&context).await {
            error!(%error, "could not plan the calls of a changed health centre; retrying");
        }
        match sweep(&context, &conversations, carriers.as_ref(), longest_call).await {
            Ok(_) => {}
            Err(error) if error.is_conflict() => {
                warn!(%error, "another node ended lost calls at the same time; retrying");
            }
            Err(error) => error!(%error, "could not look for lost calls; retrying"),
        }
    }
}

/// Goes on with uploaded lists that another process has left. It takes long, so it isn't part of the sweep.
async fn work_on_uploads(context: Arc<Context>) {
    let mut rhythm = tokio::time::interval(SWEEP_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = finish_bulk_changes(&context).await {
            error!(%error, "could not go on with changes of many patients; retrying");
        }
        if let Err(error) = sweep_uploads(&context, finding_words).await {
            error!(%error, "could not go on with uploaded lists; retrying");
        }
    }
}

/// Erases released patients whose retention has ended, and accounts of the portal without people.
async fn erase_on(context: Arc<Context>) {
    let mut rhythm = tokio::time::interval(ERASE_EVERY);
    loop {
        rhythm.tick().await;
        if let Err(error) = erase_expired(&context).await {
            error!(%error, "could not erase patients whose retention has ended; retrying in an hour");
        }
        if let Err(error) = delete_empty_accounts(&context).await {
            error!(%error, "could not delete accounts of the portal without people; retrying in an hour");
        }
    }
}

async fn plan_notices_on(notifier: Arc<Notifier>) {
    let mut rhythm = tokio::time::interval(NOTICES_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        match notifier.plan().await {
            Ok(_) => {}
            Err(ServiceError::Store(error)) if error.is_conflict() => {
                warn!(%error, "another node planned notices at the same time; retrying the rest");
            }
            Err(error) => error!(%error, "could not plan notices; retrying"),
        }
    }
}

async fn read_bounces_on(context: Arc<Context>, folder: PathBuf) {
    let mut rhythm = tokio::time::interval(BOUNCES_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = read_bounces(&context, &folder).await {
            error!(%error, "could not read what mail servers sent back; retrying");
        }
    }
}

async fn notify_on(notifier: Arc<Notifier>, channel: NoticeChannel) {
    let mut rhythm = tokio::time::interval(NOTICES_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        match notifier.send(channel).await {
            Ok(_) => {}
            Err(ServiceError::Store(error)) if error.is_conflict() => {
                warn!(%error, "another node sent notices at the same time; retrying the rest");
            }
            Err(error) => error!(%error, "could not send notices; retrying"),
        }
    }
}

async fn run_jobs_on(runner: JobRunner) {
    let mut rhythm = tokio::time::interval(JOBS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        match runner.run().await {
            Ok(_) => {}
            Err(error) if error.is_conflict() => {
                warn!(%error, "another node ran outbox jobs at the same time; retrying the rest");
            }
            Err(error) => {
                error!(%error, "could not run outbox jobs; retrying");
                // Requests already sent to the carrier are repeated, because their completion couldn't be stored.
                tokio::time::sleep(wait_after(&error, Duration::ZERO)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// A task that never ends, and what tells that it was dropped.
    fn endless(workers: &Workers) -> oneshot::Receiver<()> {
        let (held, dropped) = oneshot::channel();
        workers.spawn(async move {
            let _held: oneshot::Sender<()> = held;
            std::future::pending().await
        });
        dropped
    }

    #[tokio::test]
    async fn stopped_workers_are_dropped_before_stop_returns() {
        let workers = Workers::default();
        let mut dropped = endless(&workers);
        tokio::task::yield_now().await;
        assert_eq!(dropped.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        workers.stop().await;
        assert_eq!(dropped.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    }

    #[tokio::test]
    async fn workers_stop_with_their_owner() {
        let workers = Workers::default();
        let dropped = endless(&workers);
        drop(workers);
        assert!(dropped.await.is_err());
    }
}
