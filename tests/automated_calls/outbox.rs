//! The outbox: jobs are claimed, taken over from killed processes, left to newer programs, and given up.

use jiff::SignedDuration;
use kenkocall::domain::{AlertKind, CallId, CentreCode, DataOrigin, Job, JobFailure, JobId, JobKind, ProcessId};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::policy::MOST_RUNS;
use kenkocall::service::{
    JobFilter, JobRunner, JobState, OutboxError, Outside, PublicUrls, ServiceError, discard_job, list_jobs, retry_jobs,
};
use kenkocall::store::Database;
use kenkocall::store::outbox::{self, CLAIM_LASTS, LONGEST_POSTPONED, NewJob};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan};

crate::on_both_databases!(
    two_nodes_never_run_the_same_job,
    a_job_of_a_killed_process_is_taken_over_when_its_claim_ends,
    a_job_of_unknown_kind_stays_for_a_newer_program,
    a_job_that_keeps_failing_is_given_up_and_can_be_retried,
    a_job_that_ends_the_program_each_time_is_given_up,
    a_node_without_a_network_leaves_its_jobs_to_others,
    rows_of_the_old_program_are_done,
);

async fn day(fresh: &Fresh) -> Day {
    Day::begin(fresh, Plan { patients: vec![""], ..Plan::default() }).await
}

fn tell() -> Job {
    Job::TellCentre { centre: CentreCode::parse(SYNTHETIC_CENTRE).unwrap(), kind: AlertKind::Unanswered }
}

fn withdraw() -> Job {
    Job::Withdraw { call: CallId(Uuid::now_v7()) }
}

async fn put(day: &Day, jobs: Vec<Job>) -> Vec<JobId> {
    let due_at = day.simulation.clock.now();
    let new = |job| NewJob { id: JobId(Uuid::now_v7()), job, due_at };
    let jobs: Vec<NewJob> = jobs.into_iter().map(new).collect();
    let ids = jobs.iter().map(|job| job.id).collect();
    let mut tx = day.client.context.database.begin_write().await.unwrap();
    outbox::put(&mut tx, jobs).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

/// A node with a phone network.
fn runner(day: &Day, database: Database) -> JobRunner {
    let outside = Outside {
        carriers: day.simulation.carriers.clone(),
        conversations: day.simulation.conversations.clone(),
        urls: PublicUrls::default(),
    };
    JobRunner::new(day.context_on(database), Some(outside))
}

/// Claims everything that is due, as a process does that is killed before it runs it.
async fn claim_and_die(day: &Day) -> usize {
    let mut tx = day.client.context.database.begin_write().await.unwrap();
    let process = ProcessId(Uuid::now_v7());
    let claimed = outbox::claim(&mut tx, &JobKind::ALL, process, day.simulation.clock.now(), 100).await.unwrap();
    tx.commit().await.unwrap();
    claimed.len()
}

fn pass(day: &Day, time: SignedDuration) {
    day.simulation.clock.set(day.simulation.clock.now() + time);
}

async fn two_nodes_never_run_the_same_job(fresh: Fresh) {
    const JOBS: usize = 1_000;
    let day = day(&fresh).await;
    put(&day, (0..JOBS).map(|_| tell()).collect()).await;
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let database = Database::open(&fresh.url, 2).await.unwrap();
        // Without a network, jobs run at the same time.
        let runner = JobRunner::new(day.context_on(database.clone()), None);
        let mine = runner_until_idle(runner);
        nodes.spawn(async move {
            let done = mine.await;
            database.close().await;
            done
        });
    }
    let done = nodes.join_all().await;
    // A node counts each job that it ran.
    assert_eq!(done.iter().sum::<usize>(), JOBS, "{done:?}");
    assert_eq!(day.kept.count("outbox WHERE done_at IS NULL").await, 0);
}

async fn runner_until_idle(runner: JobRunner) -> usize {
    let mut done = 0;
    loop {
        match runner.run().await.unwrap() {
            0 => return done,
            more => done += more,
        }
        tokio::task::yield_now().await;
    }
}

async fn a_job_of_a_killed_process_is_taken_over_when_its_claim_ends(fresh: Fresh) {
    let day = day(&fresh).await;
    put(&day, vec![tell(), withdraw()]).await;
    assert_eq!(claim_and_die(&day).await, 2);
    assert_eq!(claim_and_die(&day).await, 0, "another process has claimed them");
    let runner = runner(&day, fresh.database.clone());
    let listed = list_jobs(&day.client.context, &day.client.actor, JobFilter::Open).await.unwrap();
    let until = day.simulation.clock.now() + CLAIM_LASTS;
    assert!(listed.iter().all(|job| job.state == JobState::Claimed(until)), "{listed:?}");
    pass(&day, CLAIM_LASTS - SignedDuration::from_secs(1));
    assert_eq!(runner.run().await.unwrap(), 0);
    pass(&day, SignedDuration::from_secs(1));
    assert_eq!(runner.run().await.unwrap(), 2);
    assert_eq!(day.kept.count("outbox WHERE done_at IS NULL").await, 0);
}

async fn a_job_of_unknown_kind_stays_for_a_newer_program(fresh: Fresh) {
    let day = day(&fresh).await;
    let id = Uuid::now_v7();
    let row = format!("('{id}', 'certificate', '{{\"certificate\":{{}}}}', 0, 0)");
    day.kept.rows(&format!("INSERT INTO outbox (id, kind, job, due_at, attempts) VALUES {row}")).await;
    let before = day.kept.rows(ALL).await;
    put(&day, vec![tell()]).await;
    let runner = runner(&day, fresh.database.clone());
    assert_eq!(runner.run().await.unwrap(), 1);
    pass(&day, SignedDuration::from_hours(48));
    assert_eq!(runner.run().await.unwrap(), 0);
    assert_eq!(day.kept.rows(ALL).await, before, "it is untouched");
    let listed = list_jobs(&day.client.context, &day.client.actor, JobFilter::Open).await.unwrap();
    assert_eq!(listed.iter().map(|job| job.state).collect::<Vec<_>>(), [JobState::KindUnknown]);
    assert_eq!(list_jobs(&day.client.context, &day.client.actor, JobFilter::Failed).await.unwrap(), []);
}

/// All columns of the jobs that aren't done.
const ALL: &str = "SELECT id, kind, job, CAST(due_at AS text), CAST(attempts AS text), CAST(claimed_until AS text),
                   claimed_by, CAST(failed_at AS text), failure FROM outbox WHERE done_at IS NULL";

async fn a_job_that_keeps_failing_is_given_up_and_can_be_retried(fresh: Fresh) {
    let day = day(&fresh).await;
    let [dropped, kept] = put(&day, vec![withdraw(), withdraw()]).await[..] else { panic!("two jobs") };
    let runner = runner(&day, fresh.database.clone());
    day.kept.rows("ALTER TABLE attempts RENAME TO attempts_elsewhere").await;
    for run in 1..=MOST_RUNS {
        assert_eq!(runner.run().await.unwrap(), 0);
        assert_eq!(day.kept.count(&format!("outbox WHERE attempts = {run}")).await, 2);
        assert_eq!(runner.run().await.unwrap(), 0, "it waits before it runs again");
        assert_eq!(day.kept.count(&format!("outbox WHERE attempts = {run}")).await, 2);
        let left = if run < MOST_RUNS { 0 } else { 2 };
        assert_eq!(
            list_jobs(&day.client.context, &day.client.actor, JobFilter::Failed).await.unwrap().len(),
            left,
            "{run}"
        );
        pass(&day, LONGEST_POSTPONED);
    }
    let listed = list_jobs(&day.client.context, &day.client.actor, JobFilter::Open).await.unwrap();
    let at = day.simulation.clock.now() - LONGEST_POSTPONED;
    assert!(listed.iter().all(|job| job.state == JobState::Failed { at, why: Some(JobFailure::Database) }));
    assert_eq!(runner.run().await.unwrap(), 0, "nobody runs it any more");

    day.kept.rows("ALTER TABLE attempts_elsewhere RENAME TO attempts").await;
    discard_job(&day.client.context, &day.client.actor, dropped).await.unwrap();
    assert!(matches!(
        discard_job(&day.client.context, &day.client.actor, dropped).await,
        Err(ServiceError::Outbox(OutboxError::NotFound))
    ));
    assert!(matches!(
        retry_jobs(&day.client.context, &day.client.actor, Some(dropped)).await,
        Err(ServiceError::Outbox(OutboxError::NotFound))
    ));
    assert_eq!(retry_jobs(&day.client.context, &day.client.actor, None).await.unwrap(), [kept]);
    assert_eq!(runner.run().await.unwrap(), 1);
    assert_eq!(list_jobs(&day.client.context, &day.client.actor, JobFilter::Open).await.unwrap(), []);
    let noted = day.kept.column("SELECT action FROM audit WHERE subject LIKE 'job:%' ORDER BY id").await;
    assert_eq!(noted, ["job.discarded", "job.retried"]);
}

async fn a_job_that_ends_the_program_each_time_is_given_up(fresh: Fresh) {
    let day = day(&fresh).await;
    put(&day, vec![tell()]).await;
    for _ in 0..MOST_RUNS {
        assert_eq!(claim_and_die(&day).await, 1);
        pass(&day, CLAIM_LASTS);
    }
    assert_eq!(runner(&day, fresh.database.clone()).run().await.unwrap(), 0);
    let failed = list_jobs(&day.client.context, &day.client.actor, JobFilter::Failed).await.unwrap();
    let why = |state| if let JobState::Failed { why, .. } = state { why } else { None };
    assert_eq!(failed.iter().map(|job| why(job.state)).collect::<Vec<_>>(), [Some(JobFailure::Interrupted)]);
}

async fn a_node_without_a_network_leaves_its_jobs_to_others(fresh: Fresh) {
    let day = day(&fresh).await;
    put(&day, vec![withdraw()]).await;
    let before = day.kept.rows(ALL).await;
    let without = JobRunner::new(day.context_on(fresh.database.clone()), None);
    put(&day, vec![tell()]).await;
    assert_eq!(without.run().await.unwrap(), 1);
    assert_eq!(without.run().await.unwrap(), 0);
    assert_eq!(day.kept.rows(ALL).await, before, "it is untouched");
    assert_eq!(runner(&day, fresh.database.clone()).run().await.unwrap(), 1);
}

/// The tables as before the migration.
const BACK: [&str; 9] = [
    "DROP INDEX outbox_open",
    "DROP INDEX outbox_failed",
    "ALTER TABLE outbox DROP COLUMN kind",
    "ALTER TABLE outbox DROP COLUMN claimed_by",
    "ALTER TABLE outbox DROP COLUMN claimed_until",
    "ALTER TABLE outbox DROP COLUMN failed_at",
    "ALTER TABLE outbox DROP COLUMN failure",
    "ALTER TABLE outbox RENAME COLUMN job TO errand",
    "CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL",
];

async fn rows_of_the_old_program_are_done(fresh: Fresh) {
    let day = day(&fresh).await;
    for sql in BACK {
        day.kept.rows(sql).await;
    }
    day.kept.rows("DELETE FROM _sqlx_migrations WHERE version = 16").await;
    let id = Uuid::nil();
    // As the old program wrote them, one of them after eleven minutes of waiting.
    let rows = [
        format!("{{\"withdraw\":{{\"call\":\"{id}\"}}}}"),
        format!("{{\"missed_call_sms\":{{\"patient\":\"{id}\",\"slot\":\"{id}\"}}}}"),
        format!("{{\"tell_centre\":{{\"centre\":\"{SYNTHETIC_CENTRE}\",\"kind\":\"red_answer\"}}}}"),
    ];
    for (nth, row) in rows.iter().enumerate() {
        let values = format!("('{}', '{row}', 0, 660)", Uuid::from_u128(nth as u128));
        day.kept.rows(&format!("INSERT INTO outbox (id, errand, due_at, attempts) VALUES {values}")).await;
    }
    fresh.database.migrate(DataOrigin::Simulated).await.unwrap();
    assert_eq!(runner(&day, fresh.database.clone()).run().await.unwrap(), 3);
    assert_eq!(day.kept.count("outbox WHERE done_at IS NULL").await, 0);
}
