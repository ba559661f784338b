//! The mail server that the settings name.

use std::sync::Arc;

use anyhow::Context as _;
use tracing::warn;

use crate::config::Config;
use crate::mail::{MailServer, Smtp, Spool};
use crate::store::{Database, rotas};

/// Returns the mail server. `None` if the settings name none.
pub(super) fn configured_mail_server(config: &Config) -> anyhow::Result<Option<Arc<dyn MailServer>>> {
    if let Some(folder) = &config.email.spool_folder {
        let spool = Spool::open(folder).context("email.spool_folder")?;
        return Ok(Some(Arc::new(spool)));
    }
    let server = Smtp::configured(&config.email).context("email")?;
    Ok(server.map(|server| Arc::new(server) as Arc<dyn MailServer>))
}

/// Says so if rotas have e-mail addresses to which nothing is sent.
pub(super) async fn warn_of_unused_addresses(database: &Database) -> anyhow::Result<()> {
    let mut tx = database.begin_read().await?;
    for (centre, rota) in rotas::list(&mut tx).await? {
        if rota.parts().contacts.iter().any(|contact| contact.email.is_some()) {
            warn!(%centre, "the rota has e-mail addresses, and no e-mail is sent: email.server isn't set");
        }
    }
    Ok(())
}
