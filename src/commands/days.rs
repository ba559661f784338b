//! `kenkocall days`: figures of a day's automated calls, by health centre. They name no patient.

use clap::Subcommand;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::arguments::{Form, day, table, today};
use super::language::text;
use crate::domain::SlotState;
use crate::service::{CentreDay, Client, DailyStats, day_figures};

#[derive(Debug, Subcommand)]
pub(super) enum Days {
    /// Show the slots of a day and how they ended.
    Show {
        /// The day at the health centres: 2026-11-24, 令和8年11月24日, R8.11.24, or today, yesterday, tomorrow.
        #[arg(value_name = "DATE", default_value = "today")]
        date: String,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(client: &Client, zone: &TimeZone, command: Days) -> anyhow::Result<()> {
    let Days::Show { date, form } = command;
    let today = today(client, zone);
    let date = day(&date, today)?;
    let figures = day_figures(&client.context, &client.actor, date).await?;
    let mut text = as_text(date, &figures);
    if date > today && figures.centres.is_empty() {
        text = format!("{}\n", text!("days-nothing-yet", date = date.to_string()));
    }
    form.tell(client, &text, as_json(date, &figures)).await
}

/// Formats the figures as a table, and below it why slots ended without a report.
pub(crate) fn as_text(date: Date, figures: &DailyStats) -> String {
    if figures.centres.is_empty() {
        return format!("{}\n", text!("days-none", date = date.to_string()));
    }
    let mut rows = vec![vec![
        text!("head-centre"),
        text!("head-due"),
        text!("head-reported"),
        text!("head-unanswered"),
        text!("head-cancelled"),
        text!("head-missed"),
        text!("head-open"),
        text!("head-calls-placed"),
    ]];
    for centre in &figures.centres {
        let counts = [
            centre.due(),
            centre.reported(),
            centre.unanswered(),
            centre.cancelled(),
            centre.missed(),
            centre.open(),
            centre.attempted(),
        ];
        let mut row = vec![format!("{} {}", centre.code, centre.name)];
        row.extend(counts.map(|count| count.to_string()));
        rows.push(row);
    }
    let mut text = format!("{date}\n{}", table(&rows));
    for centre in &figures.centres {
        if centre.from_other_numbers > 0 {
            let count = centre.from_other_numbers;
            text.push_str(&format!("{}\n", text!("days-other-numbers", centre = centre.code.as_str(), count = count)));
        }
        let [slots, calls] = reasons(centre);
        if !slots.is_empty() {
            text.push_str(&format!("{}\n", text!("days-slots", centre = centre.code.as_str(), reasons = slots)));
        }
        if !calls.is_empty() {
            text.push_str(&format!("{}\n", text!("days-calls", centre = centre.code.as_str(), reasons = calls)));
        }
    }
    text
}

/// How the slots and the calls of a centre ended, each with its count.
fn reasons(centre: &CentreDay) -> [String; 2] {
    let slots = centre.slots.iter().filter_map(|(state, count)| {
        let reason = state.reason()?;
        Some(format!("{} ({reason}) {count}", state.code()))
    });
    let attempts = centre.attempts.iter().map(|(outcome, count)| {
        let word = outcome.map_or_else(|| text!("days-under-way"), |outcome| outcome.code().to_owned());
        format!("{word} {count}")
    });
    [slots.collect::<Vec<_>>().join(", "), attempts.collect::<Vec<_>>().join(", ")]
}

fn as_json(date: Date, figures: &DailyStats) -> Value {
    let centre = |day: &CentreDay| {
        let attempts: Map<String, Value> = day
            .attempts
            .iter()
            .map(|(outcome, count)| (outcome.map_or("under_way", |outcome| outcome.code()).to_owned(), (*count).into()))
            .collect();
        json!({
            "centre": day.code.as_str(),
            "name": day.name,
            "due": day.due(),
            "reported": day.reported(),
            "unanswered": day.unanswered(),
            "cancelled": day.cancelled(),
            "missed": day.missed(),
            "open": day.open(),
            "reports_from_other_numbers": day.from_other_numbers,
            "slots": day.slots.iter().map(|(state, count): &(SlotState, u32)| json!({
                "state": state.code(),
                "reason": state.reason(),
                "count": count,
            })).collect::<Vec<_>>(),
            "calls_placed": day.attempted(),
            "calls": attempts,
        })
    };
    json!({ "date": date.to_string(), "centres": figures.centres.iter().map(centre).collect::<Vec<_>>() })
}
