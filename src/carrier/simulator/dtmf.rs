//! DTMF keys as the network receives them: which keys are in time for a question, and when its entry ends.

use std::time::Duration;

use super::speech_time::Speech;
use crate::domain::Keys;

/// How long to wait for keys: [`crate::engine::NextAction::Gather`] in durations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// The number of keys that completes the entry.
    pub(super) max_keys: u8,
    /// `#` ends the entry.
    pub(super) ends_with_hash: bool,
    /// The longest silence after the speech, before the first key.
    pub(super) first_key: Duration,
    /// The longest silence between keys.
    pub(super) between_keys: Duration,
}

/// Returns the received part of `keys`, and how long after the start of the speech the entry ended. The first key is
/// pressed at `first`, and `gap` returns the time to each next one. Keys after the end are lost, as on a real
/// network.
pub(super) fn taken(
    keys: &Keys,
    first: Duration,
    mut gap: impl FnMut() -> Duration,
    speech: Speech,
    patience: Patience,
) -> (Duration, Keys) {
    let given_up = speech.whole().saturating_add(patience.first_key);
    if keys.is_empty() || first > given_up {
        return (given_up, Keys::default());
    }
    // Keys pressed during speech without barge-in wait until it ends.
    let mut at = first.max(speech.firm);
    let mut taken = String::new();
    for key in keys.expose().chars() {
        if !taken.is_empty() {
            let gap = gap();
            if gap > patience.between_keys {
                break;
            }
            at = at.saturating_add(gap);
        }
        // The network doesn't deliver the `#`, as requested for entries of several keys.
        if key == '#' && patience.ends_with_hash && patience.max_keys > 1 {
            return (at, keys_of(&taken));
        }
        taken.push(key);
        if taken.len() >= usize::from(patience.max_keys.max(1)) {
            return (at, keys_of(&taken));
        }
    }
    (at.saturating_add(patience.between_keys), keys_of(&taken))
}

fn keys_of(taken: &str) -> Keys {
    // A prefix of phone keys consists of phone keys too.
    Keys::parse(taken).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const SPEECH: Speech = Speech { firm: secs(2), free: secs(3) };

    fn typed(keys: &str, first: u64, gap: u64, max_keys: u8) -> (u64, String) {
        let patience = Patience { max_keys, ends_with_hash: true, first_key: secs(10), between_keys: secs(5) };
        let keys = Keys::parse(keys).unwrap();
        let (at, taken) = taken(&keys, secs(first), || secs(gap), SPEECH, patience);
        (at.as_secs(), taken.expose().to_owned())
    }

    #[test]
    fn an_entry_ends_when_it_is_full_by_hash_or_by_silence() {
        assert_eq!(typed("368", 6, 1, 3), (8, "368".into()));
        assert_eq!(typed("3689", 6, 1, 3), (8, "368".into()));
        assert_eq!(typed("1234567#", 6, 1, 8), (13, "1234567".into()));
        assert_eq!(typed("1234567", 6, 1, 8), (17, "1234567".into()));
        assert_eq!(typed("#", 6, 1, 8), (6, "".into()));
        assert_eq!(typed("#", 6, 1, 1), (6, "#".into()));
    }

    #[test]
    fn silence_and_late_keys_are_silence() {
        assert_eq!(typed("", 0, 1, 3), (15, "".into()));
        assert_eq!(typed("1", 15, 1, 1), (15, "1".into()));
        assert_eq!(typed("1", 16, 1, 1), (15, "".into()));
    }

    #[test]
    fn a_pause_that_is_too_long_ends_the_entry_before_it() {
        assert_eq!(typed("368", 6, 5, 3), (16, "368".into()));
        assert_eq!(typed("368", 6, 6, 3), (11, "3".into()));
    }

    #[test]
    fn a_key_cuts_the_free_part_short_and_waits_for_the_firm_one() {
        assert_eq!(typed("1", 3, 1, 1), (3, "1".into()));
        assert_eq!(typed("1", 0, 1, 1), (2, "1".into()));
    }
}
