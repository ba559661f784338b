//! 申し送り: one page for the next shift, to read or to print, and the moment of handing over.

use std::collections::HashMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::form::{Fields, Mistakes, Submitted};
use super::layout::Layout;
use super::log_in::query_value;
use super::sender::{kept, sent};
use super::staff::StaffActor;
use super::today::claim::ClaimWords;
use super::today::line::{Line, PersonWords, by_person};
use super::today::words;
use super::{note_field, times};
use crate::domain::{Answer, HandoverId, LineOf, NoteText, PatientId, Severity};
use crate::service::{
    AlertList, AlertQuery, CentreDay, Compared, HandedOver, HandoverSheet, HandoverView, NoteView, Noted, PromisedCall,
    Rest, ServiceError, Trend, WorsePerson, Worsening, day_figures, hand_over, handover_sheet,
};
use crate::translations::{Argument, Message, Separator, message};

/// The page.
const PAGE: &str = "/handover";
/// Alerts that are read.
const ALERTS_READ: u32 = 200;
/// Lines of each part, so that all fits on one sheet of A4. The others are counted.
const MOST_LINES: usize = 10;
const MOST_WORSE: usize = 7;
const MOST_PROMISED: usize = 6;

#[derive(Template)]
#[template(path = "console/handover.html", config = "src/web/askama.toml")]
struct Sheet {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    not_noted: bool,
    printed_by: String,
    last: Option<Past>,
    history: Vec<Past>,
    day: Vec<Figure>,
    lines: Vec<OpenLine>,
    /// All lines, with a sign if there are more.
    lines_count: String,
    more_lines: usize,
    worse: Vec<WorseLine>,
    worse_count: usize,
    more_worse: usize,
    days: String,
    promised: Vec<PromisedLine>,
    more_promised: usize,
    told: Option<Message>,
    /// Whether the handover was recorded before with another message.
    otherwise: bool,
    is_draft: bool,
    /// Whether what was handed over last is seen again.
    again: bool,
    next: String,
    message: String,
    mistakes: Mistakes,
}

/// A handover.
#[derive(Clone)]
struct Past {
    at: String,
    author: String,
    message: Option<String>,
}

/// A figure of the day.
struct Figure {
    name: Message,
    count: u32,
}

/// An open line.
struct OpenLine {
    line: Line,
    /// The last note.
    note: Option<String>,
}

/// Somebody who is getting worse.
struct WorseLine {
    person: PersonWords,
    temperature: String,
    spo2: String,
    severity: Severity,
    items: Message,
}

/// Somebody who is to be called.
struct PromisedLine {
    at: String,
    person: PersonWords,
    author: String,
}

/// What the form has, or had.
#[derive(Default)]
struct Entered {
    message: String,
    mistakes: Mistakes,
    told: Option<Message>,
    /// Whether the handover was recorded before with another message.
    otherwise: bool,
    /// Whether the message is a draft.
    is_draft: bool,
    /// Whether what was handed over last is seen again.
    again: bool,
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let told = match &*query_value(query.as_deref(), "told") {
            "now" => Some(message!("handover-told-now")),
            "before" => Some(message!("handover-told-before")),
            _ => None,
        };
        let again = query_value(query.as_deref(), "again") == "1";
        let mut entered = Entered { told, again, ..Entered::default() };
        if let Some(fields) = kept(&staff, PAGE).await? {
            entered.message = fields.get("message").to_owned();
            entered.is_draft = true;
        }
        show(&staff, entered).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    sent(form, PAGE, async |staff, fields| record(staff, &fields).await).await
}

async fn record(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let typed = fields.get("message");
    let message = match NoteText::parse(typed) {
        Ok(message) => message,
        Err(error) => {
            let mistakes = Mistakes::one("message", note_field::told(error));
            return show(staff, Entered { message: typed.to_owned(), mistakes, ..Entered::default() }).await;
        }
    };
    let Ok(id) = fields.get("handover").parse::<HandoverId>() else {
        return show(staff, Entered { message: typed.to_owned(), ..Entered::default() }).await;
    };
    let told = match hand_over(staff.context(), staff.actor(), id, message).await? {
        HandedOver::Now => "now",
        HandedOver::Before => "before",
        HandedOver::Otherwise => {
            let entered = Entered { message: typed.to_owned(), otherwise: true, ..Entered::default() };
            return show(staff, entered).await;
        }
    };
    Ok(staff.visit.redirect(&format!("{PAGE}?told={told}")))
}

async fn show(staff: &StaffActor, entered: Entered) -> Result<Response, ServiceError> {
    let (context, actor) = (staff.context(), staff.actor());
    let open = AlertQuery { limit: ALERTS_READ, ..AlertQuery::default() };
    let compared = if entered.again { Compared::SinceTheOneBefore } else { Compared::SinceTheLast };
    let sheet = handover_sheet(context, actor, &open, MOST_LINES, compared).await?;
    let not_noted = matches!(sheet.noted, Noted::No(_));
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let now = context.clock.now().to_zoned_datetime(zone.clone());
    let figures = day_figures(context, actor, now.date()).await?.centres;
    let own = centre.as_ref().map(|centre| &centre.code);
    let day = figures.iter().find(|day| Some(&day.code) == own).map(figures_of).unwrap_or_default();
    let status = match (entered.mistakes.is_empty(), entered.otherwise) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::CONFLICT,
        (true, false) => StatusCode::OK,
    };
    let simulated = context.database.data_origin().await?.is_simulated();
    let centre = centre.map(|centre| centre.name).unwrap_or_default();
    let page = page(staff, sheet.found, entered, &now);
    Ok(staff.visit.page(status, &Sheet { centre, simulated, not_noted, day, ..page }))
}

fn page(staff: &StaffActor, sheet: HandoverSheet, entered: Entered, now: &ZonedDateTime) -> Sheet {
    let HandoverSheet { open, history, worse, promised, notes, next, .. } = sheet;
    let mut lines = lines_of(&open, &notes, now);
    let sign = if open.alerts.rest == Rest::More { "+" } else { "" };
    let lines_count = format!("{}{sign}", lines.len());
    let more = |all: usize, most: usize| all.saturating_sub(most);
    let (more_lines, more_worse, more_promised) =
        (more(lines.len(), MOST_LINES), more(worse.len(), MOST_WORSE), more(promised.len(), MOST_PROMISED));
    lines.truncate(MOST_LINES);
    let history: Vec<Past> = history.iter().map(|past| Past::of(past, now)).collect();
    let days = worse.first().map(|person| days_of(&person.trend)).unwrap_or_default();
    Sheet {
        l: staff.visit.layout(),
        centre: String::new(),
        now: times::moment(now, false),
        zone: times::zone_name(now.time_zone()),
        simulated: false,
        not_noted: false,
        printed_by: staff.logged_in.account.name.as_str().to_owned(),
        last: history.first().cloned(),
        history,
        day: Vec::new(),
        lines,
        lines_count,
        more_lines,
        worse_count: worse.len(),
        worse: worse.iter().take(MOST_WORSE).map(|person| WorseLine::of(person, now)).collect(),
        more_worse,
        days,
        promised: promised.iter().take(MOST_PROMISED).map(|call| PromisedLine::of(call, now)).collect(),
        more_promised,
        told: entered.told,
        otherwise: entered.otherwise,
        is_draft: entered.is_draft,
        again: entered.again,
        next: next.to_string(),
        message: entered.message,
        mistakes: entered.mistakes,
    }
}

fn lines_of(open: &AlertList, notes: &HashMap<PatientId, NoteView>, now: &ZonedDateTime) -> Vec<OpenLine> {
    let line = |alerts: Vec<&crate::service::ShownAlert>| {
        let key = alerts.first().map(|shown| match shown.alert.line {
            Some(patient) => LineOf::Patient(patient),
            None => LineOf::Alert(shown.alert.id),
        });
        let claim = key.as_ref().and_then(|key| open.claims.get(key)).map(|claim| ClaimWords::of(claim, now));
        let note = key.and_then(LineOf::patient).and_then(|patient| notes.get(&patient));
        let note = note.map(|note| format!("{} {}", times::clock_time(note.at, now), note.text.expose()));
        OpenLine { line: Line::of(&alerts, claim, now), note }
    };
    by_person(open).into_iter().map(line).collect()
}

fn figures_of(day: &CentreDay) -> Vec<Figure> {
    let figure = |name: Message, count: u32| Figure { name, count };
    vec![
        figure(message!("handover-due"), day.due()),
        figure(message!("handover-reported"), day.reported()),
        figure(message!("handover-unanswered"), day.unanswered()),
        figure(message!("handover-cancelled"), day.cancelled()),
        figure(message!("handover-missed"), day.missed()),
        figure(message!("handover-left"), day.open()),
    ]
}

fn days_of(trend: &[Trend]) -> String {
    trend.iter().map(|day| format!("{}/{}", day.date.month(), day.date.day())).collect::<Vec<_>>().join(" → ")
}

impl Past {
    fn of(past: &HandoverView, now: &ZonedDateTime) -> Self {
        let message = past.message.as_ref().map(|message| message.expose().to_owned());
        Self { at: times::clock_time(past.at, now), author: past.author.clone(), message }
    }
}

impl WorseLine {
    fn of(person: &WorsePerson, now: &ZonedDateTime) -> Self {
        let values = |of: fn(&Trend) -> Option<Answer>| {
            let value = |day: &Trend| of(day).map(Answer::exported).filter(|value| !value.is_empty());
            let values: Vec<String> = person.trend.iter().map(|day| value(day).unwrap_or_else(|| "–".into())).collect();
            values.join(" → ")
        };
        let severity = person.worse.iter().map(|(_, how)| match how {
            Worsening::Crossed(severity) => *severity,
            Worsening::NewSymptom | Worsening::Fallen => Severity::Note,
        });
        let items = person.worse.iter().map(|(item, _)| words::item_name(*item)).collect();
        Self {
            person: PersonWords::of(&person.person, now.date()),
            temperature: values(|day| day.temperature),
            spo2: values(|day| day.spo2),
            severity: severity.max().unwrap_or(Severity::Note),
            items: message!("patient-value", value = Argument::Joined(Separator::Words, items)),
        }
    }
}

impl PromisedLine {
    fn of(call: &PromisedCall, now: &ZonedDateTime) -> Self {
        Self {
            at: times::clock_time(call.at, now),
            person: PersonWords::of(&call.person, now.date()),
            author: call.author.clone(),
        }
    }
}

impl Sheet {
    fn more(&self, count: &usize) -> Message {
        message!("handover-more", count = *count)
    }
}
