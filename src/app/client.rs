//! The services as one command uses them: with its database and its actor.

use tracing::warn;

use super::database::prepared;
use crate::config::Config;
use crate::domain::Actor;
use crate::service::{Client, Clock, Context, SealedBy, finish_imports, finish_replans, write_seals};
use crate::store::{Database, StoreError};

/// What happens if the database doesn't exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It is created. `centres add` does this, as the first command of an installation.
    IsCreated,
    /// The command fails: the folder or the setting is wrong.
    IsRefused,
}

/// Opens the database, checks its version, and returns the services' client for `actor`.
///
/// # Errors
/// [`StoreError::NoDatabase`], [`StoreError::Older`] or [`StoreError::Newer`], depending on the tables; otherwise as
/// [`Database::open_existing`].
pub(crate) async fn client(config: &Config, actor: Actor, missing: Missing) -> Result<Client, StoreError> {
    let database = match Database::open_existing(&config.database.url, config.database.connections).await {
        Err(StoreError::NoDatabase(_)) if missing == Missing::IsCreated => prepared(config).await?,
        opened => opened?,
    };
    let context = Context::new(database, Clock::system());
    // Commands work nevertheless: nobody sees an import that isn't decided, and one that is decided counts.
    if let Err(error) = finish_imports(&context).await {
        warn!(%error, "could not finish or undo an import");
    }
    if let Err(error) = finish_replans(&context).await {
        warn!(%error, "could not plan the calls of a changed health centre");
    }
    Ok(Client { context, actor })
}

/// Seals what the command wrote, and closes the database.
///
/// # Errors
/// Database errors while sealing. `serve` seals it later.
pub(crate) async fn close(client: &Client) -> Result<(), StoreError> {
    let sealer = SealedBy { actor: client.actor.name(), source: client.actor.source() };
    let sealed = write_seals(&client.context.database, sealer).await;
    client.context.database.close().await;
    sealed.map(drop)
}
