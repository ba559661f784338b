//! The made-up people of a simulated day. Each has numbers, an ID and a birth date that a log can be searched for.

use jiff::civil::{Date, date};

use crate::domain::{BirthDate, HersysId, PhoneNumber};

/// The family name of all people.
pub(super) const FAMILY_NAME: &str = "見本";
/// The given name of all people.
pub(super) const GIVEN_NAME: &str = "花子";
/// The HER-SYS ID of the first person.
const FIRST_ID: u32 = 7_310_041;
/// The difference between consecutive IDs.
const IDS_APART: u32 = 37;
/// The first mobile number, +81 90 1000 0001.
const FIRST_MOBILE: u64 = 819_010_000_001;
/// The first landline number, +81 3 5000 0001.
const FIRST_LANDLINE: u64 = 81_350_000_001;
/// The difference between a person's numbers.
const NUMBERS_APART: u64 = 10_000;
/// One person in this many has a landline.
const LANDLINES: u32 = 7;

/// Returns the HER-SYS ID of a person, counted from 0.
pub(super) fn hersys_id(nth: u32) -> Option<HersysId> {
    HersysId::parse(&(FIRST_ID + nth * IDS_APART).to_string()).ok()
}

/// Returns the person with this ID.
pub(super) fn nth_of(id: &HersysId) -> Option<u32> {
    let above = id.expose().parse::<u32>().ok()?.checked_sub(FIRST_ID)?;
    (above % IDS_APART == 0).then_some(above / IDS_APART)
}

/// Returns an ID that nobody has.
pub(super) fn nobodys_id(nth: u32) -> Option<HersysId> {
    HersysId::parse(&(FIRST_ID + nth * IDS_APART + 1).to_string()).ok()
}

/// Returns a person's birth date as a calendar date.
pub(super) fn birthday(nth: u32) -> Date {
    let part = |divisor: u32, size: u32| i8::try_from(nth / divisor % size).unwrap_or_default();
    let year = i16::try_from(1931 + nth * 7 % 70).unwrap_or(1931);
    date(year, 1 + part(1, 12), 1 + part(12, 28))
}

/// Returns a person's birth date.
pub(super) fn birth_date(nth: u32) -> Option<BirthDate> {
    BirthDate::new(birthday(nth), date(2026, 1, 1)).ok()
}

/// Returns one of a person's numbers; choice 0 is the first.
pub(super) fn number(nth: u32, choice: u32) -> Option<PhoneNumber> {
    let first = if nth % LANDLINES == 3 { FIRST_LANDLINE } else { FIRST_MOBILE };
    PhoneNumber::from_e164(&format!("+{}", first + u64::from(nth) + u64::from(choice) * NUMBERS_APART)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_somebody_else_and_can_be_called() {
        let mut seen = std::collections::BTreeSet::new();
        for nth in 0..200 {
            assert!(seen.insert(hersys_id(nth).unwrap().expose().to_owned()));
            assert!(seen.insert(nobodys_id(nth).unwrap().expose().to_owned()));
            for choice in 0..3 {
                let number = number(nth, choice).unwrap();
                assert!(number.kind().takes_automated_calls(), "{nth} {choice}");
                assert!(seen.insert(number.expose().to_owned()));
            }
            assert!(birth_date(nth).is_some());
        }
    }
}
