//! Which calls of the log are shown. All of it is in the address: nothing of it is about a person.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::words;
use crate::domain::{CallId, Disposition, Line, era};
use crate::service::CallResult;
use crate::translations::{Message, message};
use crate::web::console::log_in::query_value;

/// Which calls are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Filter {
    /// Only those of this day.
    pub(super) day: Option<Date>,
    /// Only those of this hour of the day.
    pub(super) hour: Option<i64>,
    /// Only those on this line.
    pub(super) line: Option<Line>,
    /// Only those that stand so.
    pub(super) result: CallResult,
    /// Only those after this one.
    pub(super) after: Option<CallId>,
}

/// A time from its beginning to before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl Filter {
    /// Reads the query of an address. What can't be read is no limit.
    pub(super) fn read(query: Option<&str>) -> Self {
        let of = |name: &str| query_value(query, name);
        Self {
            day: era::read(&of("day")).ok(),
            hour: of("hour").parse().ok().filter(|hour| (0..=25).contains(hour)),
            line: Line::from_code(&of("line")),
            result: CallResult::from_code(&of("result")).unwrap_or_default(),
            after: of("after").parse().ok(),
        }
    }

    /// All calls of a day.
    pub(super) fn of_day(day: Date) -> Self {
        Self { day: Some(day), ..Self::default() }
    }

    /// The automated calls of an hour that stand so.
    pub(super) fn of_hour(day: Date, hour: i64, result: CallResult) -> Self {
        Self { day: Some(day), hour: Some(hour), line: Some(Line::AutomatedCall), result, after: None }
    }

    /// Its address.
    pub(super) fn path(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let parts = [
            ("day", self.day.map(|day| day.to_string())),
            ("hour", self.hour.map(|hour| hour.to_string())),
            ("line", self.line.map(|line| line.code().to_owned())),
            ("result", Some(self.result.code().to_owned()).filter(|code| !code.is_empty())),
            ("after", self.after.map(|call| call.to_string())),
        ];
        for (name, value) in parts {
            query.extend_pairs(value.map(|value| (name, value)));
        }
        format!("/calls?{}", query.finish()).trim_end_matches('?').to_owned()
    }

    /// The time of the calls. `None` for any.
    pub(super) fn span(&self, zone: &TimeZone) -> Option<Span> {
        let day = self.day?;
        let midnight = |date: Date| zone.to_timestamp(date.at(0, 0, 0, 0)).ok();
        let (since, until) = (midnight(day)?, midnight(day.checked_add(1.day()).ok()?)?);
        let Some(hour) = self.hour else { return Some(Span { since, until }) };
        let from = since.checked_add(SignedDuration::from_hours(hour)).ok()?;
        Some(Span { since: from, until: from.checked_add(SignedDuration::from_hours(1)).ok()?.min(until) })
    }

    /// The lines to choose from.
    pub(super) fn lines(&self) -> Vec<(&'static str, Message, bool)> {
        let line = |line: Line| (line.code(), words::line_name(line), self.line == Some(line));
        Line::ALL.map(line).to_vec()
    }

    /// The results to choose from.
    pub(super) fn results(&self) -> Vec<(&'static str, Message, bool)> {
        let ended = Disposition::ALL.into_iter().map(CallResult::Ended);
        let all = [CallResult::Open, CallResult::Answered].into_iter().chain(ended);
        let result = |result: CallResult| {
            let name = match result {
                CallResult::Any | CallResult::Open => words::disposition_name(None),
                CallResult::Answered => message!("console-result-answered"),
                CallResult::Ended(how) => words::disposition_name(Some(how)),
            };
            (result.code(), name, self.result == result)
        };
        all.map(result).collect()
    }

    /// The active filters in words, each with the address that takes it off.
    pub(super) fn chips(&self) -> Vec<(Message, String)> {
        let first = Self { after: None, ..*self };
        let mut chips = Vec::new();
        if let Some(day) = self.day {
            chips.push((message!("verbatim", text = day.to_string()), Self { day: None, hour: None, ..first }.path()));
        }
        if let Some(hour) = self.hour {
            chips.push((message!("console-hour", hour = hour.to_string()), Self { hour: None, ..first }.path()));
        }
        if let Some(line) = self.line {
            chips.push((words::line_name(line), Self { line: None, ..first }.path()));
        }
        if let Some((_, name, _)) = self.results().into_iter().find(|(.., chosen)| *chosen) {
            chips.push((name, Self { result: CallResult::Any, ..first }.path()));
        }
        chips
    }

    /// The day as typed into the form.
    pub(super) fn day_text(&self) -> String {
        self.day.map(|day| day.to_string()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_the_filter_that_made_it() {
        let day = "2026-11-28".parse().unwrap();
        let call = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04".parse().unwrap();
        for filter in [
            Filter::default(),
            Filter::of_day(day),
            Filter::of_hour(day, 9, CallResult::Answered),
            Filter { after: Some(call), result: CallResult::Ended(Disposition::NotAnswered), ..Filter::default() },
        ] {
            let path = filter.path();
            assert_eq!(Filter::read(path.split_once('?').map(|(_, query)| query)), filter, "{path}");
        }
        assert_eq!(Filter::read(Some("day=gestern&hour=99&line=x&result=y&after=z")), Filter::default());
    }

    #[test]
    fn an_hour_is_one_of_its_day() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let day = "2026-11-28".parse().unwrap();
        let span = Filter::of_hour(day, 9, CallResult::Any).span(&tokyo).unwrap();
        assert_eq!(
            (span.since.to_string().as_str(), span.until.to_string().as_str()),
            ("2026-11-28T00:00:00Z", "2026-11-28T01:00:00Z")
        );
        let span = Filter::of_day(day).span(&tokyo).unwrap();
        assert_eq!(span.until.duration_since(span.since), SignedDuration::from_hours(24));
    }
}
