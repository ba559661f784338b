//! A transaction on either database. The layer above begins and commits it. Only the modules of this folder contain
//! SQL, and the compiler enforces that: every statement runs through the methods here, which only they can call.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{Arguments as _, Postgres, SqlSafeStr as _, SqlStr, Sqlite, postgres::PgArguments, sqlite::SqliteArguments};

#[cfg(feature = "fault-injection")]
use super::CommitHook;
use super::{
    StoreError,
    bind_value::{BindValue, Row, bind, bind_all},
    request::StatementResult,
    seals::{Seal, SealQueue},
    statement::{
        ALL_WRITTEN, BulkStatement, KeyStatement, RefusedKeys, RowStatement, json_keys, keys_at_once, row_parameters,
        rows_at_once,
    },
    writer::WriteTransaction,
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
    /// A transaction on the writing connection.
    SqliteWriter(WriteTransaction),
    /// Reads, or a migration.
    SqliteOfDriver(Hold<Sqlite>),
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
    /// Count failed log-ins and add one.
    LogIns = 5_031_980_218,
    /// Count the codes of the portal that were asked for, and add one.
    PortalCodes = 5_031_980_219,
}

/// The connection of a transaction.
pub(super) enum Driver<'a> {
    Sqlite(&'a mut sqlx::SqliteConnection),
    Postgres(&'a mut sqlx::PgConnection),
}

/// The rows of a query that is sent with others, once they have arrived.
pub(super) enum Later<T> {
    /// PostgreSQL runs one statement at a time, so they are here already.
    Here(Vec<T>),
    /// The place of the query's result in what arrives.
    At(usize, fn(&Row<'_>) -> Result<T, StoreError>),
}

/// What has arrived for the queries that were sent together.
pub(super) struct Arrived(Vec<StatementResult>);

impl<T> Later<T> {
    /// The rows.
    pub(super) fn read(self, arrived: &Arrived) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Here(rows) => Ok(rows),
            Self::At(place, read) => {
                let result = arrived.0.get(place).ok_or(StoreError::Abandoned)?;
                result.rows.iter().map(|row| read(&Row::Sqlite(row))).collect()
            }
        }
    }
}

/// Rows to write, each with `N` parameters.
pub(super) type Rows<'a, const N: usize> = Vec<[BindValue<'a>; N]>;

impl Tx {
    pub(super) fn sqlite(side: WriteTransaction) -> Self {
        Self::on(Side::SqliteWriter(side))
    }

    pub(super) fn sqlite_of_driver(side: sqlx::Transaction<'static, Sqlite>) -> Self {
        Self::on(Side::SqliteOfDriver(Hold::Whole(side)))
    }

    pub(super) fn sqlite_glance(connection: PoolConnection<Sqlite>) -> Self {
        Self::on(Side::SqliteOfDriver(Hold::Glance(connection)))
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

    /// Begins now, if that was left to the first statement.
    pub(super) async fn begin_now(&mut self) -> Result<(), StoreError> {
        self.is_usable()?;
        match &mut self.side {
            Side::SqliteWriter(side) => side.begin().await.map_err(|error| self.fail(error)),
            Side::SqliteOfDriver(_) | Side::Postgres(_) => Ok(()),
        }
    }

    /// The driver's connection, for migrations. `None` for a transaction that the driver doesn't know of.
    pub(super) fn driver(&mut self) -> Option<Driver<'_>> {
        match &mut self.side {
            Side::SqliteWriter(_) => None,
            Side::SqliteOfDriver(side) => Some(Driver::Sqlite(side.connection())),
            Side::Postgres(side) => Some(Driver::Postgres(side.connection())),
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
            Side::SqliteWriter(side) => side.commit().await,
            Side::SqliteOfDriver(side) => side.commit().await.map_err(StoreError::from),
            Side::Postgres(side) => side.commit().await.map_err(StoreError::from),
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
        metrics::counter!("kenkocall_commits_total").increment(1);
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
            Side::SqliteWriter(side) => side.rollback().await?,
            Side::SqliteOfDriver(side) => side.rollback().await?,
            Side::Postgres(side) => side.rollback().await?,
        }
        Ok(())
    }

    /// Returns `true` if this is the only writer until the transaction ends, so that no locks are needed. That is the
    /// case on SQLite.
    pub fn writes_alone(&self) -> bool {
        !matches!(self.side, Side::Postgres(_))
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
        for (sql, args) in self.over_rows(head, rows, tail)? {
            written += self.run(sql, args).await?;
        }
        Ok(written)
    }

    /// Like [`Tx::execute_rows`], but doesn't return the number of rows. On SQLite the write is sent with the next
    /// query or the commit, and any error is returned there.
    pub(super) async fn write_rows<const N: usize>(
        &mut self,
        head: &'static str,
        rows: Rows<'_, N>,
        tail: &'static str,
    ) -> Result<(), StoreError> {
        for (sql, args) in self.over_rows(head, rows, tail)? {
            self.keep(sql, args).await?;
        }
        Ok(())
    }

    /// Like [`Tx::write_rows`], for rows of which each must be written.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if one isn't, on SQLite from the next query or the commit.
    pub(super) async fn write_each<const N: usize>(
        &mut self,
        head: &'static str,
        rows: Rows<'_, N>,
        tail: &'static str,
    ) -> Result<(), StoreError> {
        let given = rows.len() as u64;
        if matches!(self.side, Side::SqliteWriter(_)) {
            self.write_rows(head, rows, tail).await?;
            let given = i64::try_from(given).unwrap_or(i64::MAX);
            return self.keep(ALL_WRITTEN.into_sql_str(), vec![given.into()]).await;
        }
        if self.execute_rows(head, rows, tail).await? == given { Ok(()) } else { Err(self.fail(StoreError::Stale)) }
    }

    /// Fails if any of these keys is found. The query is `head`, which ends in `IN`, then the keys.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if one is, on SQLite from the next query or the commit.
    pub(super) async fn refuse_any<'a>(
        &mut self,
        head: &'static str,
        keys: impl ExactSizeIterator<Item = BindValue<'a>> + Send,
    ) -> Result<(), StoreError> {
        if keys.len() == 0 {
            return Ok(());
        }
        if matches!(self.side, Side::SqliteWriter(_)) {
            let keys = json_keys(&keys.collect::<Vec<_>>())?;
            return self.keep(RefusedKeys { head }.sql(), vec![keys.into()]).await;
        }
        let found = self.fetch_in(head, &[], keys, "", |_| Ok(())).await?;
        if found.is_empty() { Ok(()) } else { Err(self.fail(StoreError::Stale)) }
    }

    /// Like [`Tx::execute`], but doesn't return the number of rows, and is sent later as in [`Tx::write_rows`].
    pub(super) async fn write(&mut self, sql: &'static str, args: Vec<BindValue<'_>>) -> Result<(), StoreError> {
        self.keep(sql.into_sql_str(), args).await
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
        for (sql, args) in self.over_rows(head, rows, tail)? {
            found.extend(self.query(sql, args, read).await?);
        }
        Ok(found)
    }

    /// The statements over these rows: one on SQLite, which gets the rows as JSON, and a few on PostgreSQL.
    fn over_rows<'a, const N: usize>(
        &self,
        head: &'static str,
        rows: Rows<'a, N>,
        tail: &'static str,
    ) -> Result<Vec<(SqlStr, Vec<BindValue<'a>>)>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        if self.writes_alone() {
            let (parameters, documents) = row_parameters(&rows)?;
            return Ok(vec![(RowStatement { head, tail, columns: N, documents }.sql(), parameters)]);
        }
        let mut statements = Vec::new();
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let tuples = rows_at_once(rows.len());
            let sql = self.shape(head, tail, N, tuples).sql();
            statements.push((sql, rows.by_ref().take(tuples).flatten().collect()));
        }
        Ok(statements)
    }

    /// Looks up many keys. The statement is `head`, which ends in `IN`, then the keys, then `tail`. `head` may contain
    /// `$1`, `$2`…, whose values are `fixed`. On PostgreSQL an order in `tail` applies to at most 256 keys; more are
    /// looked up in several statements.
    pub(super) async fn fetch_in<'a, T>(
        &mut self,
        head: &'static str,
        fixed: &[BindValue<'a>],
        mut keys: impl ExactSizeIterator<Item = BindValue<'a>> + Send,
        tail: &'static str,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        if keys.len() == 0 {
            return Ok(found);
        }
        if self.writes_alone() {
            let mut args = fixed.to_vec();
            args.push(json_keys(&keys.collect::<Vec<_>>())?.into());
            return self.query(KeyStatement { head, tail, fixed: fixed.len() }.sql(), args, read).await;
        }
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

    /// Like [`Tx::fetch_in`], for a query that SQLite gets together with others: with all that are kept until
    /// [`Tx::arrive`], which must follow before any other query.
    pub(super) async fn later_in<'a, T>(
        &mut self,
        head: &'static str,
        fixed: &[BindValue<'a>],
        keys: impl ExactSizeIterator<Item = BindValue<'a>> + Send,
        tail: &'static str,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Later<T>, StoreError> {
        if keys.len() == 0 || !matches!(self.side, Side::SqliteWriter(_)) {
            return Ok(Later::Here(self.fetch_in(head, fixed, keys, tail, read).await?));
        }
        let mut args = fixed.to_vec();
        args.push(json_keys(&keys.collect::<Vec<_>>())?.into());
        self.later(KeyStatement { head, tail, fixed: fixed.len() }.sql(), args, read).await
    }

    /// Like [`Tx::later_in`], for [`Tx::fetch_all`].
    pub(super) async fn later_all<T>(
        &mut self,
        sql: &'static str,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Later<T>, StoreError> {
        self.later(sql.into_sql_str(), args, read).await
    }

    async fn later<T>(
        &mut self,
        sql: SqlStr,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Later<T>, StoreError> {
        self.is_usable()?;
        match &mut self.side {
            Side::SqliteWriter(side) => Ok(Later::At(side.keep_query(sql.as_str(), args)?, read)),
            _ => Ok(Later::Here(self.query(sql, args, read).await?)),
        }
    }

    /// Sends the queries that were kept.
    pub(super) async fn arrive(&mut self) -> Result<Arrived, StoreError> {
        self.is_usable()?;
        match &mut self.side {
            Side::SqliteWriter(side) => side.send().await.map(Arrived).map_err(|error| self.fail(error)),
            Side::SqliteOfDriver(_) | Side::Postgres(_) => Ok(Arrived(Vec::new())),
        }
    }

    /// Requests to SQLite's thread so far. 0 elsewhere.
    pub fn requests(&self) -> u32 {
        match &self.side {
            Side::SqliteWriter(side) => side.requests,
            Side::SqliteOfDriver(_) | Side::Postgres(_) => 0,
        }
    }

    fn shape(&self, head: &'static str, tail: &'static str, columns: usize, tuples: usize) -> BulkStatement {
        BulkStatement { head, tail, keys: false, fixed: 0, columns, tuples }
    }

    /// Notes that the transaction can't go on.
    fn fail(&mut self, error: StoreError) -> StoreError {
        self.failed = true;
        error
    }

    fn is_usable(&self) -> Result<(), StoreError> {
        if self.failed { Err(StoreError::Abandoned) } else { Ok(()) }
    }

    async fn run(&mut self, sql: SqlStr, args: Vec<BindValue<'_>>) -> Result<u64, StoreError> {
        self.is_usable()?;
        self.side.run(sql, args).await.map_err(|error| self.fail(error))
    }

    async fn keep(&mut self, sql: SqlStr, args: Vec<BindValue<'_>>) -> Result<(), StoreError> {
        self.is_usable()?;
        let kept = match &mut self.side {
            Side::SqliteWriter(side) => side.keep(sql.as_str(), args).await,
            other => other.run(sql, args).await.map(drop),
        };
        kept.map_err(|error| self.fail(error))
    }

    async fn query<T>(
        &mut self,
        sql: SqlStr,
        args: Vec<BindValue<'_>>,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.is_usable()?;
        self.side.query(sql, args, read).await.map_err(|error| self.fail(error))
    }
}

impl Side {
    async fn run(&mut self, sql: SqlStr, args: Vec<BindValue<'_>>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::SqliteWriter(side) => side.run(sql.as_str(), args).await?.written,
            Self::SqliteOfDriver(side) => {
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
            Self::SqliteWriter(side) => {
                let rows = side.run(sql.as_str(), args).await?.rows;
                rows.iter().map(|row| read(&Row::Sqlite(row))).collect()
            }
            Self::SqliteOfDriver(side) => {
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
