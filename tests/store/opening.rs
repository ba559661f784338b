//! Opening, migrating, and what a transaction promises.

use kenkocall::store::{Database, StoreError, centres};
use sqlx::Connection as _;

use crate::{databases::Fresh, sample::centre};

crate::on_both_databases!(
    a_database_is_current_once_migrated,
    a_newer_database_is_refused,
    what_is_not_committed_leaves_nothing,
    a_reading_transaction_does_not_write,
);

async fn a_database_is_current_once_migrated(fresh: Fresh) {
    assert!(fresh.database.is_current().await.unwrap());
    fresh.database.migrate().await.expect("a second time does nothing");
}

/// Notes a migration that this program doesn't know.
const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (9999, 'of the future', true, '', 0)";

async fn a_newer_database_is_refused(fresh: Fresh) {
    if fresh.url.starts_with("postgres") {
        let mut other = sqlx::PgConnection::connect(&fresh.url).await.unwrap();
        sqlx::raw_sql(NEWER).execute(&mut other).await.unwrap();
    } else {
        let mut other = sqlx::SqliteConnection::connect(&fresh.url).await.unwrap();
        sqlx::raw_sql(NEWER).execute(&mut other).await.unwrap();
    }
    assert!(matches!(fresh.database.is_current().await, Err(StoreError::Newer)));
    let refused = fresh.database.migrate().await;
    assert!(matches!(refused, Err(StoreError::Newer)), "{refused:?}");
}

async fn what_is_not_committed_leaves_nothing(fresh: Fresh) {
    let mut tx = fresh.database.begin().await.unwrap();
    centres::insert(&mut tx, &centre()).await.unwrap();
    drop(tx);
    let mut tx = fresh.database.begin().await.unwrap();
    centres::insert(&mut tx, &centre()).await.expect("not there");
    tx.rollback().await.unwrap();
    let mut tx = fresh.database.read().await.unwrap();
    assert_eq!(centres::list(&mut tx).await.unwrap(), []);
}

async fn a_reading_transaction_does_not_write(fresh: Fresh) {
    let mut tx = fresh.database.read().await.unwrap();
    let refused = centres::insert(&mut tx, &centre()).await;
    assert!(matches!(refused, Err(StoreError::Driver(_))), "{refused:?}");
}

async fn refusal(url: &str) -> String {
    match Database::open(url, 1).await {
        Ok(_) => panic!("{url} was opened"),
        Err(error @ StoreError::CannotOpen { .. }) => error.to_string(),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused() {
    for url in ["mysql://localhost/calls", "calls.db", ""] {
        assert!(refusal(url).await.starts_with("the database address must begin with sqlite://"));
    }
    for url in ["sqlite://", "sqlite://:memory:"] {
        assert!(refusal(url).await.starts_with("the database address has no file"));
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let url = |name: &str| format!("sqlite://{}", path(name).display());
    let shown = directory.path().display();
    let expected = format!("the database {shown}/ is a directory; name a file inside it");
    assert_eq!(refusal(&url("")).await, expected);
    let expected = format!("the directory of the database {shown}/none/calls.db doesn't exist; create it first");
    assert_eq!(refusal(&url("none/calls.db")).await, expected);

    std::fs::write(path("letter.txt"), "Dear Sir or Madam, ".repeat(100)).unwrap();
    let expected =
        format!("the file {shown}/letter.txt isn't an SQLite database; name another file, or move this one away");
    assert_eq!(refusal(&url("letter.txt")).await, expected);

    Database::open(&url("calls.db"), 1).await.unwrap().close().await;
    let mut permissions = std::fs::metadata(path("calls.db")).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(path("calls.db"), permissions).unwrap();
    let expected = format!("the database {shown}/calls.db is read-only; make it writable for this program's user");
    assert_eq!(refusal(&url("calls.db")).await, expected);
}

#[tokio::test]
async fn a_postgres_server_that_is_not_there_is_named_without_the_password() {
    let sentence = refusal("postgres://kenko:secret@127.0.0.1:1/calls").await;
    assert!(sentence.starts_with("the PostgreSQL server at 127.0.0.1:1 can't be used"), "{sentence}");
    assert!(!sentence.contains("secret"));
}

#[tokio::test]
async fn a_new_database_is_not_current() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("calls.db").display());
    let database = Database::open(&url, 1).await.unwrap();
    assert!(!database.is_current().await.unwrap());
    database.migrate().await.unwrap();
    assert!(database.is_current().await.unwrap());
}
