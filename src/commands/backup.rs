//! `kenkocall backup` and `restore`: copy an SQLite database and restore the copy. PostgreSQL has its own programs for
//! both.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use super::arguments::Form;
use super::language::text;
use super::messages::ToMessage as _;
use super::operator::operator;
use super::output::complain;
use crate::app::origin_fits;
use crate::config::Config;
use crate::domain::{DataOrigin, StaffName};
use crate::service::{Client, Clock, Context, Noted, mark_restored, note_backup};
use crate::store::{self, Database, StoreError, Tables, sqlite_file};
use crate::translations::{Message, message};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The new file. Only its owner can read it. An existing file isn't overwritten.
    file: PathBuf,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup. It isn't changed.
    file: PathBuf,
    #[command(flatten)]
    form: Form,
}

/// Returns the path of the SQLite database. PostgreSQL is an error that says what to do.
fn database_file(config: &Config, todo: Message) -> anyhow::Result<PathBuf> {
    match sqlite_file(&config.database.url) {
        Some(file) => Ok(file),
        None if config.database.url.starts_with("sqlite:") => {
            bail!(text!("backup-address"))
        }
        None => bail!(text!("backup-postgresql", todo = todo)),
    }
}

fn client(config: &Config, database: Database, name: StaffName) -> Client {
    Client { context: Context::new(database, Clock::system()), actor: operator(config, name) }
}

pub(super) async fn back_up(config: &Config, name: StaffName, backup: Backup) -> anyhow::Result<()> {
    let file = database_file(config, message!("backup-todo-backup"))?;
    if backup.file == Path::new("-") {
        bail!(text!("backup-standard-output"));
    }
    let to = std::path::absolute(&backup.file).with_context(|| text!("backup-name"))?;
    let database = match Database::open_existing(&config.database.url, 1).await {
        Ok(database) => Some(database),
        // A backup is made before an upgrade, so the version needn't match.
        Err(StoreError::Older | StoreError::Newer) => None,
        Err(error) => return Err(error.into()),
    };
    let bytes = store::back_up(&file, &to).await;
    let client = database.clone().map(|database| client(config, database, name));
    if let (Ok(_), Some(client)) = (&bytes, &client)
        && let Noted::No(error) = note_backup(&client.context, &client.actor).await?
    {
        complain(&format!("kenkocall: {}", text!("backup-not-audited", why = error.message())));
    }
    if let Some(database) = database {
        database.close().await;
    }
    let bytes = bytes?;
    let path = to.display().to_string();
    backup.form.say(
        &format!("{}\n", text!("backup-done", path = path.as_str(), bytes = bytes)),
        json!({ "result": "backed_up", "file": path, "bytes": bytes }),
    )
}

pub(super) async fn restore(config: &Config, name: StaffName, restore: Restore) -> anyhow::Result<()> {
    let target = database_file(config, message!("backup-todo-restore"))?;
    let staged = store::stage(&restore.file, &target).await?;
    let database = Database::open(&staged.url(), 1).await?;
    let client = client(config, database, name);
    let marked = prepare(config, &restore.file, &client).await;
    client.context.database.close().await;
    marked?;
    let stamp = client.context.clock.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let kept = match staged.put_in_place(&stamp).await {
        Err(store::CopyError::Store(StoreError::Busy)) => {
            bail!(text!("restore-in-use", database = target.display().to_string()))
        }
        placed => placed?,
    };
    let target = target.display().to_string();
    let kept = kept.map(|kept| kept.display().to_string());
    let mut lines = vec![text!("restore-done", database = target.as_str())];
    lines.extend(kept.as_ref().map(|kept| text!("restore-kept", file = kept)));
    lines.push(text!("restore-next"));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    restore.form.say(&text, json!({ "result": "restored", "database": target, "kept": kept }))
}

/// Checks that the copy is a database of this program and holds the right kind of data. Marks it as restored.
async fn prepare(config: &Config, backup: &Path, client: &Client) -> anyhow::Result<()> {
    let shown = backup.display();
    if client.context.database.tables().await? == Tables::Missing {
        bail!(text!("restore-no-tables", file = shown.to_string()));
    }
    client.context.database.migrate(DataOrigin::Real).await?;
    let origin = client.context.database.data_origin().await?;
    origin_fits(config, origin)?;
    if let Ok(present) = Database::open_existing(&config.database.url, 1).await {
        let there = present.data_origin().await;
        present.close().await;
        if there.is_ok_and(|there| there != origin) {
            bail!(if origin.is_simulated() {
                text!("restore-simulated-over-real", file = shown.to_string())
            } else {
                text!("restore-real-over-simulated", file = shown.to_string())
            });
        }
    }
    Ok(mark_restored(&client.context, &client.actor).await?)
}
