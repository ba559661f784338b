//! Opens either database, migrates its tables, and begins transactions.

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::OnceCell;

#[cfg(feature = "fault-injection")]
use super::CommitHook;
use super::address::Address;
use super::schema::{Schema, Tables};
use super::seals::SealQueue;
use super::server::{self, ServerWatch};
use super::sqlite::SqliteFile;
use super::writer::WriteTransaction;
use super::{NoDatabase, Server, StoreError, Tx, origin, sqlite};
use crate::domain::DataOrigin;

/// The lowest `PRAGMA synchronous` at which a commit waits for the disk: FULL.
const SYNCHRONOUS_FULL: i64 = 2;
/// An open database.
#[derive(Clone)]
pub struct Database {
    side: Side,
    #[cfg(feature = "fault-injection")]
    commit_hook: Option<Arc<dyn CommitHook>>,
    origin: Arc<OnceCell<DataOrigin>>,
    /// One queue per process: clones of this handle share it.
    seals: Arc<SealQueue>,
    schema: Arc<Schema>,
}

#[derive(Clone)]
pub(super) enum Side {
    Sqlite(SqliteFile),
    Postgres { pool: PgPool, watch: ServerWatch },
}

impl Database {
    /// Opens `sqlite://PATH` (created if missing) or `postgres://…` for writing. `connections` is the maximum number of
    /// PostgreSQL connections. The tables may be missing: [`Database::migrate`] creates them.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`] if the address, the file or the server can't be used.
    pub async fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let side = match Address::read(url)? {
            Address::Sqlite(path) => Side::Sqlite(sqlite::open(&path).await?),
            Address::Postgres(options) => {
                let (pool, watch) = server::open(*options, connections).await?;
                Side::Postgres { pool, watch }
            }
        };
        Ok(Self::of(side))
    }

    /// Opens an existing database whose tables are as this program needs them. Nothing is written, so a read-only
    /// database can be read.
    ///
    /// # Errors
    /// [`StoreError::NoDatabase`], [`StoreError::Older`] or [`StoreError::Newer`], depending on the tables;
    /// [`StoreError::CannotOpen`] if the address, the file or the server can't be used.
    pub async fn open_existing(url: &str, connections: u32) -> Result<Self, StoreError> {
        let address = Address::read(url)?;
        let (side, missing) = match address {
            Address::Sqlite(path) => {
                let file = sqlite::open_existing(&path).await?;
                (Side::Sqlite(file), StoreError::NoDatabase(NoDatabase::NoTablesInFile(path)))
            }
            Address::Postgres(options) => {
                let missing = server::no_tables(&options);
                let (pool, watch) = server::open(*options, connections).await?;
                (Side::Postgres { pool, watch }, missing)
            }
        };
        let database = Self::of(side);
        let unusable = match database.tables().await {
            Ok(Tables::Current) => return Ok(database),
            Ok(Tables::Missing) => missing,
            Ok(Tables::Older) => StoreError::Older,
            Err(error) => error,
        };
        database.close().await;
        Err(unusable)
    }

    fn of(side: Side) -> Self {
        Self {
            side,
            #[cfg(feature = "fault-injection")]
            commit_hook: None,
            origin: Arc::default(),
            seals: Arc::default(),
            schema: Arc::new(Schema::of_this_program()),
        }
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    #[cfg(feature = "fault-injection")]
    pub(super) fn with_schema(self, schema: Schema) -> Self {
        Self { schema: Arc::new(schema), ..self }
    }

    /// Whether the data are real or simulated. This never changes, so it is read once.
    ///
    /// # Errors
    /// Database errors.
    pub async fn data_origin(&self) -> Result<DataOrigin, StoreError> {
        let read = async || origin::of(&mut self.begin_autocommit().await?).await;
        self.origin.get_or_try_init(read).await.copied()
    }

    /// The seals of committed rows that aren't in the audit trail yet.
    pub fn seals(&self) -> &SealQueue {
        &self.seals
    }

    pub(super) const fn side(&self) -> &Side {
        &self.side
    }

    /// Rewrites an SQLite file without the unused parts, in which deleted values can stay. Does nothing on PostgreSQL,
    /// which removes deleted rows itself (`autovacuum`).
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program reads or writes the file; otherwise database errors.
    pub async fn compact(&self) -> Result<(), StoreError> {
        if let Side::Sqlite(file) = &self.side {
            let mut writer = file.lock_writer().await?;
            sqlx::raw_sql("VACUUM").execute(writer.connection()?).await?;
            // The log has the pages of before. It returns 1 in its first column if a reader still needs them.
            let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
            if sqlx::query_scalar::<_, i64>(truncate).fetch_one(writer.connection()?).await? != 0 {
                return Err(StoreError::Busy);
            }
        }
        Ok(())
    }

    /// Installs a hook that decides the result of commits, for simulations.
    #[cfg(feature = "fault-injection")]
    #[must_use]
    pub fn with_commit_hook(self, hook: Arc<dyn CommitHook>) -> Self {
        Self { commit_hook: Some(hook), ..self }
    }

    /// Returns `true` if a commit completes only when it is on the disk, so that a power cut loses no completed commit
    /// (fault 10).
    ///
    /// # Errors
    /// Database errors.
    pub async fn waits_for_the_disk(&self) -> Result<bool, StoreError> {
        Ok(match &self.side {
            Side::Sqlite(file) => {
                let mut writer = file.lock_writer().await?;
                let synchronous = sqlx::query_scalar::<_, i64>("PRAGMA synchronous");
                synchronous.fetch_one(writer.connection()?).await? >= SYNCHRONOUS_FULL
            }
            Side::Postgres { pool, .. } => {
                let commit: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(pool).await?;
                let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(pool).await?;
                commit != "off" && fsync == "on"
            }
        })
    }

    /// Stops waiting for the disk, where that is possible. For simulations on a slow disk.
    ///
    /// # Errors
    /// Database errors.
    #[cfg(feature = "fault-injection")]
    pub async fn disable_fsync_for_tests(&self) -> Result<(), StoreError> {
        if let Side::Sqlite(file) = &self.side {
            sqlx::query("PRAGMA synchronous = OFF").execute(file.lock_writer().await?.connection()?).await?;
        }
        Ok(())
    }

    /// Begins a write transaction. SQLite runs one at a time; the others wait.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds of waiting; [`StoreError::Full`] and [`StoreError::ReadOnly`] if the
    /// database can only be read; [`StoreError::Newer`] if a newer program has migrated it; otherwise database errors.
    pub async fn begin_write(&self) -> Result<Tx, StoreError> {
        let mut tx = self.begin_with_first_statement().await?;
        tx.begin_now().await?;
        Ok(tx)
    }

    /// Begins a write transaction that SQLite begins with the first statement, in one request.
    ///
    /// # Errors
    /// Those of [`Database::begin_write`]. On SQLite, also the first statement can be refused so.
    pub async fn begin_with_first_statement(&self) -> Result<Tx, StoreError> {
        let tx = match &self.side {
            Side::Sqlite(file) => Tx::sqlite(WriteTransaction::new(file.lock_writer().await?)),
            Side::Postgres { pool, .. } => Tx::postgres(self.schema.begin_on_postgres(pool).await?),
        };
        Ok(self.prepared(tx))
    }

    /// Begins a write transaction on tables of any version.
    pub(super) async fn begin_migration(&self) -> Result<Tx, StoreError> {
        let tx = match &self.side {
            // The driver's migrations begin transactions within this one, so the driver must have begun it.
            Side::Sqlite(file) => Tx::sqlite_of_driver(file.migrating_pool()?.begin_with("BEGIN IMMEDIATE").await?),
            Side::Postgres { pool, .. } => Tx::postgres(pool.begin().await?),
        };
        Ok(self.prepared(tx))
    }

    fn prepared(&self, tx: Tx) -> Tx {
        #[cfg(feature = "fault-injection")]
        let tx = tx.with_commit_hook(self.commit_hook.clone());
        tx.with_queue(Arc::clone(&self.seals))
    }

    /// Begins a read-only transaction on a snapshot of the database.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds of waiting; otherwise database errors.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        self.schema.is_not_newer()?;
        self.side.is_still_settled()?;
        Ok(match &self.side {
            Side::Sqlite(SqliteFile { readers, .. }) => Tx::sqlite_of_driver(readers.begin().await?),
            Side::Postgres { pool, .. } => {
                Tx::postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// Runs read statements without a transaction, each on its own snapshot. A transaction would double the cost.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds of waiting; otherwise database errors.
    pub async fn begin_autocommit(&self) -> Result<Tx, StoreError> {
        self.schema.is_not_newer()?;
        self.side.is_still_settled()?;
        Ok(match &self.side {
            Side::Sqlite(SqliteFile { readers, .. }) => Tx::sqlite_glance(readers.acquire().await?),
            Side::Postgres { pool, .. } => Tx::postgres_glance(pool.acquire().await?),
        })
    }

    /// The server of the most recently opened connection. It changes when a fail-over moves the connections to another
    /// PostgreSQL server.
    pub fn server(&self) -> Server {
        match &self.side {
            Side::Sqlite(_) => Server::default(),
            Side::Postgres { watch, .. } => watch.last(),
        }
    }

    /// Closes all connections. Waits for transactions in progress.
    pub async fn close(&self) {
        match &self.side {
            Side::Sqlite(file) => file.close().await,
            Side::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Side {
    /// Refuses to read a file opened as immutable once a program writes it: the pages would come from two different
    /// moments.
    fn is_still_settled(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(SqliteFile { settled: Some(path), .. }) if sqlite::log_is_there(path) => Err(StoreError::Busy),
            Self::Sqlite(_) | Self::Postgres { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::flow_sets::{self, FlowSetRow};

    // This test is here because only the writing connection can be made to run full.
    #[tokio::test]
    async fn a_full_disk_is_recognised_and_outlived() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let database = Database::open(&format!("sqlite://{}/calls.db", directory.path().display()), 1).await?;
        database.migrate(DataOrigin::Real).await?;
        let Side::Sqlite(file) = &database.side else { return Err("not SQLite".into()) };
        let set = |size: usize| FlowSetRow {
            digest: format!("of {size}"),
            files: "x".repeat(size),
            loaded_at: Timestamp::UNIX_EPOCH,
        };

        for _ in 0..3 {
            // Set the limit in each round, as the connection may be a new one. The value is the current page count.
            sqlx::query("PRAGMA max_page_count = 1").execute(file.lock_writer().await?.connection()?).await?;
            let mut tx = database.begin_write().await?;
            flow_sets::put(&mut tx, &set(10)).await?;
            let refused = flow_sets::put(&mut tx, &set(1_000_000)).await;
            assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
            assert!(matches!(flow_sets::put(&mut tx, &set(11)).await, Err(StoreError::Abandoned)));
            assert!(matches!(tx.commit().await, Err(StoreError::Abandoned)));
        }
        let mut tx = database.begin_write().await?;
        for size in [10, 11, 1_000_000] {
            assert_eq!(flow_sets::get(&mut tx, &set(size).digest).await?, None);
        }
        flow_sets::put(&mut tx, &set(10)).await?;
        tx.commit().await?;
        Ok(())
    }

    // A reopened connection has lost its prepared statements and cached pages. Reopening takes longer than most
    // transactions.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_transaction_that_is_dropped_keeps_its_connection() -> Result<(), Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let database = Database::open(&format!("sqlite://{}/calls.db", directory.path().display()), 1).await?;
        database.migrate(DataOrigin::Real).await?;
        let Side::Sqlite(file) = &database.side else { return Err("not SQLite".into()) };
        // A temporary table belongs to one connection.
        let mark = "CREATE TEMPORARY TABLE mark (number bigint)";
        sqlx::query(mark).execute(file.lock_writer().await?.connection()?).await?;
        for number in 0..200 {
            let mut tx = database.begin_write().await?;
            flow_sets::get(&mut tx, "none").await?;
            drop(tx);
            let insert = sqlx::query("INSERT INTO mark (number) VALUES ($1)").bind(number);
            insert.execute(file.lock_writer().await?.connection()?).await?;
        }
        Ok(())
    }
}
