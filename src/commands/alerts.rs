//! `kenkocall alerts`: what a health centre should look at.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;

use super::desk::{Form, centre_code, found, rfc3339, say, say_json, shown, table};
use super::exit::usage;
use crate::call::{AlertId, AlertKind, HersysId, Item, escaped};
use crate::service::{Clerk, ShownAlert, close_alert, list_alerts};

#[derive(Debug, Subcommand)]
pub(super) enum Alerts {
    /// List the open alerts, the oldest first. It is noted who looked.
    List {
        /// Those of one health centre, and those for all.
        #[arg(long, value_name = "CODE")]
        centre: Option<String>,
        #[command(flatten)]
        form: Form,
    },
    /// Close an alert that someone has seen to.
    Close {
        /// The alert's id, as `alerts list` shows it.
        alert: String,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(clerk: &Clerk, zone: &TimeZone, command: Alerts) -> anyhow::Result<()> {
    match command {
        Alerts::List { centre, form } => {
            let centre = centre.map(|code| centre_code(&code)).transpose()?;
            let open = found(list_alerts(clerk, centre.as_ref()).await?);
            if form.json {
                return say_json(clerk, open.iter().map(|alert| as_json(alert, zone)).collect::<Vec<_>>().into()).await;
            }
            if open.is_empty() {
                return say(clerk, "no open alerts\n").await;
            }
            let head = ["alert", "raised", "kind", "centre", "HER-SYS ID", "item", "call"];
            let mut lines = vec![head.map(str::to_owned).to_vec()];
            lines.extend(open.iter().map(|alert| line(alert, zone)));
            say(clerk, &format!("{}{}", table(&lines), hints(&open))).await
        }
        Alerts::Close { alert, form } => {
            let id: Result<AlertId, _> = alert.trim().parse();
            let id = id.map_err(|_| {
                usage(
                    "an alert's id looks like 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04; `kenkocall alerts list` shows them",
                )
            })?;
            let (alert, closed) = close_alert(clerk, id).await?;
            let at = alert.closed_at.map(|at| shown(at, zone)).unwrap_or_default();
            let by = alert.closed_by.unwrap_or_default();
            let word = if closed { "closed" } else { "nothing to change" };
            let value = json!({
                "result": if closed { "closed" } else { "nothing_to_change" },
                "id": id.to_string(),
                "closed_at": alert.closed_at.map(|at| rfc3339(at, zone)),
                "closed_by": by,
            });
            form.tell(clerk, &format!("{word}: alert {id} was closed {at} by {}\n", escaped(&by)), value).await
        }
    }
}

/// What can be done, for each kind on the list for which there is a command.
fn hints(open: &[ShownAlert]) -> String {
    let there = |kind: &&AlertKind| open.iter().any(|shown| shown.alert.kind == **kind);
    let hints: Vec<String> = AlertKind::ALL
        .iter()
        .filter(there)
        .filter_map(|kind| Some(format!("{}: {}\n", kind.word(), hint(*kind)?)))
        .collect();
    if hints.is_empty() { String::new() } else { format!("\n{}", hints.concat()) }
}

const fn hint(kind: AlertKind) -> Option<&'static str> {
    match kind {
        AlertKind::RedAnswer | AlertKind::CallBack => None,
        AlertKind::Guessing => Some(
            "somebody tries birth dates of HER-SYS IDs; the patient's own number still gets in, other numbers have few tries left today",
        ),
        AlertKind::MassGuessing => Some(
            "many callers fail to identify themselves: unregistered or hidden numbers have one try a call and wait longer; registered numbers aren't affected",
        ),
        AlertKind::StopRequest => Some(
            "calls are held back until you decide: `kenkocall patients stop ID`, or `patients set ID --automated-call yes`",
        ),
        AlertKind::StopUnconfirmed => Some(
            "somebody who didn't say who they are asked that calls stop; calls continue until you decide, so phone the patient: `kenkocall patients stop ID` ends the calls, `patients set ID --automated-call yes` continues them and closes this",
        ),
        AlertKind::Unanswered => Some(
            "the tries of a slot are used up, or a call was answered and its report may be lost; phone the patient, or `kenkocall calls now ID`; a report closes it",
        ),
        AlertKind::Missed => Some("nobody was called in time; `kenkocall calls now ID`; a report closes it"),
        AlertKind::WrongNumber => {
            Some("calls are held back until there is another number: `kenkocall patients set ID --phone-number NUMBER`")
        }
        AlertKind::UnknownCall => Some(
            "`kenkocall calls show CALL` says what is known; `kenkocall calls resolve CALL` takes what you find out",
        ),
        AlertKind::Dialling => {
            Some("no automated call is placed; `kenkocall dialer show` says why, `dialer resume` ends a pause")
        }
        AlertKind::DayLimit => Some(
            "nobody more is called today; phone those who are missed, or set another limit: `kenkocall dialer show`, `centres list`",
        ),
        AlertKind::Unspoken => Some(
            "the carrier couldn't say a prompt in our voice: callers heard an apology, and the rest in its own; look at twilio.voices and at the carrier's log",
        ),
        AlertKind::Forged => Some(
            "webhooks with a wrong signature were refused: either twilio.auth_token or server.public_url is wrong, or somebody else posts them",
        ),
    }
}

fn line(shown_alert: &ShownAlert, zone: &TimeZone) -> Vec<String> {
    let alert = &shown_alert.alert;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        alert.id.to_string(),
        shown(alert.raised_at, zone),
        alert.kind.word().to_owned(),
        alert.centre.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string),
        or_dash(shown_alert.hersys_id.as_ref().map(|id| id.expose().to_owned())),
        or_dash(alert.item.map(|item| item.word().to_owned())),
        or_dash(alert.call.map(|call| call.to_string())),
    ]
}

fn as_json(shown_alert: &ShownAlert, zone: &TimeZone) -> serde_json::Value {
    let alert = &shown_alert.alert;
    json!({
        "id": alert.id.to_string(),
        "raised_at": rfc3339(alert.raised_at, zone),
        "kind": alert.kind.word(),
        "centre": alert.centre.as_ref().map(|code| code.as_str()),
        "hersys_id": shown_alert.hersys_id.as_ref().map(HersysId::expose),
        "item": alert.item.map(Item::word),
        "call": alert.call.map(|call| call.to_string()),
    })
}
