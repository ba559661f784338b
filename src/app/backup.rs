//! Copies an SQLite database to a new file, and puts such a copy in the place of the database. PostgreSQL has its own
//! programs for both.

use std::path::{Path, PathBuf};

use super::fitting::origin_fits;
use crate::config::Config;
use crate::domain::{Actor, DataOrigin};
use crate::policy::{Permission, require};
use crate::service::{Client, Clock, Context, Noted, ServiceError, mark_restored, note_backup};
use crate::store::{self, CopyError, Database, Staged, StoreError, Tables, sqlite_file};

/// Why the settings name no SQLite file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoFile {
    /// The address begins like one of SQLite, and has no path.
    NoPath,
    /// The database is on a PostgreSQL server.
    PostgreSql,
}

/// Returns the path of the configured SQLite database.
pub(crate) fn database_file(config: &Config) -> Result<PathBuf, NoFile> {
    let url = &config.database.url;
    sqlite_file(url).ok_or(if url.starts_with("sqlite:") { NoFile::NoPath } else { NoFile::PostgreSql })
}

/// A finished backup.
pub(crate) struct BackedUp {
    /// Its length.
    pub(crate) bytes: u64,
    /// Whether the audit trail has recorded it. A database of another version is copied without an entry.
    pub(crate) noted: Noted,
}

/// Copies the database `file` to the new file `to`. The database may be of another version: a backup is made before an
/// upgrade.
pub(crate) async fn back_up(config: &Config, actor: &Actor, file: &Path, to: &Path) -> anyhow::Result<BackedUp> {
    // Ask before the copy is made, as the entry follows it.
    require(actor, Permission::CopyDatabase).map_err(ServiceError::from)?;
    let database = match Database::open_existing(&config.database.url, 1).await {
        Ok(database) => Some(database),
        Err(StoreError::Older | StoreError::Newer) => None,
        Err(error) => return Err(error.into()),
    };
    let copied = store::back_up(file, to).await;
    let noted = match (&copied, &database) {
        (Ok(_), Some(database)) => note_backup(&Context::new(database.clone(), Clock::system()), actor).await,
        _ => Ok(Noted::Yes),
    };
    if let Some(database) = database {
        database.close().await;
    }
    Ok(BackedUp { bytes: copied?, noted: noted? })
}

/// Why a backup wasn't restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    /// The file has no tables of this program.
    #[error("the backup has no tables of this program")]
    NoTables,
    /// The present database holds data of the other kind. Contains the kind of the backup.
    #[error("the backup and the database hold different kinds of data")]
    OtherOrigin(DataOrigin),
    /// Another program uses the database.
    #[error("the database is in use")]
    InUse,
    /// Anything else, with its sentence.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Puts a copy of `backup` in the place of the database `file`, and marks it as restored. Returns where the database of
/// before is kept, if there was one.
pub(crate) async fn restore(
    config: &Config,
    actor: &Actor,
    backup: &Path,
    file: &Path,
) -> Result<Option<PathBuf>, RestoreError> {
    let staged = store::stage(backup, file).await.map_err(anyhow::Error::from)?;
    let database = Database::open(&staged.url(), 1).await.map_err(anyhow::Error::from)?;
    let client = Client { context: Context::new(database, Clock::system()), actor: actor.clone() };
    let prepared = prepare(config, &client).await;
    client.context.database.close().await;
    prepared?;
    put_in_place(staged, client.context.clock.now()).await
}

async fn put_in_place(staged: Staged, now: jiff::Timestamp) -> Result<Option<PathBuf>, RestoreError> {
    match staged.put_in_place(&now.strftime("%Y%m%dT%H%M%SZ").to_string()).await {
        Ok(kept) => Ok(kept),
        Err(CopyError::Store(StoreError::Busy)) => Err(RestoreError::InUse),
        Err(error) => Err(RestoreError::Other(error.into())),
    }
}

/// Checks that the copy is a database of this program and holds the right kind of data. Marks it as restored.
async fn prepare(config: &Config, client: &Client) -> Result<(), RestoreError> {
    let database = &client.context.database;
    if database.tables().await.map_err(anyhow::Error::from)? == Tables::Missing {
        return Err(RestoreError::NoTables);
    }
    database.migrate(DataOrigin::Real).await.map_err(anyhow::Error::from)?;
    let origin = database.data_origin().await.map_err(anyhow::Error::from)?;
    origin_fits(config, origin)?;
    if let Ok(present) = Database::open_existing(&config.database.url, 1).await {
        let there = present.data_origin().await;
        present.close().await;
        if there.is_ok_and(|there| there != origin) {
            return Err(RestoreError::OtherOrigin(origin));
        }
    }
    Ok(mark_restored(&client.context, &client.actor).await.map_err(anyhow::Error::from)?)
}
