//! Forms that are sent again: by a second click, or from a page to which the browser went back. The same content is
//! stored once. Other content isn't what was stored, so nobody may be told that it is.

use jiff::Timestamp;

use crate::domain::{Answer, Item, NoteText, StaffCallOutcome};

/// What a form about a call by staff says.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct CallContent {
    /// What came of the call.
    pub outcome: StaffCallOutcome,
    /// The time that was agreed for another call.
    pub again_at: Option<Timestamp>,
    /// The answers. Of what is stored: those that counted when the form was stored.
    pub answers: Vec<(Item, Answer)>,
    /// The note.
    pub note: Option<NoteText>,
}

/// Whether a form says nothing but what was stored when it came the first time.
pub fn is_stored(sent: &CallContent, stored: &CallContent) -> bool {
    let all_of = |some: &CallContent, all: &CallContent| some.answers.iter().all(|given| all.answers.contains(given));
    // A whole report that lacks an answer is another one. What was said so far may have been more.
    let is_whole = sent.outcome == StaffCallOutcome::Reported;
    sent.outcome == stored.outcome
        && (sent.outcome != StaffCallOutcome::Later || sent.again_at == stored.again_at)
        && all_of(sent, stored)
        && (!is_whole || all_of(stored, sent))
        && (sent.note.is_none() || sent.note == stored.note)
}

/// Whether a message that is sent again says nothing but what was stored.
pub fn is_same_message(sent: Option<&NoteText>, stored: Option<&NoteText>) -> bool {
    sent.is_none() || sent == stored
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(outcome: StaffCallOutcome, answers: &[(Item, &str)]) -> CallContent {
        let read = |(item, entry): &(Item, &str)| item.read(entry).map(|answer| (*item, answer));
        CallContent { outcome, again_at: None, answers: answers.iter().filter_map(read).collect(), note: None }
    }

    fn note(text: &str) -> Option<NoteText> {
        NoteText::parse(text).ok().flatten()
    }

    #[test]
    fn only_what_was_stored_is_called_stored() {
        use StaffCallOutcome::{NotReached, Partly, Reported};
        let (cool, warm) = ((Item::BodyTemperature, "365"), (Item::BodyTemperature, "385"));
        let tired = (Item::Fatigue, "yes");
        let stored = content(Reported, &[cool, tired]);
        assert!(is_stored(&content(Reported, &[tired, cool]), &stored));
        assert!(!is_stored(&content(Reported, &[warm, tired]), &stored), "another value");
        assert!(!is_stored(&content(Reported, &[cool]), &stored), "an answer less");
        assert!(!is_stored(&content(NotReached, &[]), &stored), "another button");
        let so_far = content(Partly, &[cool, tired]);
        assert!(is_stored(&content(Partly, &[cool]), &so_far), "the rest was said before");
        assert!(!is_stored(&content(Partly, &[warm]), &so_far));
    }

    #[test]
    fn a_note_counts_unless_it_is_empty() {
        let (one, other) = (note("娘さん"), note("息子さん"));
        let with =
            |note: &Option<NoteText>| CallContent { note: note.clone(), ..content(StaffCallOutcome::NotReached, &[]) };
        assert!(is_stored(&with(&one), &with(&one)) && is_stored(&with(&None), &with(&one)));
        assert!(!is_stored(&with(&other), &with(&one)) && !is_stored(&with(&one), &with(&None)));
        assert!(is_same_message(one.as_ref(), one.as_ref()) && is_same_message(None, one.as_ref()));
        assert!(!is_same_message(other.as_ref(), one.as_ref()) && !is_same_message(one.as_ref(), None));
    }

    #[test]
    fn a_time_that_was_agreed_counts() {
        let later = |second: i64| CallContent {
            again_at: Timestamp::from_second(second).ok(),
            ..content(StaffCallOutcome::Later, &[])
        };
        assert!(is_stored(&later(9), &later(9)) && !is_stored(&later(9), &later(10)));
    }
}
