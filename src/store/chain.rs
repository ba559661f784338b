//! The hash chain of the audit trail. A hash is a pure function of an entry, its number and the previous hash. To
//! change, swap, remove or insert an entry, every later hash would have to change.

use sha2::{Digest as _, Sha256};

/// The hash before the first entry.
pub const GENESIS: Hash = Hash([0; 32]);
/// The first thing that is hashed. Another entry format has another name.
const FORM: &str = "kenkocall audit entry 1";
/// The same for an entry that names subjects of its own.
const FORM_WITH_SUBJECTS: &str = "kenkocall audit entry 2";

/// A SHA-256 hash. Its text form is 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Parses the text form.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mut bytes = [0; 32];
        for (nth, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * nth..2 * nth + 2).filter(|_| lower)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write as _;
        // Digit by digit, as thousands are written each second.
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).try_for_each(|digit| f.write_char(digit))
    }
}

/// An entry as stored in its columns, whether or not their values are valid.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// When it happened, in UTC epoch milliseconds.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// The source.
    pub source: String,
    /// What was done.
    pub action: String,
    /// The subject.
    pub subject: String,
    /// The health centre.
    pub centre: Option<String>,
    /// The values before and after.
    pub details: String,
    /// Whom and what it names besides its subject, ordered.
    pub subjects: Vec<NamedSubject>,
}

/// A subject that an entry names besides its own, as stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedSubject {
    /// A patient or a health centre.
    pub kind: String,
    /// The id or code.
    pub subject: String,
    /// The patient's health centre, if it isn't the entry's.
    pub centre: Option<String>,
    /// The time of the entry, in UTC epoch milliseconds.
    pub at: i64,
}

/// An entry may contain personal data.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

/// The hash of the entry with number `sequence`, which follows the hash `before`.
pub fn link(before: &Hash, sequence: u64, entry: &Entry) -> Hash {
    let Entry { id, at, actor, source, action, subject, centre, details, subjects } = entry;
    let mut hasher = Sha256::new();
    let mut put = |bytes: &[u8]| {
        // The length comes first, so no two sequences of texts hash the same bytes.
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    put(if subjects.is_empty() { FORM } else { FORM_WITH_SUBJECTS }.as_bytes());
    put(&before.0);
    put(&sequence.to_be_bytes());
    put(id.as_bytes());
    put(&at.to_be_bytes());
    for text in [actor, source, action, subject] {
        put(text.as_bytes());
    }
    put_centre(&mut put, centre.as_deref());
    put(details.as_bytes());
    for NamedSubject { kind, subject, centre, at } in subjects {
        put(kind.as_bytes());
        put(subject.as_bytes());
        put_centre(&mut put, centre.as_deref());
        put(&at.to_be_bytes());
    }
    Hash(hasher.finalize().into())
}

fn put_centre(put: &mut impl FnMut(&[u8]), centre: Option<&str>) {
    match centre {
        Some(centre) => {
            put(b"centre");
            put(centre.as_bytes());
        }
        None => put(b"no centre"),
    }
}

/// The hash of the fields of a row. `form` names what is hashed and how.
pub fn digest(form: &str, fields: &[Option<&str>]) -> Hash {
    let mut hasher = Sha256::new();
    let mut put = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    put(form);
    for field in fields {
        match field {
            Some(text) => {
                put("some");
                put(text);
            }
            None => put("none"),
        }
    }
    Hash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries() -> impl Strategy<Value = Entry> {
        let word = || "[a-z:|]{0,4}";
        let subject = (word(), word(), prop::option::of(word()), any::<i64>())
            .prop_map(|(kind, subject, centre, at)| NamedSubject { kind, subject, centre, at });
        let subjects = prop::collection::vec(subject, 0..3);
        (word(), any::<i64>(), [word(), word(), word(), word()], prop::option::of(word()), word(), subjects).prop_map(
            |(id, at, [actor, source, action, subject], centre, details, subjects)| Entry {
                id,
                at,
                actor,
                source,
                action,
                subject,
                centre,
                details,
                subjects,
            },
        )
    }

    fn end_of(chain: &[Entry]) -> Hash {
        chain.iter().zip(1..).fold(GENESIS, |before, (entry, sequence)| link(&before, sequence, entry))
    }

    #[test]
    fn a_hash_survives_its_text_and_nothing_else_is_one() {
        let hash = link(&GENESIS, 1, &Entry { id: String::new(), at: 0, ..example() });
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse(&GENESIS.to_string()), Some(GENESIS));
        let text = hash.to_string();
        let shorter: String = text.chars().skip(1).collect();
        for wrong in ["", &shorter, &text.to_uppercase().replace('0', "A"), &format!("{text}0"), &"é".repeat(32)] {
            assert_eq!(Hash::parse(wrong), None, "{wrong}");
        }
    }

    fn example() -> Entry {
        Entry {
            id: "0192f0c1".into(),
            at: 1_795_478_400_000,
            actor: "保健師A".into(),
            source: "command".into(),
            action: "patient.changed".into(),
            subject: "patient:1".into(),
            centre: Some("13101".into()),
            details: "{}".into(),
            subjects: Vec::new(),
        }
    }

    /// Stored chains must verify forever. Another program computed this hash once.
    #[test]
    fn the_form_of_an_entry_never_changes() {
        let hash = link(&GENESIS, 1, &example()).to_string();
        assert_eq!(hash, "99bb70f6bb96e0d0587cf91082283edc4109b7cf0b5868f135bb037f0c37b539");
    }

    proptest! {
        #[test]
        fn any_change_of_any_field_changes_the_end(
            chain in prop::collection::vec(entries(), 1..6), other in entries(), place in any::<prop::sample::Index>(),
            field in 0_usize..9,
        ) {
            let mut changed = chain.clone();
            let entry = place.get(&chain);
            let target = &mut changed[place.index(chain.len())];
            match field {
                0 => target.id = other.id,
                1 => target.at = other.at,
                2 => target.actor = other.actor,
                3 => target.source = other.source,
                4 => target.action = other.action,
                5 => target.subject = other.subject,
                6 => target.centre = other.centre,
                7 => target.subjects = other.subjects,
                _ => target.details = other.details,
            }
            prop_assert_eq!(end_of(&chain) == end_of(&changed), *entry == changed[place.index(chain.len())]);
        }

        #[test]
        fn any_swap_removal_or_insertion_changes_the_end(
            chain in prop::collection::vec(entries(), 2..6), more in entries(),
            one in any::<prop::sample::Index>(), two in any::<prop::sample::Index>(),
        ) {
            let (one, two) = (one.index(chain.len()), two.index(chain.len()));
            let mut swapped = chain.clone();
            swapped.swap(one, two);
            prop_assert_eq!(end_of(&chain) == end_of(&swapped), chain == swapped);
            let mut shorter = chain.clone();
            shorter.remove(one);
            prop_assert_ne!(end_of(&chain), end_of(&shorter));
            let mut longer = chain.clone();
            longer.insert(two, more);
            prop_assert_ne!(end_of(&chain), end_of(&longer));
        }

        #[test]
        fn what_moves_from_one_field_to_the_next_changes_the_hash(left in "[a-z]{1,4}", right in "[a-z]{0,4}") {
            let entry = Entry { actor: left.clone(), source: right.clone(), ..example() };
            let moved = Entry { actor: String::new(), source: format!("{left}{right}"), ..example() };
            prop_assert_ne!(link(&GENESIS, 1, &entry), link(&GENESIS, 1, &moved));
        }

        #[test]
        fn the_number_and_the_hash_before_count(entry in entries(), number in 1_u64..1000) {
            let hash = link(&GENESIS, number, &entry);
            prop_assert_ne!(hash, link(&GENESIS, number + 1, &entry));
            prop_assert_ne!(hash, link(&hash, number, &entry));
        }
    }
}
