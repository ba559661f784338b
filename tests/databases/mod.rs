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

/// Runs a test on a new database of the PostgreSQL server that `dev/test` starts, and drops it afterwards.
pub async fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Fresh) -> F) {
    let server = std::env::var("KENKOCALL_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("KENKOCALL_TEST_POSTGRES isn't set: run dev/test, which starts a PostgreSQL server for the tests")
    });
    let name = format!("kenkocall_test_{}", uuid::Uuid::now_v7().simple());
    let administer = async |statement: String| {
        let mut connection = PgConnection::connect(&server).await.expect("the PostgreSQL server of dev/test");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("the right to make databases");
        connection.close().await.expect("a good-bye");
    };
    administer(format!("CREATE DATABASE {name}")).await;
    let (before_path, _) = server.rsplit_once('/').expect("an address with a database");
    let url = format!("{before_path}/{name}");
    let database = Database::open(&url, 4).await.expect("a new database");
    database.migrate(kenkocall::domain::DataOrigin::Real).await.expect("new tables");
    // In a separate task, so that the database is dropped even if the test fails.
    let ran = tokio::spawn(test(Fresh { database: database.clone(), url })).await;
    database.close().await;
    administer(format!("DROP DATABASE {name} WITH (FORCE)")).await;
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
