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
use crate::app::{self, NoFile, RestoreError};
use crate::config::Config;
use crate::domain::{DataOrigin, StaffName};
use crate::service::Noted;
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
    app::database_file(config).map_err(|why| match why {
        NoFile::NoPath => anyhow::anyhow!(text!("backup-address")),
        NoFile::PostgreSql => anyhow::anyhow!(text!("backup-postgresql", todo = todo)),
    })
}

pub(super) async fn back_up(config: &Config, name: StaffName, backup: Backup) -> anyhow::Result<()> {
    let file = database_file(config, message!("backup-todo-backup"))?;
    if backup.file == Path::new("-") {
        bail!(text!("backup-standard-output"));
    }
    let to = std::path::absolute(&backup.file).with_context(|| text!("backup-name"))?;
    let made = app::back_up(config, &operator(config, name), &file, &to).await?;
    if let Noted::No(error) = made.noted {
        complain(&format!("kenkocall: {}", text!("backup-not-audited", why = error.message())));
    }
    let path = to.display().to_string();
    backup.form.say(
        &format!("{}\n", text!("backup-done", path = path.as_str(), bytes = made.bytes)),
        json!({ "result": "backed_up", "file": path, "bytes": made.bytes }),
    )
}

pub(super) async fn restore(config: &Config, name: StaffName, restore: Restore) -> anyhow::Result<()> {
    let file = database_file(config, message!("backup-todo-restore"))?;
    let kept = app::restore(config, &operator(config, name), &restore.file, &file).await;
    let database = file.display().to_string();
    let backup = restore.file.display().to_string();
    let kept = kept.map_err(|why| match why {
        RestoreError::NoTables => anyhow::anyhow!(text!("restore-no-tables", file = backup)),
        RestoreError::OtherOrigin(DataOrigin::Simulated) => {
            anyhow::anyhow!(text!("restore-simulated-over-real", file = backup))
        }
        RestoreError::OtherOrigin(DataOrigin::Real) => {
            anyhow::anyhow!(text!("restore-real-over-simulated", file = backup))
        }
        RestoreError::InUse => anyhow::anyhow!(text!("restore-in-use", database = database.as_str())),
        RestoreError::Other(error) => error,
    })?;
    let kept = kept.map(|kept| kept.display().to_string());
    let mut lines = vec![text!("restore-done", database = database.as_str())];
    lines.extend(kept.as_ref().map(|kept| text!("restore-kept", file = kept)));
    lines.push(text!("restore-next"));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    restore.form.say(&text, json!({ "result": "restored", "database": database, "kept": kept }))
}
