//! SQLite's one writing connection, and the transactions on it.
//!
//! The connection isn't in a pool: a pool costs 0.2 ms a transaction. A transaction sends as few requests to SQLite's
//! thread as it can: it begins with its first statement, keeps the writes whose results nobody reads, and sends them
//! with the next query or with the commit.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::StoreError;
use super::bind_value::BindValue;
use super::file_identity::FileIdentity;
use super::request::{Request, StatementResult};

/// How long a statement or a new transaction waits for others.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// The size of kept statements, in bytes of text and values, at which they are sent.
const MOST_KEPT: usize = 256 * 1024;

/// The writing connection. It is handed out in the order of the requests for it.
#[derive(Clone)]
pub(super) struct Writer {
    slot: Arc<Mutex<Slot>>,
    options: Arc<SqliteConnectOptions>,
}

/// The connection, and what its next user must know.
struct Slot {
    options: Arc<SqliteConnectOptions>,
    connection: Connection,
    /// The file that the first connection opened.
    file: Option<FileIdentity>,
}

enum Connection {
    /// Outside a transaction.
    Idle(SqliteConnection),
    /// A transaction is open on it, or may be: its user failed or was dropped.
    InTransaction(SqliteConnection),
    /// Not opened yet, or given up.
    None,
    /// Closed for good.
    Closed,
}

impl Writer {
    /// Opens the connection now.
    pub(super) async fn open(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let connection = Connection::Idle(options.connect().await?);
        let file = FileIdentity::of(options.get_filename());
        Ok(Self::of(options, connection, file))
    }

    /// Opens the connection when it is first used.
    pub(super) fn open_later(options: SqliteConnectOptions) -> Self {
        Self::of(options, Connection::None, None)
    }

    fn of(options: SqliteConnectOptions, connection: Connection, file: Option<FileIdentity>) -> Self {
        let options = Arc::new(options);
        Self { slot: Arc::new(Mutex::new(Slot { options: Arc::clone(&options), connection, file })), options }
    }

    pub(super) fn options(&self) -> &SqliteConnectOptions {
        &self.options
    }

    /// Waits for the connection, and makes sure that no transaction is open on it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] after ten seconds; otherwise database errors.
    pub(super) async fn lock(&self) -> Result<Locked, StoreError> {
        let waiting = tokio::time::timeout(PATIENCE, Arc::clone(&self.slot).lock_owned());
        let mut locked = Locked(waiting.await.map_err(|_| StoreError::Busy)?);
        locked.0.make_idle().await?;
        Ok(locked)
    }

    /// Closes the connection for good, after the transaction in progress.
    pub(super) async fn close(&self) {
        let mut slot = self.slot.lock().await;
        match std::mem::replace(&mut slot.connection, Connection::Closed) {
            Connection::Idle(connection) | Connection::InTransaction(connection) => {
                // It may fail to tidy up its log. The next one to open the file does that.
                let _closed = connection.close().await;
            }
            Connection::None | Connection::Closed => {}
        }
    }
}

impl Slot {
    /// Ends a transaction that was left open. Replaces a connection that can't do that.
    async fn make_idle(&mut self) -> sqlx::Result<()> {
        self.connection = match std::mem::replace(&mut self.connection, Connection::None) {
            Connection::InTransaction(connection) => match rolled_back(connection).await {
                Some(connection) => Connection::Idle(connection),
                None => Connection::Idle(self.options.connect().await?),
            },
            Connection::None => {
                let connection = self.options.connect().await?;
                self.file = self.file.take().or_else(|| FileIdentity::of(self.options.get_filename()));
                Connection::Idle(connection)
            }
            Connection::Closed => {
                self.connection = Connection::Closed;
                return Err(sqlx::Error::PoolClosed);
            }
            idle @ Connection::Idle(_) => idle,
        };
        Ok(())
    }
}

/// Ends the connection's transaction, if it has one. `None` if it doesn't obey.
async fn rolled_back(mut connection: SqliteConnection) -> Option<SqliteConnection> {
    // SQLite itself may have ended the transaction, on a full disk for example. Then there is nothing to roll back,
    // which is an error.
    let _ended = sqlx::query("ROLLBACK").execute(&mut connection).await;
    for statement in ["BEGIN", "ROLLBACK"] {
        sqlx::query(statement).execute(&mut connection).await.ok()?;
    }
    Some(connection)
}

/// The locked connection.
pub(super) struct Locked(OwnedMutexGuard<Slot>);

impl Locked {
    /// The connection, for statements outside a transaction.
    pub(super) fn connection(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        match &mut self.0.connection {
            Connection::Idle(connection) | Connection::InTransaction(connection) => Ok(connection),
            Connection::None | Connection::Closed => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Notes whether a transaction may be open from here on.
    fn mark(&mut self, in_transaction: bool) {
        let slot = &mut *self.0;
        slot.connection = match std::mem::replace(&mut slot.connection, Connection::None) {
            Connection::Idle(connection) | Connection::InTransaction(connection) if in_transaction => {
                Connection::InTransaction(connection)
            }
            Connection::Idle(connection) | Connection::InTransaction(connection) => Connection::Idle(connection),
            other => other,
        };
    }

    fn in_transaction(&self) -> bool {
        matches!(self.0.connection, Connection::InTransaction(_))
    }
}

/// A write transaction.
pub(super) struct WriteTransaction {
    locked: Locked,
    /// Statements that haven't been sent yet.
    kept: Request,
    /// Requests sent so far.
    pub(super) requests: u32,
}

impl WriteTransaction {
    /// A transaction that begins with its first statement.
    pub(super) fn new(locked: Locked) -> Self {
        Self { locked, kept: Request::default(), requests: 0 }
    }

    /// Begins now.
    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        self.send().await.map(drop)
    }

    /// Runs the kept statements and this one. Returns the result of this one.
    pub(super) async fn run(&mut self, sql: &str, args: Vec<BindValue<'_>>) -> Result<StatementResult, StoreError> {
        self.kept.push(sql, args)?;
        Ok(self.send().await?.pop().unwrap_or_default())
    }

    /// Keeps a query. Returns the place of its result in what [`WriteTransaction::send`] returns next.
    pub(super) fn keep_query(&mut self, sql: &str, args: Vec<BindValue<'_>>) -> Result<usize, StoreError> {
        self.kept.push(sql, args)?;
        Ok(self.kept.len().saturating_sub(1))
    }

    /// Keeps a statement until the next one that returns something, or the commit.
    pub(super) async fn keep(&mut self, sql: &str, args: Vec<BindValue<'_>>) -> Result<(), StoreError> {
        self.kept.push(sql, args)?;
        if self.kept.size() >= MOST_KEPT {
            self.send().await?;
        }
        Ok(())
    }

    /// Sends what is kept, and begins before it if that hasn't happened. Returns the results in the order of the
    /// statements.
    pub(super) async fn send(&mut self) -> Result<Vec<StatementResult>, StoreError> {
        let request = std::mem::take(&mut self.kept);
        let began = self.locked.in_transaction();
        if began && request.is_empty() {
            return Ok(Vec::new());
        }
        // If this future is dropped half-way, the next user of the connection rolls back.
        self.locked.mark(true);
        self.requests = self.requests.saturating_add(1);
        let request = if began { request } else { request.after("BEGIN IMMEDIATE") };
        let mut results = request.send(self.locked.connection()?).await?;
        if !began {
            results.remove(0);
        }
        Ok(results)
    }

    /// Sends what is kept, and commits.
    ///
    /// # Errors
    /// [`StoreError::Replaced`] if the file isn't in its place any more, so that what was committed is lost.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if self.locked.in_transaction() || !self.kept.is_empty() {
            self.kept.push("COMMIT", Vec::new())?;
            self.send().await?;
        }
        self.locked.mark(false);
        self.locked.0.file.as_ref().map_or(Ok(()), FileIdentity::check)
    }

    /// Rolls back, and waits until that is done.
    pub(super) async fn rollback(mut self) -> Result<(), StoreError> {
        Ok(self.locked.0.make_idle().await?)
    }
}

impl Drop for WriteTransaction {
    fn drop(&mut self) {
        // Other programs can't write the file as long as the transaction is open. The first poll hands the statement to
        // SQLite's thread, without waiting for it. The next user of the connection makes sure of it.
        if self.locked.in_transaction()
            && let Ok(connection) = self.locked.connection()
        {
            let mut rollback = pin!(sqlx::query("ROLLBACK").execute(connection));
            let _sent = rollback.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use jiff::Timestamp;

    use crate::domain::DataOrigin;
    use crate::store::flow_sets::{self, FlowSetRow};
    use crate::store::outbox::{self, NewJob};
    use crate::store::{Database, StoreError};

    type Tested = Result<(), Box<dyn std::error::Error>>;

    async fn database(directory: &tempfile::TempDir) -> Result<Database, StoreError> {
        let database = Database::open(&format!("sqlite://{}/calls.db", directory.path().display()), 1).await?;
        database.migrate(DataOrigin::Real).await?;
        Ok(database)
    }

    fn job(number: u128) -> NewJob {
        let call = crate::domain::CallId(uuid::Uuid::from_u128(number));
        let id = crate::domain::JobId(uuid::Uuid::from_u128(number));
        NewJob { id, job: crate::domain::Job::Withdraw { call }, due_at: Timestamp::UNIX_EPOCH }
    }

    async fn jobs(database: &Database) -> Result<usize, StoreError> {
        Ok(outbox::open(&mut database.begin_read().await?, 1_000).await?.len())
    }

    fn set(digest: &str) -> FlowSetRow {
        FlowSetRow { digest: digest.to_owned(), files: "{}".to_owned(), loaded_at: Timestamp::UNIX_EPOCH }
    }

    /// Statements are kept and sent together. One that fails takes the others with it, wherever it stands.
    #[tokio::test]
    async fn an_error_in_the_middle_of_a_request_undoes_all_of_it() -> Tested {
        let directory = tempfile::tempdir()?;
        let database = database(&directory).await?;
        for place in 0..3 {
            let mut tx = database.begin_with_first_statement().await?;
            for number in 0..3_u128 {
                let jobs = if number == place { vec![job(9), job(9)] } else { vec![job(number)] };
                outbox::put(&mut tx, jobs).await?;
            }
            assert!(tx.commit().await.is_err());
            assert_eq!(jobs(&database).await?, 0, "after a failure in statement {place}");
            // The next transaction gets the same connection, and works.
            let tx = database.begin_write().await?;
            tx.rollback().await?;
        }
        let mut tx = database.begin_with_first_statement().await?;
        outbox::put(&mut tx, vec![job(1), job(2)]).await?;
        tx.commit().await?;
        assert_eq!(jobs(&database).await?, 2);
        Ok(())
    }

    /// The driver stops in the middle of a request whose future is dropped, with the transaction open.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_commit_that_is_dropped_half_way_stores_all_or_nothing() -> Tested {
        let directory = tempfile::tempdir()?;
        let database = database(&directory).await?;
        for polls in 0..8 {
            let before = jobs(&database).await?;
            let mut tx = database.begin_with_first_statement().await?;
            for number in 0..40 {
                outbox::put(&mut tx, vec![job(1_000 * (polls + 1) + number)]).await?;
            }
            {
                let mut commit = pin!(tx.commit());
                for _ in 0..polls {
                    let mut context = Context::from_waker(Waker::noop());
                    if let Poll::Ready(done) = commit.as_mut().poll(&mut context) {
                        done?;
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            // Nothing is left open: another transaction begins and commits.
            let mut tx = database.begin_write().await?;
            flow_sets::put(&mut tx, &set(&format!("after {polls}"))).await?;
            tx.commit().await?;
            let stored = jobs(&database).await? - before;
            assert!(stored == 0 || stored == 40, "{stored} of 40 rows after {polls} polls");
        }
        Ok(())
    }

    /// Even while this thread, the only one of its runtime, waits for the other program.
    #[tokio::test]
    async fn a_dropped_transaction_lets_other_programs_write() -> Tested {
        let directory = tempfile::tempdir()?;
        let database = database(&directory).await?;
        let other = self::database(&directory).await?;
        let mut tx = database.begin_write().await?;
        outbox::put(&mut tx, vec![job(1)]).await?;
        drop(tx);
        let other = std::thread::spawn(move || -> Result<(), StoreError> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|_| StoreError::Busy)?;
            runtime.block_on(async {
                let mut tx = other.begin_write().await?;
                outbox::put(&mut tx, vec![job(2)]).await?;
                tx.commit().await
            })
        });
        other.join().map_err(|_| "the other program failed")??;
        assert_eq!(jobs(&database).await?, 1);
        Ok(())
    }

    #[tokio::test]
    async fn a_transaction_of_which_nothing_was_sent_commits() -> Tested {
        let directory = tempfile::tempdir()?;
        let database = database(&directory).await?;
        database.begin_with_first_statement().await?.commit().await?;
        database.begin_with_first_statement().await?.rollback().await?;
        let mut tx = database.begin_with_first_statement().await?;
        assert!(flow_sets::get(&mut tx, "none").await?.is_none());
        tx.commit().await?;
        database.close().await;
        assert!(database.begin_write().await.is_err());
        Ok(())
    }
}
