//! Writes the audit entries of views. One task takes all entries that wait and commits them together, so that many
//! views at once cost few commits, and callers on the phone rarely wait for one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::store::audit::{self, AuditRow};
use crate::store::{Database, StoreError};

/// The maximum number of entries in one commit.
const MAX_ENTRIES: usize = 256;
/// The maximum number of entries that wait. Further views are refused.
const MAX_WAITING: usize = 10_000;

/// The writer of one process.
#[derive(Default)]
pub(super) struct ViewWriter(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    task: Task,
}

/// Whether the task runs. It ends when nothing waits, so an idle process holds no database open.
#[derive(Default, PartialEq, Eq)]
enum Task {
    #[default]
    Ended,
    Runs,
}

/// An entry, and who waits for its commit.
struct Waiting {
    entry: AuditRow,
    done: oneshot::Sender<Result<(), StoreError>>,
}

impl ViewWriter {
    /// Returns once the entry is committed. If the caller stops waiting, the entry may be written nevertheless.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if too many entries wait; [`StoreError::Abandoned`] if the task was stopped; otherwise
    /// database errors. The entry may not be written then, so nothing may be shown.
    pub(super) async fn write(&self, database: &Database, entry: AuditRow) -> Result<(), StoreError> {
        let (done, committed) = oneshot::channel();
        {
            let mut queue = lock(&self.0);
            if queue.waiting.len() >= MAX_WAITING {
                return Err(StoreError::Busy);
            }
            queue.waiting.push(Waiting { entry, done });
            if std::mem::replace(&mut queue.task, Task::Runs) == Task::Ended {
                tokio::spawn(write_waiting(database.clone(), Running(Arc::clone(&self.0))));
            }
        }
        committed.await.unwrap_or(Err(StoreError::Abandoned))
    }
}

/// Commits what waits, batch by batch, until nothing does.
async fn write_waiting(database: Database, running: Running) {
    while let Some(batch) = running.next_batch() {
        metrics::histogram!("kenkocall_audit_views_per_commit")
            .record(f64::from(u32::try_from(batch.len()).unwrap_or(u32::MAX)));
        let (entries, waiting): (Vec<AuditRow>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.entry, waiting.done)).unzip();
        let write = async {
            let mut tx = database.begin_write().await?;
            audit::append(&mut tx, entries).await?;
            tx.commit().await
        };
        let written = write.await;
        for done in waiting {
            // A caller that is gone shows nothing.
            let _gone = done.send(written.clone());
        }
    }
}

/// Held by the task. If the task is stopped, what waits is refused, and the next view starts a new task.
struct Running(Arc<Mutex<Queue>>);

impl Running {
    /// The next entries. Without any, the task ends.
    fn next_batch(&self) -> Option<Vec<Waiting>> {
        let mut queue = lock(&self.0);
        let count = queue.waiting.len().min(MAX_ENTRIES);
        if count == 0 {
            queue.task = Task::Ended;
            return None;
        }
        Some(queue.waiting.drain(..count).collect())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut queue = lock(&self.0);
        if queue.task == Task::Runs {
            queue.waiting.clear();
            queue.task = Task::Ended;
        }
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, feature = "fault-injection"))]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::DataOrigin;
    use crate::store::audit::Subject;
    use crate::store::{CommitHook, Decision, Document};

    #[derive(Default)]
    struct Counted(AtomicU32);

    impl CommitHook for Counted {
        fn before(&self) -> Decision {
            Box::pin(std::future::ready(Ok(())))
        }

        fn after(&self) -> Decision {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(std::future::ready(Ok(())))
        }
    }

    fn entry(number: u128) -> AuditRow {
        AuditRow {
            id: Uuid::from_u128(number),
            at: Timestamp::UNIX_EPOCH,
            actor: "nurse".to_owned(),
            source: "console".to_owned(),
            action: "patient.shown".to_owned(),
            subject: Subject::Search,
            centre: None,
            details: Document::from("{}"),
            people: Vec::new(),
            other_centre: None,
        }
    }

    #[tokio::test]
    async fn entries_that_wait_share_a_commit() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let database = Database::open(&format!("sqlite://{}/calls.db", directory.path().display()), 1).await?;
        database.migrate(DataOrigin::Real).await?;
        let commits = Arc::new(Counted::default());
        let counted = database.clone().with_commit_hook(Arc::clone(&commits) as Arc<dyn CommitHook>);
        let writer = ViewWriter::default();
        let mut waiting = tokio::task::JoinSet::new();
        // All are queued before the task runs, as the test has one thread.
        for number in 0..600 {
            let (writer, counted) = (ViewWriter(Arc::clone(&writer.0)), counted.clone());
            waiting.spawn(async move { writer.write(&counted, entry(number)).await });
        }
        while let Some(written) = waiting.join_next().await {
            written??;
        }
        assert_eq!(commits.0.load(Ordering::SeqCst), 3, "256, 256 and 88 entries");
        writer.write(&counted, entry(1_000)).await?;
        assert_eq!(commits.0.load(Ordering::SeqCst), 4, "the next entry starts the task again");
        // A failed batch is refused as a whole, and the next one is written.
        let [first, second] = [entry(1_001), entry(1_000)];
        let (one, other) = tokio::join!(writer.write(&counted, first), writer.write(&counted, second));
        assert!(one.is_err() && other.is_err(), "{one:?} {other:?}");
        writer.write(&counted, entry(1_001)).await?;
        let mut tx = database.begin_read().await?;
        assert_eq!(audit::waiting(&mut tx).await?, 602);
        Ok(())
    }
}
