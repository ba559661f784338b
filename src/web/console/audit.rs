//! The audit trail of the reader's health centre: who saw and changed what. The search is sent as a form, so that no
//! name is in an address.

mod actions;
mod fields;
mod rota;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

use self::fields::CentreNames;
use super::form::{Fields, Mistakes, Submitted};
use super::here::{Frame, Here};
use super::layout::Layout;
use super::log_in::query_value;
use super::sender::{kept, sender, taken};
use super::staff::StaffActor;
use super::{names, times};
use crate::domain::{PatientId, StaffAccountId, era};
use crate::service::{
    AccountView, Details, Noted, Rest, ServiceError, ShownEntry, Subject, TrailQuery, last_verification, list_staff,
    list_trail, receivers,
};
use crate::translations::{Message, message};

const PAGE: &str = "/audit";
/// The number of entries on a page.
const ON_A_PAGE: u32 = 50;
/// The patients of one entry who are named. The others are counted.
const MOST_NAMED: usize = 5;

#[derive(Template)]
#[template(path = "console/audit.html", config = "src/web/askama.toml")]
struct Audit {
    l: Layout,
    f: Frame,
    not_noted: bool,
    kinds: Vec<(Kind, Message, bool)>,
    from: String,
    to: String,
    actor: String,
    /// The accounts of the health centre: id, name and log-in name, and whether its entries are shown.
    accounts: Vec<(StaffAccountId, String, String, bool)>,
    person: String,
    entries: Vec<Line>,
    /// When the whole trail was last verified, and with which result.
    verified: Message,
    next: Option<Uuid>,
    mistakes: Mistakes,
}

async fn verified(staff: &StaffActor, now: &jiff::ZonedDateTime) -> Result<Message, ServiceError> {
    Ok(match last_verification(staff.context(), staff.actor()).await? {
        None => message!("audit-never-verified"),
        Some(last) => {
            let at = times::clock_time(last.at, now);
            match last.verifies {
                true => message!("audit-verified", at = at, by = last.by),
                false => message!("audit-not-verified", at = at, by = last.by),
            }
        }
    })
}

/// A kind of entries, by how their actions begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Patients,
    Alerts,
    Settings,
    Accounts,
    LogIns,
    Trail,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::All, Self::Patients, Self::Alerts, Self::Settings, Self::Accounts, Self::LogIns, Self::Trail];

    const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Patients => "patients",
            Self::Alerts => "alerts",
            Self::Settings => "settings",
            Self::Accounts => "accounts",
            Self::LogIns => "log_ins",
            Self::Trail => "trail",
        }
    }

    fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.code() == code).unwrap_or(Self::All)
    }

    /// How the actions of its entries begin.
    const fn action(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Patients => "patient",
            Self::Alerts => "alert.",
            Self::Settings => "centre.",
            Self::Accounts => "account.",
            Self::LogIns => "log_in.",
            Self::Trail => "audit.",
        }
    }

    /// The kind of an action.
    fn of(action: &str) -> Self {
        let of = |kind: &Self| *kind != Self::All && action.starts_with(kind.action());
        Self::ALL.into_iter().find(of).unwrap_or(Self::All)
    }

    fn name(self) -> Message {
        match self {
            Self::All => message!("console-trail-all"),
            Self::Patients => message!("console-trail-patients"),
            Self::Alerts => message!("console-trail-alerts"),
            Self::Settings => message!("console-trail-settings"),
            Self::Accounts => message!("console-trail-accounts"),
            Self::LogIns => message!("console-trail-log-ins"),
            Self::Trail => message!("console-trail-trail"),
        }
    }
}

/// An entry in words.
struct Line {
    time: String,
    by: Message,
    /// By which the account logs in: two may have one name.
    log_in_name: Option<String>,
    system_user: Option<String>,
    source: Message,
    kind: Message,
    what: Message,
    /// The patients, with their HER-SYS IDs. `None` for erased ones.
    people: Vec<(Option<PatientId>, Option<String>)>,
    /// How many more there are.
    more: usize,
    subject: Option<Message>,
    fields: Vec<Message>,
}

impl Line {
    fn of(entry: &ShownEntry, now: &jiff::ZonedDateTime, centres: &CentreNames) -> Self {
        let row = &entry.row;
        let id = entry.hersys_id.as_ref().map(|id| id.expose().to_owned());
        let (people, subject) = match &row.subject {
            Subject::Patient(patient) => (vec![(Some(*patient), id)], String::new()),
            Subject::Erased(_) => (vec![(None, None)], String::new()),
            Subject::Nobody(_) => (vec![(None, id)], String::new()),
            Subject::Search | Subject::Patients => {
                let shown = |(patient, id): &(PatientId, Option<crate::domain::HersysId>)| {
                    (Some(*patient), id.as_ref().map(|id| id.expose().to_owned()))
                };
                (entry.people.iter().map(shown).collect(), String::new())
            }
            Subject::Other(subject) => (Vec::new(), subject.clone()),
        };
        Self {
            time: times::clock_time(row.at, now),
            by: match &entry.elsewhere {
                Some(centre) => message!("trail-elsewhere", centre = centres.of(centre.as_str())),
                None => names::actor(&row.actor),
            },
            log_in_name: entry.log_in_name.as_ref().map(|name| name.typed().to_owned()),
            system_user: entry.system_user.clone(),
            source: match row.source.as_str() {
                "console" => message!("console-source-console"),
                "command" => message!("console-source-command"),
                "system" => message!("console-source-system"),
                "portal" | "patient/portal" => message!("plain-source-portal"),
                other => message!("verbatim", text = other),
            },
            kind: Kind::of(&row.action).name(),
            what: actions::sentence(&row.action),
            people,
            more: entry.unnamed,
            subject: fields::subject(&subject),
            fields: entry
                .fields
                .iter()
                .filter_map(|(name, values)| fields::field(name, values, now, centres))
                .collect(),
        }
    }
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let person = query_value(query.as_deref(), "person");
    let shown = async {
        match kept(&staff, PAGE).await?.filter(|_| person.is_empty()) {
            // What was searched for when the log-in ended is searched for now.
            Some(fields) => {
                let found = show(&staff, &fields).await?;
                staff.forget(PAGE).await?;
                Ok(found)
            }
            None => show(&staff, &Fields(vec![("person".to_owned(), person)])).await,
        }
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let shown = show(&staff, &fields).await;
    // What can't be searched for is shown again.
    let shown = shown.map(|page| if page.status() == StatusCode::OK { taken(page) } else { page });
    staff.sent(shown).await
}

/// The accounts of the reader's health centre, those that have ended too.
async fn accounts(
    staff: &StaffActor,
    chosen: Option<StaffAccountId>,
) -> Result<Vec<(StaffAccountId, String, String, bool)>, ServiceError> {
    let listed = list_staff(staff.context(), staff.actor()).await?;
    let line = |account: AccountView| {
        let (name, email) = (String::from(account.name), account.log_in_name.typed().to_owned());
        (account.id, name, email, chosen == Some(account.id))
    };
    Ok(listed.into_iter().map(line).collect())
}

/// The names of the health centres that the trail may tell of.
async fn centre_names(staff: &StaffActor) -> Result<CentreNames, ServiceError> {
    let others = receivers(staff.context(), staff.actor()).await?.into_iter().map(|other| (other.code, other.name));
    let own = staff.centre().await?.map(|own| (own.code, own.name));
    Ok(CentreNames(others.chain(own).map(|(code, name)| (code.as_str().to_owned(), name)).collect()))
}

/// The days of a search. An empty text is no limit.
fn day(text: &str) -> Result<Option<Date>, ()> {
    if text.trim().is_empty() { Ok(None) } else { era::read(text).map(Some).map_err(|_| ()) }
}

async fn show(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let Here { now, frame, .. } = Here::of(staff).await?;
    let mut mistakes = Mistakes::default();
    let mut read = |field: &'static str| {
        day(fields.get(field)).unwrap_or_else(|()| {
            mistakes.add(field, message!("console-wrong-date", text = fields.get(field)));
            None
        })
    };
    let (from, to) = (read("from"), read("to"));
    let midnight = |date: Date| now.time_zone().to_timestamp(date.at(0, 0, 0, 0)).ok();
    let kind = Kind::from_code(fields.get("kind"));
    let actor = fields.get("actor").trim();
    let account: Option<StaffAccountId> = fields.get("account").parse().ok();
    let query = TrailQuery {
        person: fields.get("person").trim().parse().ok(),
        actor: Some(actor.to_owned()).filter(|actor| !actor.is_empty()),
        account,
        action: kind.action(),
        since: from.and_then(midnight),
        until: to.and_then(|date| date.checked_add(1.day()).ok()).and_then(midnight),
        after: fields.get("after").parse().ok(),
        limit: ON_A_PAGE,
        most_named: Some(MOST_NAMED),
        ..TrailQuery::default()
    };
    let listed = list_trail(staff.context(), staff.actor(), &query, Details::Revealed).await?;
    let found = listed.found;
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let centres = centre_names(staff).await?;
    let page = Audit {
        l: staff.visit.layout(),
        f: Frame { again: staff.visit.path(PAGE), ..frame },
        not_noted: matches!(listed.noted, Noted::No(_)),
        kinds: Kind::ALL.into_iter().map(|each| (each, each.name(), each == kind)).collect(),
        from: fields.get("from").to_owned(),
        to: fields.get("to").to_owned(),
        actor: actor.to_owned(),
        accounts: accounts(staff, account).await?,
        person: query.person.map(|person| person.to_string()).unwrap_or_default(),
        next: found.items.last().filter(|_| found.rest == Rest::More).map(|entry| entry.row.id),
        entries: found.items.iter().map(|entry| Line::of(entry, &now, &centres)).collect(),
        verified: verified(staff, &now).await?,
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}
