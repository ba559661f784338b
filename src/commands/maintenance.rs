//! `kenkocall maintenance`: replaces the health-call line with an announcement, on all nodes at once.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, moment, rfc3339, shown};
use super::language::text;
use crate::service::{Client, MaintenanceView, current_maintenance, end_maintenance, start_maintenance};

#[derive(Debug, Subcommand)]
pub(super) enum Maintenance {
    /// Play the announcement to new callers from now on; calls in progress continue. Starting again sets a new end.
    Start {
        /// The end, which is announced and takes effect by itself: RFC 3339, or "2026-12-01 05:00" in
        /// health_call.time_zone. Without it, the maintenance lasts until `maintenance end`.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        form: Form,
    },
    /// Answer callers again from now on.
    End {
        #[command(flatten)]
        form: Form,
    },
    /// Show whether there is a maintenance.
    Show {
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(client: &Client, zone: &TimeZone, command: Maintenance) -> anyhow::Result<()> {
    match command {
        Maintenance::Start { until, form } => {
            let until = until.map(|text| moment(&text, client, zone)).transpose()?;
            let started = start_maintenance(&client.context, &client.actor, until).await?;
            form.tell(client, &sentence(&started, zone), as_json(Some(&started), zone)).await
        }
        Maintenance::End { form } => {
            let text = match end_maintenance(&client.context, &client.actor).await? {
                Some(_) => text!("maintenance-ended"),
                None => text!("maintenance-same"),
            };
            form.tell(client, &format!("{text}\n"), as_json(None, zone)).await
        }
        Maintenance::Show { form } => {
            let current = current_maintenance(&client.context, &client.actor).await?;
            let text = match &current {
                Some(maintenance) => sentence(maintenance, zone),
                None => format!("{}\n", text!("maintenance-none")),
            };
            form.tell(client, &text, as_json(current.as_ref(), zone)).await
        }
    }
}

fn as_json(maintenance: Option<&MaintenanceView>, zone: &TimeZone) -> Value {
    json!({
        "maintenance": maintenance.is_some(),
        "since": maintenance.map(|row| rfc3339(row.starts_at, zone)),
        "until": maintenance.and_then(|row| row.until).map(|at| rfc3339(at, zone)),
    })
}

fn sentence(maintenance: &MaintenanceView, zone: &TimeZone) -> String {
    let since = shown(maintenance.starts_at, zone);
    let text = match maintenance.until {
        Some(until) => text!("maintenance-until", since = since, until = shown(until, zone)),
        None => text!("maintenance-open", since = since),
    };
    format!("{text}\n")
}
