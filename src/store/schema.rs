//! The tables as this program needs them. A program refuses tables that a newer one has migrated, even if that happens
//! while it runs.

use std::sync::atomic::{AtomicBool, Ordering};

use include_dir::{Dir, include_dir};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgPool, Postgres, SqlStr, Transaction};

use super::StoreError;

/// The migrations' files, compiled into the program.
static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");
/// The table in which sqlx records the applied migrations.
pub(super) const APPLIED: &str = "_sqlx_migrations";
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
    pub(super) migrations: Migrator,
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

    /// The tables of the next version of this program: with one more migration.
    #[cfg(feature = "fault-injection")]
    pub(super) fn of_next_program(sql: &'static str) -> Self {
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
        Self::of(migrations)
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

    /// Notes that a newer program has migrated the tables.
    pub(super) fn refuse(&self) -> StoreError {
        self.newer.store(true, Ordering::Relaxed);
        StoreError::Newer
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
