//! What a person has reported lately and how the program calls them, beside an alert about them.

use jiff::ZonedDateTime;

use super::days::Answers;
use super::person::{Facts, next_of};
use crate::service::ShownPatient;
use crate::translations::Message;

/// The reports that are shown.
const REPORTS: usize = 3;

/// What staff who deal with an alert need to know of the person.
pub(in crate::web::console) struct Recent {
    /// The answers of the last reports, the latest first.
    pub(in crate::web::console) answers: Answers,
    /// Whether calls are placed, and the class of its look.
    pub(in crate::web::console) state: Message,
    pub(in crate::web::console) look: &'static str,
    /// When the next call is placed.
    pub(in crate::web::console) next: Option<Message>,
    /// The language of the calls, and its tag.
    pub(in crate::web::console) language: &'static str,
    pub(in crate::web::console) tag: &'static str,
    pub(in crate::web::console) oximeter: Message,
    pub(in crate::web::console) born: Message,
}

impl Recent {
    pub(in crate::web::console) fn of(shown: &ShownPatient, person: &str, now: &ZonedDateTime) -> Self {
        let facts = Facts::of(&shown.patient, now);
        Self {
            answers: Answers::latest(shown, person, REPORTS),
            state: facts.state,
            look: facts.look,
            next: next_of(shown, now),
            language: facts.language,
            tag: facts.tag,
            oximeter: facts.oximeter,
            born: facts.born,
        }
    }
}
