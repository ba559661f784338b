//! `kenkocall backup` and `restore`: copy an SQLite database and restore the copy. PostgreSQL has its own programs for
//! both.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use super::arguments::Form;
use super::fitting::origin_fits;
use super::operator::operator;
use super::output::complain;
use crate::config::Config;
use crate::domain::{DataOrigin, StaffName};
use crate::service::{Client, Clock, Context, Noted, mark_restored, note_backup};
use crate::store::{self, Database, StoreError, Tables, sqlite_file};

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
fn database_file(config: &Config, todo: &str) -> anyhow::Result<PathBuf> {
    match sqlite_file(&config.database.url) {
        Some(file) => Ok(file),
        None if config.database.url.starts_with("sqlite:") => {
            bail!("the address of the database can't be read; `kenkocall config check` says why")
        }
        None => bail!("the database is PostgreSQL, and this command copies SQLite files alone; {todo}"),
    }
}

fn client(config: &Config, database: Database, name: StaffName) -> Client {
    Client { context: Context::new(database, Clock::system()), actor: operator(config, name) }
}

pub(super) async fn back_up(config: &Config, name: StaffName, backup: Backup) -> anyhow::Result<()> {
    let file = database_file(config, "make a backup with pg_dump or pg_basebackup: docs/operations.md says how")?;
    if backup.file == Path::new("-") {
        bail!("a backup is a file, and can't be written to standard output; name a file");
    }
    let to = std::path::absolute(&backup.file).context("the name of the backup can't be read")?;
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
        complain(&format!(
            "kenkocall: this backup isn't recorded in the audit trail, as {error}; write down who made it, and when"
        ));
    }
    if let Some(database) = database {
        database.close().await;
    }
    let bytes = bytes?;
    let path = to.display().to_string();
    backup.form.say(
        &format!(
            "backed up to {path} ({bytes} bytes); keep it where only those may read it who may read patients' data\n"
        ),
        json!({ "result": "backed_up", "file": path, "bytes": bytes }),
    )
}

pub(super) async fn restore(config: &Config, name: StaffName, restore: Restore) -> anyhow::Result<()> {
    let target = database_file(
        config,
        "restore with pg_restore or the base backup, then `kenkocall dialer pause` before `serve`: docs/operations.md says how",
    )?;
    let staged = store::stage(&restore.file, &target).await?;
    let database = Database::open(&staged.url(), 1).await?;
    let client = client(config, database, name);
    let marked = prepare(config, &restore.file, &client).await;
    client.context.database.close().await;
    marked?;
    let stamp = client.context.clock.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let kept = match staged.put_in_place(&stamp).await {
        Err(store::CopyError::Store(StoreError::Busy)) => bail!(
            "the database {} is in use, so nothing was restored; stop `kenkocall serve` and whatever else uses it, then run this again",
            target.display()
        ),
        placed => placed?,
    };
    let target = target.display().to_string();
    let kept = kept.map(|kept| kept.display().to_string());
    let before = kept.as_ref().map_or_else(String::new, |kept| {
        format!("what was there is kept as {kept}: patients' data are in it, delete it when it isn't needed any more\n")
    });
    let text = format!(
        "{target} is the backup now\n{before}nobody is dialled until the calls since the backup are accounted for:\n  \
         1. start `kenkocall serve`\n  2. `kenkocall dialer reconcile --wait`, with the settings of serve\n  \
         3. stop or release again who was stopped or released since the backup\n  4. `kenkocall dialer resume`\n  \
         5. where there is a checkpoint file: `kenkocall audit checkpoint FILE --after-restore`\n"
    );
    restore.form.say(&text, json!({ "result": "restored", "database": target, "kept": kept }))
}

/// Checks that the copy is a database of this program and holds the right kind of data. Marks it as restored.
async fn prepare(config: &Config, backup: &Path, client: &Client) -> anyhow::Result<()> {
    let shown = backup.display();
    if client.context.database.tables().await? == Tables::Missing {
        bail!("{shown} is an SQLite database without tables of kenkocall, so nothing was changed; name another file");
    }
    client.context.database.migrate(DataOrigin::Real).await?;
    let origin = client.context.database.data_origin().await?;
    origin_fits(config, origin)?;
    if let Ok(present) = Database::open_existing(&config.database.url, 1).await {
        let there = present.data_origin().await;
        present.close().await;
        if there.is_ok_and(|there| there != origin) {
            bail!(
                "{shown} holds {} data and the database {} data, so nothing was changed; name a backup of this database",
                origin.code(),
                if origin.is_simulated() { "real" } else { "simulated" }
            );
        }
    }
    Ok(mark_restored(&client.context, &client.actor).await?)
}
