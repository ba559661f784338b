//! Collects the keys of one question, for networks on which this program itself hears the keys.
//!
//! It reads no clock and does no I/O. All times count from the start of the question's speech. The driver tells each
//! key with its time ([`Gather::press`]), waits until [`Gather::ends_at`], and then takes the entry
//! ([`Gather::end`]). Keys that were typed ahead, before the question began, are pressed at zero.

use std::time::Duration;

use crate::domain::{EntryEnd, Sensitive};

/// What ends an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatherRules {
    /// The number of keys that completes the entry. `None`: any number.
    pub max_keys: Option<usize>,
    /// The key that ends the entry and isn't part of it.
    pub finish_key: Option<char>,
    /// The longest silence after the speech, before the first key.
    pub first_key: Duration,
    /// The longest silence between keys, and after the last one.
    pub between_keys: Duration,
}

/// How long the question's speech lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpeechLength {
    /// The part without barge-in, up to the last such sentence. Keys pressed in it count at its end.
    pub firm: Duration,
    /// The part with barge-in. A key ends it.
    pub free: Duration,
}

impl SpeechLength {
    /// Both parts.
    pub fn whole(self) -> Duration {
        self.firm.saturating_add(self.free)
    }
}

/// The keys of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The keys. Empty if the caller was silent, or pressed only the finish key.
    pub keys: Sensitive,
    /// Why it ended.
    pub end: EntryEnd,
    /// When it ended.
    pub at: Duration,
}

/// The result of a key.
#[derive(Debug)]
pub enum Pressed {
    /// The entry goes on.
    More(Gather),
    /// The entry ended with this key.
    Ended(Entry),
    /// The entry had ended before this key, which belongs to what comes next.
    TooLate(Entry),
}

/// A question that waits for keys.
pub struct Gather {
    rules: GatherRules,
    speech: SpeechLength,
    keys: String,
    /// When the last key counted.
    last: Duration,
}

impl std::fmt::Debug for Gather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gather").field("rules", &self.rules).field("speech", &self.speech).finish_non_exhaustive()
    }
}

impl Gather {
    /// A question that begins to be spoken.
    pub const fn new(rules: GatherRules, speech: SpeechLength) -> Self {
        Self { rules, speech, keys: String::new(), last: Duration::ZERO }
    }

    /// When the entry ends by silence, unless another key is pressed.
    pub fn ends_at(&self) -> Duration {
        if self.keys.is_empty() {
            self.speech.whole().saturating_add(self.rules.first_key)
        } else {
            self.last.saturating_add(self.rules.between_keys)
        }
    }

    /// When a key pressed at `at` counts: not before the speech without barge-in has ended, nor before an earlier key.
    pub fn counts_at(&self, at: Duration) -> Duration {
        at.max(self.speech.firm).max(self.last)
    }

    /// Returns `true` if the speech plays at `at`, if no key is pressed until then.
    pub fn speaks(&self, at: Duration) -> bool {
        at < if self.keys.is_empty() { self.speech.whole() } else { self.speech.firm }
    }

    /// A key is pressed at `at`.
    pub fn press(mut self, key: char, at: Duration) -> Pressed {
        let at = self.counts_at(at);
        if at > self.ends_at() {
            return Pressed::TooLate(self.end());
        }
        if self.rules.finish_key == Some(key) {
            return Pressed::Ended(self.ended(EntryEnd::FinishKey, at));
        }
        self.keys.push(key);
        self.last = at;
        if self.rules.max_keys.is_some_and(|most| self.keys.chars().count() >= most) {
            return Pressed::Ended(self.ended(EntryEnd::Full, at));
        }
        Pressed::More(self)
    }

    /// Ends the entry by silence, at [`Gather::ends_at`].
    pub fn end(self) -> Entry {
        let at = self.ends_at();
        self.ended(EntryEnd::Silence, at)
    }

    fn ended(self, end: EntryEnd, at: Duration) -> Entry {
        Entry { keys: Sensitive::new(self.keys), end, at }
    }
}

/// Returns the entry for keys typed one after the other: the first at `first`, and each next one `gap` after the one
/// before. `gap` is asked only for keys that are pressed. Keys after the end are lost.
pub fn typed(mut gather: Gather, keys: &str, first: Duration, mut gap: impl FnMut() -> Duration) -> Entry {
    let mut at = first;
    for (nth, key) in keys.chars().enumerate() {
        if nth > 0 {
            at = gather.counts_at(at).saturating_add(gap());
        }
        gather = match gather.press(key, at) {
            Pressed::More(gather) => gather,
            Pressed::Ended(entry) | Pressed::TooLate(entry) => return entry,
        };
    }
    gather.end()
}

/// The keys that were typed after an entry had ended.
pub fn left_over<'k>(keys: &'k str, entry: &Entry) -> &'k str {
    let taken = keys.get(entry.keys.expose().len()..).unwrap_or_default();
    match entry.end {
        EntryEnd::Full => taken,
        EntryEnd::FinishKey => taken.get(1..).unwrap_or_default(),
        // They came too late.
        EntryEnd::Silence => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const SPEECH: SpeechLength = SpeechLength { firm: secs(2), free: secs(3) };

    fn rules(max_keys: usize, finish_key: Option<char>) -> GatherRules {
        GatherRules { max_keys: Some(max_keys), finish_key, first_key: secs(10), between_keys: secs(5) }
    }

    fn entered(keys: &str, first: u64, gap: u64, rules: GatherRules) -> (u64, String, EntryEnd) {
        let entry = typed(Gather::new(rules, SPEECH), keys, secs(first), || secs(gap));
        (entry.at.as_secs(), entry.keys.expose().to_owned(), entry.end)
    }

    #[test]
    fn an_entry_ends_when_it_is_full_by_its_finish_key_or_by_silence() {
        let eight = rules(8, Some('#'));
        assert_eq!(entered("368", 6, 1, rules(3, None)), (8, "368".into(), EntryEnd::Full));
        assert_eq!(entered("3689", 6, 1, rules(3, None)), (8, "368".into(), EntryEnd::Full));
        assert_eq!(entered("1234567#", 6, 1, eight), (13, "1234567".into(), EntryEnd::FinishKey));
        assert_eq!(entered("1234567", 6, 1, eight), (17, "1234567".into(), EntryEnd::Silence));
        assert_eq!(entered("#", 6, 1, eight), (6, String::new(), EntryEnd::FinishKey));
        assert_eq!(entered("#", 6, 1, rules(1, None)), (6, "#".into(), EntryEnd::Full));
        assert_eq!(entered("", 0, 1, eight), (15, String::new(), EntryEnd::Silence));
    }

    #[test]
    fn a_key_at_the_last_moment_counts_and_a_later_one_does_not() {
        assert_eq!(entered("1", 15, 1, rules(1, None)), (15, "1".into(), EntryEnd::Full));
        assert_eq!(entered("1", 16, 1, rules(1, None)), (15, String::new(), EntryEnd::Silence));
        assert_eq!(entered("368", 6, 5, rules(3, None)), (16, "368".into(), EntryEnd::Full));
        assert_eq!(entered("368", 6, 6, rules(3, None)), (11, "3".into(), EntryEnd::Silence));
    }

    #[test]
    fn a_key_cuts_the_free_part_short_and_waits_for_the_firm_one() {
        assert_eq!(entered("1", 3, 1, rules(1, None)), (3, "1".into(), EntryEnd::Full));
        assert_eq!(entered("1", 0, 1, rules(1, None)), (2, "1".into(), EntryEnd::Full));
        let gather = Gather::new(rules(3, None), SPEECH);
        assert!(gather.speaks(secs(4)) && !gather.speaks(secs(5)));
        let Pressed::More(gather) = gather.press('1', secs(1)) else { panic!("it goes on") };
        assert!(gather.speaks(secs(1)) && !gather.speaks(secs(2)));
        assert_eq!(gather.ends_at(), secs(7), "the next key may come five seconds after the firm part");
    }

    /// A caller who knows the questions types the next answers at once.
    #[test]
    fn keys_typed_ahead_are_pressed_when_the_next_question_begins() {
        let mut ahead = "1980".chars();
        let mut gather = Gather::new(rules(3, None), SPEECH);
        let entry = loop {
            gather = match gather.press(ahead.next().unwrap(), Duration::ZERO) {
                Pressed::More(gather) => gather,
                Pressed::Ended(entry) | Pressed::TooLate(entry) => break entry,
            };
        };
        assert_eq!((entry.keys.expose(), entry.end, entry.at), ("198", EntryEnd::Full, secs(2)));
        assert_eq!(ahead.as_str(), "0", "the rest is for the next question");
    }

    #[test]
    fn keys_after_the_end_are_left_over() {
        let left = |keys: &str, gap, rules| {
            let entry = typed(Gather::new(rules, SPEECH), keys, secs(6), || secs(gap));
            left_over(keys, &entry).to_owned()
        };
        assert_eq!(left("098", 1, rules(2, Some('#'))), "8");
        assert_eq!(left("98", 1, rules(2, Some('#'))), "");
        assert_eq!(left("98#", 1, rules(2, Some('#'))), "#");
        assert_eq!(left("12#4", 1, rules(8, Some('#'))), "4");
        assert_eq!(left("12", 6, rules(8, Some('#'))), "", "the second came after the end");
    }

    #[test]
    fn its_debug_output_has_no_keys() {
        let Pressed::More(gather) = Gather::new(rules(3, None), SPEECH).press('7', secs(3)) else {
            panic!("it goes on")
        };
        let told = format!("{gather:?}") + &format!("{:?}", gather.end());
        assert!(!told.contains('7'), "{told}");
    }

    proptest! {
        /// Whatever is pressed whenever: an entry is a prefix of the keys without the finish key, has at most the most
        /// keys, ends after the last key that counts and never later than silence would end it.
        #[test]
        fn an_entry_is_a_prefix_and_ends_in_time(
            presses in prop::collection::vec((0_u64..30, prop::sample::select(vec!['0', '1', '#', '*'])), 0..12),
            max_keys in 1_usize..9,
            hash in any::<bool>(),
            (firm, free) in (0_u64..9, 0_u64..9),
        ) {
            let rules = rules(max_keys, hash.then_some('#'));
            let speech = SpeechLength { firm: secs(firm), free: secs(free) };
            let mut gather = Some(Gather::new(rules, speech));
            let mut at = Duration::ZERO;
            let mut before = String::new();
            let mut ended = None;
            for (gap, key) in presses {
                let Some(open) = gather.take() else { break };
                at += secs(gap);
                let ends_at = open.ends_at();
                match open.press(key, at) {
                    Pressed::More(more) => {
                        before.push(key);
                        prop_assert!(at.max(speech.firm) <= ends_at);
                        gather = Some(more);
                    }
                    Pressed::Ended(entry) => {
                        prop_assert!(entry.at <= ends_at && entry.at >= speech.firm && entry.at >= at);
                        if entry.end == EntryEnd::Full {
                            before.push(key);
                        }
                        ended = Some(entry);
                    }
                    Pressed::TooLate(entry) => {
                        prop_assert!(entry.at == ends_at && entry.at < at && entry.end == EntryEnd::Silence);
                        ended = Some(entry);
                    }
                }
            }
            let entry = ended.or(gather.map(Gather::end)).unwrap();
            prop_assert_eq!(entry.keys.expose(), &before);
            prop_assert!(before.len() <= max_keys && (before.len() == max_keys) == (entry.end == EntryEnd::Full));
            prop_assert!(!hash || !before.contains('#'));
        }
    }
}
