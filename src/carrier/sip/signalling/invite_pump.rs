//! The transaction of an INVITE of ours: it is sent again if the trunk asks who we are, or for a longer session timer.

use std::sync::Arc;

use rsipstack::dialog::authenticate::{AuthRetry, Credential, handle_client_authenticate};
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Request, Response, SipMessage};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;

use super::Shared;
use super::answers::{end_late, is_answer};
use super::dialog::branch_of;
use super::session_timer::{least, lengthened};
use crate::carrier::sip::journal::Written;

/// Sends the INVITE, answers the trunk's question who we are, and hands on each response with the INVITE it belongs to.
pub(super) async fn pump(
    shared: Arc<Shared>,
    mut transaction: Transaction,
    call: String,
    credentials: Option<Credential>,
    tell: mpsc::Sender<(Response, Arc<Request>)>,
) {
    let mut retry = AuthRetry::new();
    if transaction.send().await.is_err() {
        return;
    }
    let mut request = Arc::new(transaction.original.clone());
    let mut lengthened_before = false;
    while let Some(message) = transaction.receive().await {
        let SipMessage::Response(response) = message else { continue };
        let asks = matches!(response.status_code.code(), 401 | 407) && retry.should_answer(&response);
        if let Some(credentials) = credentials.as_ref().filter(|_| asks) {
            let cseq = request.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).unwrap_or(1).saturating_add(1);
            let Ok(again) = handle_client_authenticate(cseq, &transaction, response, credentials).await else { return };
            let branch = branch_of(&again.original.header_value("Via").unwrap_or_default());
            let written = Written::Again { call: call.clone(), branch, cseq };
            if !shared.journal.write(written).await {
                return;
            }
            request = Arc::new(again.original.clone());
            transaction = again;
            if transaction.send().await.is_err() {
                return;
            }
            continue;
        }
        let longer = (response.status_code.code() == 422 && !lengthened_before).then(|| least(&response)).flatten();
        if let Some(least) = longer {
            lengthened_before = true;
            let Some(again) = with_longer_interval(&shared, &transaction, &call, least).await else { return };
            request = Arc::new(again.original.clone());
            transaction = again;
            if transaction.send().await.is_err() {
                return;
            }
            continue;
        }
        if let Err(mpsc::error::SendError((response, _))) = tell.send((response, Arc::clone(&request))).await {
            if is_answer(&response) {
                end_late(&shared, &response).await;
            }
            // Repeated answers are still confirmed, and later ones are ended where they are seen first.
            while transaction.receive().await.is_some() {}
            return;
        }
    }
}

/// The INVITE with the session timer that the trunk asks for (422). Its line is in the journal before it leaves.
async fn with_longer_interval(
    shared: &Arc<Shared>,
    before: &Transaction,
    call: &str,
    least: u64,
) -> Option<Transaction> {
    let cseq = before.original.cseq_header().ok()?.seq().ok()?.saturating_add(1);
    let (request, branch) = lengthened(&before.original, least, cseq)?;
    let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
    if !shared.journal.write(Written::Again { call: call.to_owned(), branch, cseq }).await {
        return None;
    }
    let mut again = Transaction::new_client(key, request, shared.endpoint.clone(), before.connection.clone());
    again.destination.clone_from(&before.destination);
    Some(again)
}
