//! The program as the application's role of docs/operations.md (PostgreSQL): a day of calls needs no privilege of the
//! owner.

use kenkocall::store::Database;

use super::databases::Fresh;
use super::deployment::Deployment;
use super::documented_roles::as_printed;

const PATIENTS: u32 = 4;

#[tokio::test]
async fn calls_are_placed_answered_and_sealed_as_the_application_role() {
    as_printed(|roles| async move {
        let database = Database::open_existing(&roles.app, 4).await.unwrap();
        let fresh = Fresh { database: database.clone(), url: roles.app.clone() };
        let mut deployment = Deployment::of(&fresh, PATIENTS, &[]).await;
        deployment.until("slots WHERE state = 'reported'", PATIENTS.into()).await;
        deployment.until("audit WHERE seq IS NULL", 0).await;
        // At the start the tables are up to date, so no other privilege is needed.
        deployment.line.kill();
        deployment.restart().await;
        assert!(deployment.asks(&["audit", "verify"]).unwrap().contains("verify"));
        deployment.nobody_rang_twice_for_a_call().await;
        let log = deployment.line.log();
        assert!(!log.contains("permission denied") && !log.contains(" ERROR "), "{log}");
        database.close().await;
    })
    .await;
}
