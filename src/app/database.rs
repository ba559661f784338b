//! Opens the configured database.

use std::time::Duration;

use tracing::{info, warn};

use crate::config::{Carrier, Config};
use crate::domain::DataOrigin;
use crate::service::{Clock, seal_older_rows, seal_trail};
use crate::store::{Database, FileFault, OpenFault, StoreError, sqlite_file};

/// How long `serve` waits before it connects to its database again, at first and at most.
const TRY_AGAIN: Duration = Duration::from_secs(1);
const TRY_AGAIN_AT_MOST: Duration = Duration::from_secs(30);

/// Opens the configured database, creates it if it is missing, and migrates it. A database that is created with the
/// settings of the simulated phone network is marked as simulated.
pub(crate) async fn prepared(config: &Config) -> Result<Database, StoreError> {
    let database = Database::open(&config.database.url, config.database.connections).await?;
    let created = match config.carrier {
        Some(Carrier::Simulator) => DataOrigin::Simulated,
        Some(Carrier::Twilio | Carrier::Sip) | None => DataOrigin::Real,
    };
    match database.migrate(created).await {
        Ok(()) => Ok(database),
        Err(error) => {
            database.close().await;
            Err(located(config, error))
        }
    }
}

/// Brings the tables up to date, and seals what older versions left unsealed.
pub(crate) async fn migrate(config: &Config) -> Result<(), StoreError> {
    let database = prepared(config).await?;
    let sealed = async {
        seal_older_rows(&database, Clock::system().now()).await?;
        seal_trail(&database).await
    };
    let sealed = sealed.await;
    database.close().await;
    sealed.map(drop)
}

/// Adds the path to the error if the file can't be written, because it may not be the intended file.
pub(super) fn located(config: &Config, error: StoreError) -> StoreError {
    match sqlite_file(&config.database.url).filter(|_| error.is_unwritable()) {
        Some(path) => {
            let fault = match error {
                StoreError::Full => FileFault::UnwritableDisk,
                _ => FileFault::UnwritableFile,
            };
            StoreError::CannotOpen(OpenFault::File { path, fault })
        }
        None => error,
    }
}

/// Like [`prepared`], but waits for a server that doesn't answer yet or for a locked file: after a power cut,
/// everything starts at once. Errors that someone has to fix are returned immediately.
pub(super) async fn awaited(config: &Config) -> Result<Database, StoreError> {
    let mut wait = TRY_AGAIN;
    loop {
        match prepared(config).await {
            Err(error @ (StoreError::Unreachable { .. } | StoreError::Busy)) => {
                warn!(%error, seconds = wait.as_secs(), "database not available yet; retrying, and no call is taken until then");
                tokio::time::sleep(wait).await;
                wait = wait.saturating_mul(2).min(TRY_AGAIN_AT_MOST);
            }
            Ok(database) => {
                if wait > TRY_AGAIN {
                    info!("database available");
                }
                return Ok(database);
            }
            other => return other,
        }
    }
}
