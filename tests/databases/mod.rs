//! A fresh database for each test, of both kinds: what holds on one must hold on the other. Included by path in
//! several test binaries.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "tests choose databases by name, and fail by panicking"
)]

use std::future::Future;

use kenkocall::store::Database;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// A database that no other test uses.
#[allow(dead_code, reason = "not every test binary needs both fields")]
pub struct Fresh {
    /// Open, with all tables.
    pub database: Database,
    /// For tests that open it again.
    pub url: String,
}

/// Runs a test on a new SQLite file.
pub async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Fresh) -> F) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite://{}", directory.path().join("calls.db").display());
    let database = Database::open(&url, 1).await.expect("a new file");
    database.migrate(kenkocall::domain::DataOrigin::Real).await.expect("new tables");
    test(Fresh { database: database.clone(), url }).await;
    database.close().await;
}

/// Runs a test on an SQLite file with what this SQL dump holds.
#[allow(dead_code, reason = "not every test binary has a dump")]
pub async fn on_sqlite_dump<F: Future<Output = ()>>(dump: &'static str, test: impl FnOnce(String) -> F) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite://{}", directory.path().join("calls.db").display());
    let options = url.parse::<sqlx::sqlite::SqliteConnectOptions>().expect("an address").create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("a new file");
    sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut connection).await.expect("a good dump");
    connection.close().await.expect("a good-bye");
    test(url).await;
}

/// Runs a test on a PostgreSQL database with what this SQL dump holds, and drops it afterwards.
#[allow(dead_code, reason = "not every test binary has a dump")]
pub async fn on_postgres_dump<F: Future<Output = ()> + Send + 'static>(
    dump: &'static str,
    test: impl FnOnce(String) -> F,
) {
    let (server, name, url) = new_name();
    administer(&server, format!("CREATE DATABASE {name}")).await;
    let mut connection = PgConnection::connect(&url).await.expect("the new database");
    sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut connection).await.expect("a good dump");
    connection.close().await.expect("a good-bye");
    let ran = tokio::spawn(test(url)).await;
    administer(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(failed) = ran {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// The address of the server, a name that no database has, and the address of a database with that name.
fn new_name() -> (String, String, String) {
    let server = std::env::var("KENKOCALL_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("KENKOCALL_TEST_POSTGRES isn't set: run dev/test, which starts a PostgreSQL server for the tests")
    });
    let name = format!("kenkocall_test_{}", uuid::Uuid::now_v7().simple());
    let (before_path, _) = server.rsplit_once('/').expect("an address with a database");
    let url = format!("{before_path}/{name}");
    (server, name, url)
}

async fn administer(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server).await.expect("the PostgreSQL server of dev/test");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("the right to make databases");
    connection.close().await.expect("a good-bye");
}

/// Runs a test on a new database of the PostgreSQL server that `dev/test` starts, and drops it afterwards.
pub async fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Fresh) -> F) {
    let (server, name, url) = new_name();
    administer(&server, format!("CREATE DATABASE {name}")).await;
    let database = Database::open(&url, 4).await.expect("a new database");
    database.migrate(kenkocall::domain::DataOrigin::Real).await.expect("new tables");
    // In a separate task, so that the database is dropped even if the test fails.
    let ran = tokio::spawn(test(Fresh { database: database.clone(), url })).await;
    database.close().await;
    administer(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(failed) = ran {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// Creates two tests of each named function, `sqlite::…` and `postgres::…`.
#[macro_export]
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    $crate::databases::on_sqlite(super::$test).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    $crate::databases::on_postgres(super::$test).await;
                }
            )+
        }
    };
}
