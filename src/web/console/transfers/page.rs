//! One transfer: how it stands, and what the reader's side can decide.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::words::{self, Told};
use super::{id_of, page_of};
use crate::domain::{NoteText, PatientId, TransferId, TransferSide, TransferState};
use crate::service::{Noted, ServiceError, ShownTransfer, show_transfer};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::sender::kept;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

#[derive(Template)]
#[template(path = "console/transfers/page.html", config = "src/web/askama.toml")]
struct TransferPage {
    l: Layout,
    f: Frame,
    not_noted: bool,
    told: Option<Told>,
    draft_restored: bool,
    name: String,
    /// The page of the person, for the side that has the patient.
    person: Option<String>,
    action: String,
    from: String,
    to: String,
    state: Message,
    look: &'static str,
    reason: Message,
    note: Option<String>,
    reply: Option<String>,
    calls_state: Message,
    offered: Message,
    decided: Option<Message>,
    choice: Choice,
    effect: Vec<Message>,
    times: Times,
    mistakes: Mistakes,
    typed_reply: String,
}

/// What the reader can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// To accept or to decline.
    Answer,
    /// To withdraw.
    Withdraw,
    /// To take note.
    Notice,
    /// Nothing.
    Nothing,
}

/// The call times that the receiving side chooses.
struct Times {
    /// The patient's own. Empty if a centre's pattern applies.
    own: String,
    /// Whether they can stay.
    fit: bool,
    /// What is chosen: `kept`, `pattern` or `typed`.
    chosen: String,
    typed: String,
}

/// What the page has besides the transfer.
#[derive(Default)]
pub(super) struct Entered {
    pub(super) fields: Fields,
    pub(super) mistakes: Mistakes,
    pub(super) draft_restored: bool,
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let id = id_of(&id)?;
        let told = Told::from_code(&query_value(query.as_deref(), "told"));
        let kept = kept(&staff, &page_of(id)).await?;
        let draft_restored = kept.is_some();
        let entered = Entered { fields: kept.unwrap_or_default(), draft_restored, ..Entered::default() };
        show(&staff, id, entered, told).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

/// The page of a transfer.
pub(super) async fn show(
    staff: &StaffActor,
    id: TransferId,
    entered: Entered,
    told: Option<Told>,
) -> Result<Response, ServiceError> {
    let shown = show_transfer(staff.context(), staff.actor(), id).await?;
    let here = Here::of(staff).await?;
    let now = staff.context().clock.now().to_zoned_datetime(shown.found.zone.clone());
    let status = if entered.mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let not_noted = matches!(shown.noted, Noted::No(_));
    let page = page(staff, &shown.found, entered, &now, here.frame);
    Ok(staff.visit.page(status, &TransferPage { not_noted, told, ..page }))
}

fn page(staff: &StaffActor, shown: &ShownTransfer, entered: Entered, now: &ZonedDateTime, f: Frame) -> TransferPage {
    let transfer = &shown.transfer;
    let (state, side) = (transfer.state, transfer.side);
    let text = |note: &Option<NoteText>| note.as_ref().map(|note| note.expose().to_owned());
    let path = |patient: PatientId| staff.visit.path(&format!("/patients/{patient}"));
    let has_patient = (state == TransferState::Accepted) == (side == TransferSide::Receiving);
    let decided = transfer.decided_at.zip(transfer.decided_by.as_ref());
    TransferPage {
        l: staff.visit.layout(),
        f,
        not_noted: false,
        told: None,
        draft_restored: entered.draft_restored,
        name: format!("{} {}", transfer.family_name.expose(), transfer.given_name.expose()),
        person: has_patient.then(|| path(transfer.patient)),
        action: staff.visit.path(&page_of(transfer.id)),
        from: transfer.from_name.clone(),
        to: transfer.to_name.clone(),
        state: words::state_name(state, side),
        look: words::state_look(state),
        reason: words::reason_name(transfer.reason),
        note: text(&transfer.note),
        reply: text(&transfer.reply),
        calls_state: words::calls_state(transfer.not_called),
        offered: said(transfer.offered_at, &transfer.offered_by, now),
        decided: decided.map(|(at, by)| said(at, by, now)),
        choice: choice_of(shown),
        effect: effect_of(shown, now),
        times: Times::of(shown, &entered.fields),
        typed_reply: entered.fields.get("reply").to_owned(),
        mistakes: entered.mistakes,
    }
}

fn said(at: jiff::Timestamp, by: &str, now: &ZonedDateTime) -> Message {
    message!("transfer-at-by", at = times::clock_time(at, now), by = by)
}

const fn choice_of(shown: &ShownTransfer) -> Choice {
    let transfer = &shown.transfer;
    match (transfer.state, transfer.side) {
        (TransferState::Offered, TransferSide::Receiving) => Choice::Answer,
        (TransferState::Offered, TransferSide::Offering) => Choice::Withdraw,
        (TransferState::Accepted | TransferState::Declined, TransferSide::Offering) if !transfer.is_noticed => {
            Choice::Notice
        }
        (TransferState::Accepted | TransferState::Declined | TransferState::Withdrawn, _) => Choice::Nothing,
    }
}

/// What happens to calls: by accepting, or while the offer is open.
fn effect_of(shown: &ShownTransfer, now: &ZonedDateTime) -> Vec<Message> {
    let mut effect = Vec::new();
    if shown.transfer.side == TransferSide::Receiving {
        effect.push(message!("transfer-until-then", centre = &shown.transfer.from_name));
    }
    effect.extend(words::calls_go_on(&shown.calls, now));
    if shown.transfer.side == TransferSide::Receiving {
        effect.push(match shown.next {
            Some(at) => message!("transfer-next-ours", at = times::clock_time(at, now)),
            None => message!("transfer-next-none"),
        });
        effect.push(message!("transfer-history-moves"));
    }
    effect
}

impl Times {
    fn of(shown: &ShownTransfer, fields: &Fields) -> Self {
        let typed = fields.get("call_times");
        let own = shown.call_times.split(';').map(|time| time.strip_prefix('0').unwrap_or(time));
        let own = own.collect::<Vec<_>>().join(" ");
        let chosen = match fields.get("times") {
            "" if shown.times_fit => "kept",
            chosen => chosen,
        };
        let typed = if fields.get("times").is_empty() { own.clone() } else { typed.to_owned() };
        Self { fit: shown.times_fit, chosen: chosen.to_owned(), typed, own }
    }

    fn is(&self, what: &str) -> bool {
        self.chosen == what
    }
}
