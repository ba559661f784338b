//! Reads what a person typed into a field as the entry that the phone would take.

use super::{Field, FieldKind, FieldOption, Scale};

/// Why what was typed isn't an entry of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReadable {
    /// It isn't a number with at most the decimal places of the scale.
    NotANumber,
    /// The number is outside the range, in units of the scale.
    OutOfRange {
        /// The minimum.
        at_least: u32,
        /// The maximum.
        at_most: u32,
        /// The unit.
        scale: Scale,
    },
    /// It is none of the options.
    NotAnOption,
}

impl Field {
    /// Reads what a person typed: a number as people write it (`37.5`, `98`), in the digits of the phone (`375`,
    /// `098`), or the code of an option. Wide digits are accepted.
    ///
    /// # Errors
    ///
    /// Returns why it can't be read.
    pub fn read(&self, typed: &str) -> Result<Box<str>, NotReadable> {
        let typed: String = typed.trim().chars().map(narrow).collect();
        match &self.kind {
            FieldKind::Choice(options) => options
                .iter()
                .find(|option| *option.code == *typed)
                .map(|option| (*option.code).into())
                .ok_or(NotReadable::NotAnOption),
            FieldKind::Number { instead, .. } if instead.iter().any(|entry| **entry == *typed) => Ok(typed.into()),
            FieldKind::Number { digits, at_least, at_most, scale, .. } => {
                // Some write the unit as well.
                let typed = typed.trim_end_matches(|unit| "%％℃度".contains(unit)).trim_end();
                let number = number(typed, *digits, *scale).ok_or(NotReadable::NotANumber)?;
                if !(*at_least..=*at_most).contains(&number) {
                    return Err(NotReadable::OutOfRange { at_least: *at_least, at_most: *at_most, scale: *scale });
                }
                let width = usize::from(*digits);
                Ok(format!("{number:0width$}").into())
            }
        }
    }

    /// The option that stands for an entry of a choice.
    pub fn option(&self, entry: &str) -> Option<&FieldOption> {
        match &self.kind {
            FieldKind::Choice(options) => options.iter().find(|option| *option.code == *entry),
            FieldKind::Number { .. } => None,
        }
    }
}

/// Wide digits and points, and decimal commas, as plain ones.
fn narrow(character: char) -> char {
    match character {
        '０'..='９' => {
            u32::from(character).checked_sub(u32::from('０')).and_then(|digit| char::from_digit(digit, 10))
        }
        '．' | ',' | '，' => Some('.'),
        _ => None,
    }
    .unwrap_or(character)
}

/// The number in units of the scale. Exactly as many digits as are keyed on the phone, without a point, are those keys.
fn number(typed: &str, digits: u8, scale: Scale) -> Option<u32> {
    let (whole, decimals) = typed.split_once('.').unwrap_or((typed, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(decimals) || typed.ends_with('.') {
        return None;
    }
    let number: u32 = whole.parse().ok()?;
    match (scale, decimals.len()) {
        (Scale::Whole, 0) => Some(number),
        (Scale::Tenths, 0) if whole.len() == usize::from(digits) => Some(number),
        (Scale::Tenths, 0) => number.checked_mul(10),
        (Scale::Tenths, 1) => number.checked_mul(10)?.checked_add(decimals.parse().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it_and_as_the_phone_takes_it() {
        for (typed, expected) in [
            ("37.5", Some(375)),
            ("37,5", None),
            ("375", Some(375)),
            ("37", Some(370)),
            ("37.55", None),
            ("37.", None),
            (".5", None),
            ("-37.5", None),
            ("37.5 C", None),
            ("", None),
            ("99999999999", None),
        ] {
            assert_eq!(number(typed, 3, Scale::Tenths), expected, "{typed}");
        }
        for (typed, expected) in [("98", Some(98)), ("098", Some(98)), ("98.0", None), ("+98", None)] {
            assert_eq!(number(typed, 3, Scale::Whole), expected, "{typed}");
        }
        let narrowed: String = "３７，５ ９８．1".chars().map(narrow).collect();
        assert_eq!(narrowed, "37.5 98.1");
    }
}
