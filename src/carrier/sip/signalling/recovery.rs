//! Takes back the calls that a process before this one left behind: those that ring are cancelled by their own branch,
//! those that were answered are ended.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::{Request, Response, SipMessage};
use rsipstack::transaction::TransactionState;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::Shared;
use super::dialog::{Dialog, address_of, cancel_of, exchange, uri_of, values};
use crate::carrier::CarrierLegId;
use crate::carrier::network::Ringing;
use crate::carrier::sip::journal::{Entry, Sending};
use crate::carrier::sip::leg::Ended;
use crate::domain::{CallId, HangupCause};
use rsipstack::sip::prelude::HeadersExt as _;

/// How long the last answer to a call that is taken back may take.
const LAST_ANSWER: Duration = Duration::from_secs(32);

/// Begins to take back every call that was left behind.
pub(super) fn take_back_all(shared: &Arc<Shared>) {
    let left = shared.journal.with(|book| book.left_behind());
    if !left.is_empty() {
        warn!(calls = left.len(), "found calls that a stopped process has left behind; taking them back");
    }
    for (call, entry) in left {
        let Ok(leg) = CarrierLegId::parse(&call) else { continue };
        // It is followed here; nobody can ask anything of it.
        let (followed, _nobody) = mpsc::channel(1);
        shared.legs().insert(leg.clone(), followed);
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            take_back(Arc::clone(&shared), call, entry).await;
            shared.legs().remove(&leg);
        });
    }
}

async fn take_back(shared: Arc<Shared>, key: String, entry: Entry) {
    let (Some(sending), Ok(leg)) = (&entry.sending, CarrierLegId::parse(&key)) else { return };
    let Some(peer) = peer_of(sending) else { return };
    let call = key.parse::<CallId>().ok();
    let cause = match &entry.dialog {
        Some(answered) => {
            let Some(mut dialog) = restored(&shared, sending, peer) else { return };
            dialog.remote.clone_from(&answered.to);
            dialog.target.clone_from(&answered.target);
            dialog.routes.clone_from(&answered.routes);
            dialog.cseq = answered.cseq;
            end(&shared, dialog).await;
            Some(HangupCause::NormalClearing)
        }
        None => cancel(&shared, sending, peer).await,
    };
    let Some(cause) = cause else {
        // The network doesn't know it, or says nothing. It is over once no phone can ring any longer.
        info!(%leg, "a call that was left behind couldn't be taken back; it counts as a try once it can't ring any more");
        return;
    };
    info!(%leg, "a call that was left behind has been taken back");
    shared.ended(Ended { call, leg, cause, ringing: Ringing::Proven }).await;
}

/// Ends an answered call. An answer isn't needed: a trunk that doesn't know the call has none.
async fn end(shared: &Arc<Shared>, mut dialog: Dialog) {
    if let Some((bye, to)) = dialog.request("BYE", "", "") {
        _ = exchange(shared, bye, to).await;
    }
}

/// Cancels an INVITE of the process before. Its own transaction is taken up again, so that its last answer is
/// confirmed, and a call that was answered meanwhile is ended. Returns why it ended, or `None` if nobody knows it.
async fn cancel(shared: &Arc<Shared>, sending: &Sending, peer: SipAddr) -> Option<HangupCause> {
    let invite = invite_of(sending)?;
    let key = TransactionKey::from_request(&invite, TransactionRole::Client).ok()?;
    let (connection, to) = shared.connection(&peer).await?;
    let mut transaction = Transaction::new_client(key, invite.clone(), shared.endpoint.clone(), Some(connection));
    transaction.destination = Some(to);
    // It isn't sent again: the phone would ring a second time if the first one never arrived.
    transaction.state = TransactionState::Proceeding;
    let (request, line, hop) = (cancel_of(&invite)?, Arc::clone(shared), peer);
    let cancelled = tokio::spawn(async move { exchange(&line, request, hop).await });
    let last = tokio::time::timeout(LAST_ANSWER, async {
        while let Some(message) = transaction.receive().await {
            if let SipMessage::Response(response) = message
                && response.status_code.code() >= 200
            {
                return Some(response);
            }
        }
        None
    });
    let last = last.await.ok().flatten();
    let accepted = cancelled.await.ok().flatten().is_some_and(|answer| answer.status_code.code() == 200);
    match last {
        Some(answer) if answer.status_code.code() < 300 => {
            let dialog = answered(shared, sending, &answer)?;
            shared.answers.claim(&sending.call, &dialog.remote);
            // Its last answers are confirmed while the BYE is on its way.
            tokio::spawn(async move { while transaction.receive().await.is_some() {} });
            end(shared, dialog).await;
            Some(HangupCause::NormalClearing)
        }
        Some(_) => Some(HangupCause::NoAnswer),
        None => accepted.then_some(HangupCause::NoAnswer),
    }
}

/// The dialog that an answer to an INVITE of the journal began.
pub(super) fn answered(shared: &Shared, sending: &Sending, answer: &Response) -> Option<Dialog> {
    let mut dialog = restored(shared, sending, peer_of(sending)?)?;
    dialog.local = answer.header_value("From")?;
    dialog.remote = answer.header_value("To")?;
    if let Some(contact) = answer.header_value("Contact") {
        uri_of(&contact).clone_into(&mut dialog.target);
    }
    dialog.routes = values(answer, "Record-Route");
    dialog.routes.reverse();
    Some(dialog)
}

fn peer_of(sending: &Sending) -> Option<SipAddr> {
    let (transport, address) = sending.destination.split_once(' ')?;
    address_of(&format!("sip:{address};transport={transport}"))
}

/// `None` if no trunk has its address any more.
fn restored(shared: &Shared, sending: &Sending, peer: SipAddr) -> Option<Dialog> {
    let at = peer.get_socketaddr().ok()?;
    let trunk = shared.settings.trunks.iter().find(|trunk| trunk.is_from(at.ip()))?;
    let (via, _) = sending.via.split_once(';').unwrap_or((&sending.via, ""));
    Some(Dialog {
        call_id: sending.call.clone(),
        local: sending.from.clone(),
        remote: sending.to.clone(),
        target: sending.target.clone(),
        routes: Vec::new(),
        contact: sending.contact.clone(),
        via: via.to_owned(),
        trunk: Arc::clone(trunk),
        // Beyond whatever was used.
        cseq: sending.cseq.saturating_add(1_000),
        remote_cseq: 0,
        peer,
    })
}

fn invite_of(sending: &Sending) -> Option<Request> {
    let text = format!(
        "INVITE {} SIP/2.0\r\nVia: {}\r\nMax-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} INVITE\r\n\
         Contact: {}\r\nContent-Length: 0\r\n\r\n",
        sending.target, sending.via, sending.from, sending.to, sending.call, sending.cseq, sending.contact
    );
    Request::try_from(text).ok()
}
