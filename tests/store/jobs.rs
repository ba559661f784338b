//! The outbox, the audit trail, maintenances and flow sets.

use kenkocall::store::{
    Document,
    audit::{self, AuditRow},
    flow_sets,
    maintenances::{self, MaintenanceRow},
    outbox::{self, JobRow},
};

use crate::{
    databases::Fresh,
    sample::{at, centre, ground, id},
};

crate::on_both_databases!(
    errands_are_due_claimed_and_done,
    the_audit_trail_reads_back_latest_first,
    a_maintenance_lasts_until_its_end,
    a_flow_set_is_read_back,
);

async fn errands_are_due_claimed_and_done(fresh: Fresh) {
    let job = |number, second| JobRow {
        id: id(number),
        job: Document::from(format!("errand {number}")),
        due_at: at(second),
        attempts: 0,
    };
    let mut tx = fresh.database.begin_write().await.unwrap();
    outbox::put(&mut tx, vec![job(1, 20), job(2, 10), job(3, 30)]).await.unwrap();
    assert_eq!(outbox::due(&mut tx, at(20), 10).await.unwrap(), [job(2, 10), job(1, 20)]);
    assert_eq!(outbox::due(&mut tx, at(30), 1).await.unwrap(), [job(2, 10)]);
    assert!(outbox::postpone(&mut tx, id(2), 0, at(40)).await.unwrap());
    assert!(!outbox::postpone(&mut tx, id(2), 0, at(50)).await.unwrap(), "another worker claimed it first");
    assert_eq!(outbox::done(&mut tx, &[id(1), id(3)], at(31)).await.unwrap(), 2);
    assert_eq!(outbox::done(&mut tx, &[id(1)], at(32)).await.unwrap(), 0);
    assert!(!outbox::postpone(&mut tx, id(1), 0, at(50)).await.unwrap());
    assert_eq!(outbox::due(&mut tx, at(99), 10).await.unwrap(), [JobRow { attempts: 1, ..job(2, 40) }]);
}

async fn the_audit_trail_reads_back_latest_first(fresh: Fresh) {
    let entry = |number: u64, subject: &str| AuditRow {
        id: id(number),
        at: at(number as i64),
        actor: "nurse".into(),
        source: "console".into(),
        action: "update".into(),
        subject: subject.into(),
        centre: number.is_multiple_of(2).then(|| centre().code),
        details: Document::from("{}"),
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
    // Begun by a clock that was ahead and is right again: whoever began it meant at once.
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
