//! What the audit trail says of a rota, in words. The entries have days and languages by their codes.

use crate::domain::Language;
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::times;

/// The value of a field of a rota. `None` if it is of something else, or can't be read.
pub(super) fn value(name: &str, text: &str) -> Option<Message> {
    match name.split_once('.')?.0 {
        "contact" => contact(text),
        "shift" => shift(text),
        _ => None,
    }
}

/// A person: `見本 直子 …12, ja, SMS, e-mail (changed)`.
fn contact(text: &str) -> Option<Message> {
    let (text, is_changed) = match text.strip_suffix(" (changed)") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut parts = text.split(", ");
    let first = message!("verbatim", text = parts.next()?);
    let part = |part: &str| match part {
        "e-mail" => message!("words-contact-email"),
        "account" => message!("words-contact-account"),
        other => match other.parse::<Language>() {
            Ok(language) => message!("verbatim", text = language.own_name()),
            Err(_) => message!("verbatim", text = other),
        },
    };
    let changed = is_changed.then(|| message!("words-contact-changed"));
    let all = [first].into_iter().chain(parts.map(part)).chain(changed).collect();
    Some(message!("words-list", words = Argument::Joined(Separator::Words, all)))
}

/// A shift: `mon;tue 08:30-17:15: 見本 直子 → 見本 一郎`.
fn shift(text: &str) -> Option<Message> {
    let (when, names) = text.split_once(": ")?;
    let (days, hours) = when.split_once(' ')?;
    let days: Option<Vec<Message>> = days.split(';').map(day).collect();
    let days = Argument::Joined(Separator::Words, days?);
    Some(message!("words-shift", days = days, hours = times::span(hours), names = names))
}

fn day(code: &str) -> Option<Message> {
    let nth = crate::domain::ShiftDays::NAMES.iter().position(|name| *name == code)?;
    let offset = i8::try_from(nth).ok()?.checked_add(1)?;
    Some(times::weekday_name(jiff::civil::Weekday::from_monday_one_offset(offset).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_rota_have_no_codes() {
        let said = |name, text| value(name, text).map(|words| words.text(Language::Japanese));
        let person = said("contact.1", "見本 直子 …12, ja, SMS, e-mail (changed)");
        assert_eq!(person.as_deref(), Some("見本 直子 …12、日本語、SMS、メール、変更"));
        let shift = said("shift.1", "mon;sun 08:30-17:15: 見本 直子 → 見本 一郎").unwrap();
        assert!(shift.contains("08:30〜17:15: 見本 直子 → 見本 一郎") && !shift.contains("mon"), "{shift}");
        assert_eq!((said("shift.1", "?"), said("reason", "a: b")), (None, None));
    }
}
