//! `kenkocall alerts`: lists, takes and closes the alerts of a health centre.

use std::collections::HashMap;

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;

use super::arguments::{Form, centre_code, found, from_other_number, rfc3339, say, say_json, shown, table};
use super::exit::{refused, usage};
use super::language::text;
use crate::domain::{AlertId, AlertKind, Answer, CallerNumber, HersysId, Item, PatientId, escaped};
use crate::service::{
    AlertList, AlertQuery, ClaimView, Client, ClosedAlerts, GivenBack, Rest, ShownAlert, TakeFrom, Taken, ToClose,
    close_alerts, give_back_line, list_alerts, take_line,
};

#[derive(Debug, Subcommand)]
pub(super) enum Alerts {
    /// List the open alerts, the most severe first, then the oldest; one line per patient. The access is recorded.
    List {
        /// Only alerts of this health centre, and alerts for all centres.
        #[arg(long, value_name = "CODE")]
        centre: Option<String>,
        /// Only alerts of this kind, such as red_answer or call_back.
        #[arg(long, value_name = "KIND", value_parser = kind)]
        kind: Option<AlertKind>,
        /// Only alerts raised today, in the health-call line's time zone.
        #[arg(long)]
        today: bool,
        /// The maximum number of alerts.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        /// Only alerts after this one: the next page.
        #[arg(long, value_name = "ALERT")]
        after: Option<String>,
        #[command(flatten)]
        form: Form,
    },
    /// Take a line of the list: others see who deals with it.
    Take {
        /// An alert on the line, the newest that you have seen. A +N after its id makes no difference.
        alert: String,
        /// Take the line over if somebody else has it. The answer says who had it.
        #[arg(long)]
        over: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Give a line back that you have taken, so that somebody else takes it.
    GiveBack {
        /// An alert on the line. A +N after its id makes no difference.
        alert: String,
        #[command(flatten)]
        form: Form,
    },
    /// Close an alert that someone has handled, or all alerts on a patient's line of the list.
    Close {
        /// The alert as `alerts list` shows it. An id closes that alert; an id with +N closes the N others of the line,
        /// too. Alerts raised after the line was shown stay open.
        alert: String,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(client: &Client, zone: &TimeZone, command: Alerts) -> anyhow::Result<()> {
    match command {
        Alerts::List { centre, kind, today, limit, after, form } => {
            let centre = centre.map(|code| centre_code(&code)).transpose()?;
            let midnight = || zone.to_timestamp(zone.to_datetime(client.context.clock.now()).date().at(0, 0, 0, 0));
            let since = today.then(midnight).transpose()?;
            let after = after.map(|text| alert_id(&text)).transpose()?;
            let query = AlertQuery { centre, kind, since, after, limit, closed: None };
            let open = found(list_alerts(&client.context, &client.actor, &query).await?);
            let listed = &open.alerts.items;
            if form.json {
                let alerts = listed.iter().map(|alert| as_json(alert, &open, zone)).collect::<Vec<_>>();
                return say_json(client, alerts.into()).await;
            }
            if listed.is_empty() {
                return say(client, &format!("{}\n", text!("alerts-none"))).await;
            }
            let mut lines = vec![head()];
            lines.extend(by_person(&open).iter().map(|alerts| line(alerts, &open, zone)));
            let next = match (open.alerts.rest, listed.last()) {
                (Rest::More, Some(last)) => format!("\n{}\n", text!("alerts-more", after = last.alert.id.to_string())),
                (Rest::None, _) | (Rest::More, None) => String::new(),
            };
            say(client, &format!("{}{next}{}", table(&lines), hints(&open))).await
        }
        Alerts::Close { alert, form } => {
            let closed = close_alerts(&client.context, &client.actor, to_close(&alert)?, None).await?;
            let (text, value) = told(&closed, zone);
            form.tell(client, &text, value).await
        }
        Alerts::Take { alert, over, form } => {
            let from = if over { TakeFrom::Anybody } else { TakeFrom::Nobody };
            let taken = take_line(&client.context, &client.actor, to_close(&alert)?.alert, from).await?;
            let (text, value) = told_of_taking(&taken, zone)?;
            form.tell(client, &format!("{text}\n"), value).await
        }
        Alerts::GiveBack { alert, form } => {
            let given = give_back_line(&client.context, &client.actor, to_close(&alert)?.alert).await?;
            let (text, value) = told_of_giving_back(&given, zone)?;
            form.tell(client, &format!("{text}\n"), value).await
        }
    }
}

fn head() -> Vec<String> {
    vec![
        text!("head-alert"),
        text!("head-raised"),
        text!("head-severity"),
        text!("head-kind"),
        text!("head-centre"),
        text!("head-hersys-id"),
        text!("head-value"),
        text!("head-call"),
        text!("head-taken"),
        text!("head-also"),
    ]
}

/// Parses an alert's id and the number of other alerts on its line.
fn to_close(text: &str) -> anyhow::Result<ToClose> {
    let (id, others) = match text.trim().split_once('+') {
        Some((id, others)) => (id, others.parse().ok().map(Some)),
        None => (text.trim(), Some(None)),
    };
    match (id.parse::<AlertId>(), others) {
        (Ok(alert), Some(others)) => Ok(ToClose { alert, others }),
        _ => Err(usage(text!("alerts-id"))),
    }
}

fn told(closed: &ClosedAlerts, zone: &TimeZone) -> (String, serde_json::Value) {
    let alert = &closed.alert;
    let by = alert.closed_by.clone().unwrap_or_default();
    let any = !closed.closed.is_empty();
    let at = alert.closed_at.map(|at| shown(at, zone)).unwrap_or_default();
    let (id, who) = (alert.id.to_string(), escaped(&by).into_owned());
    let mut lines = vec![if any {
        text!("alerts-closed", id = id, at = at, by = who)
    } else {
        text!("alerts-same", id = id, at = at, by = who)
    }];
    let others = closed.closed.iter().filter(|id| **id != alert.id).count();
    if others > 0 {
        lines.push(text!("alerts-others-closed", count = others));
    }
    if closed.open > 0 {
        lines.push(text!("alerts-others-open", count = closed.open));
    }
    let text = lines.iter().map(|line| format!("{line}\n")).collect();
    let value = json!({
        "result": if any { "closed" } else { "nothing_to_change" },
        "id": alert.id.to_string(),
        "closed_at": alert.closed_at.map(|at| rfc3339(at, zone)),
        "closed_by": by,
        "closed": closed.closed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "others_open": closed.open,
    });
    (text, value)
}

fn told_of_taking(taken: &Taken, zone: &TimeZone) -> anyhow::Result<(String, serde_json::Value)> {
    Ok(match taken {
        Taken::Now { claim, from: None } => (text!("alerts-taken"), claim_json("taken", claim, zone)),
        Taken::Now { claim, from: Some(from) } => {
            let mut value = claim_json("taken_over", claim, zone);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("from".to_owned(), from.as_str().into());
            }
            (text!("alerts-taken-over", who = escaped(from).into_owned()), value)
        }
        Taken::Before(claim) => {
            let text = text!("alerts-taken-before", at = shown(claim.taken_at, zone));
            (text, claim_json("nothing_to_change", claim, zone))
        }
        Taken::ByOther(claim) => return Err(refused(held_by(claim, zone))),
        Taken::Closed(alert) => {
            let by = alert.closed_by.clone().unwrap_or_default();
            let at = alert.closed_at.map(|at| shown(at, zone)).unwrap_or_default();
            let who = escaped(&by).into_owned();
            return Err(refused(text!("alerts-same", id = alert.id.to_string(), at = at, by = who)));
        }
    })
}

fn told_of_giving_back(given: &GivenBack, zone: &TimeZone) -> anyhow::Result<(String, serde_json::Value)> {
    Ok(match given {
        GivenBack::Now => (text!("alerts-given-back"), json!({ "result": "given_back" })),
        GivenBack::Before => (text!("alerts-untaken"), json!({ "result": "nothing_to_change" })),
        GivenBack::ByOther(claim) => return Err(refused(held_by(claim, zone))),
    })
}

fn held_by(claim: &ClaimView, zone: &TimeZone) -> String {
    text!("alerts-held", who = escaped(&claim.by).into_owned(), at = shown(claim.taken_at, zone))
}

fn claim_json(result: &str, claim: &ClaimView, zone: &TimeZone) -> serde_json::Value {
    json!({ "result": result, "taken_by": claim.by, "taken_at": rfc3339(claim.taken_at, zone) })
}

/// Returns a hint for each kind of alert on the list that has one.
fn hints(open: &AlertList) -> String {
    let there =
        |kind: &&AlertKind| open.alerts.items.iter().chain(&open.others).any(|shown| shown.alert.kind == **kind);
    let hints: Vec<String> = AlertKind::ALL
        .iter()
        .filter(there)
        .filter_map(|kind| Some(format!("{}: {}\n", kind.code(), hint(*kind)?)))
        .collect();
    if hints.is_empty() { String::new() } else { format!("\n{}", hints.concat()) }
}

fn hint(kind: AlertKind) -> Option<String> {
    match kind {
        AlertKind::RedAnswer | AlertKind::AmberAnswer | AlertKind::CallBack => None,
        AlertKind::Guessing => Some(text!("hint-guessing")),
        AlertKind::CentrePhone => Some(text!("hint-centre-phone")),
        AlertKind::MassGuessing => Some(text!("hint-mass-guessing")),
        AlertKind::StopRequest => Some(text!("hint-stop-request")),
        AlertKind::StopUnconfirmed => Some(text!("hint-stop-unconfirmed")),
        AlertKind::NoticeStop => Some(text!("notice-stop-hint")),
        AlertKind::Unanswered => Some(text!("hint-unanswered")),
        AlertKind::Missed => Some(text!("hint-missed")),
        AlertKind::WrongNumber => Some(text!("hint-wrong-number")),
        AlertKind::UnknownCall => Some(text!("hint-unknown-call")),
        AlertKind::Dialling => Some(text!("hint-dialling")),
        AlertKind::DayLimit => Some(text!("hint-day-limit")),
        AlertKind::Unspoken => Some(text!("hint-unspoken")),
        AlertKind::Forged => Some(text!("hint-forged")),
    }
}

fn alert_id(text: &str) -> anyhow::Result<AlertId> {
    text.trim().parse().map_err(|_| usage(text!("alerts-id")))
}

/// Parses the kind of an alert.
fn kind(text: &str) -> Result<AlertKind, String> {
    let word = text.trim().replace('-', "_");
    AlertKind::from_code(&word).ok_or_else(|| {
        let words: Vec<&str> = AlertKind::ALL.into_iter().map(AlertKind::code).collect();
        text!("alerts-kinds", kinds = words.join(", "))
    })
}

/// Groups the alerts by patient, ordered by each patient's most severe alert. An alert without a patient is a group of
/// its own.
fn by_person(open: &AlertList) -> Vec<Vec<&ShownAlert>> {
    let mut lines: Vec<Vec<&ShownAlert>> = Vec::new();
    let mut of_patient: HashMap<PatientId, usize> = HashMap::new();
    for shown in open.alerts.items.iter().chain(&open.others) {
        let patient = shown.alert.line;
        match patient.and_then(|patient| of_patient.get(&patient)).and_then(|place| lines.get_mut(*place)) {
            Some(line) => line.push(shown),
            None => {
                of_patient.extend(patient.map(|patient| (patient, lines.len())));
                lines.push(vec![shown]);
            }
        }
    }
    lines
}

/// Returns the argument of `alerts close` for a line: the id of its newest alert, and the number of the others. The
/// time of the newest alert tells which alerts were raised later.
fn closes(alerts: &[&ShownAlert]) -> String {
    let newest = alerts.iter().map(|shown| &shown.alert).max_by_key(|alert| (alert.raised_at, alert.id));
    let id = newest.map(|alert| alert.id.to_string()).unwrap_or_default();
    match alerts.len().saturating_sub(1) {
        0 => id,
        others => format!("{id}+{others}"),
    }
}

/// Formats one line: the most severe alert of a patient, and a summary of the others.
fn line(alerts: &[&ShownAlert], open: &AlertList, zone: &TimeZone) -> Vec<String> {
    let Some((worst, others)) = alerts.split_first() else { return Vec::new() };
    let alert = &worst.alert;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        closes(alerts),
        shown(alert.raised_at, zone),
        alert.kind.severity().code().to_owned(),
        times(alert.kind.code().to_owned(), alert.occurrences),
        alert.centre.as_ref().map_or_else(|| text!("alerts-all-centres"), ToString::to_string),
        or_dash(worst.hersys_id.as_ref().map(|id| id.expose().to_owned())),
        or_dash(value(worst)),
        or_dash(alert.call.map(|call| call.to_string())),
        or_dash(open.claims.get(&alert.line_key()).map(|claim| escaped(&claim.by).into_owned())),
        also(others),
    ]
}

/// Summarizes a patient's other alerts. Equal ones are counted together.
fn also(others: &[&ShownAlert]) -> String {
    let mut things: Vec<(String, u32)> = Vec::new();
    for other in others {
        let kind = other.alert.kind.code();
        let thing = value(other).map_or_else(|| kind.to_owned(), |value| format!("{kind} {value}"));
        let more = other.alert.occurrences;
        match things.iter_mut().find(|(known, _)| *known == thing) {
            Some((_, count)) => *count = count.saturating_add(more),
            None => things.push((thing, more)),
        }
    }
    if things.is_empty() {
        return String::new();
    }
    let things: Vec<String> = things.into_iter().map(|(thing, count)| times(thing, count)).collect();
    format!("+{}: {}", others.len(), things.join(", "))
}

fn times(thing: String, count: u32) -> String {
    if count > 1 { format!("{thing} ×{count}") } else { thing }
}

/// Returns the answer that an alert is about, with its unit. It also says if the caller's number wasn't the registered
/// number.
fn value(shown_alert: &ShownAlert) -> Option<String> {
    let item = shown_alert.alert.item?;
    let value = match shown_alert.answer {
        Some(Answer::Temperature(Some(value))) => text!("alert-temperature", value = value.to_string()),
        Some(answer @ Answer::Saturation(Some(_))) => format!("SpO2 {} %", answer.exported()),
        Some(answer @ Answer::YesNo(_)) => format!("{} {}", item.code(), answer.exported()),
        Some(Answer::Temperature(None) | Answer::Saturation(None)) | None => item.code().to_owned(),
    };
    let value = match shown_alert.corrected {
        Some(corrected) => text!("alert-corrected", value = value, now = corrected.exported()),
        None => value,
    };
    let from = shown_alert.caller_number.and_then(from_other_number);
    Some(from.map_or_else(|| value.clone(), |from| format!("{value} ({from})")))
}

fn as_json(shown_alert: &ShownAlert, open: &AlertList, zone: &TimeZone) -> serde_json::Value {
    let alert = &shown_alert.alert;
    let claim = open.claims.get(&alert.line_key());
    json!({
        "id": alert.id.to_string(),
        "raised_at": rfc3339(alert.raised_at, zone),
        "severity": alert.kind.severity().code(),
        "kind": alert.kind.code(),
        "centre": alert.centre.as_ref().map(|code| code.as_str()),
        "hersys_id": shown_alert.hersys_id.as_ref().map(HersysId::expose),
        "item": alert.item.map(Item::code),
        "value": shown_alert.answer.map(Answer::exported),
        "corrected": shown_alert.corrected.map(Answer::exported),
        "caller_number": shown_alert.caller_number.map(CallerNumber::code),
        "call": alert.call.map(|call| call.to_string()),
        "taken_by": claim.map(|claim| claim.by.as_str()),
        "taken_at": claim.map(|claim| rfc3339(claim.taken_at, zone)),
        "occurrences": alert.occurrences,
        "last_at": alert.last_at.map(|at| rfc3339(at, zone)),
    })
}
