//! `kenkocall audit list`: lists the audit trail. IDs and values are masked unless they are revealed.

use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, Reveal, found, hersys_id, masked, moment, rfc3339, shown, table};
use super::exit::usage;
use super::language::text;
use crate::domain::HersysId;
use crate::service::{Client, ERASED, Rest, ShownEntry, Subject, TrailQuery, list_trail};

/// The subject of a view of several patients, and of a search for patients.
const PATIENTS: &str = "patients";
/// The patients of one entry who are named in the table. JSON names all.
const MOST_NAMED: usize = 3;

#[derive(Debug, Args)]
pub(super) struct List {
    /// About the patient with this HER-SYS ID, or look-ups of it while it was unknown.
    #[arg(long, value_name = "HERSYS_ID")]
    patient: Option<String>,
    /// Only entries of this person.
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only entries from this time on: 2026-11-23, 2026-11-23 09:00, R8.11.23, today or RFC 3339.
    #[arg(long, value_name = "DATE|TIME")]
    since: Option<String>,
    /// Also show the seals of answers, reports and alerts, which the program adds every second.
    #[arg(long)]
    seals: bool,
    /// The maximum number of entries.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Only entries after this one: the next page.
    #[arg(long, value_name = "ENTRY")]
    after: Option<String>,
    /// Show HER-SYS IDs, and the values before and after, in full. This is recorded.
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn run(client: &Client, zone: &TimeZone, list: List) -> anyhow::Result<()> {
    let filter = TrailQuery {
        patient: list.patient.map(|text| hersys_id(&text)).transpose()?,
        actor: list.actor,
        since: list.since.map(|text| moment(&text, client, zone)).transpose()?,
        seals: list.seals,
        after: list.after.map(|text| text.trim().parse().map_err(|_| usage(text!("trail-id")))).transpose()?,
        limit: list.limit,
        ..TrailQuery::default()
    };
    let reveal = Reveal { reveal: list.reveal };
    let page = found(list_trail(&client.context, &client.actor, &filter, reveal.details()).await?);
    let entries = &page.items;
    let mut text = format!("{}\n", text!("trail-none"));
    if !entries.is_empty() {
        let mut lines = vec![vec![
            text!("head-at"),
            text!("head-who"),
            text!("head-from"),
            text!("head-what"),
            text!("head-about"),
            text!("head-fields"),
        ]];
        lines.extend(entries.iter().map(|entry| line(entry, zone, list.reveal)));
        text = table(&lines);
    }
    if let Some(last) = entries.last().filter(|_| page.rest == Rest::More) {
        text.push_str(&format!("{}\n", text!("trail-more", after = last.row.id.to_string())));
    }
    let value = entries.iter().map(|entry| as_json(entry, zone, list.reveal)).collect::<Vec<_>>();
    list.form.tell(client, &text, value.into()).await
}

fn id(full: &HersysId, reveal: bool) -> String {
    if reveal { full.expose().to_owned() } else { masked(full.expose()) }
}

/// Formats the subject of an entry. A subject without a patient is shown as it is.
fn about(entry: &ShownEntry, reveal: bool) -> String {
    match (&entry.row.subject, &entry.hersys_id) {
        (Subject::Nobody(_), Some(full)) => text!("trail-nobody-with-id", id = id(full, reveal)),
        (Subject::Nobody(_), None) => text!("trail-nobody-with-id", id = text!("trail-erased")),
        (_, Some(full)) => text!("trail-patient", id = id(full, reveal)),
        (Subject::Patient(_) | Subject::Erased(_), None) => text!("trail-patient", id = text!("trail-erased")),
        (Subject::Search | Subject::Patients, None) if !entry.people.is_empty() => several(entry, reveal),
        (Subject::Search | Subject::Patients, None) => PATIENTS.to_owned(),
        (Subject::Other(subject), None) => subject.clone(),
    }
}

/// Names the first patients whom a view showed.
fn several(entry: &ShownEntry, reveal: bool) -> String {
    let named = |full: &Option<HersysId>| full.as_ref().map_or_else(|| text!("trail-erased"), |full| id(full, reveal));
    let mut ids: Vec<String> = entry.people.iter().take(MOST_NAMED).map(|(_, full)| named(full)).collect();
    if entry.people.len() > MOST_NAMED {
        ids.push("…".to_owned());
    }
    text!("trail-patients", count = entry.people.len(), ids = ids.join(", "))
}

fn line(entry: &ShownEntry, zone: &TimeZone, reveal: bool) -> Vec<String> {
    let row = &entry.row;
    let field = |(name, values): (&String, &Value)| match (reveal, values.as_array().map(Vec::as_slice)) {
        (true, Some([before, after])) => {
            text!("trail-change", field = name, before = before.to_string(), after = after.to_string())
        }
        (_, None) if values.as_str() == Some(ERASED) => format!("{name}: {}", text!("trail-erased")),
        (true, _) => format!("{name}: {values}"),
        (false, _) => name.clone(),
    };
    let fields: Vec<String> = entry.fields.iter().map(field).collect();
    vec![
        shown(row.at, zone),
        row.actor.clone(),
        row.source.clone(),
        row.action.clone(),
        about(entry, reveal),
        fields.join(", "),
    ]
}

fn as_json(entry: &ShownEntry, zone: &TimeZone, reveal: bool) -> Value {
    let row = &entry.row;
    let subject = match &row.subject {
        Subject::Patient(patient) | Subject::Erased(patient) => format!("patient:{patient}"),
        Subject::Nobody(_) => "hersys_id".to_owned(),
        Subject::Search | Subject::Patients => PATIENTS.to_owned(),
        Subject::Other(subject) => subject.clone(),
    };
    json!({
        "id": row.id.to_string(),
        "at": rfc3339(row.at, zone),
        "actor": entry.elsewhere.is_none().then_some(&row.actor),
        "account": entry.account.map(|account| account.to_string()),
        "elsewhere": entry.elsewhere.as_ref().map(|code| code.as_str()),
        "source": row.source,
        "system_user": entry.system_user,
        "action": row.action,
        "subject": subject,
        "hersys_id": entry.hersys_id.as_ref().map(|full| id(full, reveal)),
        "people": entry.people.iter().map(|(patient, full)| json!({
            "id": patient.to_string(),
            "hersys_id": full.as_ref().map(|full| id(full, reveal)),
        })).collect::<Vec<_>>(),
        "centre": row.centre.as_ref().map(|code| code.as_str()),
        "fields": entry.fields.keys().collect::<Vec<_>>(),
        "values": reveal.then(|| Value::Object(entry.fields.clone())),
    })
}
