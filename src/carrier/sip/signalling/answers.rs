//! Answers that nobody waits for any more: long after a CANCEL, after the last timer, from a second phone, or to a
//! process that has ended. Each is confirmed and its call ended at once, so that nobody listens to silence.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Response, SipMessage};
use rsipstack::transport::TransportEvent;
use tokio::sync::mpsc;
use tracing::warn;

use super::dialog::{Dialog, exchange};
use super::{Shared, recovery};
use crate::carrier::CarrierLegId;

/// Answers that are remembered, so that each is ended once.
const REMEMBERED: usize = 8_192;
/// Answers that wait to be looked at. Repetitions follow those that find no room.
pub(super) const WAITING: usize = 1_024;

/// The answers that somebody has dealt with, by Call-ID and the tag of the other side.
#[derive(Default)]
pub(super) struct Answers(Mutex<VecDeque<(String, String)>>);

impl Answers {
    /// Returns `true` if nobody has dealt with this answer before.
    pub(super) fn claim(&self, call_id: &str, to: &str) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = (call_id.to_owned(), tag_of(to).to_owned());
        if seen.contains(&answer) {
            return false;
        }
        if seen.len() >= REMEMBERED {
            seen.pop_front();
        }
        seen.push_back(answer);
        true
    }
}

/// The tag of a `To` or `From`. Host and case of the rest may change on the way.
fn tag_of(header: &str) -> &str {
    let after = header.rsplit_once(";tag=").map_or(header, |(_, tag)| tag);
    after.split([';', ',']).next().unwrap_or(after).trim()
}

/// Whether a response is a 2xx.
pub(super) fn is_answer(response: &Response) -> bool {
    (200..300).contains(&response.status_code.code())
}

/// The answer to an INVITE of ours that a transport event brings.
pub(super) fn answer_in(event: &TransportEvent) -> Option<Response> {
    let TransportEvent::Incoming(SipMessage::Response(response), ..) = event else { return None };
    let successful = is_answer(response);
    let to_invite = response.header_value("CSeq").is_some_and(|cseq| cseq.trim_end().ends_with("INVITE"));
    (successful && to_invite).then(|| response.clone())
}

/// Ends the calls of all answers whose call is over.
pub(super) async fn watch(shared: Arc<Shared>, mut answers: mpsc::Receiver<Response>) {
    while let Some(response) = answers.recv().await {
        let leg = response.header_value("Call-ID").and_then(|id| CarrierLegId::parse(id.trim()).ok());
        let over = leg.is_some_and(|leg| !shared.legs().contains_key(&leg));
        if over {
            end_late(&shared, &response).await;
        }
    }
}

/// Confirms an answer to a call that is over, and ends it.
pub(super) async fn end_late(shared: &Arc<Shared>, response: &Response) {
    let Some(call_id) = response.header_value("Call-ID").map(|id| id.trim().to_owned()) else { return };
    // Only the journal's own calls: nobody can make us send requests about others.
    let sending = shared.journal.with(|book| book.entry(&call_id).and_then(|entry| entry.sending.clone()));
    let Some(mut dialog) = sending.and_then(|sending| recovery::answered(shared, &sending, response)) else { return };
    let seq = response.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).unwrap_or(1);
    confirm(shared, &dialog, seq).await;
    if !shared.answers.claim(&call_id, &dialog.remote) {
        return;
    }
    warn!(call = %call_id, "a phone answered a call that was over; it was hung up at once");
    if let Some((bye, to)) = dialog.request("BYE", "", "") {
        let shared = Arc::clone(shared);
        tokio::spawn(async move { exchange(&shared, bye, to).await });
    }
}

/// Sends an ACK, which has no answer.
async fn confirm(shared: &Arc<Shared>, dialog: &Dialog, seq: u32) {
    let Some((ack, to)) = dialog.confirmation(seq) else { return };
    if let Some((connection, to)) = shared.connection(&to).await {
        // A lost ACK is asked for by a repeated answer.
        _ = connection.send(SipMessage::Request(ack), Some(&to)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_is_dealt_with_once() {
        let answers = Answers::default();
        assert!(answers.claim("a", "<sip:x@192.0.2.1>;tag=1"));
        assert!(!answers.claim("a", "\"X\" <sip:x@192.0.2.1>;tag=1;x=y"), "the same answer again");
        assert!(answers.claim("a", "<sip:x@192.0.2.1>;tag=2"), "another phone");
        assert!(answers.claim("b", "<sip:x@192.0.2.1>;tag=1"), "another call");
    }
}
