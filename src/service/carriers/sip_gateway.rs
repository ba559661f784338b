//! Leads the conversations on our own telephone line. What happens there arrives as a carrier's events do, and replies
//! are played as recordings.

mod conversation;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tracing::{error, warn};

use self::conversation::Leader;
use crate::carrier::network::Ringing;
use crate::carrier::sip::{CARRIER_NAME, Called, Ended, LineEvent, Talk};
use crate::carrier::voices::VoiceLibrary;
use crate::domain::CallId;
use crate::engine::AnsweredBy;
use crate::service::conversation::{
    Answered, Begin, CarrierEvent, ConversationError, ConversationService, LegStatus, Outcome,
};

/// How often the end of a call is handed in again if it couldn't be stored. Afterwards the call is looked up in the
/// journal.
const TRIES: u32 = 6;
/// The wait before it is handed in for the second time. It doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Leads all conversations until the line is closed.
pub async fn run_sip_gateway(
    conversations: ConversationService,
    voices: Arc<VoiceLibrary>,
    mut events: mpsc::Receiver<LineEvent>,
) {
    while let Some(event) = events.recv().await {
        let (conversations, voices) = (conversations.clone(), Arc::clone(&voices));
        match event {
            LineEvent::Called(called) => {
                tokio::spawn(lead_caller(conversations, voices, called));
            }
            LineEvent::Answered(call, talk) => {
                tokio::spawn(lead_answered(conversations, voices, call, talk));
            }
            LineEvent::Ringing(call, leg) => {
                let status = LegStatus {
                    call: Some(call),
                    carrier: CARRIER_NAME,
                    leg: leg.as_str().to_owned(),
                    status: "ringing",
                    ended: None,
                    ringing: Ringing::Proven,
                };
                tokio::spawn(hand_in(conversations, status));
            }
            LineEvent::Ended(Ended { call, leg, cause, ringing }) => {
                let status = LegStatus {
                    call,
                    carrier: CARRIER_NAME,
                    leg: leg.as_str().to_owned(),
                    status: "ended",
                    ended: Some(cause),
                    ringing,
                };
                tokio::spawn(hand_in(conversations, status));
            }
        }
    }
}

/// Hands in a status until it is stored. The end of a short call may come before its beginning is stored.
async fn hand_in(conversations: ConversationService, status: LegStatus) {
    let mut wait = FIRST_WAIT;
    for _ in 0..TRIES {
        match conversations.take(CarrierEvent::Status(status.clone())).await {
            Ok(Outcome::Unknown) if status.call.is_none() => {}
            Ok(_) => return,
            Err(ConversationError::ShuttingDown) => break,
            Err(error) => warn!(%error, "could not store the status of a call; retrying"),
        }
        tokio::time::sleep(wait).await;
        wait = wait.saturating_mul(2);
    }
    if status.call.is_some() {
        error!("could not store the status of a call; it will be looked up in the call journal");
    }
}

async fn lead_caller(conversations: ConversationService, voices: Arc<VoiceLibrary>, called: Called) {
    let Called { line, caller, called, talk } = called;
    let leg = talk.leg.as_str().to_owned();
    let begin = CarrierEvent::Begin(Begin { line, carrier: CARRIER_NAME, leg, caller, called });
    Leader::new(conversations, voices, talk).lead(begin).await;
}

async fn lead_answered(conversations: ConversationService, voices: Arc<VoiceLibrary>, call: CallId, talk: Talk) {
    let leg = talk.leg.as_str().to_owned();
    // The network doesn't say who answers: nothing about health is said before a key.
    let answered_by = AnsweredBy::Person;
    let answered = CarrierEvent::Answered(Answered { call, carrier: CARRIER_NAME, leg, answered_by });
    Leader::new(conversations, voices, talk).lead(answered).await;
}
