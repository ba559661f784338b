//! A health centre's rota: the people who are rung about red alerts, and the shifts in which they are on duty.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    CallableNumber, ContactId, EmailAddress, Language, ShiftDays, ShiftHours, ShiftId, StaffAccountId, StaffName,
};

/// Whether a person also gets an SMS when they are rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsToo {
    /// An SMS and a call.
    #[default]
    Yes,
    /// Only a call: the number can't receive SMS.
    No,
}

/// A person on the rota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The person.
    pub id: ContactId,
    /// The name, as colleagues see it.
    pub name: StaffName,
    /// The number to ring.
    pub phone: CallableNumber,
    /// The language of the call and of the messages.
    #[serde(default)]
    pub language: Language,
    /// Where an e-mail goes, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Whether an SMS goes to the number, too.
    #[serde(default)]
    pub sms: SmsToo,
    /// The person's account in the console: what they take on the phone is theirs there. `None` for people without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<StaffAccountId>,
}

/// Who is on duty on some weekdays at some hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The shift.
    pub id: ShiftId,
    /// The weekdays on which it begins.
    pub days: ShiftDays,
    /// Its hours.
    pub hours: ShiftHours,
    /// The people, in the order in which they are rung.
    pub contacts: Vec<ContactId>,
}

/// A whole number of minutes to wait, from 1 to 60.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct WaitMinutes(u8);

/// The number of minutes is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wait is a whole number of minutes from 1 to 60")]
pub struct WaitMinutesError;

impl WaitMinutes {
    /// How long a red alert waits before the first person is rung, unless the centre sets it.
    pub const FIRST: Self = Self(2);
    /// How long one person has before the next is rung, unless the centre sets it.
    pub const BETWEEN: Self = Self(5);

    /// The number.
    pub const fn minutes(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for WaitMinutes {
    type Error = WaitMinutesError;
    fn try_from(minutes: u8) -> Result<Self, Self::Error> {
        if (1..=60).contains(&minutes) { Ok(Self(minutes)) } else { Err(WaitMinutesError) }
    }
}

impl From<WaitMinutes> for u8 {
    fn from(minutes: WaitMinutes) -> Self {
        minutes.0
    }
}

impl std::str::FromStr for WaitMinutes {
    type Err = WaitMinutesError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        super::width::fold(text.trim()).parse::<u8>().map_err(|_| WaitMinutesError)?.try_into()
    }
}

/// The parts of a rota, before they are checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotaParts {
    /// The people.
    pub contacts: Vec<Contact>,
    /// The shifts.
    pub shifts: Vec<Shift>,
    /// How long a red alert waits before the first person is rung.
    pub first: WaitMinutes,
    /// How long one person has before the next is rung.
    pub between: WaitMinutes,
    /// Who is rung if nobody is on duty, or nobody of them answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<ContactId>,
}

impl Default for RotaParts {
    fn default() -> Self {
        Self {
            contacts: Vec::new(),
            shifts: Vec::new(),
            first: WaitMinutes::FIRST,
            between: WaitMinutes::BETWEEN,
            fallback: None,
        }
    }
}

/// A rota. Everybody it names is one of its people, and a rota with people has somebody to ring last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "RotaParts", into = "RotaParts")]
pub struct Rota(RotaParts);

/// Why parts don't make a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RotaError {
    /// More than [`Rota::MOST_CONTACTS`].
    #[error("a rota has at most {} people", Rota::MOST_CONTACTS)]
    TooManyContacts,
    /// More than [`Rota::MOST_SHIFTS`].
    #[error("a rota has at most {} shifts", Rota::MOST_SHIFTS)]
    TooManyShifts,
    /// Two people or two shifts have the same id.
    #[error("two people or two shifts of the rota have the same id")]
    SameId,
    /// A shift names nobody.
    #[error("a shift has at least one person")]
    NobodyOnShift(ShiftId),
    /// A shift names more than [`Rota::MOST_ON_SHIFT`].
    #[error("a shift has at most {} people", Rota::MOST_ON_SHIFT)]
    TooManyOnShift(ShiftId),
    /// A shift names somebody twice.
    #[error("a shift names each person once")]
    TwiceOnShift(ShiftId),
    /// A shift names somebody who isn't on the rota.
    #[error("a shift names somebody who isn't among the people of the rota")]
    UnknownOnShift(ShiftId),
    /// Nobody is rung at last.
    #[error("the rota needs somebody who is rung when nobody is on duty or answers")]
    NoFallback,
    /// The one rung at last isn't on the rota.
    #[error("the one who is rung at last isn't among the people of the rota")]
    UnknownFallback,
}

impl Rota {
    /// The maximum number of people.
    pub const MOST_CONTACTS: usize = 40;
    /// The maximum number of shifts.
    pub const MOST_SHIFTS: usize = 40;
    /// The maximum number of people on one shift.
    pub const MOST_ON_SHIFT: usize = 4;

    /// Checks the parts of a rota.
    ///
    /// # Errors
    /// See [`RotaError`].
    pub fn new(parts: RotaParts) -> Result<Self, RotaError> {
        if parts.contacts.len() > Self::MOST_CONTACTS {
            return Err(RotaError::TooManyContacts);
        }
        if parts.shifts.len() > Self::MOST_SHIFTS {
            return Err(RotaError::TooManyShifts);
        }
        let contacts: BTreeSet<ContactId> = parts.contacts.iter().map(|contact| contact.id).collect();
        let shifts: BTreeSet<ShiftId> = parts.shifts.iter().map(|shift| shift.id).collect();
        if contacts.len() < parts.contacts.len() || shifts.len() < parts.shifts.len() {
            return Err(RotaError::SameId);
        }
        for shift in &parts.shifts {
            let named: BTreeSet<ContactId> = shift.contacts.iter().copied().collect();
            match named.len() {
                0 => return Err(RotaError::NobodyOnShift(shift.id)),
                _ if shift.contacts.len() > Self::MOST_ON_SHIFT => return Err(RotaError::TooManyOnShift(shift.id)),
                count if count < shift.contacts.len() => return Err(RotaError::TwiceOnShift(shift.id)),
                _ if !named.is_subset(&contacts) => return Err(RotaError::UnknownOnShift(shift.id)),
                _ => {}
            }
        }
        match parts.fallback {
            None if contacts.is_empty() => Ok(Self(parts)),
            None => Err(RotaError::NoFallback),
            Some(fallback) if contacts.contains(&fallback) => Ok(Self(parts)),
            Some(_) => Err(RotaError::UnknownFallback),
        }
    }

    /// The parts.
    pub const fn parts(&self) -> &RotaParts {
        &self.0
    }

    /// A person.
    pub fn contact(&self, id: ContactId) -> Option<&Contact> {
        self.0.contacts.iter().find(|contact| contact.id == id)
    }

    /// Who is rung at last.
    pub fn fallback(&self) -> Option<&Contact> {
        self.0.fallback.and_then(|id| self.contact(id))
    }

    /// Returns `true` if it names nobody, so that nobody is rung.
    pub fn is_empty(&self) -> bool {
        self.0.contacts.is_empty()
    }
}

impl TryFrom<RotaParts> for Rota {
    type Error = RotaError;
    fn try_from(parts: RotaParts) -> Result<Self, Self::Error> {
        Self::new(parts)
    }
}

impl From<Rota> for RotaParts {
    fn from(rota: Rota) -> Self {
        rota.0
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::PhoneNumber;

    fn contact(id: u128) -> Contact {
        let phone = PhoneNumber::from_e164("+819010000101").expect("a number");
        Contact {
            id: ContactId(Uuid::from_u128(id)),
            name: StaffName::parse("見本 直子").expect("a name"),
            phone: CallableNumber::new(phone).expect("a callable number"),
            language: Language::Japanese,
            email: None,
            sms: SmsToo::Yes,
            account: None,
        }
    }

    fn shift(contacts: &[u128]) -> Shift {
        Shift {
            id: ShiftId(Uuid::from_u128(9)),
            days: "mon".parse().expect("days"),
            hours: "08:30-17:15".parse().expect("hours"),
            contacts: contacts.iter().map(|id| ContactId(Uuid::from_u128(*id))).collect(),
        }
    }

    #[test]
    fn a_rota_names_only_its_people_and_somebody_at_last() {
        let of = |contacts: &[u128], shifts: Vec<Shift>, fallback: Option<u128>| {
            let parts = RotaParts {
                contacts: contacts.iter().map(|id| contact(*id)).collect(),
                shifts,
                fallback: fallback.map(|id| ContactId(Uuid::from_u128(id))),
                ..RotaParts::default()
            };
            Rota::new(parts).map(|_| ())
        };
        let on = ShiftId(Uuid::from_u128(9));
        assert_eq!(of(&[], vec![], None), Ok(()));
        assert_eq!(of(&[1, 2], vec![shift(&[2, 1])], Some(1)), Ok(()));
        assert_eq!(of(&[1], vec![shift(&[1])], None), Err(RotaError::NoFallback));
        assert_eq!(of(&[1], vec![], Some(2)), Err(RotaError::UnknownFallback));
        assert_eq!(of(&[1], vec![shift(&[])], Some(1)), Err(RotaError::NobodyOnShift(on)));
        assert_eq!(of(&[1], vec![shift(&[1, 1])], Some(1)), Err(RotaError::TwiceOnShift(on)));
        assert_eq!(of(&[1], vec![shift(&[1, 2])], Some(1)), Err(RotaError::UnknownOnShift(on)));
        assert_eq!(of(&[1, 1], vec![], Some(1)), Err(RotaError::SameId));
        assert_eq!(of(&[1], vec![shift(&[1]), shift(&[1])], Some(1)), Err(RotaError::SameId));
        assert_eq!(of(&[1], vec![shift(&[1, 2, 3, 4, 5, 6])], Some(1)), Err(RotaError::TooManyOnShift(on)));
    }

    #[test]
    fn a_stored_rota_is_checked_when_it_is_read() -> Result<(), Box<dyn std::error::Error>> {
        let parts = RotaParts {
            contacts: vec![contact(1)],
            shifts: vec![shift(&[1])],
            fallback: Some(ContactId(Uuid::from_u128(1))),
            ..RotaParts::default()
        };
        let rota = Rota::new(parts.clone())?;
        let json = serde_json::to_string(&rota)?;
        assert_eq!(serde_json::from_str::<Rota>(&json)?, rota);
        let nobody = serde_json::to_string(&RotaParts { fallback: None, ..parts })?;
        assert!(serde_json::from_str::<Rota>(&nobody).is_err());
        assert!(json.contains("\"hours\":\"08:30-17:15\"") && json.contains("\"days\":\"mon\""), "{json}");
        Ok(())
    }

    #[test]
    fn a_wait_has_one_to_sixty_minutes() {
        assert_eq!("２".parse(), Ok(WaitMinutes::FIRST));
        assert_eq!("60".parse::<WaitMinutes>().map(WaitMinutes::minutes), Ok(60));
        for wrong in ["", "0", "61", "-1", "1.5", "two"] {
            assert_eq!(wrong.parse::<WaitMinutes>(), Err(WaitMinutesError), "{wrong}");
        }
    }
}
