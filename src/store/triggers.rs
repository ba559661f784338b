//! Triggers that keep the audit trail append-only, as far as a database can. A user with the right to drop them is
//! detected by the hash chain. They aren't in `migrations` because the two databases have no common syntax for them.

use sqlx::{PgPool, SqliteConnection};

use super::StoreError;

/// The number of triggers on each database.
const ON_SQLITE: i64 = 4;
const ON_POSTGRES: i64 = 6;

const SQLITE: &str = "
CREATE TRIGGER IF NOT EXISTS audit_keeps_entries BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_keeps_values BEFORE UPDATE ON audit
WHEN OLD.seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor
  OR NEW.source IS NOT OLD.source OR NEW.action IS NOT OLD.action OR NEW.subject IS NOT OLD.subject
  OR NEW.centre_code IS NOT OLD.centre_code OR NEW.details IS NOT OLD.details
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_keeps_subjects BEFORE DELETE ON audit_subjects
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_keeps_their_values BEFORE UPDATE ON audit_subjects
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
";

const POSTGRES: &str = "
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE OR REPLACE TRIGGER audit_keeps_entries BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE OR REPLACE TRIGGER audit_keeps_all BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE OR REPLACE TRIGGER audit_keeps_values BEFORE UPDATE ON audit FOR EACH ROW
WHEN (OLD.seq IS NOT NULL
  OR (NEW.id, NEW.at, NEW.actor, NEW.source, NEW.action, NEW.subject, NEW.centre_code, NEW.details)
     IS DISTINCT FROM
     (OLD.id, OLD.at, OLD.actor, OLD.source, OLD.action, OLD.subject, OLD.centre_code, OLD.details))
EXECUTE FUNCTION audit_refuse();
CREATE OR REPLACE TRIGGER audit_keeps_subjects BEFORE DELETE ON audit_subjects
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE OR REPLACE TRIGGER audit_keeps_their_values BEFORE UPDATE ON audit_subjects
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE OR REPLACE TRIGGER audit_keeps_all_subjects BEFORE TRUNCATE ON audit_subjects
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
";

/// Creates the triggers if any is missing.
pub(super) async fn on_sqlite(writer: &mut SqliteConnection) -> Result<(), StoreError> {
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'";
    let there: i64 = sqlx::query_scalar(sql).fetch_one(&mut *writer).await?;
    if there < ON_SQLITE {
        sqlx::raw_sql(SQLITE).execute(writer).await?;
    }
    Ok(())
}

/// Creates the triggers if any is missing.
pub(super) async fn on_postgres(pool: &PgPool) -> Result<(), StoreError> {
    let sql = "SELECT count(*) FROM pg_trigger
               WHERE tgrelid IN ('audit'::regclass, 'audit_subjects'::regclass) AND NOT tgisinternal";
    let there: i64 = sqlx::query_scalar(sql).fetch_one(pool).await?;
    if there < ON_POSTGRES {
        let mut tx = pool.begin().await?;
        // Two programs that start at once would conflict over the functions.
        sqlx::raw_sql("LOCK TABLE audit, audit_subjects IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await?;
        sqlx::raw_sql(POSTGRES).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
