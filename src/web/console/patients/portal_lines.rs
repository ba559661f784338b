//! What a person's page says of the portal: the report links that were sent, and what the person wrote.

use jiff::ZonedDateTime;

use crate::domain::{AnswerOrigin, NoticeOutcome};
use crate::service::{ReportLinkView, ReportTextView};
use crate::translations::{Message, message};
use crate::web::console::times;

/// A link that was sent.
pub(super) struct LinkLine {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) state: Message,
    pub(super) opened: Option<Message>,
}

/// What the person wrote.
pub(super) struct TextLine {
    pub(super) at: String,
    pub(super) by: Message,
    pub(super) words: String,
}

impl LinkLine {
    pub(super) fn of(link: &ReportLinkView, now: &ZonedDateTime) -> Self {
        let state = match link.outcome {
            _ if link.is_guessed => message!("report-link-guessed"),
            None | Some(NoticeOutcome::NotYet) => message!("report-link-waits"),
            Some(NoticeOutcome::Sent) => message!("report-link-sent"),
            Some(NoticeOutcome::Refused) => message!("report-link-refused"),
            Some(NoticeOutcome::Unknown) => message!("report-link-unknown"),
        };
        let opened = link.opened_at.map(|at| message!("report-link-opened", at = times::clock_time(at, now)));
        Self { at: times::clock_time(link.made_at, now), by: link.made_by.clone(), state, opened }
    }
}

impl TextLine {
    pub(super) fn of(text: &ReportTextView, now: &ZonedDateTime) -> Self {
        let by = match text.origin {
            AnswerOrigin::Link(_) => message!("report-text-from-link"),
            _ => message!("report-text-from-account"),
        };
        Self { at: times::clock_time(text.at, now), by, words: text.words.expose().to_owned() }
    }
}
