//! The services as one command uses them: with its database and its actor.

use super::database::prepared;
use crate::config::Config;
use crate::domain::Actor;
use crate::service::{Client, Clock, Context, SealedBy, write_seals};
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
    Ok(Client { context: Context::new(database, Clock::system()), actor })
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
