//! `kenkocall config`: checks and shows the settings before `serve` is started with them.

use std::path::Path;

use clap::Subcommand;
use serde_json::{Value, json};

use super::arguments::{Form, table};
use super::documents;
use super::exit::found;
use super::language::{current, text};
use super::messages::ToMessage;
use super::{logging, private_files};
use crate::app::{fits, unusable};
use crate::config::{self, Config, Origin, Survey};
use crate::domain::Language;
use crate::store::{Database, StoreError};
use crate::translations::{Message, message};

#[derive(Debug, Subcommand)]
pub(super) enum Settings {
    /// Read all settings as `serve` would, and report everything that is wrong or probably not intended. Nothing is
    /// started or changed; the database is opened and read. Ends with an error if `serve` wouldn't start.
    Check {
        #[command(flatten)]
        form: Form,
    },
    /// Show every effective setting and where it comes from: the settings file, the environment, a file of its own or
    /// the defaults. Tokens and passwords are masked.
    Show {
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(survey: Survey, command: Settings) -> anyhow::Result<()> {
    match command {
        Settings::Check { form } => check(survey, form).await,
        Settings::Show { form } => show(survey, form),
    }
}

fn show(survey: Survey, form: Form) -> anyhow::Result<()> {
    let Some(settings) = survey.shown() else {
        survey.usable()?;
        return Ok(());
    };
    let mut rows = Vec::new();
    let mut objects = Vec::new();
    for setting in &settings {
        let (origin, from) = match &setting.origin {
            Origin::Default => ("default", None),
            Origin::File(path) => ("file", Some(path.display().to_string())),
            Origin::Environment(variable) => ("environment", Some(variable.clone())),
            Origin::SecretFile(path) => ("secret_file", Some(path.display().to_string())),
        };
        let told = from.clone().unwrap_or_else(|| text!("config-default"));
        rows.push(vec![setting.name.to_owned(), setting.value.clone().unwrap_or_else(|| "-".to_owned()), told]);
        objects.push(json!({ "setting": setting.name, "value": setting.value, "origin": origin, "from": from }));
    }
    form.say(&table(&rows), Value::Array(objects))
}

async fn check(survey: Survey, form: Form) -> anyhow::Result<()> {
    // What programs read is English.
    let language = if form.json { Language::English } else { current() };
    let mut warnings = private_files::warnings_of(&survey);
    let mut errors: Vec<String> = survey.problems.iter().map(|problem| problem.message().text(language)).collect();
    if let Some(config) = &survey.config {
        warnings.extend(config::warnings(config).iter().map(ToMessage::message));
        warnings.extend(config.audit.checkpoint_file.as_deref().and_then(no_checkpoints));
        errors.extend(unusable_settings(config).iter().map(|error| super::refusal::told_in(error, language)));
        match database(config).await {
            Ok(None) => {}
            Ok(Some(warning)) => warnings.push(warning),
            Err(error) => errors.push(super::refusal::told_in(&error, language)),
        }
    }
    let warnings: Vec<String> = warnings.iter().map(|warning| warning.text(language)).collect();
    let mut text = String::new();
    for what in &errors {
        text.push_str(&format!("{}\n", text!("config-error", what = what)));
    }
    for what in &warnings {
        text.push_str(&format!("{}\n", text!("config-warning", what = what)));
    }
    if errors.is_empty() {
        text.push_str(&format!("{}\n", text!("config-usable")));
    }
    form.say(&text, json!({ "errors": errors, "warnings": warnings }))?;
    match errors.len() {
        0 => Ok(()),
        count => Err(found(text!("config-unusable", count = count))),
    }
}

/// Returns the reasons why `serve` couldn't start with these settings.
fn unusable_settings(config: &Config) -> Vec<anyhow::Error> {
    let documents = documents::Origin::choose(config.flows.directory.as_deref());
    let mut errors = unusable(config);
    errors.extend(logging::filter(&config.log).err());
    errors.extend(documents.flow_set().err());
    errors
}

/// Returns the reason why `serve` couldn't write to the checkpoint file. `serve` would run, and nobody would notice
/// that the end of the trail was lost.
fn no_checkpoints(file: &Path) -> Option<Message> {
    let path = file.display().to_string();
    if file.is_dir() {
        return Some(message!("warning-checkpoint-folder", path = path));
    }
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Some(message!("warning-checkpoint-no-folder", path = folder.display().to_string()));
    }
    let written = if file.exists() { file } else { folder };
    let refused = rustix::fs::access(written, rustix::fs::Access::WRITE_OK).err()?;
    Some(message!("warning-checkpoint-unwritable", path = path, why = refused.to_string()))
}

/// Checks that `serve` could use the database. Returns a warning for what `serve` fixes itself, and an error for what
/// it can't fix.
async fn database(config: &Config) -> anyhow::Result<Option<Message>> {
    let database = match Database::open_existing(&config.database.url, config.database.connections).await {
        Ok(database) => database,
        Err(StoreError::NoDatabase(_)) => return Ok(Some(message!("warning-no-database"))),
        Err(StoreError::Older) => return Ok(Some(message!("warning-older-database"))),
        Err(error @ StoreError::Unreachable { .. }) => {
            return Ok(Some(message!("warning-waits", why = error.message())));
        }
        Err(error) => return Err(error.into()),
    };
    let usable = async {
        fits(config, &database).await?;
        database.begin_write().await?.rollback().await?;
        anyhow::Ok(None)
    };
    let usable = usable.await;
    database.close().await;
    usable
}
