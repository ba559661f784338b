//! A call as spoken: what the machine said, what was keyed and what was kept, line by line. Pages include
//! `console/calls/spoken.html`, which takes it as `spoken`, and import [`Content`].

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::words;
use crate::domain::{
    Answer, AttemptOutcome, CallId, CallerNumber, Direction, Item, Language, Line, PatientId, Severity, YesNo,
};
use crate::service::{
    NextAction, ShownAnswer, ShownAttempt, ShownCall, ShownPerson, ShownTurn, StoredEvent, TransferOutcome,
};
use crate::translations::{Message, message};
use crate::web::console::times;
use crate::web::console::today::words as answers;

/// What stands for a key that isn't kept.
const HIDDEN: char = '•';

/// A call as spoken.
pub(in crate::web::console) struct Spoken {
    /// The call.
    pub(in crate::web::console) id: CallId,
    /// Its line and time.
    pub(in crate::web::console) heading: Message,
    /// How it ended.
    pub(in crate::web::console) result: Message,
    /// When it began, and how long it lasted.
    pub(in crate::web::console) when: Message,
    /// The patients in it, with their answers.
    pub(in crate::web::console) people: Vec<Person>,
    /// What was said, keyed and done.
    pub(in crate::web::console) lines: Vec<SpokenLine>,
    /// The parties, by their numbers.
    pub(in crate::web::console) parties: Vec<Party>,
    /// The automated calls of the same slot.
    pub(in crate::web::console) slot: Option<Slot>,
}

/// A patient in the call.
pub(in crate::web::console) struct Person {
    /// The patient.
    pub(in crate::web::console) id: PatientId,
    /// Family name and given name.
    pub(in crate::web::console) name: String,
    /// The HER-SYS ID.
    pub(in crate::web::console) hersys_id: String,
    /// Whose number was shown.
    pub(in crate::web::console) number: Message,
    /// Each item with its last answer. Empty if no answer was kept.
    pub(in crate::web::console) items: Vec<(Message, Option<AnswerWords>)>,
}

/// A line.
pub(in crate::web::console) struct SpokenLine {
    /// The time from the beginning: `01:50`.
    pub(in crate::web::console) offset: String,
    /// What happened.
    pub(in crate::web::console) content: Content,
}

/// What a line says.
pub(in crate::web::console) enum Content {
    /// The machine spoke.
    Said {
        /// The language's tag.
        tag: &'static str,
        /// The words.
        words: String,
    },
    /// The other party keyed something.
    Keyed {
        /// The keys, one by one.
        keys: Vec<char>,
        /// Whether they aren't kept, such as those of a birth date.
        hidden: bool,
        /// What was kept of it.
        answers: Vec<AnswerWords>,
    },
    /// The other party did something else, or nothing.
    Caller(Message),
    /// The program kept something.
    Kept(Vec<AnswerWords>),
    /// The program did something.
    Done(Message),
}

/// An answer in words.
#[derive(Clone)]
pub(in crate::web::console) struct AnswerWords {
    /// What was asked.
    pub(in crate::web::console) item: Message,
    /// The answer.
    pub(in crate::web::console) words: Message,
    /// Its severity.
    pub(in crate::web::console) severity: Severity,
    /// How it looks: a class of the style.
    pub(in crate::web::console) look: &'static str,
    /// Whether it came after the report was finished.
    pub(in crate::web::console) late: bool,
}

/// The other end of a leg.
pub(in crate::web::console) struct Party {
    /// Who called whom.
    pub(in crate::web::console) direction: Message,
    /// The number, or that it was withheld.
    pub(in crate::web::console) number: Message,
    /// Why it ended. `None` while it is in progress.
    pub(in crate::web::console) cause: Option<Message>,
}

/// The slot of an automated call.
pub(in crate::web::console) struct Slot {
    /// Its day and time.
    pub(in crate::web::console) time: String,
    /// Its calls, first to last.
    pub(in crate::web::console) attempts: Vec<Attempt>,
}

/// An automated call.
pub(in crate::web::console) struct Attempt {
    /// The call.
    pub(in crate::web::console) call: CallId,
    /// Which one it is.
    pub(in crate::web::console) number: u32,
    /// When it was placed.
    pub(in crate::web::console) time: String,
    /// How it ended, or how it stands.
    pub(in crate::web::console) result: Message,
    /// Whether it is the one that is shown.
    pub(in crate::web::console) is_this: bool,
}

impl Spoken {
    /// Of a call, in the time zone of the reader.
    pub(in crate::web::console) fn of(shown: &ShownCall, zone: &TimeZone) -> Self {
        let call = &shown.call;
        let begun = call.started_at.to_zoned_datetime(zone.clone());
        let moment = times::moment(&begun, true);
        let when = match call.ended_at {
            Some(ended) => {
                let lasted = words::lasted(ended.duration_since(call.started_at));
                message!("console-spoken-when", moment = moment, lasted = lasted)
            }
            None => message!("console-spoken-open", moment = moment),
        };
        let several = shown.people.len() > 1;
        let heading = message!(
            "console-spoken-heading",
            time = begun.strftime("%-H:%M").to_string(),
            line = words::line_name(call.line)
        );
        Self {
            id: call.id,
            heading,
            result: words::disposition_name(call.disposition),
            when,
            people: shown.people.iter().map(|person| Person::of(person, shown, several)).collect(),
            lines: shown.turns.iter().flat_map(|turn| lines_of(turn, call.started_at)).collect(),
            parties: parties(shown),
            slot: shown.attempt.as_ref().map(|attempt| Slot::of(attempt, zone)),
        }
    }

    /// The name of the only person in the call.
    pub(in crate::web::console) fn only_person(&self) -> Option<&Person> {
        match self.people.as_slice() {
            [person] => Some(person),
            _ => None,
        }
    }
}

impl Person {
    fn of(person: &ShownPerson, shown: &ShownCall, several: bool) -> Self {
        let is_theirs = |answer: &&ShownAnswer| !several || answer.hersys_id.as_ref() == Some(&person.hersys_id);
        let theirs: Vec<&ShownAnswer> = shown.turns.iter().flat_map(|turn| &turn.answers).filter(is_theirs).collect();
        let last = |item: Item| theirs.iter().rev().find(|answer| answer.item == item);
        let items =
            Item::ALL.into_iter().map(|item| (answers::item_name(item), last(item).map(|a| AnswerWords::of(a))));
        Self {
            id: person.id,
            name: format!("{} {}", person.family_name.expose(), person.given_name.expose()),
            hersys_id: person.hersys_id.expose().to_owned(),
            number: match person.other_number {
                None | Some(CallerNumber::Registered) => message!("console-number-registered"),
                Some(CallerNumber::Unregistered) => message!("console-number-unregistered"),
                Some(CallerNumber::Hidden) => message!("console-number-hidden"),
            },
            items: if theirs.is_empty() { Vec::new() } else { items.collect() },
        }
    }
}

impl AnswerWords {
    fn of(answer: &ShownAnswer) -> Self {
        let (words, look) = match answer.answer {
            None => (message!("console-answer-taken-back"), "gone"),
            Some(Answer::Temperature(None) | Answer::Saturation(None)) => {
                (message!("console-answer-not-measured"), "gone")
            }
            Some(given @ Answer::Temperature(Some(_))) => {
                (message!("console-value-temperature", value = given.exported()), "yes")
            }
            Some(given @ Answer::Saturation(Some(_))) => {
                (message!("console-answer-saturation", value = given.exported()), "yes")
            }
            Some(Answer::YesNo(given @ YesNo::Yes)) => (answers::answer_name(given), "yes"),
            Some(Answer::YesNo(given @ YesNo::No)) => (answers::answer_name(given), "no"),
            Some(Answer::YesNo(given @ YesNo::Unknown)) => (answers::answer_name(given), "unknown"),
        };
        Self { item: answers::item_name(answer.item), words, severity: answer.severity, look, late: answer.late }
    }
}

impl Slot {
    fn of(shown: &ShownAttempt, zone: &TimeZone) -> Self {
        let attempt = |attempt: &crate::service::AttemptSummary| Attempt {
            call: attempt.call,
            number: attempt.number,
            time: attempt.intended_at.to_zoned_datetime(zone.clone()).strftime("%-H:%M:%S").to_string(),
            result: words::attempt_name(attempt.state, attempt.outcome),
            is_this: attempt.call == shown.attempt.call,
        };
        Self {
            time: format!("{} {}", shown.slot.date, shown.slot.time),
            attempts: shown.all.iter().map(attempt).collect(),
        }
    }
}

/// The lines of a turn: what the other party did, what was kept, and what was said in reply.
fn lines_of(turn: &ShownTurn, begun: Timestamp) -> Vec<SpokenLine> {
    let offset = offset(turn.at.duration_since(begun));
    let line = |content: Content| SpokenLine { offset: offset.clone(), content };
    let kept: Vec<AnswerWords> = turn.answers.iter().map(AnswerWords::of).collect();
    let mut lines = match &turn.event {
        StoredEvent::Keyed(keys) if !keys.is_empty() => {
            let hidden = keys.chars().all(|key| key == HIDDEN);
            vec![line(Content::Keyed { keys: keys.chars().collect(), hidden, answers: kept })]
        }
        event => {
            let kept = Some(kept).filter(|kept| !kept.is_empty()).map(|kept| line(Content::Kept(kept)));
            std::iter::once(line(Content::Caller(caller(event)))).chain(kept).collect()
        }
    };
    lines.extend(said(&turn.said).into_iter().map(line));
    lines.extend(match &turn.then {
        Some(NextAction::Transfer { number, .. }) => {
            Some(line(Content::Done(message!("console-spoken-transfers", number = number.national()))))
        }
        Some(NextAction::HangUp) => Some(line(Content::Done(message!("console-spoken-hangs-up")))),
        Some(NextAction::Gather { .. }) | None => None,
    });
    lines
}

/// What was said without a pause in one language is one line.
fn said(prompts: &[(Language, String)]) -> Vec<Content> {
    let in_one = prompts.chunk_by(|(one, _), (other, _)| one == other);
    let joined = in_one.filter_map(|prompts| {
        let (language, _) = prompts.first()?;
        let blank = if *language == Language::Japanese { "" } else { " " };
        let words: Vec<&str> = prompts.iter().map(|(_, words)| words.as_str()).collect();
        Some(Content::Said { tag: language.tag(), words: words.join(blank) })
    });
    joined.collect()
}

/// Minutes and seconds: `01:50`.
fn offset(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn caller(event: &StoredEvent) -> Message {
    match event {
        StoredEvent::Began(Line::AutomatedCall | Line::StaffAlert) => message!("console-spoken-answers"),
        StoredEvent::Began(Line::HealthCall | Line::CallBack) => message!("console-spoken-calls"),
        StoredEvent::Keyed(_) => message!("console-spoken-keys-nothing"),
        StoredEvent::Transfer(outcome) => transferred(*outcome),
        StoredEvent::HungUp(cause) | StoredEvent::HungUpInTransfer(cause, TransferOutcome::NotReached) => {
            message!("console-spoken-hung-up", cause = words::cause_name(*cause))
        }
        StoredEvent::HungUpInTransfer(cause, TransferOutcome::Talked) => {
            message!("console-spoken-talked-and-hung-up", cause = words::cause_name(*cause))
        }
        StoredEvent::Withdrawn => words::outcome_name(AttemptOutcome::Withdrawn),
        StoredEvent::WithdrawnAfterTransfer(outcome) => transferred(*outcome),
        StoredEvent::Identified => message!("console-spoken-identified"),
    }
}

fn transferred(outcome: TransferOutcome) -> Message {
    match outcome {
        TransferOutcome::Talked => message!("console-spoken-talked"),
        TransferOutcome::NotReached => message!("console-spoken-staff-not-reached"),
    }
}

fn parties(shown: &ShownCall) -> Vec<Party> {
    let party = |leg: &crate::service::ShownLeg| Party {
        direction: match leg.direction {
            Direction::Inbound => message!("console-party-called-us"),
            Direction::Outbound => message!("console-party-called"),
        },
        number: match &leg.far_number {
            Some(number) => message!("verbatim", text = number.national()),
            None => message!("console-number-hidden"),
        },
        cause: leg.hangup_cause.map(words::cause_name),
    };
    shown.legs.iter().map(party).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_the_beginning() {
        for (seconds, expected) in [(0, "00:00"), (110, "01:50"), (3_725, "62:05"), (-1, "00:00")] {
            assert_eq!(offset(SignedDuration::from_secs(seconds)), expected);
        }
    }
}
