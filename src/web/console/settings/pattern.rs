//! The call pattern in words: times and weekdays. It is stored as cron expressions.

use crate::domain::width;
use crate::translations::{Argument, Message, Separator, message};

/// The weekdays as patterns and days off are stored.
pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The weekdays by one letter, Monday first.
const LETTERS: [char; 7] = ['月', '火', '水', '木', '金', '土', '日'];

/// A cron expression as weekdays and times.
struct Part<'a> {
    days: &'a str,
    times: Vec<String>,
}

/// The pattern in words, which [`from_words`] reads as the same pattern. One that isn't just weekdays and times stays
/// as it is.
pub(super) fn in_words(pattern: &str) -> Message {
    let parts: Option<Vec<Part>> = pattern.split(';').map(Part::of).collect();
    let words = |part: &Part| message!("plain-pattern", days = days_name(part.days), times = part.times.join(" "));
    let joined = parts.and_then(|parts| {
        let words = parts.iter().map(words);
        words.rev().reduce(|rest, first| message!("plain-pattern-more", first = first, rest = rest))
    });
    joined.unwrap_or_else(|| message!("verbatim", text = pattern))
}

impl<'a> Part<'a> {
    fn of(expression: &'a str) -> Option<Self> {
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hours, "*", "*", days] = *fields.as_slice() else { return None };
        let minute: u32 = minute.parse().ok().filter(|minute| *minute < 60)?;
        let times: Option<Vec<(u32, u32)>> =
            hours.split(',').map(|hour| Some((hour.parse().ok().filter(|hour| *hour < 24)?, minute))).collect();
        let numbers: Option<Vec<usize>> = match days {
            "*" => Some((0..7).collect()),
            "mon-fri" => Some((0..5).collect()),
            days => days.split(',').map(|day| WEEKDAYS.iter().position(|name| *name == day)).collect(),
        };
        let times = times?;
        let written = cron_of(numbers?, times.clone());
        let is_alike = written.len() == 1 && written.first().is_some_and(|written| written == expression);
        let times = times.into_iter().map(|(hour, minute)| format!("{hour}:{minute:02}")).collect();
        is_alike.then_some(Self { days, times })
    }
}

fn days_name(days: &str) -> Message {
    match days {
        "*" => message!("plain-every-day"),
        "mon-fri" => message!("plain-weekdays"),
        days => {
            message!("console-list", items = Argument::Joined(Separator::Words, days.split(',').map(weekday).collect()))
        }
    }
}

/// The name of a weekday, by its code. Another day off is a date.
pub(super) fn weekday(code: &str) -> Message {
    match code {
        "mon" => message!("console-monday"),
        "tue" => message!("console-tuesday"),
        "wed" => message!("console-wednesday"),
        "thu" => message!("console-thursday"),
        "fri" => message!("console-friday"),
        "sat" => message!("console-saturday"),
        "sun" => message!("console-sunday"),
        date => message!("verbatim", text = date),
    }
}

/// Cron expressions from weekdays and times as people write them: `平日 10:00 18:00; 土日 9時半`. `None` if they are
/// written another way, such as in cron's.
pub(super) fn from_words(typed: &str) -> Option<String> {
    let folded = width::fold(typed).to_lowercase();
    let parts = folded.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let expressions: Option<Vec<Vec<String>>> = parts.map(expressions_of).collect();
    let joined = expressions?.concat().join(";");
    (!joined.is_empty()).then_some(joined)
}

fn expressions_of(part: &str) -> Option<Vec<String>> {
    let (mut days, mut times) = (Vec::new(), Vec::new());
    for word in part.split([' ', '、', ',', '・', '\t']).filter(|word| !word.is_empty()) {
        match time_of(word) {
            Some(time) => times.push(time),
            None => add_days(&mut days, word)?,
        }
    }
    Some(cron_of(days, times)).filter(|expressions| !expressions.is_empty())
}

/// Times with different minutes need an expression each. No day is each day.
fn cron_of(mut days: Vec<usize>, mut times: Vec<(u32, u32)>) -> Vec<String> {
    times.sort_unstable_by_key(|(hour, minute)| (*minute, *hour));
    times.dedup();
    days.sort_unstable();
    days.dedup();
    let days = match days.as_slice() {
        [] | [0, 1, 2, 3, 4, 5, 6] => "*".to_owned(),
        [0, 1, 2, 3, 4] => "mon-fri".to_owned(),
        some => some.iter().filter_map(|day| WEEKDAYS.get(*day).copied()).collect::<Vec<_>>().join(","),
    };
    let expression = |same: &[(u32, u32)]| {
        let hours: Vec<String> = same.iter().map(|(hour, _)| hour.to_string()).collect();
        same.first().map(|(_, minute)| format!("{minute} {} * * {days}", hours.join(",")))
    };
    times.chunk_by(|one, next| one.1 == next.1).filter_map(expression).collect()
}

/// `10:00`, `10時`, `10時半` or `10時5分`.
fn time_of(word: &str) -> Option<(u32, u32)> {
    let (hour, minute) = word.split_once([':', '時'])?;
    let minute = match minute.strip_suffix('分').unwrap_or(minute) {
        "" => 0,
        "半" => 30,
        digits => digits.parse().ok()?,
    };
    let hour = hour.parse().ok()?;
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn add_days(days: &mut Vec<usize>, word: &str) -> Option<()> {
    match word {
        "毎日" | "every" | "day" | "daily" => days.extend(0..7),
        "平日" | "weekdays" => days.extend(0..5),
        "weekends" => days.extend(5..7),
        "と" | "and" => {}
        word => {
            let english = word.get(..3).and_then(|start| WEEKDAYS.iter().position(|day| *day == start));
            match english {
                Some(day) if word.chars().all(|letter| letter.is_ascii_alphabetic()) => days.push(day),
                Some(_) => return None,
                None => {
                    let letters = word.trim_end_matches("曜日").trim_end_matches("曜").chars();
                    let read: Option<Vec<usize>> =
                        letters.map(|letter| LETTERS.iter().position(|day| *day == letter)).collect();
                    days.extend(read?);
                }
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn weekdays_and_times_become_cron_and_words_again() {
        for (typed, stored) in [
            ("毎日 10:00", Some("0 10 * * *")),
            ("１０：００", Some("0 10 * * *")),
            ("毎日 18時、9時", Some("0 9,18 * * *")),
            ("平日 9時半 18:00", Some("0 18 * * mon-fri;30 9 * * mon-fri")),
            ("月水金 9:30; 土日 11:00", Some("30 9 * * mon,wed,fri;0 11 * * sat,sun")),
            ("月曜日・水曜日 9:30", Some("30 9 * * mon,wed")),
            ("every day 9:00 18:00", Some("0 9,18 * * *")),
            ("Monday wed 9:00", Some("0 9 * * mon,wed")),
            ("0 10 * * mon-fri", None),
            ("mon-fri 9:00", None),
            ("毎日", None),
            ("25:00", None),
            ("毎月 9:00", None),
            ("", None),
        ] {
            assert_eq!(from_words(typed).as_deref(), stored, "{typed}");
        }
        for stored in ["0 10 * * *", "0 9,18 * * mon-fri;30 9 * * sat", "15 8 * * mon,wed"] {
            for language in [Language::Japanese, Language::English] {
                let words = in_words(stored).text(language);
                assert_ne!(words, stored);
                assert_eq!(from_words(&words).as_deref(), Some(stored), "{words}");
            }
        }
        for unusual in ["0 10 1-7 * mon", "*/30 9 * * *", "0 0 10 * * *", "0 18,9 * * *", "00 10 * * *", "0 25 * * *"] {
            assert_eq!(in_words(unusual).id(), "verbatim", "{unusual}");
        }
    }
}
