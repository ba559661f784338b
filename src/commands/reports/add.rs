//! `kenkocall reports add`: enters today's report for a patient.

use clap::Args;
use serde_json::json;

use crate::commands::arguments::{Form, hersys_id};
use crate::commands::documents::Origin;
use crate::commands::exit::usage;
use crate::commands::language::{self, text};
use crate::config::Config;
use crate::domain::AlertKind;
use crate::service::{Client, ReportEntry, add_report};

#[derive(Debug, Args)]
pub(in crate::commands) struct Add {
    /// The patient's HER-SYS ID.
    hersys_id: String,
    /// The answers, such as body_temperature=37.5 spo2=98 cough_or_runny_nose=no. `kenkocall flows form` shows the
    /// fields.
    #[arg(value_name = "FIELD=VALUE", required = true)]
    answers: Vec<String>,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn run(config: &Config, client: &Client, add: Add) -> anyhow::Result<()> {
    let id = hersys_id(&add.hersys_id)?;
    let mut answers: Vec<(String, String)> = Vec::with_capacity(add.answers.len());
    for answer in &add.answers {
        let (field, value) = answer.split_once('=').ok_or_else(|| usage(text!("report-answer")))?;
        if answers.iter().any(|(known, _)| known == field.trim()) {
            return Err(usage(text!("field-twice", field = field.trim())));
        }
        answers.push((field.trim().to_owned(), value.to_owned()));
    }
    let flow_set = Origin::choose(config.flows.directory.as_deref()).flow_set()?;
    let entry = ReportEntry { flow_set: &flow_set, answers, language: language::current() };
    let entered = add_report(&client.context, &client.actor, &id, entry).await?;
    let kinds: Vec<&str> = entered.alerts.iter().copied().map(AlertKind::code).collect();
    let mut text =
        format!("{}\n", text!("report-added", date = entered.date.to_string(), severity = entered.severity.code()));
    if !kinds.is_empty() {
        text.push_str(&format!("{}\n", text!("report-alerts", kinds = kinds.join(", "))));
    }
    entered.advice.iter().for_each(|words| text.push_str(&format!("> {words}\n")));
    let value = json!({
        "result": "added",
        "report": entered.id.to_string(),
        "report_date": entered.date.to_string(),
        "severity": entered.severity.code(),
        "alerts": kinds,
        "advice": entered.advice,
    });
    add.form.tell(client, &text, value).await
}
