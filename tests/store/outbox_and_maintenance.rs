//! The outbox, the audit trail, maintenances and flow sets.

use kenkocall::domain::{CallId, Job, JobFailure, JobId, JobKind, ProcessId};
use kenkocall::store::{
    Document,
    audit::{self, AuditRow},
    flow_sets,
    maintenances::{self, MaintenanceRow},
    outbox::{self, ClaimedJob, NewJob},
};

use crate::{
    databases::Fresh,
    sample_rows::{at, centre, ground, id},
};

crate::on_both_databases!(
    jobs_are_due_claimed_and_done,
    the_audit_trail_reads_back_latest_first,
    a_maintenance_lasts_until_its_end,
    a_flow_set_is_read_back,
);

async fn jobs_are_due_claimed_and_done(fresh: Fresh) {
    let [first, second, third] = [101, 102, 103].map(|number| ProcessId(id(number)));
    let job = |number, second| NewJob {
        id: JobId(id(number)),
        job: Job::Withdraw { call: CallId(id(number)) },
        due_at: at(second),
    };
    let ids = |claimed: Vec<ClaimedJob>| claimed.into_iter().map(|job| job.id).collect::<Vec<_>>();
    let all = JobKind::ALL;
    let mut tx = fresh.database.begin_write().await.unwrap();
    outbox::put(&mut tx, vec![job(1, 20), job(2, 10), job(3, 30)]).await.unwrap();
    assert!(!outbox::is_any_claimable(&mut tx, &all, first, at(9)).await.unwrap());
    assert!(!outbox::is_any_claimable(&mut tx, &[JobKind::TellCentre], first, at(20)).await.unwrap());
    assert_eq!(outbox::claim(&mut tx, &[JobKind::TellCentre], first, at(20), 10).await.unwrap(), []);
    assert_eq!(ids(outbox::claim(&mut tx, &all, first, at(20), 1).await.unwrap()), [JobId(id(2))], "longest due");
    assert_eq!(ids(outbox::claim(&mut tx, &all, second, at(20), 10).await.unwrap()), [JobId(id(1))], "the rest");
    let again = outbox::claim(&mut tx, &all, first, at(21), 10).await.unwrap();
    assert_eq!(again.iter().map(|job| (job.id, job.runs)).collect::<Vec<_>>(), [(JobId(id(2)), 2)], "its own");

    outbox::postpone(&mut tx, JobId(id(2)), second, at(21), 0).await.unwrap();
    assert!(!outbox::is_any_claimable(&mut tx, &all, third, at(22)).await.unwrap(), "both are claimed");
    outbox::postpone(&mut tx, JobId(id(2)), first, at(40), 0).await.unwrap();
    assert!(!outbox::is_any_claimable(&mut tx, &all, first, at(29)).await.unwrap(), "it waits");
    // Stored while a clock was wrong.
    outbox::put(&mut tx, vec![job(4, 100_000)]).await.unwrap();
    assert_eq!(ids(outbox::claim(&mut tx, &all, first, at(22), 10).await.unwrap()), [JobId(id(4))]);

    assert_eq!(outbox::done(&mut tx, &[JobId(id(1)), JobId(id(4))], at(31)).await.unwrap(), 2);
    assert_eq!(outbox::done(&mut tx, &[JobId(id(1))], at(32)).await.unwrap(), 0);
    outbox::fail(&mut tx, JobId(id(2)), first, JobFailure::Database, at(41)).await.unwrap();
    assert_eq!(outbox::failed(&mut tx, 10).await.unwrap(), [], "it isn't claimed");
    assert_eq!(ids(outbox::claim(&mut tx, &all, first, at(41), 10).await.unwrap()), [3, 2].map(|n| JobId(id(n))));
    outbox::fail(&mut tx, JobId(id(2)), first, JobFailure::Database, at(41)).await.unwrap();
    assert!(!outbox::retry(&mut tx, JobId(id(3)), at(42)).await.unwrap());
    let open = outbox::open(&mut tx, 10).await.unwrap();
    let shown: Vec<_> = open.iter().map(|job| (job.id, job.failure, job.claimed_until.is_some())).collect();
    assert_eq!(shown, [(JobId(id(2)), Some(JobFailure::Database), false), (JobId(id(3)), None, true)]);
    assert!(outbox::retry(&mut tx, JobId(id(2)), at(42)).await.unwrap());
    outbox::all_done(&mut tx, JobKind::Withdraw, at(43)).await.unwrap();
    assert_eq!(outbox::open(&mut tx, 10).await.unwrap(), []);
}

async fn the_audit_trail_reads_back_latest_first(fresh: Fresh) {
    let entry = |number: u64, subject: &str| AuditRow {
        id: id(number),
        at: at(number as i64),
        actor: "nurse".into(),
        source: "console".into(),
        action: "update".into(),
        subject: subject.to_owned().into(),
        centre: number.is_multiple_of(2).then(|| centre().code),
        details: Document::from("{}"),
        people: Vec::new(),
        other_centre: None,
    };
    let mut tx = fresh.database.begin_write().await.unwrap();
    audit::append(&mut tx, vec![entry(1, "patient:1"), entry(2, "patient:1"), entry(3, "patient:2")]).await.unwrap();
    assert_eq!(
        audit::by_subject(&mut tx, "patient:1", 10).await.unwrap(),
        [entry(2, "patient:1"), entry(1, "patient:1")]
    );
    assert_eq!(audit::by_subject(&mut tx, "patient:1", 1).await.unwrap().len(), 1);
}

async fn a_maintenance_lasts_until_its_end(fresh: Fresh) {
    let planned = MaintenanceRow { id: id(1), starts_at: at(10), until: Some(at(20)), closed_at: None };
    let open_ended = MaintenanceRow { id: id(2), starts_at: at(15), until: None, closed_at: None };
    let mut tx = fresh.database.begin_write().await.unwrap();
    maintenances::start(&mut tx, &planned).await.unwrap();
    maintenances::start(&mut tx, &open_ended).await.unwrap();
    // Started while the clock was ahead; it was meant to start immediately.
    assert_eq!(maintenances::current(&mut tx, at(9)).await.unwrap(), Some(open_ended));
    assert_eq!(maintenances::current(&mut tx, at(16)).await.unwrap(), Some(open_ended));
    assert!(maintenances::end(&mut tx, id(2), at(17)).await.unwrap());
    assert!(!maintenances::end(&mut tx, id(2), at(18)).await.unwrap());
    assert_eq!(maintenances::current(&mut tx, at(19)).await.unwrap(), Some(planned));
    assert_eq!(maintenances::current(&mut tx, at(20)).await.unwrap(), None);
}

async fn a_flow_set_is_read_back(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_read().await.unwrap();
    let set = flow_sets::get(&mut tx, "digest").await.unwrap().unwrap();
    assert_eq!((set.digest.as_str(), set.files.as_str(), set.loaded_at), ("digest", "{}", at(0)));
    assert_eq!(flow_sets::get(&mut tx, "another").await.unwrap(), None);
}
