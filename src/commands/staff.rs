//! `kenkocall staff`: the accounts of staff for the console.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, centre_code, rfc3339, say, say_json, shown, table};
use super::exit::usage;
use super::language::{self, text};
use super::messages::ToMessage as _;
use crate::config::Config;
use crate::domain::{CentreCode, LogInName, Role, StaffName, escaped};
use crate::service::{AccountView, Client, NewAccount, deactivate_staff, invite_staff, list_staff, unlock_staff};

#[derive(Debug, Subcommand)]
pub(super) enum Staff {
    /// Invite a member of staff. Prints the link by which the password and the second factor are set up, once, within
    /// three days.
    Add {
        /// The name, as the audit trail shows it.
        #[arg(long)]
        name: String,
        /// The e-mail address, which is the log-in name. Nothing is sent to it: pass the link on yourself.
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// nurse (also for clerks), centre_administrator, help_desk or system_administrator.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The health centre, for nurses and its administrators.
        #[arg(long, value_name = "CODE")]
        centre: Option<String>,
        #[command(flatten)]
        form: Form,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        form: Form,
    },
    /// Issue a code for somebody who has lost the second factor. Prints it once. The person logs in with the password,
    /// chooses "I have a code from the help desk", and sets up a new authenticator within an hour; until then the old
    /// one works.
    Unlock {
        /// The e-mail address.
        #[arg(value_name = "ADDRESS")]
        email: String,
        #[command(flatten)]
        form: Form,
    },
    /// End an account: it is logged out everywhere, and nobody can log in. `staff add` sets it up anew.
    Deactivate {
        /// The e-mail address.
        #[arg(value_name = "ADDRESS")]
        email: String,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(config: &Config, client: &Client, zone: &TimeZone, command: Staff) -> anyhow::Result<()> {
    match command {
        Staff::Add { name, email, role, centre, form } => {
            let name = StaffName::parse(&name).map_err(|error| usage(error.message().text(language::current())))?;
            let centre = centre.map(|code| centre_code(&code)).transpose()?;
            let new = NewAccount { log_in_name: log_in_name(&email)?, name, role, centre };
            let invitation = invite_staff(&client.context, &client.actor, new).await?;
            let link = format!("{}/console/invitation/{}", config.server.public_url(), invitation.token.expose());
            let until = shown(invitation.expires_at, zone);
            let name = escaped(invitation.account.name.as_str()).into_owned();
            let text =
                format!("{}\n  {link}\n{}\n", text!("staff-invited", name = name), text!("staff-link", until = until));
            let mut value = as_json(&invitation.account);
            if let Some(object) = value.as_object_mut() {
                object.insert("link".to_owned(), link.into());
                object.insert("until".to_owned(), rfc3339(invitation.expires_at, zone).into());
            }
            form.tell(client, &text, value).await
        }
        Staff::List { form } => {
            let accounts = list_staff(&client.context, &client.actor).await?;
            if form.json {
                return say_json(client, accounts.iter().map(as_json).collect()).await;
            }
            if accounts.is_empty() {
                return say(client, &format!("{}\n", text!("staff-none"))).await;
            }
            let mut lines = vec![vec![
                text!("head-address"),
                text!("head-name"),
                text!("head-role"),
                text!("head-centre"),
                text!("head-state"),
            ]];
            lines.extend(accounts.iter().map(line));
            say(client, &table(&lines)).await
        }
        Staff::Unlock { email, form } => unlock(config, client, zone, &email, &form).await,
        Staff::Deactivate { email, form } => {
            let account = deactivate_staff(&client.context, &client.actor, &log_in_name(&email)?).await?;
            let name = escaped(account.name.as_str()).into_owned();
            form.tell(client, &format!("{}\n", text!("staff-deactivated", name = name)), as_json(&account)).await
        }
    }
}

async fn unlock(config: &Config, client: &Client, zone: &TimeZone, email: &str, form: &Form) -> anyhow::Result<()> {
    let unlock = unlock_staff(&client.context, &client.actor, &log_in_name(email)?).await?;
    let until = shown(unlock.expires_at, zone);
    let name = escaped(unlock.account.name.as_str()).into_owned();
    let address = format!("{}/console", config.server.public_url());
    let text = format!(
        "{}\n  {}\n{}\n",
        text!("staff-unlocked", name = name),
        unlock.code,
        text!("staff-unlock-how", address = address, until = until)
    );
    let mut value = as_json(&unlock.account);
    if let Some(object) = value.as_object_mut() {
        object.insert("code".to_owned(), unlock.code.clone().into());
        object.insert("until".to_owned(), rfc3339(unlock.expires_at, zone).into());
    }
    form.tell(client, &text, value).await
}

fn line(account: &AccountView) -> Vec<String> {
    vec![
        account.log_in_name.typed().to_owned(),
        escaped(account.name.as_str()).into_owned(),
        account.role.map_or("-", Role::code).to_owned(),
        account.centre.as_ref().map_or("-", CentreCode::as_str).to_owned(),
        account.state.code().to_owned(),
    ]
}

fn as_json(account: &AccountView) -> Value {
    json!({
        "email": account.log_in_name.typed(),
        "name": account.name.as_str(),
        "role": account.role.map(Role::code),
        "centre": account.centre.as_ref().map(CentreCode::as_str),
        "state": account.state.code(),
    })
}

fn log_in_name(text: &str) -> anyhow::Result<LogInName> {
    LogInName::parse(text).map_err(|error| usage(error.message().text(language::current())))
}

/// Parses a role.
fn role(text: &str) -> Result<Role, String> {
    let word = text.trim().replace('-', "_");
    Role::from_code(&word).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.into_iter().map(Role::code).collect();
        text!("staff-roles", roles = words.join(", "))
    })
}
