//! The roles of the owner and of the application in docs/operations.md (PostgreSQL). Every command runs as the
//! application, which can neither remove the audit trail's guards nor rewrite the trail.

use kenkocall::store::Database;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::documented_roles::{Roles, as_printed, program};
use crate::{CommandLine, operator_name};

/// The database as seen by the application's role.
async fn of_application(roles: &Roles) -> Fresh {
    let database = Database::open_existing(&roles.app, 4).await.expect("the owner has made the tables");
    Fresh { database, url: roles.app.clone() }
}

async fn by_hand(url: &str, sql: &str) -> Result<(), String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let ran = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    connection.close().await.unwrap();
    ran.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_command_runs_as_the_application_role() {
    as_printed(|roles| async move {
        let fresh = of_application(&roles).await;
        let database = fresh.database.clone();
        operator_name::every_command_acts(fresh).await;
        database.close().await;
    })
    .await;
}

/// Attempts of an attacker with the application's address: each statement, and the server's reply.
fn attacks(owner: &str) -> Vec<(String, &'static str)> {
    let by_privilege = [
        "DELETE FROM audit",
        "TRUNCATE audit",
        "DELETE FROM audit_subjects",
        "UPDATE audit_subjects SET subject = 'x'",
        "TRUNCATE answers",
        "DELETE FROM data_origin",
        "UPDATE data_origin SET origin = 'simulated'",
        "DELETE FROM _sqlx_migrations",
        "CREATE TABLE audit_of_mine (id text)",
        "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE SCHEMA mine",
        "SET session_replication_role = replica",
        "CREATE TRIGGER mine BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    ];
    let by_owner = [
        "DROP TRIGGER audit_keeps_entries ON audit",
        "DROP TRIGGER audit_keeps_values ON audit",
        "DROP TRIGGER audit_keeps_subjects ON audit_subjects",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "ALTER TABLE audit DISABLE TRIGGER audit_keeps_values",
        "ALTER TABLE audit RENAME TO audit_old",
        "ALTER TABLE audit OWNER TO CURRENT_USER",
        "ALTER TABLE answers DROP COLUMN entry",
        "CREATE RULE mine AS ON INSERT TO audit DO INSTEAD NOTHING",
        "DROP TABLE audit",
        "DROP TABLE answers CASCADE",
        "DROP FUNCTION audit_refuse() CASCADE",
        "ALTER FUNCTION audit_refuse() RENAME TO audit_accept",
        "DROP SCHEMA public CASCADE",
    ];
    let by_guard = [
        "UPDATE audit SET actor = 'somebody else'",
        "UPDATE audit SET details = '{}' WHERE seq IS NOT NULL",
        "UPDATE audit SET seq = NULL",
        "UPDATE audit SET at = 0, hash = NULL",
    ];
    let grant = format!("SET ROLE {owner}");
    let replace = "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RETURN NEW; END $$";
    let all = |statements: &[&str], said: &'static str| -> Vec<(String, &'static str)> {
        statements.iter().map(|statement| ((*statement).to_owned(), said)).collect()
    };
    [
        all(&by_privilege, "permission denied"),
        all(&by_owner, "must be owner of"),
        all(&by_guard, "the audit trail is append-only"),
        all(&[&grant, replace], "permission denied"),
    ]
    .concat()
}

#[tokio::test]
async fn the_application_role_can_neither_drop_the_guards_nor_rewrite_the_trail() {
    as_printed(|roles| async move {
        let fresh = of_application(&roles).await;
        let command_line = CommandLine(&fresh);
        command_line.with_centre();
        command_line.import("HER-SYS ID,生年月日,姓,名\n7654322,1980-04-01,見本,花子\n");
        // Seals the existing rows, so that there are entries to guard.
        command_line.does(&["audit", "verify"]);
        let kept = DatabaseAssertions::at(&roles.app);
        let trail = "SELECT string_agg(a::text, ' ' ORDER BY a.id) FROM audit a";
        let triggers = "SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
                        AND tgrelid IN ('audit'::regclass, 'audit_subjects'::regclass) ORDER BY 1";
        let before = (kept.column(trail).await, kept.column(triggers).await);
        assert!(before.0[0].contains("patient") && before.1.len() == 6, "{before:?}");
        for (statement, said) in attacks(&roles.owner_name) {
            let refused = by_hand(&roles.app, &statement).await;
            assert!(refused.as_ref().is_err_and(|error| error.contains(said)), "{statement}: {refused:?}");
        }
        assert_eq!((kept.column(trail).await, kept.column(triggers).await), before);
        assert!(command_line.does(&["audit", "verify"]).contains("verify"));
        fresh.database.close().await;
    })
    .await;
}

/// With the tables of an older version, or a removed guard, `serve` as the application says who can repair it.
#[tokio::test]
async fn what_the_application_role_may_not_do_is_asked_of_the_owner() {
    as_printed(|roles| async move {
        let carrier = operator_name::FakeCarrier::start();
        for (sql, what) in [
            ("DROP TRIGGER audit_keeps_all ON audit", "the guards of the audit trail are missing"),
            (
                "DROP TABLE data_origin; DELETE FROM _sqlx_migrations WHERE version = 4",
                "the tables are missing or older than this program",
            ),
        ] {
            by_hand(&roles.owner, sql).await.unwrap();
            let mut serve = std::process::Command::new(env!("CARGO_BIN_EXE_kenkocall"));
            let serve = serve.arg("serve").env("KENKOCALL_DATABASE__URL", &roles.app).envs(carrier.settings());
            let refused = serve.output().unwrap();
            let told = String::from_utf8_lossy(&refused.stderr);
            assert!(!refused.status.success() && told.contains(what), "{told}");
            for mentioned in ["`kenkocall migrate`", "the role that owns the tables"] {
                assert!(told.contains(mentioned), "{told}");
            }
            let migrated = program(&roles.owner, &["migrate"]);
            assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
            by_hand(&roles.owner, &roles.after_migrate).await.unwrap();
            assert!(program(&roles.app, &["centres", "list"]).status.success());
        }
    })
    .await;
}
