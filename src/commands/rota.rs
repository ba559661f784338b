//! `kenkocall rota`: whom a health centre rings about red alerts that nobody has taken.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::arguments::{Form, centre_code, table};
use super::exit::usage;
use super::language::text;
use crate::domain::{Revision, Rota, escaped};
use crate::service::{Client, RotaChanged, RotaView, change_rota, show_rota};

#[derive(Debug, Subcommand)]
pub(super) enum RotaCommand {
    /// Show a health centre's rota. With --json it can be changed and given to `rota set`.
    Show {
        /// The health centre.
        #[arg(value_name = "CODE")]
        centre: String,
        #[command(flatten)]
        form: Form,
    },
    /// Store a rota in place of a health centre's present one.
    Set {
        /// The health centre.
        #[arg(value_name = "CODE")]
        centre: String,
        /// The file, as `rota show --json` prints it. Its revision must be the present one.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        form: Form,
    },
}

/// A rota in a file.
#[derive(serde::Deserialize)]
struct Written {
    rota: Rota,
    revision: i64,
}

pub(super) async fn run(client: &Client, command: RotaCommand) -> anyhow::Result<()> {
    match command {
        RotaCommand::Show { centre, form } => {
            let view = show_rota(&client.context, &client.actor, &centre_code(&centre)?).await?;
            let value = json!({ "rota": &view.rota, "revision": view.revision.number() });
            form.tell(client, &sentence(&view), value).await
        }
        RotaCommand::Set { centre, file, form } => {
            let written = read(&file)?;
            let centre = centre_code(&centre)?;
            let (context, actor) = (&client.context, &client.actor);
            let changed = change_rota(context, actor, &centre, Revision(written.revision), &written.rota).await?;
            let (text, revision) = match changed {
                RotaChanged::Stored(revision) => (text!("rota-stored"), revision),
                RotaChanged::Same => (text!("rota-same"), Revision(written.revision)),
            };
            form.tell(client, &format!("{text}\n"), json!({ "revision": revision.number() })).await
        }
    }
}

fn read(file: &std::path::Path) -> anyhow::Result<Written> {
    let name = escaped(&file.display().to_string()).into_owned();
    let text = std::fs::read_to_string(file)
        .map_err(|error| usage(text!("rota-file-unreadable", file = name.as_str(), why = error.to_string())))?;
    serde_json::from_str(&text)
        .map_err(|error| usage(text!("rota-file-wrong", file = name.as_str(), why = error.to_string())))
}

fn sentence(view: &RotaView) -> String {
    if view.rota.is_empty() {
        return format!("{}\n", text!("rota-none"));
    }
    let parts = view.rota.parts();
    let mut lines = vec![vec![text!("rota-days"), text!("rota-hours"), text!("rota-people")]];
    lines.extend(parts.shifts.iter().map(|shift| {
        let people = shift.contacts.iter().filter_map(|id| view.rota.contact(*id));
        let names: Vec<String> = people.map(|contact| escaped(contact.name.as_str()).into_owned()).collect();
        vec![shift.days.to_string(), shift.hours.to_string(), names.join(" → ")]
    }));
    let mut rules = vec![
        text!("rota-rule-first", minutes = u64::from(parts.first.minutes())),
        text!("rota-rule-between", minutes = u64::from(parts.between.minutes())),
    ];
    if let Some(last) = view.rota.fallback() {
        rules.push(text!("rota-rule-fallback", name = escaped(last.name.as_str()).into_owned()));
    }
    format!("{}{}\n", table(&lines), rules.join("\n"))
}
