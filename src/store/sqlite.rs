//! Opens an SQLite file for writing, or for reading if it can't be written.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{
    ConnectOptions as _, Connection as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::error::{SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, StoreError, cannot_open, sqlite_code};
use super::file_lock::FileLock;
use super::open_error::{FileFault, NoDatabase, NotCreated, OpenFault};
use super::writer::{Locked, PATIENCE, Writer};

/// Prepared statements cached per connection. Requests of several statements are cached as a whole.
const STATEMENTS: usize = 128;
/// How many rows SQLite's thread may be ahead of the reader. A batch is then read without switching between threads.
const ROWS_AHEAD: usize = 256;
/// The number of reading connections. Each is a thread and a page cache.
const READERS: u32 = 4;
/// How long an idle reading connection is kept.
const IDLE: Duration = Duration::from_secs(60);
/// Page caches in KiB, which SQLite expects as negative numbers. They are small because the system also caches the
/// file.
const WRITER_CACHE_KIB: &str = "-8192";
const READER_CACHE_KIB: &str = "-1024";
/// The number of 4 KiB pages in the write-ahead log at which it is copied back. This makes fewer, larger copies than
/// the default of 1,000.
const CHECKPOINT_PAGES: &str = "4000";
/// The size in bytes to which the write-ahead log is truncated after a burst.
const LOG_LIMIT: &str = "33554432";

/// An open file.
#[derive(Clone)]
pub(super) struct SqliteFile {
    writer: Access,
    pub(super) readers: SqlitePool,
    /// The path of the file, if it is read as immutable because no program writes it.
    pub(super) settled: Option<PathBuf>,
    /// Prevents a restored backup from replacing the file.
    pub(super) held: FileLock,
}

/// Whether the file can be written.
#[derive(Clone)]
enum Access {
    /// By this connection. There is only one, because SQLite has only one writer anyway.
    Writable(Writer),
    /// The file is read-only.
    Refused(Refusal),
}

/// Why a file can't be written.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    Full,
    ReadOnly,
}

impl Refusal {
    const fn error(self) -> StoreError {
        match self {
            Self::Full => StoreError::Full,
            Self::ReadOnly => StoreError::ReadOnly,
        }
    }
}

impl SqliteFile {
    /// Waits for the writing connection.
    pub(super) async fn lock_writer(&self) -> Result<Locked, StoreError> {
        match &self.writer {
            Access::Writable(writer) => writer.lock().await,
            Access::Refused(refusal) => Err(refusal.error()),
        }
    }

    /// Another writing connection, for a migration.
    pub(super) fn migrating_pool(&self) -> Result<SqlitePool, StoreError> {
        match &self.writer {
            Access::Writable(writer) => Ok(pool().max_connections(1).connect_lazy_with(writer.options().clone())),
            Access::Refused(refusal) => Err(refusal.error()),
        }
    }

    /// Closes all connections, after the transactions in progress.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        if let Access::Writable(writer) = &self.writer {
            writer.close().await;
        }
        self.held.release();
    }
}

/// Opens a file for writing. Creates it if it is missing.
pub(super) async fn open(path: &Path) -> Result<SqliteFile, StoreError> {
    check_parent(path)?;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return unusable(path, FileFault::ReadOnly);
    }
    make_private(path)?;
    let held = FileLock::shared(path)?;
    let writer = Writer::open(for_writer(path).create_if_missing(true)).await;
    let writer = writer.map_err(|error| refusal(path, error))?;
    let readers = pool().max_connections(READERS).idle_timeout(IDLE).connect_lazy_with(for_readers(path));
    Ok(SqliteFile { writer: Access::Writable(writer), readers, settled: None, held })
}

/// Creates a missing file that only its owner can read. SQLite gives the same mode to the files it creates next to it.
/// The mode of an existing file doesn't change.
fn make_private(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => cannot_create(path, &error),
    }
}

fn cannot_create<T>(path: &Path, error: &std::io::Error) -> Result<T, StoreError> {
    let cause = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => NotCreated::FullDisk,
        ErrorKind::ReadOnlyFilesystem => NotCreated::ReadOnlyDisk,
        _ => NotCreated::Other,
    };
    unusable(path, FileFault::NotCreated(error.to_string(), cause))
}

fn unusable<T>(path: &Path, fault: FileFault) -> Result<T, StoreError> {
    cannot_open(OpenFault::File { path: path.to_owned(), fault })
}

/// How a file is read. SQLite's readers share state through a file that SQLite creates next to the database.
#[derive(Clone, Copy)]
enum Reading {
    /// Shared with other programs, as usual.
    Shared,
    /// Exclusive, which needs no other file: for a full disk.
    Alone,
    /// As immutable, for when no lock or file can be created. No program may write the file meanwhile.
    Settled,
}

/// Opens an existing file without writing anything. Its disk may be full, and its folder or the file may be read-only.
pub(super) async fn open_existing(path: &Path) -> Result<SqliteFile, StoreError> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            return unusable(path, FileFault::IsFolder);
        }
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(StoreError::NoDatabase(NoDatabase::NoFile(path.to_owned())));
        }
        Err(error) => {
            return unusable(path, FileFault::NotReached(error.to_string()));
        }
    }
    let held = FileLock::of_existing(path)?;
    let mut refused: Option<sqlx::Error> = None;
    for reading in [Reading::Shared, Reading::Alone, Reading::Settled] {
        if matches!(reading, Reading::Settled) && log_is_there(path) {
            continue;
        }
        let readers = readers_of(path, reading);
        let tables = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM sqlite_master").fetch_one(&readers).await;
        let Err(error) = tables else {
            let writer = match (reading, refused.as_ref().and_then(sqlite_code)) {
                (Reading::Shared, _) => Access::Writable(Writer::open_later(for_writer(path))),
                (_, Some(8 | 14)) => Access::Refused(Refusal::ReadOnly),
                (..) => Access::Refused(Refusal::Full),
            };
            let settled = matches!(reading, Reading::Settled).then(|| path.to_owned());
            return Ok(SqliteFile { writer, readers, settled, held });
        };
        readers.close().await;
        // A read-only file, an I/O error, a full disk, or a file that can't be created.
        let about_the_disk = matches!(sqlite_code(&error), Some(8 | 10 | 13 | 14));
        let first = refused.is_none();
        if first {
            refused = Some(error);
        }
        if first && !about_the_disk {
            break;
        }
    }
    match refused {
        Some(error) if log_is_there(path) && matches!(sqlite_code(&error), Some(8 | 10 | 13 | 14)) => {
            unusable(path, FileFault::Log)
        }
        Some(error) => Err(refusal(path, error)),
        None => Err(StoreError::Busy),
    }
}

/// Returns `true` if there is a write-ahead log that isn't empty.
pub(super) fn log_is_there(path: &Path) -> bool {
    let mut log: std::ffi::OsString = path.as_os_str().to_owned();
    log.push("-wal");
    match std::fs::metadata(PathBuf::from(log)) {
        Ok(metadata) => metadata.len() > 0,
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(ROWS_AHEAD)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

fn for_writer(path: &Path) -> SqliteConnectOptions {
    common(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A committed dial intent must survive a power cut, or a patient is called twice.
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", WRITER_CACHE_KIB)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_LIMIT)
}

fn for_readers(path: &Path) -> SqliteConnectOptions {
    common(path).pragma("cache_size", READER_CACHE_KIB).pragma("query_only", "ON")
}

fn readers_of(path: &Path, reading: Reading) -> SqlitePool {
    let options = for_readers(path);
    let pool = pool().max_connections(READERS).idle_timeout(IDLE);
    match reading {
        Reading::Shared => pool.connect_lazy_with(options),
        Reading::Alone => pool
            .max_connections(1)
            .idle_timeout(None)
            .connect_lazy_with(options.locking_mode(SqliteLockingMode::Exclusive)),
        Reading::Settled => pool.connect_lazy_with(options.read_only(true).immutable(true)),
    }
}

fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        // SQLite may end a transaction without the driver's knowledge. The driver then counts one transaction too many
        // forever.
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // A dropped transaction is still being rolled back. The ping is answered after that.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
}

/// Checks that SQLite reports less clearly.
fn check_parent(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return unusable(path, FileFault::IsFolder);
    }
    if path.parent().is_some_and(|parent| !parent.is_dir()) {
        return unusable(path, FileFault::NoFolder);
    }
    Ok(())
}

/// Why SQLite can't open the file.
fn refusal(path: &Path, error: sqlx::Error) -> StoreError {
    let code = sqlite_code(&error);
    let fault = match code {
        Some(3 | SQLITE_READONLY | SQLITE_IOERR | SQLITE_FULL | SQLITE_CANTOPEN | 23) => match (disk(path), code) {
            (Some(Refusal::ReadOnly), _) => FileFault::ReadOnlyDisk,
            (Some(Refusal::Full), _) => FileFault::FullDisk,
            (None, Some(SQLITE_IOERR | SQLITE_FULL)) => FileFault::FailingDisk,
            (None, _) => FileFault::NotWritable,
        },
        Some(26) => FileFault::NotADatabase,
        Some(11) => FileFault::Damaged,
        _ => match StoreError::from(error) {
            StoreError::Driver(error) => FileFault::Other(error.to_string()),
            other => return other,
        },
    };
    StoreError::CannotOpen(OpenFault::File { path: path.to_owned(), fault })
}

/// Asks the file system itself: SQLite doesn't tell a full or read-only disk from a file that this user may not write.
fn disk(path: &Path) -> Option<Refusal> {
    let disk = rustix::fs::statvfs(path.parent()?).ok()?;
    if disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        return Some(Refusal::ReadOnly);
    }
    // Some file systems don't count their files.
    (disk.f_bavail == 0 || disk.f_files > 0 && disk.f_favail == 0).then_some(Refusal::Full)
}
