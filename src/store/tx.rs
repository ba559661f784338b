//! A transaction on either database. The layer above begins and commits it. Only the modules of this folder contain
//! SQL, and the compiler enforces that: every statement runs through the methods here, which only they can call.

use sqlx::pool::PoolConnection;
use sqlx::{Arguments as _, Postgres, SqlSafeStr as _, SqlStr, Sqlite, postgres::PgArguments, sqlite::SqliteArguments};

use std::sync::Arc;

#[cfg(feature = "fault-injection")]
use super::CommitHook;
use super::{
    StoreError,
    bind_value::{BindValue, Row, bind},
    seals::{Seal, SealQueue},
    statement::{BulkStatement, keys_at_once, rows_at_once},
};

/// A transaction. Dropping it without [`Tx::commit`] rolls it back.
pub struct Tx {
    side: Side,
    /// PostgreSQL refuses statements after an error. SQLite would run them, and outside the transaction if the error
    /// ended it.
    failed: bool,
    #[cfg(feature = "fault-injection")]
    commit_hook: Option<Arc<dyn CommitHook>>,
    /// The seals of the rows it writes, and the queue that gets them at the commit.
    seals: Vec<Seal>,
    queue: Option<Arc<SealQueue>>,
}

enum Side {
    Sqlite(Hold<Sqlite>),
    Postgres(Hold<Postgres>),
}

/// What the statements run on.
enum Hold<D: sqlx::Database> {
    /// A transaction.
    Whole(sqlx::Transaction<'static, D>),
    /// A connection without a transaction: each statement reads on its own.
    Glance(PoolConnection<D>),
}

impl<D: sqlx::Database> Hold<D> {
    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Whole(transaction) => transaction.commit().await,
            Self::Glance(_) => Ok(()),
        }
    }

    async fn rollback(self) -> sqlx::Result<()> {
        match self {
            Self::Whole(transaction) => transaction.rollback().await,
            Self::Glance(_) => Ok(()),
        }
    }

    fn connection(&mut self) -> &mut D::Connection {
        match self {
            Self::Whole(transaction) => transaction,
            Self::Glance(connection) => connection,
        }
    }
}

/// What only one transaction at a time may do. The numbers are those of the locks on PostgreSQL.
#[derive(Debug, Clone, Copy)]
#[repr(i64)]
pub(super) enum Lock {
    /// Count failed identifications and add one.
    Identifications = 5_031_980_215,
    /// Raise an alert unless there is one of its kind.
    AlertsOfAll = 5_031_980_216,
    /// Give a patient a number for automated calls.
    Numbers = 5_031_980_217,
}

/// The connection of a transaction.
pub(super) enum Driver<'a> {
    Sqlite(&'a mut sqlx::SqliteConnection),
    Postgres(&'a mut sqlx::PgConnection),
}

/// Rows to write, each with `N` parameters.
pub(super) type Rows<'a, const N: usize> = Vec<[BindValue<'a>; N]>;

impl Tx {
    pub(super) fn sqlite(side: sqlx::Transaction<'static, Sqlite>) -> Self {
        Self::on(Side::Sqlite(Hold::Whole(side)))
    }

    pub(super) fn sqlite_glance(connection: PoolConnection<Sqlite>) -> Self {
        Self::on(Side::Sqlite(Hold::Glance(connection)))
    }

    pub(super) fn postgres_glance(connection: PoolConnection<Postgres>) -> Self {
        Self::on(Side::Postgres(Hold::Glance(connection)))
    }

    pub(super) fn postgres(side: sqlx::Transaction<'static, Postgres>) -> Self {
        Self::on(Side::Postgres(Hold::Whole(side)))
    }

    fn on(side: Side) -> Self {
        Self {
            side,
            failed: false,
            #[cfg(feature = "fault-injection")]
            commit_hook: None,
            seals: Vec::new(),
            queue: None,
        }
    }

    /// Sets the queue for the seals of the rows it writes.
    pub(super) fn with_queue(self, queue: Arc<SealQueue>) -> Self {
        Self { queue: Some(queue), ..self }
    }

    /// Collects the seal of a row that this transaction writes.
    pub(super) fn seals(&mut self, seal: Seal) {
        self.seals.push(seal);
    }

    /// Sets the hook that decides the result of the commit.
    #[cfg(feature = "fault-injection")]
    pub(super) fn with_commit_hook(self, commit_hook: Option<Arc<dyn CommitHook>>) -> Self {
        Self { commit_hook, ..self }
    }

    /// The driver's connection, for migrations.
    pub(super) fn driver(&mut self) -> Driver<'_> {
        match &mut self.side {
            Side::Sqlite(side) => Driver::Sqlite(side.connection()),
            Side::Postgres(side) => Driver::Postgres(side.connection()),
        }
    }

    /// Makes everything done in this transaction durable and visible to others.
    ///
    /// # Errors
    /// If an earlier statement failed, or the database can't commit. Nothing was stored then, unless the connection
    /// broke during the commit: read again before repeating.
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::Abandoned);
        }
        #[cfg(feature = "fault-injection")]
        if let Some(hook) = &self.commit_hook {
            hook.before().await?;
        }
        let committed = match self.side {
            Side::Sqlite(side) => side.commit().await,
            Side::Postgres(side) => side.commit().await,
        };
        if let Some(queue) = self.queue {
            match &committed {
                Ok(()) => queue.push(self.seals),
                // The commit may have succeeded nevertheless.
                Err(_) if !self.seals.is_empty() => queue.doubt(),
                Err(_) => {}
            }
        }
        committed?;
        #[cfg(feature = "fault-injection")]
        if let Some(hook) = self.commit_hook {
            hook.after().await?;
        }
        Ok(())
    }

    /// Rolls back this transaction, and waits until that is done.
    ///
    /// # Errors
    /// If the connection broke. The database rolls back the transaction nevertheless.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.side {
            Side::Sqlite(side) => side.rollback().await?,
            Side::Postgres(side) => side.rollback().await?,
        }
        Ok(())
    }

    /// Returns `true` if this is the only writer until the transaction ends, so that no locks are needed. That is the
    /// case on SQLite.
    pub(super) fn writes_alone(&self) -> bool {
        matches!(self.side, Side::Sqlite(_))
    }

    /// Waits until no other transaction holds this lock, and holds it until this one ends. On SQLite, which has only
    /// one writer, nothing is needed.
    pub(super) async fn lock(&mut self, lock: Lock) -> Result<(), StoreError> {
        if !self.writes_alone() {
            let sql = "SELECT 1 FROM (SELECT pg_advisory_xact_lock($1)) AS held";
            self.fetch_optional(sql, vec![(lock as i64).into()], |_| Ok(())).await?;
        }
        Ok(())
    }

    /// Runs a statement. Returns the number of rows it wrote.
    pub(super) async fn execute(&mut self, sql: &'static str, args: Vec<BindValue<'_>>) -> Result<u64, StoreError> {
        self.run(sql.into_sql_str(), args).await
    }

    /// Runs a query and reads each row.
    pub(super) async fn fetch_all<T>(
        &mut self,
        sql: &'static str,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.query(sql.into_sql_str(), args, read).await
    }

    /// Runs a query that returns at most one row.
    pub(super) async fn fetch_optional<T>(
        &mut self,
        sql: &'static str,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.fetch_all(sql, args, read).await?.pop())
    }

    /// Writes many rows. The statement is `head`, which ends in `VALUES`, then the tuples, then `tail`. Returns the
    /// number of rows written.
    pub(super) async fn execute_rows<const N: usize>(
        &mut self,
        head: &'static str,
        rows: Rows<'_, N>,
        tail: &'static str,
    ) -> Result<u64, StoreError> {
        let mut written = 0;
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let tuples = rows_at_once(rows.len());
            let sql = self.shape(head, tail, N, tuples).sql();
            written += self.run(sql, rows.by_ref().take(tuples).flatten().collect()).await?;
        }
        Ok(written)
    }

    /// Like [`Tx::execute_rows`], for statements that return rows, with `RETURNING` or a join.
    pub(super) async fn fetch_rows<const N: usize, T>(
        &mut self,
        head: &'static str,
        rows: Rows<'_, N>,
        tail: &'static str,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let tuples = rows_at_once(rows.len());
            let sql = self.shape(head, tail, N, tuples).sql();
            found.extend(self.query(sql, rows.by_ref().take(tuples).flatten().collect(), read).await?);
        }
        Ok(found)
    }

    /// Looks up many keys. The statement is `head`, which ends in `IN`, then the keys, then `tail`. `head` may contain
    /// `$1`, `$2`…, whose values are `fixed`. An order in `tail` applies to at most 256 keys; more are looked up in
    /// several statements.
    pub(super) async fn fetch_in<'a, T>(
        &mut self,
        head: &'static str,
        fixed: &[BindValue<'a>],
        mut keys: impl ExactSizeIterator<Item = BindValue<'a>> + Send,
        tail: &'static str,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        while keys.len() > 0 {
            let size = keys_at_once(keys.len());
            let sql = BulkStatement { keys: true, fixed: fixed.len(), ..self.shape(head, tail, 1, size) }.sql();
            let mut args = fixed.to_vec();
            args.extend(keys.by_ref().take(size));
            while args.len() < fixed.len() + size {
                // Pad the list with its last key, which finds nothing new.
                args.extend_from_within(args.len() - 1..);
            }
            found.extend(self.query(sql, args, read).await?);
        }
        Ok(found)
    }

    fn shape(&self, head: &'static str, tail: &'static str, columns: usize, tuples: usize) -> BulkStatement {
        let question_marks = matches!(self.side, Side::Sqlite(_));
        BulkStatement { head, tail, keys: false, fixed: 0, columns, tuples, question_marks }
    }

    async fn run(&mut self, sql: SqlStr, args: Vec<BindValue<'_>>) -> Result<u64, StoreError> {
        if self.failed {
            return Err(StoreError::Abandoned);
        }
        let done = self.side.run(sql, args).await;
        self.failed = done.is_err();
        done
    }

    async fn query<T>(
        &mut self,
        sql: SqlStr,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        if self.failed {
            return Err(StoreError::Abandoned);
        }
        let found = self.side.query(sql, args, read).await;
        self.failed = found.is_err();
        found
    }
}

impl Side {
    async fn run(&mut self, sql: SqlStr, args: Vec<BindValue<'_>>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(side) => {
                let arguments = bind!(SqliteArguments, args);
                sqlx::query_with(sql, arguments).execute(side.connection()).await?.rows_affected()
            }
            Self::Postgres(side) => {
                let arguments = bind!(PgArguments, args);
                sqlx::query_with(sql, arguments).execute(side.connection()).await?.rows_affected()
            }
        })
    }

    async fn query<T>(
        &mut self,
        sql: SqlStr,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(side) => {
                let arguments = bind!(SqliteArguments, args);
                let rows = sqlx::query_with(sql, arguments).fetch_all(side.connection()).await?;
                rows.iter().map(|row| read(&Row::Sqlite(row))).collect()
            }
            Self::Postgres(side) => {
                let arguments = bind!(PgArguments, args);
                let rows = sqlx::query_with(sql, arguments).fetch_all(side.connection()).await?;
                rows.iter().map(|row| read(&Row::Postgres(row))).collect()
            }
        }
    }
}
