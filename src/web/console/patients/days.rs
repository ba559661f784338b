//! A patient's recent days: what was measured on each, and every answer by day.

use jiff::civil::Date;
use jiff::{ToSpan as _, ZonedDateTime};

use super::words;
use crate::domain::{Answer, Item, ReportOutcome, Severity, YesNo};
use crate::service::{AnswerView, CorrectionView, ReportStanding, ReportView, ShownPatient};
use crate::translations::{Message, message};
use crate::web::console::times;
use crate::web::console::today::words as today_words;
use crate::web::pages::measured::{self, Day, best_first};

/// The least number of days shown.
const FEWEST: i64 = 7;
/// The most.
const MOST: i64 = 14;

/// The days of the chart, the earliest first: a week, or from the earliest report on.
pub(super) fn days_of(shown: &ShownPatient) -> Vec<Day> {
    measured::days_of(&shown.reports, dates_of(shown))
}

fn dates_of(shown: &ShownPatient) -> Vec<Date> {
    let back = |days: i64| shown.today.saturating_sub(days.days());
    let earliest = shown.reports.iter().map(|report| report.report_date).min().unwrap_or(shown.today);
    let all = (0..MOST).rev().map(back);
    all.filter(|date| *date >= earliest || *date > back(FEWEST)).collect()
}

/// The table of answers: a column for each report or day without one, a row for each item.
pub(in crate::web::console) struct Answers {
    pub(in crate::web::console) columns: Vec<Column>,
    pub(in crate::web::console) rows: Vec<Row>,
}

/// A report, or a day without one.
pub(in crate::web::console) struct Column {
    /// With its weekday.
    pub(in crate::web::console) named: Message,
    pub(in crate::web::console) day: String,
    pub(in crate::web::console) time: String,
    pub(in crate::web::console) channel: Option<Message>,
    pub(in crate::web::console) is_partial: bool,
    /// Where an answer of the report is corrected.
    pub(in crate::web::console) correct: Option<String>,
}

/// An item.
pub(in crate::web::console) struct Row {
    pub(in crate::web::console) name: Message,
    pub(in crate::web::console) cells: Vec<Cell>,
}

/// An answer. "No", "doesn't know" and what wasn't asked look different.
pub(in crate::web::console) struct Cell {
    /// The class of its look: `no`, `yes`, `unknown`, `value`, `not-measured`, `not-asked`, `no-report`.
    pub(in crate::web::console) look: &'static str,
    pub(in crate::web::console) severity: Severity,
    pub(in crate::web::console) words: Message,
    /// Whether it came after the report was finished.
    pub(in crate::web::console) is_late: bool,
    /// Whether staff corrected it.
    pub(in crate::web::console) is_corrected: bool,
}

impl Answers {
    /// Of a patient's recent days, the earliest first.
    pub(super) fn of(shown: &ShownPatient, person: &str) -> Self {
        let mut columns: Vec<(Date, Option<&ReportView>)> = Vec::new();
        for date in dates_of(shown) {
            let mut reports = best_first(&shown.reports, date);
            reports.sort_by_key(|report| report.started_at);
            match reports.is_empty() {
                true => columns.push((date, None)),
                false => columns.extend(reports.into_iter().map(|report| (date, Some(report)))),
            }
        }
        Self::of_columns(&columns, person)
    }

    /// Of a patient's last reports, the latest first.
    pub(super) fn latest(shown: &ShownPatient, person: &str, most: usize) -> Self {
        let counts = |report: &&ReportView| report.standing == ReportStanding::Current;
        let latest = shown.reports.iter().filter(counts).take(most);
        Self::of_columns(&latest.map(|report| (report.report_date, Some(report))).collect::<Vec<_>>(), person)
    }

    fn of_columns(columns: &[(Date, Option<&ReportView>)], person: &str) -> Self {
        let rows = Item::ALL.into_iter().map(|item| Row {
            name: today_words::item_name(item),
            cells: columns.iter().map(|(_, report)| Cell::of(*report, item)).collect(),
        });
        Self {
            rows: rows.collect(),
            columns: columns.iter().map(|(date, report)| Column::of(*date, *report, person)).collect(),
        }
    }
}

impl Column {
    fn of(date: Date, report: Option<&ReportView>, person: &str) -> Self {
        let day = format!("{}/{}", date.month(), date.day());
        Self {
            named: message!("rota-day", day = &day, weekday = times::weekday_name(date.weekday())),
            day,
            time: report.map(|report| report.slot_time.clone()).unwrap_or_default(),
            channel: report.map(|report| words::channel_name(report.channel)),
            is_partial: report.is_some_and(|report| report.outcome != ReportOutcome::Reported),
            correct: report.map(|report| format!("{person}/reports/{}/correct", report.id)),
        }
    }
}

impl Cell {
    pub(super) fn of(report: Option<&ReportView>, item: Item) -> Self {
        let Some(report) = report else {
            return Self::plain("no-report", message!("patient-gap-no-report"));
        };
        let of_item = |answers: &[AnswerView]| answers.iter().find(|answer| answer.item == item).copied();
        match (of_item(&report.answers), of_item(&report.late)) {
            (Some(answer), _) => {
                let is_corrected = report.corrections.iter().any(|correction| correction.item == item);
                Self { is_corrected, ..Self::answered(answer, false) }
            }
            (None, Some(answer)) => Self::answered(answer, true),
            (None, None) => Self::plain("not-asked", message!("patient-not-asked")),
        }
    }

    const fn plain(look: &'static str, words: Message) -> Self {
        Self { look, severity: Severity::None, words, is_late: false, is_corrected: false }
    }

    fn answered(answer: AnswerView, is_late: bool) -> Self {
        let (look, words) = look_of(answer.answer);
        Self { look, severity: answer.severity, words, is_late, is_corrected: false }
    }
}

/// How an answer looks, and what it says.
pub(super) fn look_of(answer: Option<Answer>) -> (&'static str, Message) {
    match answer {
        Some(Answer::Temperature(Some(value))) => ("value", message!("patient-value", value = value.to_string())),
        Some(Answer::Saturation(Some(value))) => {
            ("value", message!("patient-value", value = value.percent().to_string()))
        }
        Some(Answer::Temperature(None) | Answer::Saturation(None)) => {
            ("not-measured", message!("patient-not-measured"))
        }
        Some(Answer::YesNo(answer)) => (
            match answer {
                YesNo::Yes => "yes",
                YesNo::No => "no",
                YesNo::Unknown => "unknown",
            },
            today_words::answer_name(answer),
        ),
        None => ("not-asked", message!("patient-unreadable")),
    }
}

/// A correction, in words.
pub(super) struct CorrectionLine {
    pub(super) at: String,
    pub(super) author: String,
    pub(super) day: String,
    pub(super) item: Message,
    pub(super) before: Message,
    pub(super) after: Message,
    pub(super) reason: String,
}

/// What staff corrected in the reports shown, the latest first.
pub(super) fn corrections_of(shown: &ShownPatient, now: &ZonedDateTime) -> Vec<CorrectionLine> {
    let words = |answer: Option<Answer>| match answer {
        None => message!("patient-not-asked"),
        answer => look_of(answer).1,
    };
    let all = shown.reports.iter().flat_map(|report| report.corrections.iter().map(move |found| (report, found)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, correction)| std::cmp::Reverse(correction.at));
    let line = |(report, correction): (&ReportView, &CorrectionView)| CorrectionLine {
        at: times::clock_time(correction.at, now),
        author: correction.author.clone(),
        day: format!("{}/{}", report.report_date.month(), report.report_date.day()),
        item: today_words::item_name(correction.item),
        before: words(correction.before),
        after: words(correction.after),
        reason: correction.reason.expose().to_owned(),
    };
    all.into_iter().map(line).collect()
}
