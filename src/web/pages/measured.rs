//! What was measured on each of some days, for the chart.

use jiff::civil::Date;

use crate::domain::{Answer, BodyTemperature, Item, OxygenSaturation, ReportOutcome, Severity};
use crate::service::{ReportStanding, ReportView};

/// What a day has of a measured item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Measured<T> {
    /// A value.
    Value(T, Severity),
    /// It couldn't be measured.
    NoValue,
    /// There is a report, in which it wasn't answered.
    NotAsked,
    /// There is no report.
    NoReport,
}

/// A day of the chart.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Day {
    pub(in crate::web) date: Date,
    pub(in crate::web) temperature: Measured<BodyTemperature>,
    pub(in crate::web) spo2: Measured<OxygenSaturation>,
}

/// What was measured on these dates.
pub(in crate::web) fn days_of(all: &[ReportView], dates: impl IntoIterator<Item = Date>) -> Vec<Day> {
    let day = |date: Date| {
        let reports = best_first(all, date);
        Day {
            date,
            temperature: measured(&reports, Item::BodyTemperature, |answer| match answer {
                Answer::Temperature(value) => Some(value),
                Answer::Saturation(_) | Answer::YesNo(_) => None,
            }),
            spo2: measured(&reports, Item::Spo2, |answer| match answer {
                Answer::Saturation(value) => Some(value),
                Answer::Temperature(_) | Answer::YesNo(_) => None,
            }),
        }
    };
    dates.into_iter().map(day).collect()
}

/// The reports of a day that count, the finished and latest ones first.
pub(in crate::web) fn best_first(all: &[ReportView], date: Date) -> Vec<&ReportView> {
    let counts = |report: &&ReportView| report.report_date == date && report.standing == ReportStanding::Current;
    let mut reports: Vec<&ReportView> = all.iter().filter(counts).collect();
    reports.sort_by_key(|report| {
        (std::cmp::Reverse(report.outcome == ReportOutcome::Reported), std::cmp::Reverse(report.started_at))
    });
    reports
}

fn measured<T>(reports: &[&ReportView], item: Item, read: impl Fn(Answer) -> Option<Option<T>>) -> Measured<T> {
    if reports.is_empty() {
        return Measured::NoReport;
    }
    let answers = reports.iter().flat_map(|report| &report.answers).filter(|answer| answer.item == item);
    let mut found = Measured::NotAsked;
    for answer in answers {
        match answer.answer.and_then(&read) {
            Some(Some(value)) => return Measured::Value(value, answer.severity),
            Some(None) => found = Measured::NoValue,
            None => {}
        }
    }
    found
}
