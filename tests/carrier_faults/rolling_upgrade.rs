//! A rolling upgrade: a node with the next version migrates the PostgreSQL database that a node with this version is
//! using. The old node stores nothing in tables that it doesn't know, dials nobody, and reports it; the new node
//! continues its calls. The old node is the real program. The new one is its parts in the test, with one more
//! migration.

use hyper::StatusCode;
use jiff::Timestamp;
use kenkocall::domain::DataOrigin;
use kenkocall::store::{Database, StoreError};
use serde_json::json;
use uuid::Uuid;

use super::data_loss::LONG_ENOUGH;
use super::databases::{self, Fresh};
use super::deployment::{Deployment, number};
use super::phone::{Next, Phone, RECEIVED, WELL};
use super::server::InProcessServer;
use super::test_patients::{self, MOTHER, SON};

/// What the next version adds.
const NEXT: &str = "ALTER TABLE slots ADD COLUMN of_the_next_version TEXT;
    ALTER TABLE calls ADD COLUMN of_the_next_version TEXT";
/// What an old node says of itself.
const NEWER: &str = "the database is newer than this program; install the version that migrated it\n";

/// The migrations of this database that wait for transactions.
const WAITING: &str = "pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// The database as the next version opens it.
async fn next_version(fresh: &Fresh) -> Database {
    Database::open(&fresh.url, 4).await.unwrap().of_next_version(NEXT)
}

/// Registers another patient like the first, not due yet.
async fn register(deployment: &Deployment, nth: u32) {
    let changed = json!({
        "id": Uuid::now_v7(), "hersys_id": format!("5550000{nth}"), "phone_number": number(nth), "next_slot_at": null,
    });
    let first = number(0);
    let copy = format!(
        "INSERT INTO patients SELECT (jsonb_populate_record(p, '{changed}')).* FROM patients p
         WHERE phone_number = '{first}'"
    );
    deployment.kept.rows(&copy).await;
}

async fn is_due_now(deployment: &Deployment, nth: u32) {
    let (due, number) = (Timestamp::now().as_millisecond() / 60_000 * 60_000, number(nth));
    deployment.kept.rows(&format!("UPDATE patients SET next_slot_at = {due} WHERE phone_number = '{number}'")).await;
}

#[tokio::test]
async fn an_old_node_refuses_newer_tables_and_the_new_one_continues_its_calls() {
    databases::on_postgres(|fresh: Fresh| async move {
        let deployment = Deployment::of(&fresh, 1, &[]).await;
        let old = &deployment.line;
        deployment.until_all_slots_ended(1).await;
        register(&deployment, 1).await;
        register(&deployment, 2).await;
        is_due_now(&deployment, 1).await;
        deployment.until_all_slots_ended(2).await;
        let now = Timestamp::now();
        test_patients::register(&fresh.database, now, &test_patients::noon_zone(now)).await;
        let mut mother = Phone::ring_any(&old.carrier).await;
        mother.identify(&MOTHER).await.keys(&WELL[..2]).await;
        // Four of each of our calls; the last ones may be late.
        deployment.until("leg_statuses", 8).await;
        let stored = deployment.kept.counts().await;

        let next = next_version(&fresh).await;
        next.migrate(DataOrigin::Real).await.unwrap();
        is_due_now(&deployment, 2).await;

        let mut at_old_node = mother.clone();
        at_old_node.key(WELL[2]).await.hears("システムに問題が起きました");
        assert_eq!(at_old_node.next, Next::Over);
        let son = Phone::ring_any(&old.carrier).await;
        son.hears("システムに問題が起きました");
        let fallback = son.post("/twilio/voice/fallback", &[("ErrorCode", "11200")]).await.unwrap();
        assert_eq!(fallback.status, StatusCode::OK);
        let ready = old.operations.get("/readyz").await.unwrap();
        assert_eq!((ready.status, &*ready.body), (StatusCode::SERVICE_UNAVAILABLE, NEWER));
        assert_eq!(old.carrier.get("/readyz").await.unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(old.carrier.get("/healthz").await.unwrap().status, StatusCode::OK, "it needn't be restarted");
        tokio::time::sleep(LONG_ENOUGH).await;
        assert_eq!(deployment.fake.phone(&number(2)).await, [0; 3], "{}", old.log());
        assert_eq!(deployment.kept.counts().await, stored, "{}", old.log());
        let refused = deployment.asks(&["patients", "list"]).unwrap_err();
        assert!(refused.contains("this program is older than the database"), "{refused}");

        let server = InProcessServer::serving(&next, Timestamp::now()).await;
        mother.carrier = server.carrier.clone();
        mother.keys(&WELL[2..]).await.hears(RECEIVED);
        assert_eq!(server.carrier.get("/readyz").await.unwrap().status, StatusCode::OK);
        let mut son = Phone::ring_any(&server.carrier).await;
        son.identify(&SON).await.keys(&WELL).await.hears(RECEIVED);
        assert_eq!(deployment.kept.count("reports WHERE outcome = 'reported'").await, 2 + 2);
    })
    .await;
}

#[tokio::test]
async fn a_migration_waits_for_the_old_nodes_transactions_and_lets_no_other_begin() {
    databases::on_postgres(|fresh: Fresh| async move {
        let kept = super::db_assertions::DatabaseAssertions::at(&fresh.url);
        let next = next_version(&fresh).await;
        let under_way = fresh.database.begin_write().await.unwrap();
        let migrating = tokio::spawn(async move { next.migrate(DataOrigin::Real).await });
        while kept.count(WAITING).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let old = fresh.database.clone();
        let late = tokio::spawn(async move { old.begin_write().await.map(drop) });
        assert!(!migrating.is_finished());
        under_way.commit().await.unwrap();
        migrating.await.unwrap().unwrap();
        assert!(matches!(late.await.unwrap(), Err(StoreError::Newer)));
        assert!(matches!(fresh.database.begin_read().await.map(drop), Err(StoreError::Newer)));
    })
    .await;
}
