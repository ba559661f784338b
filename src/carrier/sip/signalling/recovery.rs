//! Takes back the calls that a process before this one left behind: those that ring are cancelled by their own branch,
//! those that were answered are ended.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::{Request, SipMessage};
use rsipstack::transaction::TransactionState;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;
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
        tokio::spawn(take_back(Arc::clone(shared), call, entry));
    }
}

async fn take_back(shared: Arc<Shared>, key: String, entry: Entry) {
    let (Some(sending), Ok(leg)) = (&entry.sending, CarrierLegId::parse(&key)) else { return };
    let Some(peer) = peer_of(sending) else { return };
    let call = key.parse::<CallId>().ok();
    let cause = match &entry.dialog {
        Some(answered) => {
            let mut dialog = restored(sending, peer);
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
        _ = exchange(&shared.endpoint, bye, to).await;
    }
}

/// Cancels an INVITE of the process before. Its own transaction is taken up again, so that its last answer is
/// confirmed, and a call that was answered meanwhile is ended. Returns why it ended, or `None` if nobody knows it.
async fn cancel(shared: &Arc<Shared>, sending: &Sending, peer: SipAddr) -> Option<HangupCause> {
    let invite = invite_of(sending)?;
    let key = TransactionKey::from_request(&invite, TransactionRole::Client).ok()?;
    let (connection, to) = shared.endpoint.transport_layer.lookup(&peer, Some(&key)).await.ok()?;
    let mut transaction = Transaction::new_client(key, invite.clone(), shared.endpoint.clone(), Some(connection));
    transaction.destination = Some(to);
    // It isn't sent again: the phone would ring a second time if the first one never arrived.
    transaction.state = TransactionState::Proceeding;
    let (request, endpoint, hop) = (cancel_of(&invite)?, shared.endpoint.clone(), peer.clone());
    let cancelled = tokio::spawn(async move { exchange(&endpoint, request, hop).await });
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
            let mut dialog = restored(sending, peer);
            dialog.remote = answer.header_value("To")?;
            if let Some(contact) = answer.header_value("Contact") {
                uri_of(&contact).clone_into(&mut dialog.target);
            }
            dialog.routes = values(&answer, "Record-Route");
            dialog.routes.reverse();
            // Its last answers are confirmed while the BYE is on its way.
            tokio::spawn(async move { while transaction.receive().await.is_some() {} });
            end(shared, dialog).await;
            Some(HangupCause::NormalClearing)
        }
        Some(_) => Some(HangupCause::NoAnswer),
        None => accepted.then_some(HangupCause::NoAnswer),
    }
}

fn peer_of(sending: &Sending) -> Option<SipAddr> {
    let (transport, address) = sending.destination.split_once(' ')?;
    address_of(&format!("sip:{address};transport={transport}"))
}

fn restored(sending: &Sending, peer: SipAddr) -> Dialog {
    let (via, _) = sending.via.split_once(';').unwrap_or((&sending.via, ""));
    Dialog {
        call_id: sending.call.clone(),
        local: sending.from.clone(),
        remote: sending.to.clone(),
        target: sending.target.clone(),
        routes: Vec::new(),
        contact: sending.contact.clone(),
        via: via.to_owned(),
        rport: sending.via.contains(";rport"),
        // Beyond whatever was used.
        cseq: sending.cseq.saturating_add(1_000),
        remote_cseq: 0,
        peer,
    }
}

fn invite_of(sending: &Sending) -> Option<Request> {
    let text = format!(
        "INVITE {} SIP/2.0\r\nVia: {}\r\nMax-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} INVITE\r\n\
         Contact: {}\r\nContent-Length: 0\r\n\r\n",
        sending.target, sending.via, sending.from, sending.to, sending.call, sending.cseq, sending.contact
    );
    Request::try_from(text).ok()
}
