//! Opening either database, bringing its tables up to date, and beginning transactions on it.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, PgPool, SqlitePool,
    migrate::{Migrate, MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Fate, Server, StoreError, Tx, error::sqlite_code, guards, server, server::ServerWatch};

/// The tables of this program, inside it.
static MIGRATIONS: Migrator = sqlx::migrate!();
/// Where sqlx notes which of them were applied.
const APPLIED: &str = "_sqlx_migrations";

/// `PRAGMA synchronous` from which on a commit waits for the disk: FULL.
const SYNCHRONOUS_FULL: i64 = 2;
/// How long a statement or a new transaction waits for others.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements kept a connection: each statement over many rows has up to seven sizes.
pub(super) const STATEMENTS: usize = 256;
/// Rows that SQLite's thread may be ahead of the reader, so that a batch is read without switching to and fro.
const ROWS_AHEAD: usize = 256;
/// Readers of SQLite: each is a thread and a page cache.
const READERS: u32 = 4;
/// How long an idle reader is kept.
const IDLE: Duration = Duration::from_secs(60);
/// Page caches in KiB (SQLite wants them negative): small, as the system caches the file too.
const WRITER_CACHE_KIB: &str = "-8192";
const READER_CACHE_KIB: &str = "-1024";
/// Pages of 4 KiB in the write-ahead log before it is copied back: fewer, larger copies than the default of 1,000.
const CHECKPOINT_PAGES: &str = "4000";
/// What the write-ahead log is cut back to after a burst, in bytes.
const LOG_LIMIT: &str = "33554432";

/// An open database.
#[derive(Clone)]
pub struct Database {
    side: Side,
    fate: Option<Arc<dyn Fate>>,
}

#[derive(Clone)]
enum Side {
    /// One writer, because SQLite has one anyway: waiting in the pool is fair, and no transaction is refused as locked.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres {
        pool: PgPool,
        watch: ServerWatch,
    },
}

impl Database {
    /// Opens `sqlite://PATH` (made when missing) or `postgres://…`; `connections` is the most that are used of
    /// PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`] when the address, the file or the server can't be used.
    pub async fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let side = if let Some(path) = url.strip_prefix("sqlite://") {
            open_sqlite(Path::new(path)).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let (pool, watch) = server::open(url, connections).await?;
            Side::Postgres { pool, watch }
        } else {
            return cannot_open(
                "the database address must begin with sqlite:// (as sqlite:///var/lib/kenkocall/calls.db) or postgres://",
            );
        };
        Ok(Self { side, fate: None })
    }

    /// The same with somebody who decides what becomes of its commits: for simulations.
    #[doc(hidden)]
    #[must_use]
    pub fn with_fate(self, fate: Arc<dyn Fate>) -> Self {
        Self { fate: Some(fate), ..self }
    }

    /// Whether a commit is answered only when it is on the disk: a power cut takes nothing that was answered (fault
    /// 10).
    ///
    /// # Errors
    /// As the database fails.
    pub async fn waits_for_the_disk(&self) -> Result<bool, StoreError> {
        Ok(match &self.side {
            Side::Sqlite { writer, .. } => {
                sqlx::query_scalar::<_, i64>("PRAGMA synchronous").fetch_one(writer).await? >= SYNCHRONOUS_FULL
            }
            Side::Postgres { pool, .. } => {
                let commit: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(pool).await?;
                let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(pool).await?;
                commit != "off" && fsync == "on"
            }
        })
    }

    /// Doesn't wait for the disk from now on, where that can be said: for simulations on a slow one.
    ///
    /// # Errors
    /// As the database fails.
    #[doc(hidden)]
    pub async fn trust_the_disk(&self) -> Result<(), StoreError> {
        if let Side::Sqlite { writer, .. } = &self.side {
            sqlx::query("PRAGMA synchronous = OFF").execute(writer).await?;
        }
        Ok(())
    }

    /// Creates or changes the tables as this program needs them; does nothing when they are up to date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program did so before; [`StoreError::CannotOpen`] when a migration fails.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.bring_up_to_date().await?;
        match &self.side {
            Side::Sqlite { writer, .. } => guards::on_sqlite(writer).await,
            Side::Postgres { pool, .. } => guards::on_postgres(pool).await,
        }
    }

    async fn bring_up_to_date(&self) -> Result<(), StoreError> {
        if self.is_current().await? {
            return Ok(());
        }
        let ran = match &self.side {
            Side::Sqlite { writer, .. } => MIGRATIONS.run(writer).await,
            Side::Postgres { pool, .. } => MIGRATIONS.run(pool).await,
        };
        match ran {
            Ok(()) => Ok(()),
            Err(MigrateError::VersionMissing(_)) => Err(StoreError::Newer),
            // Two programs started at once: SQLite has no lock for this, and the other one was faster.
            Err(_) if self.is_current().await? => Ok(()),
            Err(error) => cannot_open(format!(
                "the tables couldn't be brought up to date ({error}); restore a backup, or ask for support with this sentence"
            )),
        }
    }

    /// Whether the tables are as this program needs them.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program has changed them; else as the database fails.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let applied = match &self.side {
            Side::Sqlite { readers, .. } => applied(&mut *readers.acquire().await?).await?,
            Side::Postgres { pool, .. } => applied(&mut *pool.acquire().await?).await?,
        };
        if applied.iter().any(|version| !MIGRATIONS.version_exists(*version)) {
            return Err(StoreError::Newer);
        }
        Ok(MIGRATIONS.iter().all(|migration| applied.contains(&migration.version)))
    }

    /// Begins a transaction that writes. On SQLite there is one at a time; the others wait for it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds of waiting; else as the database fails.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let tx = match &self.side {
            Side::Sqlite { writer, .. } => Tx::sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Side::Postgres { pool, .. } => Tx::postgres(pool.begin().await?),
        };
        Ok(tx.with_fate(self.fate.clone()))
    }

    /// Begins a transaction that reads one moment of the database; it can't write.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds of waiting; else as the database fails.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.side {
            Side::Sqlite { readers, .. } => Tx::sqlite(readers.begin().await?),
            Side::Postgres { pool, .. } => {
                Tx::postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// For statements that read, each its own moment: no transaction is put around them, which would cost as much
    /// again.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds of waiting; else as the database fails.
    pub async fn glance(&self) -> Result<Tx, StoreError> {
        Ok(match &self.side {
            Side::Sqlite { readers, .. } => Tx::sqlite_glance(readers.acquire().await?),
            Side::Postgres { pool, .. } => Tx::postgres_glance(pool.acquire().await?),
        })
    }

    /// The server that the last connection was opened to. It changes when a fail-over leads the connections to another
    /// PostgreSQL server.
    pub fn server(&self) -> Server {
        match &self.side {
            Side::Sqlite { .. } => Server::default(),
            Side::Postgres { watch, .. } => watch.last(),
        }
    }

    /// Closes all connections, waiting for the transactions under way.
    pub async fn close(&self) {
        match &self.side {
            Side::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Side::Postgres { pool, .. } => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Side, StoreError> {
    check_path(path)?;
    let both = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(ROWS_AHEAD)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    let for_writer = both
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A dial intent that was committed must outlive a power cut, or a patient is rung twice.
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", WRITER_CACHE_KIB)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_LIMIT);
    let for_readers = both.pragma("cache_size", READER_CACHE_KIB).pragma("query_only", "ON");
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            // A full disk ends SQLite's transaction behind the driver's back, which then counts one too many for ever.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        // One that was dropped is on its way to be undone: what is asked next is answered after it.
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
    };
    let writer = pool().max_connections(1).idle_timeout(None).max_lifetime(None);
    let writer = writer.connect_with(for_writer).await.map_err(|error| sqlite_sentence(path, error))?;
    let readers = pool().max_connections(READERS).idle_timeout(IDLE).connect_lazy_with(for_readers);
    Ok(Side::Sqlite { writer, readers })
}

/// What SQLite would say less clearly, or, for a read-only file, only at the first write.
fn check_path(path: &Path) -> Result<(), StoreError> {
    let shown = path.display();
    if path.as_os_str().is_empty() || path == Path::new(":memory:") {
        return cannot_open("the database address has no file; write it as sqlite:///var/lib/kenkocall/calls.db");
    }
    if path.is_dir() {
        return cannot_open(format!("the database {shown} is a directory; name a file inside it"));
    }
    if let Some(parent) = path.parent()
        && !parent.as_os_str().is_empty()
        && !parent.is_dir()
    {
        return cannot_open(format!("the directory of the database {shown} doesn't exist; create it first"));
    }
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return cannot_open(format!("the database {shown} is read-only; make it writable for this program's user"));
    }
    Ok(())
}

fn sqlite_sentence(path: &Path, error: sqlx::Error) -> StoreError {
    let shown = path.display();
    let sentence = match sqlite_code(&error) {
        Some(26) => format!("the file {shown} isn't an SQLite database; name another file, or move this one away"),
        Some(14 | 3 | 8 | 23) => {
            format!(
                "the database {shown} can't be opened for writing; let this program's user write the file and its directory"
            )
        }
        Some(11) => format!("the database {shown} is damaged; restore it from a backup"),
        _ => match StoreError::from(error) {
            StoreError::Driver(error) => {
                format!("the database {shown} can't be opened ({error}); check the file and its disk")
            }
            other => return other,
        },
    };
    StoreError::CannotOpen { sentence }
}

pub(super) fn cannot_open<T>(sentence: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::CannotOpen { sentence: sentence.into() })
}

/// The versions that were applied; none when the database is new.
async fn applied(connection: &mut impl Migrate) -> Result<Vec<i64>, StoreError> {
    match connection.list_applied_migrations(APPLIED).await {
        Ok(applied) => Ok(applied.into_iter().map(|migration| migration.version).collect()),
        Err(MigrateError::Execute(error)) if is_missing_table(&error) => Ok(Vec::new()),
        Err(MigrateError::Execute(error)) => Err(error.into()),
        Err(error) => cannot_open(format!("the state of the tables can't be read ({error}); ask for support")),
    }
}

fn is_missing_table(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::flow_sets::{self, FlowSetRow};

    // Here and not with the other tests of the store, because only the writing connection can be made to run full.
    #[tokio::test]
    async fn a_full_disk_is_recognised_and_outlived() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let database = Database::open(&format!("sqlite://{}/calls.db", directory.path().display()), 1).await?;
        database.migrate().await?;
        let Side::Sqlite { writer, .. } = &database.side else { return Err("not SQLite".into()) };
        let set = |size: usize| FlowSetRow {
            digest: format!("of {size}"),
            files: "x".repeat(size),
            loaded_at: Timestamp::UNIX_EPOCH,
        };

        for _ in 0..3 {
            // In each round, as the pool may have made a new connection: at most as many pages as there are.
            sqlx::query("PRAGMA max_page_count = 1").execute(writer).await?;
            let mut tx = database.begin().await?;
            flow_sets::put(&mut tx, &set(10)).await?;
            let refused = flow_sets::put(&mut tx, &set(1_000_000)).await;
            assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
            assert!(matches!(flow_sets::put(&mut tx, &set(11)).await, Err(StoreError::Abandoned)));
            assert!(matches!(tx.commit().await, Err(StoreError::Abandoned)));
        }
        let mut tx = database.begin().await?;
        for size in [10, 11, 1_000_000] {
            assert_eq!(flow_sets::get(&mut tx, &set(size).digest).await?, None);
        }
        flow_sets::put(&mut tx, &set(10)).await?;
        tx.commit().await?;
        Ok(())
    }

    // Opened anew, a connection has lost its statements and pages, and takes longer than most transactions.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_transaction_that_is_dropped_keeps_its_connection() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let database = Database::open(&format!("sqlite://{}/calls.db", directory.path().display()), 1).await?;
        database.migrate().await?;
        let Side::Sqlite { writer, .. } = &database.side else { return Err("not SQLite".into()) };
        // A temporary table is its connection's own.
        sqlx::query("CREATE TEMPORARY TABLE mark (number bigint)").execute(writer).await?;
        for number in 0..200 {
            let mut tx = database.begin().await?;
            flow_sets::get(&mut tx, "none").await?;
            drop(tx);
            sqlx::query("INSERT INTO mark (number) VALUES ($1)").bind(number).execute(writer).await?;
        }
        Ok(())
    }
}
