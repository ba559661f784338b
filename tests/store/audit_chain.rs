//! The audit trail's chain: each entry is sealed once and in order, by one sealer at a time, and guarded by the
//! database itself.

use kenkocall::service::seal_trail;
use kenkocall::store::chain::{GENESIS, link};
use kenkocall::store::{
    Database, Document,
    audit::{self, AuditRow},
};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::{
    databases::Fresh,
    db_assertions::DatabaseAssertions,
    sample_rows::{at, id},
};

crate::on_both_databases!(
    entries_are_sealed_in_order_and_once,
    sealers_on_all_nodes_make_one_chain,
    the_entries_of_an_upgraded_database_are_sealed_too,
    i5_the_database_refuses_to_change_or_delete_what_is_written,
);

fn entry(number: u64) -> AuditRow {
    AuditRow {
        id: id(number),
        at: at(i64::try_from(number).unwrap()),
        actor: "nurse".into(),
        source: "console".into(),
        action: "update".into(),
        subject: "patient:1".to_owned().into(),
        centre: None,
        details: Document::from("{}"),
        people: Vec::new(),
        other_centre: None,
    }
}

async fn append(database: &Database, numbers: impl Iterator<Item = u64>) {
    let mut tx = database.begin_write().await.unwrap();
    audit::append(&mut tx, numbers.map(entry).collect()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Verifies the chain with the store only, and returns its length.
async fn length(database: &Database) -> u64 {
    let mut tx = database.begin_read().await.unwrap();
    let mut hash = GENESIS;
    let chain = audit::after(&mut tx, 0, 100_000).await.unwrap();
    for (sealed, sequence) in chain.iter().zip(1..) {
        hash = link(&hash, sequence, &sealed.entry);
        assert_eq!((sealed.sequence, sealed.hash), (sequence, Some(hash)));
    }
    let head = audit::head(&mut tx).await.unwrap();
    assert_eq!((head.sequence, head.hash), (chain.len() as u64, hash));
    head.sequence
}

async fn entries_are_sealed_in_order_and_once(fresh: Fresh) {
    let database = &fresh.database;
    assert_eq!(seal_trail(database).await.unwrap(), 0);
    append(database, [2, 1, 3].into_iter()).await;
    assert_eq!(audit::waiting(&mut database.begin_read().await.unwrap()).await.unwrap(), 3);
    assert_eq!(seal_trail(database).await.unwrap(), 3);
    assert_eq!(seal_trail(database).await.unwrap(), 0);
    // Later commits with earlier times are sealed after these.
    append(database, [5, 0, 4].into_iter()).await;
    let mut tx = database.begin_write().await.unwrap();
    assert_eq!(audit::seal(&mut tx, 2).await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_eq!(seal_trail(database).await.unwrap(), 1);
    assert_eq!(length(database).await, 6);
    let order = DatabaseAssertions::at(&fresh.url).column("SELECT id FROM audit ORDER BY seq").await;
    assert_eq!(order, [1, 2, 3, 0, 4, 5].map(|number| id(number).to_string()));
}

async fn sealers_on_all_nodes_make_one_chain(fresh: Fresh) {
    let mut nodes = tokio::task::JoinSet::new();
    for node in 0..4 {
        let database = Database::open(&fresh.url, 2).await.unwrap();
        nodes.spawn(async move {
            for round in 0..10 {
                let first = node * 1_000 + round * 7;
                append(&database, first..first + 7).await;
                seal_trail(&database).await.unwrap();
            }
            database.close().await;
        });
    }
    while let Some(node) = nodes.join_next().await {
        node.unwrap();
    }
    seal_trail(&fresh.database).await.unwrap();
    assert_eq!(length(&fresh.database).await, 280);
}

async fn the_entries_of_an_upgraded_database_are_sealed_too(fresh: Fresh) {
    append(&fresh.database, 0..3_000).await;
    assert_eq!(seal_trail(&fresh.database).await.unwrap(), 3_000);
    assert_eq!(length(&fresh.database).await, 3_000);
}

/// Returns `true` if the database permits the statement.
async fn lets(url: &str, sql: &str) -> bool {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("postgres") {
        let mut other = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut other).await.is_ok()
    } else {
        let mut other = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut other).await.is_ok()
    }
}

async fn i5_the_database_refuses_to_change_or_delete_what_is_written(fresh: Fresh) {
    append(&fresh.database, 0..2).await;
    let refused = async |sql: &str| assert!(!lets(&fresh.url, sql).await, "{sql}");
    refused("UPDATE audit SET details = 'x'").await;
    refused("DELETE FROM audit").await;
    seal_trail(&fresh.database).await.unwrap();
    for column in ["seq", "hash", "id", "actor", "source", "action", "subject", "details", "centre_code"] {
        refused(&format!("UPDATE audit SET {column} = NULL WHERE seq = 1")).await;
    }
    refused("UPDATE audit SET at = 0 WHERE seq = 2").await;
    refused("DELETE FROM audit WHERE seq = 2").await;
    if fresh.url.starts_with("postgres") {
        refused("TRUNCATE audit").await;
    }
    assert_eq!(length(&fresh.database).await, 2);
    // A guard that was removed is restored at the next start.
    let on = if fresh.url.starts_with("postgres") { " ON audit" } else { "" };
    assert!(lets(&fresh.url, &format!("DROP TRIGGER audit_keeps_entries{on}")).await);
    fresh.database.migrate(kenkocall::domain::DataOrigin::Real).await.unwrap();
    refused("DELETE FROM audit WHERE seq = 2").await;
}
