//! `kenkocall maintenance`: the announcement in place of the line, on all nodes at once.

use clap::Subcommand;
use jiff::tz::TimeZone;

use super::desk::{moment, say, shown};
use crate::service::{Clerk, current_maintenance, end_maintenance, start_maintenance};
use crate::store::maintenances::MaintenanceRow;

#[derive(Debug, Subcommand)]
pub(super) enum Maintenance {
    /// New callers hear the announcement from now on; calls that have begun go on. Started again, it has a new end.
    Start {
        /// The end that is announced, and at which it ends by itself: "2026-12-01 05:00" in health_call.time_zone, or
        /// RFC 3339. Without it, it lasts until `maintenance end`.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Callers are answered again from now on.
    End,
    /// Whether there is a maintenance.
    Show,
}

pub(super) async fn run(clerk: &Clerk, zone: &TimeZone, command: Maintenance) -> anyhow::Result<()> {
    match command {
        Maintenance::Start { until } => {
            let until = until.map(|text| moment(&text, zone)).transpose()?;
            say(clerk, &sentence(&start_maintenance(clerk, until).await?, zone)).await
        }
        Maintenance::End => match end_maintenance(clerk).await? {
            Some(_) => say(clerk, "the maintenance has ended: callers are answered\n").await,
            None => say(clerk, "nothing to change: there was no maintenance\n").await,
        },
        Maintenance::Show => match current_maintenance(clerk).await? {
            Some(maintenance) => say(clerk, &sentence(&maintenance, zone)).await,
            None => say(clerk, "no maintenance: callers are answered\n").await,
        },
    }
}

fn sentence(maintenance: &MaintenanceRow, zone: &TimeZone) -> String {
    let until = match maintenance.until {
        Some(until) => format!("until {}", shown(until, zone)),
        None => "until `kenkocall maintenance end`".to_owned(),
    };
    format!("maintenance since {}, {until}\n", shown(maintenance.starts_at, zone))
}
