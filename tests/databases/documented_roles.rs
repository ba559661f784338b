//! The two PostgreSQL roles of docs/operations.md, created by the SQL printed there: in a fresh database, under fresh
//! names. Included by path in several test binaries.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests choose databases by name, and fail by panicking"
)]

use std::future::Future;
use std::process::{Command, Output};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

const MANUAL: &str = include_str!("../../docs/operations.md");
/// The document's name of the database, with which its roles begin.
const PRINTED: &str = "kenkocall";
const PASSWORD: &str = "5ecret-0f-the-roles";

/// A database with its tables, and the addresses of both roles.
#[allow(dead_code, reason = "not every test binary needs all of them")]
pub struct Roles {
    pub owner: String,
    pub app: String,
    /// The name of the owner's role.
    pub owner_name: String,
    /// The SQL that the owner runs after `migrate`.
    pub after_migrate: String,
}

/// The document's blocks of SQL, in order.
fn printed() -> [String; 3] {
    let (_, section) = MANUAL.split_once("\n### PostgreSQL\n").expect("the section on PostgreSQL");
    let (section, _) = section.split_once("\n### ").expect("the section after it");
    let blocks = section.split("\n\n").filter(|block| block.lines().all(|line| line.starts_with("    ")));
    let is_sql = |block: &&str| ["GRANT ", "REVOKE "].iter().any(|word| block.contains(word));
    let sql: Vec<String> = blocks.filter(is_sql).map(|block| block.replace("\n    ", "\n")).collect();
    sql.try_into().expect("for a superuser, for the owner, and for the owner after `migrate`")
}

/// Each statement separately, as psql sends them.
async fn runs(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.expect("a server that lets this role in");
    for statement in sql.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        let ran = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await;
        ran.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    connection.close().await.expect("a good-bye");
}

/// The program with this address.
pub fn program(url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command.args(arguments).env("KENKOCALL_DATABASE__URL", url).output().expect("the program")
}

/// Follows the document on the server of `dev/test`, runs the test, and removes everything afterwards.
pub async fn as_printed<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Roles) -> F) {
    let server = std::env::var("KENKOCALL_TEST_POSTGRES").expect("dev/test starts a PostgreSQL server for the tests");
    let name = format!("kenkocall_roles_{}", uuid::Uuid::now_v7().simple());
    let [superuser, owner, after_migrate] =
        printed().map(|sql| sql.replace(PRINTED, &name).replace("'…'", &format!("'{PASSWORD}'")));
    runs(&server, &superuser).await;
    let address = |role: &str| {
        let mut url = Url::parse(&server).expect("an address");
        url.set_username(&format!("{name}_{role}")).unwrap();
        url.set_password(Some(PASSWORD)).unwrap();
        url.set_path(&name);
        url.to_string()
    };
    let roles = Roles {
        owner: address("owner"),
        app: address("app"),
        owner_name: format!("{name}_owner"),
        after_migrate: after_migrate.clone(),
    };
    runs(&roles.owner, &owner).await;
    let migrated = program(&roles.owner, &["migrate"]);
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    runs(&roles.owner, &after_migrate).await;
    // In a separate task, so that everything is dropped even if the test fails.
    let ran = tokio::spawn(test(roles)).await;
    let away = format!("DROP DATABASE {name} WITH (FORCE); DROP ROLE {name}_app; DROP ROLE {name}_owner");
    runs(&server, &away).await;
    if let Err(failed) = ran {
        std::panic::resume_unwind(failed.into_panic());
    }
}
