//! Two editors of one rota: what each of them has changed is kept, unless both have changed the same part differently.

use crate::domain::{Contact, ContactId, Rota, RotaError, RotaParts, Shift, ShiftId};

/// A part of a rota that is changed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotaPart {
    /// A person.
    Contact(ContactId),
    /// A shift.
    Shift(ShiftId),
    /// How long a red alert waits before the first person is rung.
    First,
    /// How long one person has before the next is rung.
    Between,
    /// Who is rung at last.
    Fallback,
}

/// A part that two editors have changed differently.
pub type RotaConflict = RotaPart;

/// What two editors' changes amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergedRota {
    /// Both are kept.
    Both(Rota),
    /// Both have changed these parts, each differently.
    Conflict(Vec<RotaConflict>),
    /// Each is possible, and both together aren't: one has taken out whom the other has put on a shift.
    Impossible(RotaError),
}

/// Puts what one editor has made of a rota together with what is stored by now.
pub fn merge_rotas(began: &Rota, own: &Rota, stored: &Rota) -> MergedRota {
    let (began, own, stored) = (began.parts(), own.parts(), stored.parts());
    let mut conflicts = Vec::new();
    let contacts = rows(
        [&began.contacts, &own.contacts, &stored.contacts],
        |contact: &Contact| contact.id,
        |id| conflicts.push(RotaPart::Contact(id)),
    );
    let shifts = rows(
        [&began.shifts, &own.shifts, &stored.shifts],
        |shift: &Shift| shift.id,
        |id| conflicts.push(RotaPart::Shift(id)),
    );
    let first = value([began.first, own.first, stored.first], || conflicts.push(RotaPart::First));
    let between = value([began.between, own.between, stored.between], || conflicts.push(RotaPart::Between));
    let fallback = value([began.fallback, own.fallback, stored.fallback], || conflicts.push(RotaPart::Fallback));
    if !conflicts.is_empty() {
        return MergedRota::Conflict(conflicts);
    }
    match Rota::new(RotaParts { contacts, shifts, first, between, fallback }) {
        Ok(rota) => MergedRota::Both(rota),
        Err(error) => MergedRota::Impossible(error),
    }
}

/// The value that one of two has set.
fn value<T: PartialEq>([began, own, stored]: [T; 3], conflict: impl FnOnce()) -> T {
    if own == stored || own == began {
        return stored;
    }
    if stored != began {
        conflict();
    }
    own
}

/// The rows that two editors have left, changed or added, in the order of what is stored.
fn rows<T: Clone + PartialEq, I: Copy + PartialEq>(
    [began, own, stored]: [&Vec<T>; 3],
    id: impl Fn(&T) -> I,
    mut conflict: impl FnMut(I),
) -> Vec<T> {
    let of = |rows: &[T], wanted: I| rows.iter().find(|row| id(row) == wanted).cloned();
    let mut ids: Vec<I> = stored.iter().map(&id).collect();
    let added: Vec<I> = own.iter().map(&id).filter(|one| !ids.contains(one)).collect();
    ids.extend(added);
    ids.into_iter().filter_map(|one| value([of(began, one), of(own, one), of(stored, one)], || conflict(one))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{CallableNumber, Language, PhoneNumber, SmsToo, StaffName, WaitMinutes};

    fn id(nth: u8) -> ContactId {
        ContactId(Uuid::from_u128(nth.into()))
    }

    /// A rota with these people, by id and name, and this wait.
    fn rota(people: &[(u8, u8)], first: u8) -> Rota {
        let contact = |(nth, name): &(u8, u8)| Contact {
            id: id(*nth),
            name: StaffName::parse(&format!("見本 {name}")).expect("a name"),
            phone: CallableNumber::new(PhoneNumber::from_e164("+819010000101").expect("a number")).expect("callable"),
            language: Language::Japanese,
            email: None,
            sms: SmsToo::Yes,
            account: None,
        };
        let parts = RotaParts {
            contacts: people.iter().map(contact).collect(),
            first: WaitMinutes::try_from(first).expect("a wait"),
            fallback: people.first().map(|(nth, _)| id(*nth)),
            ..RotaParts::default()
        };
        Rota::new(parts).expect("a rota")
    }

    #[test]
    fn different_parts_merge_and_the_same_part_conflicts() {
        let began = rota(&[(1, 1), (2, 2)], 2);
        let own = rota(&[(1, 1), (2, 7)], 2);
        assert_eq!(
            merge_rotas(&began, &own, &rota(&[(1, 1), (2, 2), (3, 3)], 4)),
            MergedRota::Both(rota(&[(1, 1), (2, 7), (3, 3)], 4))
        );
        let theirs = rota(&[(1, 1), (2, 8)], 2);
        assert_eq!(merge_rotas(&began, &own, &theirs), MergedRota::Conflict(vec![RotaPart::Contact(id(2))]));
        assert_eq!(
            merge_rotas(&began, &own, &rota(&[(1, 1)], 2)),
            MergedRota::Conflict(vec![RotaPart::Contact(id(2))])
        );
        let later = rota(&[(1, 1), (2, 2)], 3);
        assert_eq!(
            merge_rotas(&began, &rota(&[(1, 1), (2, 2)], 4), &later),
            MergedRota::Conflict(vec![RotaPart::First])
        );
        // One has made 2 the last one to be rung, the other has taken 2 out.
        let last = Rota::new(RotaParts { fallback: Some(id(2)), ..began.parts().clone() }).expect("a rota");
        let merged = merge_rotas(&began, &last, &rota(&[(1, 1)], 2));
        assert_eq!(merged, MergedRota::Impossible(RotaError::UnknownFallback));
    }

    fn any_rota() -> impl Strategy<Value = Rota> {
        let names = proptest::collection::btree_map(2_u8..6, 0_u8..3, 0..4);
        (names, 1_u8..4).prop_map(|(names, first)| {
            let people: Vec<(u8, u8)> = std::iter::once((1, 0)).chain(names).collect();
            rota(&people, first)
        })
    }

    proptest! {
        #[test]
        fn nothing_is_lost(began in any_rota(), own in any_rota(), stored in any_rota()) {
            prop_assert_eq!(merge_rotas(&began, &own, &began), MergedRota::Both(sorted(&own, &began)));
            prop_assert_eq!(merge_rotas(&began, &began, &stored), MergedRota::Both(stored.clone()));
            if let MergedRota::Both(merged) = merge_rotas(&began, &own, &stored) {
                for nth in 1..6 {
                    let of = |rota: &Rota| rota.contact(id(nth)).cloned();
                    let [began, own, stored, merged] = [&began, &own, &stored, &merged].map(of);
                    prop_assert!(merged == own || merged == stored);
                    prop_assert!(own == began || merged == own);
                    prop_assert!(stored == began || merged == stored);
                }
            }
        }
    }

    /// The rota, its people in the order of another one first.
    fn sorted(rota: &Rota, order: &Rota) -> Rota {
        let place = |contact: &Contact| {
            order.parts().contacts.iter().position(|known| known.id == contact.id).unwrap_or(usize::MAX)
        };
        let mut parts = rota.parts().clone();
        parts.contacts.sort_by_key(place);
        Rota::new(parts).expect("a rota")
    }
}
