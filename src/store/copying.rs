//! Copies of an SQLite database: a backup made while other programs write the database, and a restored copy that
//! replaces it. Each copy is completed under a temporary name and then gets its own name in one step. An interrupted
//! copy is therefore never mistaken for a complete one.

use std::convert::Infallible;
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::StoreError;
use super::error::sqlite_code;
use super::file_lock::{FileLock, is_database};
use super::open_error::{CopyFault, CopyRefused, CopyStep, StepTodo};

/// How long another program may hold the file.
const PATIENCE: Duration = Duration::from_secs(1);
/// The interval in which the finished part of a copy is written to the disk.
const WRITE_OUT_EVERY: Duration = Duration::from_millis(20);
/// Suffixes of the files that belong to a database file.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why a copy couldn't be made or put in place.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Something is wrong with a file.
    #[error(transparent)]
    Refused(#[from] CopyRefused),
    /// A database error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn refused(path: &Path, fault: CopyFault) -> CopyError {
    CopyRefused { path: path.to_owned(), fault }.into()
}

/// A file system error, with what to do about it.
fn of_disk(path: &Path, step: CopyStep, error: &std::io::Error) -> CopyError {
    let todo = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StepTodo::FullDisk,
        ErrorKind::ReadOnlyFilesystem => StepTodo::ReadOnlyDisk,
        ErrorKind::PermissionDenied => StepTodo::Permission,
        ErrorKind::NotFound | ErrorKind::NotADirectory => StepTodo::NoFolder,
        _ => StepTodo::Other,
    };
    refused(path, CopyFault::Step(step, error.to_string(), todo))
}

/// Appends a suffix to the file name.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The temporary name of an unfinished copy, in the same folder.
fn unfinished(path: &Path, what: &str) -> Result<PathBuf, CopyError> {
    match path.file_name() {
        Some(name) => Ok(path.with_file_name(format!(".{}.kenkocall-{what}", name.to_string_lossy()))),
        None => Err(refused(path, CopyFault::NoName)),
    }
}

/// Creates an empty file that only its owner can read. A file left by an interrupted copy is reused; its lock tells
/// whether a copy is in progress.
fn begun(path: &Path) -> Result<File, CopyError> {
    let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
    let file = options.open(path).map_err(|error| of_disk(path, CopyStep::Write, &error))?;
    if file.try_lock().is_err() {
        return Err(refused(path, CopyFault::InProgress));
    }
    file.set_len(0).map_err(|error| of_disk(path, CopyStep::Write, &error))?;
    Ok(file)
}

/// Copies the database, as it is at one moment, to a new file while other programs continue to write it. Returns the
/// length of the copy in bytes.
///
/// # Errors
/// If the file exists or can't be written, or if the database can't be read. No file of that name is left then.
pub async fn back_up(database: &Path, to: &Path) -> Result<u64, CopyError> {
    if std::fs::symlink_metadata(to).is_ok() {
        return Err(refused(to, CopyFault::Exists));
    }
    let shared = FileLock::shared(database)?;
    let part = unfinished(to, "backup")?;
    let held = begun(&part)?;
    let written = async {
        tokio::select! {
            copied = copy_into(database, &part, to) => copied?,
            never = write_out(&held) => match never {},
        }
        let length =
            held.sync_all().and_then(|()| held.metadata()).map_err(|error| of_disk(to, CopyStep::Write, &error))?;
        // Not a rename: it would overwrite a file that was created meanwhile.
        match std::fs::hard_link(&part, to) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(refused(to, CopyFault::MadeMeanwhile));
            }
            Err(_) => std::fs::rename(&part, to).map_err(|error| of_disk(to, CopyStep::Write, &error))?,
        }
        Ok(length.len())
    };
    let written = written.await;
    let _gone = std::fs::remove_file(&part);
    sync_folder(to);
    shared.release();
    written
}

/// Writes what the copy has so far to the disk, again and again. Otherwise all of it would be written at the end, and
/// the commits of other programs would wait for that. Never ends.
async fn write_out(copy: &File) -> Infallible {
    loop {
        tokio::time::sleep(WRITE_OUT_EVERY).await;
        if let Ok(copy) = copy.try_clone() {
            // The copy is synced at its end too, and that must succeed.
            let _best_effort = tokio::task::spawn_blocking(move || copy.sync_data()).await;
        }
    }
}

async fn copy_into(database: &Path, part: &Path, to: &Path) -> Result<(), CopyError> {
    let Some(name) = part.to_str() else {
        return Err(refused(to, CopyFault::NotUtf8));
    };
    let mut connection = plain(database).connect().await.map_err(StoreError::from)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await;
    let _closed = connection.close().await;
    match copied {
        Ok(_) => Ok(()),
        // An I/O error or a full disk. The only file being written is the copy.
        Err(error) if matches!(sqlite_code(&error), Some(10 | 13)) => Err(refused(to, CopyFault::FailingDisk)),
        Err(error) => Err(StoreError::from(error).into()),
    }
}

/// Connection options that set nothing that would write.
fn plain(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(PATIENCE).disable_statement_logging()
}

fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _best_effort = folder.sync_all();
    }
}

/// A copy of a backup, in the same folder as the database that it replaces. Nothing is changed until
/// [`Staged::put_in_place`].
#[derive(Debug)]
pub struct Staged {
    part: PathBuf,
    target: PathBuf,
    _lock: File,
}

/// Copies a backup into the folder of the database and checks that it is complete.
///
/// # Errors
/// If the file can't be read or isn't a complete SQLite database, or if there is no room.
pub async fn stage(backup: &Path, database: &Path) -> Result<Staged, CopyError> {
    let metadata = std::fs::metadata(backup);
    let metadata = metadata.map_err(|error| refused(backup, CopyFault::NotFound(error.to_string())))?;
    if !metadata.is_file() {
        return Err(refused(backup, CopyFault::NotAFile));
    }
    let target = std::fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    if std::fs::metadata(&target).is_ok_and(|there| (there.dev(), there.ino()) == (metadata.dev(), metadata.ino())) {
        return Err(refused(backup, CopyFault::IsTheDatabase));
    }
    let part = unfinished(&target, "restore")?;
    let lock = begun(&part)?;
    let staged = Staged { part, target, _lock: lock };
    for end in BESIDE {
        let _left = std::fs::remove_file(with_end(&staged.part, end));
    }
    copy_file(backup, &staged.part)?;
    // The backup may be a copy of a running program's files. Its write-ahead log is then part of the data.
    let log = with_end(backup, "-wal");
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        copy_file(&log, &with_end(&staged.part, "-wal"))?;
    }
    staged.check(backup).await?;
    Ok(staged)
}

fn copy_file(from: &Path, to: &Path) -> Result<(), CopyError> {
    let mut reader = File::open(from).map_err(|error| refused(from, CopyFault::Unreadable(error.to_string())))?;
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to);
    let mut file = file.map_err(|error| of_disk(to, CopyStep::Write, &error))?;
    std::io::copy(&mut reader, &mut file)
        .and_then(|_| file.sync_all())
        .map_err(|error| of_disk(to, CopyStep::Write, &error))
}

impl Staged {
    /// The URL of the copy, for opening it as a database.
    pub fn url(&self) -> String {
        // Escape the two characters that have a meaning in a URL.
        let path = self.part.to_string_lossy().replace('%', "%25").replace('?', "%3F");
        format!("sqlite://{path}")
    }

    async fn check(&self, backup: &Path) -> Result<(), CopyError> {
        let mut connection = plain(&self.part).connect().await.map_err(|_| refused(backup, CopyFault::NotADatabase))?;
        let checked = async {
            let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_all(&mut connection).await?;
            let orphans = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await?;
            Ok::<_, sqlx::Error>(found == ["ok"] && orphans.is_empty())
        };
        let checked = checked.await;
        let _closed = connection.close().await;
        match checked {
            Ok(true) => Ok(()),
            Ok(false) => Err(refused(backup, CopyFault::Damaged)),
            Err(error) if sqlite_code(&error) == Some(26) => Err(refused(backup, CopyFault::NotADatabase)),
            Err(error) if sqlite_code(&error) == Some(11) => Err(refused(backup, CopyFault::Damaged)),
            Err(error) => Err(StoreError::from(error).into()),
        }
    }

    /// Replaces the database with the copy. The old database is kept in the same folder, including the contents of its
    /// write-ahead log. A log without a database is kept too. Returns the name under which they are kept.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program uses the database. Nothing was changed then.
    pub async fn put_in_place(self, stamp: &str) -> Result<Option<PathBuf>, CopyError> {
        let alone = FileLock::alone(&self.target)?;
        self.make_one_file().await?;
        let owner = std::fs::metadata(&self.target)
            .or_else(|_| std::fs::metadata(self.target.parent().unwrap_or(Path::new("/"))));
        if let Ok(owner) = owner {
            // Root may restore a backup for the program's own user.
            let _same = std::os::unix::fs::chown(&self.part, Some(owner.uid()), Some(owner.gid()));
        }
        let aside = self.free_name(stamp);
        // Don't let SQLite open a file that isn't a database: it would delete the log.
        let mut old = if is_database(&self.target) { self.have_alone().await? } else { None };
        let kept = self.keep_aside(&aside);
        let placed = kept.and_then(|kept| {
            std::fs::rename(&self.part, &self.target)
                .map_err(|error| of_disk(&self.target, CopyStep::Replace, &error))?;
            Ok(kept)
        });
        if let Some(old) = old.take() {
            let _closed = old.close().await;
        }
        sync_folder(&self.target);
        drop(alone);
        placed
    }

    /// Merges the write-ahead log of the copy into the copy, so that it is a single file.
    async fn make_one_file(&self) -> Result<(), CopyError> {
        let connection =
            plain(&self.part).journal_mode(SqliteJournalMode::Delete).connect().await.map_err(StoreError::from)?;
        connection.close().await.map_err(StoreError::from)?;
        for end in BESIDE {
            let _left = std::fs::remove_file(with_end(&self.part, end));
        }
        File::open(&self.part)
            .and_then(|file| file.sync_all())
            .map_err(|error| of_disk(&self.part, CopyStep::Write, &error))
    }

    /// Locks the old database exclusively and merges its log into it, so that it can be kept as one file. `None` if it
    /// is no longer readable: it is then kept as it is, with its log.
    async fn have_alone(&self) -> Result<Option<SqliteConnection>, CopyError> {
        let options = plain(&self.target).locking_mode(SqliteLockingMode::Exclusive);
        let taken = async {
            let mut connection = options.connect().await?;
            sqlx::raw_sql("BEGIN EXCLUSIVE; COMMIT").execute(&mut connection).await?;
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await?;
            Ok::<_, sqlx::Error>((connection, mode == "delete"))
        };
        match taken.await {
            Ok((connection, true)) => Ok(Some(connection)),
            Ok((connection, false)) => {
                let _closed = connection.close().await;
                Ok(None)
            }
            Err(error) => match StoreError::from(error) {
                StoreError::Busy => Err(StoreError::Busy.into()),
                _ => Ok(None),
            },
        }
    }

    /// Keeps the old files under another name and removes the log: SQLite would apply it to the new file.
    fn keep_aside(&self, aside: &Path) -> Result<Option<PathBuf>, CopyError> {
        let mut kept = false;
        // The database file keeps its name until the new one replaces it, so a program that starts meanwhile finds a
        // database.
        for end in ["", "-wal", "-journal"] {
            let (from, to) = (with_end(&self.target, end), with_end(aside, end));
            let Ok(metadata) = std::fs::symlink_metadata(&from) else { continue };
            if metadata.len() == 0 && !end.is_empty() {
                continue;
            }
            let linked = std::fs::hard_link(&from, &to).or_else(|_| std::fs::copy(&from, &to).map(drop));
            linked.map_err(|error| of_disk(&to, CopyStep::Keep, &error))?;
            kept = true;
        }
        for end in BESIDE {
            let path = with_end(&self.target, end);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(of_disk(&path, CopyStep::Remove, &error));
                }
                _ => {}
            }
        }
        Ok(kept.then(|| aside.to_owned()))
    }

    fn free_name(&self, stamp: &str) -> PathBuf {
        let named = |nth: u32| {
            let nth = if nth == 0 { String::new() } else { format!("-{nth}") };
            with_end(&self.target, &format!(".before-restore-{stamp}{nth}"))
        };
        let taken = |path: &PathBuf| ["", "-wal", "-journal"].iter().any(|end| with_end(path, end).exists());
        (0..1_000).map(named).find(|path| !taken(path)).unwrap_or_else(|| named(1_000))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal", "-lock"] {
            let _left = std::fs::remove_file(with_end(&self.part, end));
        }
    }
}
