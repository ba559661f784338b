//! What the chosen person has reported (履歴を確認する): a chart and a table, a fortnight a page, the newest first. Past
//! days are closed. A personal link never shows it (H6): only who is logged in gets here.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use super::dates;
use super::layout::{CentreContact, Layout};
use super::member::PortalActor;
use super::worded::Worded;
use crate::domain::{Answer, BodyTemperature, Channel, Item, OxygenSaturation, ReportOutcome, YesNo};
use crate::service::{AnswerView, MayReport, PortalHistory, ReportView, ServiceError, show_portal_history};
use crate::translations::{Message, message};
use crate::web::pages::chart::{Chart, ChartWords};
use crate::web::pages::measured::{best_first, days_of};

/// The page's path.
const PAGE: &str = "/history";

#[derive(Template)]
#[template(path = "portal/history.html", config = "src/web/askama.toml")]
struct History {
    l: Layout,
    name: String,
    has_others: bool,
    chart: Option<Chart>,
    /// The reports and the days without one, the newest first.
    lines: Vec<Line>,
    /// The first and the last day.
    span: Option<Message>,
    newer: Option<String>,
    older: Option<String>,
    ended: bool,
}

/// A report, or a day without one.
struct Line {
    day: Message,
    is_today: bool,
    /// How it was given. `None` if there is no report.
    given: Option<Reported>,
}

/// What was reported.
struct Reported {
    by: Message,
    temperature: Message,
    spo2: Message,
    symptoms: Vec<Message>,
    is_partial: bool,
    is_corrected: bool,
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let shown = show(&actor).await;
    actor.visit.answer(shown)
}

async fn show(actor: &PortalActor) -> Result<Response, ServiceError> {
    let visit = &actor.visit;
    let Some(person) = actor.logged_in.shown_person() else { return Ok(visit.redirect("/people/add")) };
    let wanted = visit.asked("page").parse().unwrap_or(1);
    let found = show_portal_history(actor.context(), &actor.logged_in, person.patient, wanted).await?.found;
    let language = visit.language;
    let measured = days_of(&found.reports, found.days.iter().copied());
    let page_at = |number: i64| {
        let is_there = (1..=found.page.of).contains(&number) && number != found.page.number;
        is_there.then(|| visit.path(&format!("{PAGE}?page={number}")))
    };
    let mut l = visit.layout();
    l.centre = Some(CentreContact::of(&found.centre));
    let page = History {
        l,
        name: person.name(),
        has_others: actor.logged_in.people.len() > 1,
        chart: Chart::of(&measured, &[], &chart_words(), |says| Worded::plain(says, language)),
        lines: found.days.iter().rev().flat_map(|day| lines_of(&found, *day)).collect(),
        span: span_of(&found),
        newer: page_at(found.page.number.saturating_sub(1)),
        older: page_at(found.page.number.saturating_add(1)),
        ended: found.may_report == MayReport::Ended,
    };
    Ok(visit.page(StatusCode::OK, &page))
}

fn chart_words() -> ChartWords {
    ChartWords {
        name: message!("history-chart-says"),
        temperature: message!("history-chart-temperature"),
        spo2: message!("history-chart-spo2"),
        no_report: message!("history-chart-none"),
        not_measured: message!("history-chart-not-measured"),
        not_asked: message!("history-chart-not-measured"),
    }
}

/// A day, with its year if it isn't this one.
fn day_of(day: Date, today: Date) -> Message {
    if day.year() == today.year() { dates::day(day) } else { dates::full_day(day) }
}

fn span_of(found: &PortalHistory) -> Option<Message> {
    let (first, last) = (*found.days.first()?, *found.days.last()?);
    Some(message!("history-span", first = day_of(first, found.today), last = day_of(last, found.today)))
}

fn lines_of(found: &PortalHistory, day: Date) -> Vec<Line> {
    let mut reports = best_first(&found.reports, day);
    reports.sort_by_key(|report| std::cmp::Reverse(report.started_at));
    let line = |given| Line { day: day_of(day, found.today), is_today: day == found.today, given };
    if reports.is_empty() {
        return vec![line(None)];
    }
    reports.into_iter().map(|report| line(Some(given(report)))).collect()
}

fn given(report: &ReportView) -> Reported {
    let late = report.late.iter().filter(|late| report.answers.iter().all(|answer| answer.item != late.item));
    let answers: Vec<&AnswerView> = report.answers.iter().chain(late).collect();
    let answer_to = |item: Item| answers.iter().find(|answer| answer.item == item).and_then(|answer| answer.answer);
    let not_measured = || message!("portal-not-measured");
    let temperature = match answer_to(Item::BodyTemperature) {
        Some(Answer::Temperature(Some(value))) => degrees(value),
        _ => not_measured(),
    };
    let spo2 = match answer_to(Item::Spo2) {
        Some(Answer::Saturation(Some(value))) => percent(value),
        _ => not_measured(),
    };
    let symptoms = Item::ALL.into_iter().filter_map(|item| {
        let name = symptom(item)?;
        match answer_to(item)? {
            Answer::YesNo(YesNo::Yes) => Some(name),
            Answer::YesNo(YesNo::Unknown) => Some(message!("history-unknown", symptom = name)),
            _ => None,
        }
    });
    Reported {
        by: channel(report.channel),
        temperature,
        spo2,
        symptoms: symptoms.collect(),
        is_partial: report.outcome != ReportOutcome::Reported,
        is_corrected: !report.corrections.is_empty(),
    }
}

fn degrees(value: BodyTemperature) -> Message {
    message!("portal-degrees", value = value.to_string())
}

fn percent(value: OxygenSaturation) -> Message {
    message!("history-percent", value = value.percent().to_string())
}

fn channel(channel: Channel) -> Message {
    match channel {
        Channel::AutomatedCall => message!("history-by-call"),
        Channel::HealthCall => message!("history-by-health-call"),
        Channel::Portal => message!("history-by-portal"),
        Channel::Staff => message!("history-by-staff"),
    }
}

/// The name of a question of yes or no.
fn symptom(item: Item) -> Option<Message> {
    Some(match item {
        Item::BodyTemperature | Item::Spo2 => return None,
        Item::Complexion => message!("history-complexion"),
        Item::CoughOrRunnyNose => message!("history-cough"),
        Item::Breathlessness => message!("history-breathless"),
        Item::BreathlessnessSevere => message!("history-breathless-severe"),
        Item::Fatigue => message!("history-fatigue"),
        Item::NauseaOrVomiting => message!("history-nausea"),
        Item::Diarrhoea => message!("history-diarrhoea"),
        Item::Drowsiness => message!("history-drowsy"),
        Item::UnableToEat => message!("history-cant-eat"),
        Item::NoUrine => message!("history-no-urine"),
    })
}
