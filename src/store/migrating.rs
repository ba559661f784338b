//! Migrates the tables and marks the origin of their data, in one transaction.

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{PgConnection, SqliteConnection};

use super::database::{Database, Side};
use super::error::cannot_open;
use super::error::{INSUFFICIENT_PRIVILEGE, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, sqlite_code};
use super::schema::{APPLIED, Tables};
use super::sqlite::SqliteFile;
use super::tx::Driver;
use super::{OpenFault, StoreError, Unmade, origin, patients, triggers};
use crate::domain::DataOrigin;

/// On PostgreSQL, the program that changes the tables holds this lock.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5031980214)";
/// Waits for the write transactions of all nodes, and lets new ones begin only after the migration: see
/// `Schema::begin_on_postgres`.
const LOCK_OUT_WRITERS: &str = "LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE";

impl Database {
    /// This database as the next version of this program would open it: with one more migration. For tests of upgrades.
    #[cfg(feature = "fault-injection")]
    #[must_use]
    pub fn of_next_version(self, sql: &'static str) -> Self {
        self.with_schema(super::schema::Schema::of_next_program(sql))
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
            Side::Sqlite(file) => triggers::on_sqlite(file.lock_writer().await?.connection()?).await,
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
            Some(Driver::Sqlite(connection)) => run_on_sqlite(migrations, connection).await,
            Some(Driver::Postgres(connection)) => run_on_postgres(migrations, connection).await,
            None => return Err(StoreError::Abandoned),
        };
        match ran {
            Ok(were_there) => {
                origin::mark(&mut tx, (!were_there).then_some(created)).await?;
                if were_there {
                    patients::fold_names(&mut tx).await?;
                }
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
