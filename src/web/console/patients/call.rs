//! A call as it was spoken: what was said, what was keyed, and what was stored.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use super::person::id_of;
use super::words;
use crate::domain::{CallId, HangupCause, Line, PatientId, Severity};
use crate::service::{
    CallError, Details, NextAction, Noted, ServiceError, ShownAnswer, ShownCall, ShownTurn, StoredEvent,
    TransferOutcome, show_call,
};
use crate::translations::{Message, message};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;
use crate::web::console::today::words as today_words;

#[derive(Template)]
#[template(path = "console/patient_call.html", config = "src/web/askama.toml")]
struct Call {
    l: Layout,
    centre: String,
    zone: Message,
    not_noted: bool,
    name: String,
    person: String,
    line: Message,
    at: Message,
    lasted: Option<String>,
    outcome: Message,
    lines: Vec<Spoken>,
}

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// The program.
    Program,
    /// The person on the phone.
    Caller,
    /// Nobody: what was stored.
    Record,
}

/// A line of the call.
struct Spoken {
    at: String,
    speaker: Speaker,
    /// The language of what was said, and the words.
    said: Option<(&'static str, String)>,
    keys: Vec<char>,
    words: Option<Message>,
    severity: Severity,
}

impl Call {
    fn speaker_name(&self, spoken: &Spoken) -> Message {
        match spoken.speaker {
            Speaker::Program => message!("patient-speaker-program"),
            Speaker::Caller => message!("patient-speaker-caller"),
            Speaker::Record => message!("patient-speaker-record"),
        }
    }
}

pub(super) async fn handler(staff: StaffActor, Path((id, call)): Path<(String, String)>) -> Response {
    let shown = async {
        let call: CallId = call.parse().map_err(|_| ServiceError::from(CallError::NotFound))?;
        show(&staff, id_of(&id)?, call).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, id: PatientId, call: CallId) -> Result<Response, ServiceError> {
    let shown = show_call(staff.context(), staff.actor(), call, Details::Revealed).await?;
    let not_noted = matches!(shown.noted, Noted::No(_));
    let shown = shown.found;
    let person = shown.people.iter().find(|person| person.id == id).ok_or(CallError::NotFound)?;
    let name = format!("{} {}", person.family_name.expose(), person.given_name.expose());
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let started = shown.call.started_at.to_zoned_datetime(zone.clone());
    let disposition = shown.call.disposition.map(words::disposition_name);
    let attempt = shown.attempt.as_ref().and_then(|attempt| attempt.attempt.outcome).map(words::outcome_name);
    let page = Call {
        l: staff.visit.layout(),
        centre: centre.map(|centre| centre.name).unwrap_or_default(),
        zone: times::zone_name(&zone),
        not_noted,
        name,
        person: staff.visit.path(&format!("/patients/{id}")),
        line: words::line_name(shown.call.line),
        at: times::moment(&started, true),
        lasted: shown.call.ended_at.map(|ended| after(ended, shown.call.started_at)),
        outcome: attempt.or(disposition).unwrap_or_else(|| message!("patient-call-open")),
        lines: lines_of(&shown),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

/// Minutes and seconds since the call began.
fn after(at: Timestamp, began: Timestamp) -> String {
    let seconds = at.duration_since(began).as_secs().max(0);
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn lines_of(shown: &ShownCall) -> Vec<Spoken> {
    shown.turns.iter().flat_map(|turn| turn_lines(turn, after(turn.at, shown.call.started_at))).collect()
}

fn turn_lines(turn: &ShownTurn, at: String) -> Vec<Spoken> {
    let blank = |speaker: Speaker| Spoken {
        at: at.clone(),
        speaker,
        said: None,
        keys: Vec::new(),
        words: None,
        severity: Severity::None,
    };
    let mut lines = vec![match &turn.event {
        StoredEvent::Keyed(keys) if !keys.is_empty() => {
            Spoken { keys: keys.chars().collect(), ..blank(Speaker::Caller) }
        }
        event => Spoken { words: Some(event_words(event)), ..blank(Speaker::Caller) },
    }];
    lines.extend(turn.answers.iter().map(|answer| Spoken {
        words: Some(answer_words(answer)),
        severity: answer.severity,
        ..blank(Speaker::Record)
    }));
    lines.extend(
        turn.said
            .iter()
            .map(|(language, words)| Spoken { said: Some((language.tag(), words.clone())), ..blank(Speaker::Program) }),
    );
    let then = match &turn.then {
        Some(NextAction::Transfer { .. }) => Some(message!("patient-turn-transfer")),
        Some(NextAction::HangUp) => Some(message!("patient-turn-hang-up")),
        Some(NextAction::Gather { .. }) | None => None,
    };
    lines.extend(then.map(|words| Spoken { words: Some(words), ..blank(Speaker::Program) }));
    lines
}

fn event_words(event: &StoredEvent) -> Message {
    match event {
        StoredEvent::Began(Line::AutomatedCall | Line::StaffAlert) => message!("patient-turn-answers"),
        StoredEvent::Began(Line::HealthCall | Line::CallBack) => message!("patient-turn-calls"),
        StoredEvent::Keyed(_) => message!("patient-turn-keys-nothing"),
        StoredEvent::Transfer(TransferOutcome::Talked)
        | StoredEvent::HungUpInTransfer(_, TransferOutcome::Talked)
        | StoredEvent::WithdrawnAfterTransfer(TransferOutcome::Talked) => message!("patient-turn-talked"),
        StoredEvent::Transfer(TransferOutcome::NotReached)
        | StoredEvent::HungUpInTransfer(_, TransferOutcome::NotReached)
        | StoredEvent::WithdrawnAfterTransfer(TransferOutcome::NotReached) => message!("patient-turn-not-reached"),
        StoredEvent::HungUp(HangupCause::NormalClearing) => message!("patient-turn-hung-up"),
        StoredEvent::HungUp(_) => message!("patient-turn-cut-off"),
        StoredEvent::Withdrawn => message!("patient-turn-withdrawn"),
        StoredEvent::Identified => message!("patient-turn-identified"),
    }
}

fn answer_words(answer: &ShownAnswer) -> Message {
    let item = today_words::item_name(answer.item);
    let value = match answer.answer {
        Some(crate::domain::Answer::YesNo(yes_no)) => today_words::answer_name(yes_no),
        Some(measured) => match measured.exported() {
            value if value.is_empty() => message!("patient-not-measured"),
            value => message!("patient-value", value = value),
        },
        None => message!("patient-taken-back"),
    };
    match answer.late {
        true => message!("patient-stored-late", item = item, value = value),
        false => message!("patient-stored", item = item, value = value),
    }
}
