//! Opening, migrating, and the guarantees of transactions.

use kenkocall::domain::DataOrigin;
use kenkocall::store::{CommitHook, Database, Decision, StoreError, Tables, centres};
use sqlx::Connection as _;

use crate::{databases::Fresh, sample_rows::centre};

crate::on_both_databases!(
    a_database_is_current_once_migrated,
    a_newer_database_is_refused,
    what_is_not_committed_leaves_nothing,
    a_reading_transaction_does_not_write,
    tables_of_another_program_are_not_used,
    the_mark_is_made_with_the_tables_and_stays,
    an_older_database_is_simulated_only_if_all_its_calls_are,
);

async fn a_database_is_current_once_migrated(fresh: Fresh) {
    assert!(fresh.database.is_current().await.unwrap());
    fresh.database.migrate(DataOrigin::Real).await.expect("a second time does nothing");
}

/// Records a migration that this program doesn't know.
const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (9999, 'of the future', true, '', 0)";

/// Runs statements outside the program.
async fn by_hand(fresh: &Fresh, sql: &'static str) {
    if fresh.url.starts_with("postgres") {
        let mut other = sqlx::PgConnection::connect(&fresh.url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
    } else {
        let mut other = sqlx::SqliteConnection::connect(&fresh.url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
    }
}

async fn a_newer_database_is_refused(fresh: Fresh) {
    by_hand(&fresh, NEWER).await;
    assert!(matches!(fresh.database.is_current().await, Err(StoreError::Newer)));
    let refused = fresh.database.migrate(DataOrigin::Real).await;
    assert!(matches!(refused, Err(StoreError::Newer)), "{refused:?}");
}

async fn what_is_not_committed_leaves_nothing(fresh: Fresh) {
    let mut tx = fresh.database.begin_write().await.unwrap();
    centres::insert(&mut tx, &centre()).await.unwrap();
    drop(tx);
    let mut tx = fresh.database.begin_write().await.unwrap();
    centres::insert(&mut tx, &centre()).await.expect("not there");
    tx.rollback().await.unwrap();
    let mut tx = fresh.database.begin_read().await.unwrap();
    assert_eq!(centres::list(&mut tx).await.unwrap(), []);
}

async fn a_reading_transaction_does_not_write(fresh: Fresh) {
    let mut tx = fresh.database.begin_read().await.unwrap();
    let refused = centres::insert(&mut tx, &centre()).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
}

async fn refusal(url: &str) -> String {
    match Database::open(url, 1).await {
        Ok(_) => panic!("{url} was opened"),
        Err(error @ (StoreError::CannotOpen(_) | StoreError::Unreachable { .. })) => error.to_string(),
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
    assert!(sentence.starts_with("the PostgreSQL server at 127.0.0.1:1 doesn't answer"), "{sentence}");
    assert!(!sentence.contains("secret"));
}

#[tokio::test]
async fn a_new_database_is_not_current() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("calls.db").display());
    let database = Database::open(&url, 1).await.unwrap();
    assert!(!database.is_current().await.unwrap());
    database.migrate(DataOrigin::Real).await.unwrap();
    assert!(database.is_current().await.unwrap());
}

/// Resets the tables to the version before the data origin.
const OLDER: &str = "DROP TABLE data_origin; DELETE FROM _sqlx_migrations WHERE version = 4";

async fn unusable(url: &str) -> StoreError {
    match Database::open_existing(url, 1).await {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error,
    }
}

async fn tables_of_another_program_are_not_used(fresh: Fresh) {
    let opened = Database::open_existing(&fresh.url, 1).await.unwrap();
    assert_eq!(opened.tables().await.unwrap(), Tables::Current);
    opened.close().await;
    by_hand(&fresh, OLDER).await;
    assert!(matches!(unusable(&fresh.url).await, StoreError::Older));
    assert_eq!(fresh.database.tables().await.unwrap(), Tables::Older, "nothing was upgraded");
    by_hand(&fresh, NEWER).await;
    assert!(matches!(unusable(&fresh.url).await, StoreError::Newer));
    by_hand(&fresh, "DROP TABLE _sqlx_migrations").await;
    let sentence = unusable(&fresh.url).await.to_string();
    assert!(sentence.contains("no tables of kenkocall") && sentence.contains("`kenkocall migrate`"), "{sentence}");
}

/// A process that dies just before a commit.
struct Crashes;

impl CommitHook for Crashes {
    fn before(&self) -> Decision {
        Box::pin(async { Err(kenkocall::store::connection_lost()) })
    }

    fn after(&self) -> Decision {
        Box::pin(async { Ok(()) })
    }
}

async fn the_mark_is_made_with_the_tables_and_stays(fresh: Fresh) {
    assert_eq!(fresh.database.data_origin().await.unwrap(), DataOrigin::Real);
    // After a crash before the commit there are neither tables nor a mark.
    let everything = if fresh.url.starts_with("postgres") {
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    } else {
        fresh.database.close().await;
        std::fs::remove_file(fresh.url.trim_start_matches("sqlite://")).unwrap();
        "SELECT 1"
    };
    let opened = Database::open(&fresh.url, 2).await.unwrap();
    by_hand(&fresh, everything).await;
    let crashing = opened.clone().with_commit_hook(std::sync::Arc::new(Crashes));
    assert!(crashing.migrate(DataOrigin::Simulated).await.is_err());
    assert_eq!(opened.tables().await.unwrap(), Tables::Missing);
    opened.migrate(DataOrigin::Simulated).await.unwrap();
    assert_eq!(opened.data_origin().await.unwrap(), DataOrigin::Simulated);
    opened.migrate(DataOrigin::Real).await.unwrap();
    opened.close().await;
    let again = Database::open_existing(&fresh.url, 2).await.unwrap();
    assert_eq!(again.data_origin().await.unwrap(), DataOrigin::Simulated, "it was created so");
    again.close().await;
}

async fn an_older_database_is_simulated_only_if_all_its_calls_are(fresh: Fresh) {
    const CALLS: &str = "INSERT INTO flow_sets (digest, files, loaded_at) VALUES ('d', '{}', 0);
        INSERT INTO calls (id, line, flow_set, started_at) VALUES ('c', 'health_call', 'd', 0)";
    const SIMULATED: &str = "INSERT INTO legs (id, call_id, direction, carrier, carrier_leg_id, started_at)
        VALUES ('1', 'c', 'outbound', 'simulator', '1', 0)";
    const REAL: &str = "INSERT INTO legs (id, call_id, direction, carrier, carrier_leg_id, started_at)
        VALUES ('2', 'c', 'outbound', 'twilio', '2', 0)";
    for (changes, expected) in [(CALLS, DataOrigin::Real), (SIMULATED, DataOrigin::Simulated), (REAL, DataOrigin::Real)]
    {
        by_hand(&fresh, changes).await;
        by_hand(&fresh, OLDER).await;
        let opened = Database::open(&fresh.url, 2).await.unwrap();
        // The mark that a new database would get doesn't matter.
        opened.migrate(DataOrigin::Simulated).await.unwrap();
        assert_eq!(opened.data_origin().await.unwrap(), expected, "{changes}");
        opened.close().await;
    }
}

#[tokio::test]
async fn the_address_of_a_file_is_read_as_a_url() {
    let directory = tempfile::tempdir().unwrap();
    let shown = directory.path().display().to_string();
    for (url, name) in [
        (format!("sqlite://{shown}/plain.db"), "plain.db"),
        (format!("sqlite:{shown}/short.db"), "short.db"),
        (format!("sqlite://{shown}/a%20space.db"), "a space.db"),
        (format!("sqlite://{shown}/100%25.db"), "100%.db"),
        (format!("sqlite://{shown}/what%3F.db"), "what?.db"),
        (format!("sqlite://{shown}/%E6%9E%B6%E9%9B%BB.db"), "架電.db"),
        (format!("sqlite://{shown}/架電 2.db"), "架電 2.db"),
        (format!("sqlite://{shown}/a#b.db"), "a#b.db"),
    ] {
        Database::open(&url, 1).await.unwrap().close().await;
        assert!(directory.path().join(name).is_file(), "{url}");
        let sentence = unusable(&url).await.to_string();
        assert!(sentence.contains(&format!("{shown}/{name} (the file has no tables of kenkocall)")), "{sentence}");
    }
    let files = std::fs::read_dir(directory.path()).unwrap().count();
    for (rest, mentions) in [
        ("calls.db?mode=ro", "has parameters after its ?, and none are known"),
        ("calls.db?", "has parameters after its ?"),
        ("calls.db?mode=rwc&cache=shared", "none are known"),
        ("50%.db", "write a % in the file's name as %25"),
        ("%zz.db", "as %25"),
        ("%+1.db", "as %25"),
        ("%ff.db", "as %25"),
        ("%00.db", "as %25"),
        ("x%e", "as %25"),
    ] {
        let url = format!("sqlite://{shown}/{rest}");
        assert!(refusal(&url).await.contains(mentions), "{url}");
        assert!(unusable(&url).await.to_string().contains(mentions), "{url}");
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), files, "nothing was created");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named_and_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let shown = directory.path().display();
    std::fs::write(directory.path().join("empty.db"), "").unwrap();
    std::fs::write(directory.path().join("letter.txt"), "Dear Sir or Madam, ".repeat(100)).unwrap();
    for (name, mentions) in [
        ("none.db", format!("there is no database at {shown}/none.db (there is no such file)")),
        ("none/none.db", format!("there is no database at {shown}/none/none.db (there is no such file)")),
        ("letter.txt/none.db", format!("there is no database at {shown}/letter.txt/none.db (there is no such file)")),
        ("empty.db", format!("there is no database at {shown}/empty.db (the file has no tables of kenkocall)")),
        ("", format!("the database {shown}/ is a directory")),
        ("letter.txt", format!("the file {shown}/letter.txt isn't an SQLite database")),
    ] {
        let error = unusable(&format!("sqlite://{shown}/{name}")).await;
        assert!(error.to_string().starts_with(&mentions), "{error}");
        let missing = matches!(error, StoreError::NoDatabase(_));
        assert_eq!(missing, error.to_string().contains("KENKOCALL_DATABASE__URL"), "{error}");
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2, "nothing was created");
    assert_eq!(std::fs::metadata(directory.path().join("empty.db")).unwrap().len(), 0);
}
