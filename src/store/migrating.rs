//! Migrates the tables and marks the origin of their data, in one transaction. A program refuses tables that a newer
//! one has migrated, even if that happens while it runs.

use std::sync::atomic::{AtomicBool, Ordering};

use include_dir::{Dir, include_dir};
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, SqlStr, SqliteConnection, Transaction};

use super::database::{Database, Side};
use super::error::cannot_open;
use super::error::{INSUFFICIENT_PRIVILEGE, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, sqlite_code};
use super::sqlite::SqliteFile;
use super::{OpenFault, StoreError, Unmade, origin, triggers};
use crate::domain::DataOrigin;

/// The migrations' files, compiled into the program.
static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");
/// The table in which sqlx records the applied migrations.
const APPLIED: &str = "_sqlx_migrations";
/// On PostgreSQL, the program that changes the tables holds this lock.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5031980214)";
/// Waits for the write transactions of all nodes, and lets new ones begin only after the migration: see
/// [`Schema::begin_on_postgres`].
const LOCK_OUT_WRITERS: &str = "LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE";
/// PostgreSQL SQLSTATE: division by zero.
const DIVISION_BY_ZERO: &str = "22012";

/// The state of the tables, relative to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// There are no tables: the database hasn't been created.
    Missing,
    /// The tables were made by an older program.
    Older,
    /// The tables are as this program needs them.
    Current,
}

/// The tables that this program knows, and whether a newer program has changed them.
#[derive(Debug)]
pub(super) struct Schema {
    migrations: Migrator,
    /// Begins a transaction on PostgreSQL, or divides by zero if there is a newer migration than this program's.
    begin: String,
    /// A newer program has migrated. That stays so until this program ends.
    newer: AtomicBool,
}

impl Schema {
    /// The tables of this program.
    pub(super) fn of_this_program() -> Self {
        Self::of(migrations())
    }

    fn of(migrations: Vec<Migration>) -> Self {
        let newest = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
        let begin = format!("BEGIN; SELECT 1 / (max(version) <= {newest})::integer FROM {APPLIED}");
        Self { migrations: Migrator::with_migrations(migrations), begin, newer: AtomicBool::new(false) }
    }

    /// Begins a write transaction, unless a newer program has migrated the tables. The query locks the table of
    /// migrations until the transaction ends, and a migration waits for that lock, so no row of this program is written
    /// after the migration of a newer one.
    pub(super) async fn begin_on_postgres(&self, pool: &PgPool) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.is_not_newer()?;
        pool.begin_with(AssertSqlSafe(self.begin.clone())).await.map_err(|error| {
            let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
            if code.as_deref() == Some(DIVISION_BY_ZERO) { self.refuse() } else { error.into() }
        })
    }

    /// # Errors
    /// [`StoreError::Newer`] if a newer program has migrated the tables, as far as this program noticed.
    pub(super) fn is_not_newer(&self) -> Result<(), StoreError> {
        if self.newer.load(Ordering::Relaxed) { Err(StoreError::Newer) } else { Ok(()) }
    }

    fn refuse(&self) -> StoreError {
        self.newer.store(true, Ordering::Relaxed);
        StoreError::Newer
    }
}

impl Database {
    /// This database as the next version of this program would open it: with one more migration. For tests of upgrades.
    #[cfg(feature = "fault-injection")]
    #[must_use]
    pub fn of_next_version(self, sql: &'static str) -> Self {
        let mut migrations = migrations();
        let newest = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
        let next = Migration::new(
            newest.saturating_add(1),
            "next version".into(),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        );
        migrations.push(next);
        self.with_schema(Schema::of(migrations))
    }

    /// Creates or changes the tables as this program needs them. Does nothing if they are up to date. A database
    /// without tables is marked with the origin `created` in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer program has migrated the database; [`StoreError::CannotOpen`] if a migration
    /// fails.
    pub async fn migrate(&self, created: DataOrigin) -> Result<(), StoreError> {
        self.bring_up_to_date(created).await?;
        match self.side() {
            Side::Sqlite(SqliteFile { writer, .. }) => triggers::on_sqlite(writer.pool()?).await,
            Side::Postgres { pool, .. } => triggers::on_postgres(pool).await.map_err(|error| match error {
                StoreError::ReadOnly => not_owner(Unmade::Guards),
                other => other,
            }),
        }
    }

    async fn bring_up_to_date(&self, created: DataOrigin) -> Result<(), StoreError> {
        if self.tables().await? == Tables::Current {
            return Ok(());
        }
        let migrations = &self.schema().migrations;
        let mut tx = self.begin_migration().await?;
        let ran = match tx.driver() {
            super::tx::Driver::Sqlite(connection) => run_on_sqlite(migrations, connection).await,
            super::tx::Driver::Postgres(connection) => run_on_postgres(migrations, connection).await,
        };
        match ran {
            Ok(were_there) => {
                origin::mark(&mut tx, (!were_there).then_some(created)).await?;
                tx.commit().await
            }
            Err(MigrateError::VersionMissing(_)) => Err(self.schema().refuse()),
            Err(error) => {
                drop(tx);
                // Two programs started at once, and the other one was faster.
                if self.tables().await? == Tables::Current {
                    return Ok(());
                }
                if let Some(refused) = refused(&error) {
                    return Err(refused);
                }
                cannot_open(OpenFault::Migration(error.to_string()))
            }
        }
    }

    /// The state of the tables, relative to this program.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer program has changed them; otherwise database errors.
    pub async fn tables(&self) -> Result<Tables, StoreError> {
        self.schema().is_not_newer()?;
        let migrations = &self.schema().migrations;
        let applied = match self.side() {
            Side::Sqlite(SqliteFile { readers, .. }) => applied(&mut *readers.acquire().await?).await?,
            Side::Postgres { pool, .. } => applied(&mut *pool.acquire().await?).await?,
        };
        if applied.iter().any(|version| !migrations.version_exists(*version)) {
            return Err(self.schema().refuse());
        }
        Ok(match applied.len() {
            0 => Tables::Missing,
            _ if migrations.iter().all(|migration| applied.contains(&migration.version)) => Tables::Current,
            _ => Tables::Older,
        })
    }

    /// Returns `true` if the tables are as this program needs them.
    ///
    /// # Errors
    /// Same as [`Database::tables`].
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        Ok(self.tables().await? == Tables::Current)
    }
}

/// The migrations of this program. `sqlx::migrate!` would build both database drivers a second time, for its macros.
fn migrations() -> Vec<Migration> {
    FILES.files().filter_map(migration).collect()
}

/// The migration in a file named `VERSION_DESCRIPTION.sql`. `None` for any other file.
fn migration(file: &'static include_dir::File<'static>) -> Option<Migration> {
    let (version, description) = file.path().file_name()?.to_str()?.strip_suffix(".sql")?.split_once('_')?;
    let sql = SqlStr::from_static(file.contents_utf8()?);
    let description = description.replace('_', " ").into();
    Some(Migration::new(version.parse().ok()?, description, MigrationType::Simple, sql, false))
}

/// The cause that prevented a migration, if it is the database role or the disk and not the migration itself.
fn refused(error: &MigrateError) -> Option<StoreError> {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else { return None };
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    if code.as_deref() == Some(INSUFFICIENT_PRIVILEGE) {
        return Some(not_owner(Unmade::Tables));
    }
    match sqlite_code(error) {
        Some(SQLITE_READONLY | SQLITE_CANTOPEN) => Some(StoreError::ReadOnly),
        Some(SQLITE_FULL | SQLITE_IOERR) => Some(StoreError::Full),
        _ => None,
    }
}

fn not_owner(unmade: Unmade) -> StoreError {
    StoreError::CannotOpen(OpenFault::NotOwner(unmade))
}

/// Returns `true` if there were tables before.
async fn run_on_sqlite(migrations: &Migrator, connection: &mut SqliteConnection) -> Result<bool, MigrateError> {
    connection.ensure_migrations_table(APPLIED).await?;
    run(migrations, connection).await
}

async fn run_on_postgres(migrations: &Migrator, connection: &mut PgConnection) -> Result<bool, MigrateError> {
    sqlx::raw_sql(LOCK).execute(&mut *connection).await?;
    connection.ensure_migrations_table(APPLIED).await?;
    sqlx::raw_sql(LOCK_OUT_WRITERS).execute(&mut *connection).await?;
    run(migrations, connection).await
}

async fn run(migrations: &Migrator, connection: &mut impl Migrate) -> Result<bool, MigrateError> {
    let before = connection.list_applied_migrations(APPLIED).await?;
    migrations.run_direct(None, connection, false).await?;
    Ok(!before.is_empty())
}

/// The applied versions. Empty if the database is new.
async fn applied(connection: &mut impl Migrate) -> Result<Vec<i64>, StoreError> {
    match connection.list_applied_migrations(APPLIED).await {
        Ok(applied) => Ok(applied.into_iter().map(|migration| migration.version).collect()),
        Err(MigrateError::Execute(error)) if is_missing_table(&error) => Ok(Vec::new()),
        Err(MigrateError::Execute(error)) => Err(error.into()),
        Err(error) => cannot_open(OpenFault::Tables(error.to_string())),
    }
}

fn is_missing_table(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_a_migration_of_its_own() {
        let versions: std::collections::BTreeSet<i64> =
            migrations().iter().map(|migration| migration.version).collect();
        assert_eq!(versions.len(), FILES.files().count());
    }
}
