//! `kenkocall patients transfer`, `accept`, `decline` and `withdraw`: moving a patient to another health centre.

use clap::Args;
use serde_json::json;

use crate::commands::arguments::{Form, centre_code, hersys_id};
use crate::commands::exit::usage;
use crate::commands::language::text;
use crate::domain::{NoteText, TransferId, TransferReason, TransferState};
use crate::service::{
    AcceptedTimes, Client, DecidedOutcome, Offer, Offered, TransferAnswer, decide_transfer, find_transfer,
    offer_transfer,
};

/// `kenkocall patients transfer`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Transfer {
    /// The patient's HER-SYS ID.
    hersys_id: String,
    /// The health centre to which the patient is offered.
    #[arg(long, value_name = "CODE")]
    to: String,
    /// Why: moved, facility, jurisdiction or other.
    #[arg(long, value_name = "REASON", default_value = "moved")]
    reason: String,
    /// What the other health centre should know before it answers.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    form: Form,
}

/// `kenkocall patients accept`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Accept {
    /// The patient's HER-SYS ID.
    hersys_id: String,
    /// Call the patient at these times: "09:00;18:00". By default the patient's own times are kept.
    #[arg(long, value_name = "HH:MM;HH:MM")]
    call_times: Option<String>,
    /// Call the patient at the times of the receiving health centre's pattern.
    #[arg(long, conflicts_with = "call_times")]
    centre_times: bool,
    #[command(flatten)]
    form: Form,
}

/// `kenkocall patients decline`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Decline {
    /// The patient's HER-SYS ID.
    hersys_id: String,
    /// Why not. The offering health centre reads it.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    form: Form,
}

fn note_of(text: Option<&str>) -> anyhow::Result<Option<NoteText>> {
    NoteText::parse(text.unwrap_or_default()).map_err(|_| usage(text!("transfer-note-unreadable")))
}

pub(super) async fn offer(client: &Client, command: Transfer) -> anyhow::Result<()> {
    let id = hersys_id(&command.hersys_id)?;
    let to = centre_code(&command.to)?;
    let reason = TransferReason::from_code(&command.reason).ok_or_else(|| usage(text!("transfer-unknown-reason")))?;
    let note = note_of(command.note.as_deref())?;
    let offer = Offer { id: None, to: &to, reason, note: note.as_ref() };
    let (transfer, word) = match offer_transfer(&client.context, &client.actor, &id, offer).await? {
        Offered::Now(transfer) => (transfer, Said::Offered),
        Offered::Before(transfer, _) => (transfer, Said::Before),
    };
    tell(client, command.form, id.expose(), transfer, TransferState::Offered, word).await
}

pub(super) async fn accept(client: &Client, command: Accept) -> anyhow::Result<()> {
    let times = match (&command.call_times, command.centre_times) {
        (Some(times), _) => AcceptedTimes::Given(times),
        (None, true) => AcceptedTimes::Given(""),
        (None, false) => AcceptedTimes::Kept,
    };
    decide(client, command.form, &command.hersys_id, TransferAnswer::Accept(times)).await
}

pub(super) async fn decline(client: &Client, command: Decline) -> anyhow::Result<()> {
    let note = note_of(command.note.as_deref())?;
    decide(client, command.form, &command.hersys_id, TransferAnswer::Decline(note.as_ref())).await
}

pub(super) async fn withdraw(client: &Client, id: &str, form: Form) -> anyhow::Result<()> {
    decide(client, form, id, TransferAnswer::Withdraw).await
}

async fn decide(client: &Client, form: Form, id: &str, answer: TransferAnswer<'_>) -> anyhow::Result<()> {
    let id = hersys_id(id)?;
    let transfer = find_transfer(&client.context, &client.actor, &id).await?;
    let decided = decide_transfer(&client.context, &client.actor, transfer, answer).await?;
    let said = match (decided.outcome, decided.state) {
        (DecidedOutcome::Before, _) => Said::Before,
        (DecidedOutcome::Otherwise, _) => Said::Otherwise,
        (DecidedOutcome::Now, TransferState::Accepted) => Said::Accepted,
        (DecidedOutcome::Now, TransferState::Withdrawn) => Said::Withdrawn,
        (DecidedOutcome::Now, TransferState::Declined | TransferState::Offered) => Said::Declined,
    };
    tell(client, form, id.expose(), transfer, decided.state, said).await
}

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Offered,
    Accepted,
    Declined,
    Withdrawn,
    Before,
    Otherwise,
}

async fn tell(
    client: &Client,
    form: Form,
    id: &str,
    transfer: TransferId,
    state: TransferState,
    said: Said,
) -> anyhow::Result<()> {
    let text = match said {
        Said::Offered => text!("transfers-offered", id = id),
        Said::Accepted => text!("transfers-accepted", id = id),
        Said::Declined => text!("transfers-declined", id = id),
        Said::Withdrawn => text!("transfers-withdrawn", id = id),
        Said::Before => text!("transfers-before", id = id),
        Said::Otherwise => text!("transfers-otherwise", id = id, state = state.code()),
    };
    let changed = !matches!(said, Said::Before | Said::Otherwise);
    let value = json!({ "transfer": transfer.to_string(), "state": state.code(), "changed": changed });
    form.tell(client, &format!("{text}\n"), value).await
}
