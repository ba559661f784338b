//! A call that we place. Its line is in the call journal before its INVITE leaves.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rsipstack::dialog::authenticate::Credential;
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Request, Response};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::make_tag;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::{SipAddr, SipConnection};
use secrecy::ExposeSecret as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tracing::{info, warn};

use super::answers::{end_late, is_answer};
use super::dialog::{Dialog, branch_of, cancel_of, exchange, uri_of, values};
use super::gate::Dropped;
use super::invite_pump::pump;
use super::session_timer::agreed;
use super::talking::{InviteNews, RefreshClock, Talking, settings_of};
use super::{ALLOW, MAILBOX, Shared, address_of_trunk};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{DialOutcome, MAX_RETRY_AFTER, NotProcessed, Refusal, Ringing, Uncertainty};
use crate::carrier::sip::causes::{FinalAnswer, Verdict, q850_cause};
use crate::carrier::sip::journal::{Sending, Written};
use crate::carrier::sip::leg::{Ended, LegOrder, LineEvent, Talk};
use crate::carrier::sip::media::{MediaSession, PortPair};
use crate::carrier::sip::sdp::{self, Description, Direction, SessionName};
use crate::carrier::sip::trunk::Trunk;
use crate::config::SipTransport;
use crate::domain::{CallId, HangupCause, PhoneNumber};

/// How long the first response may take. After it, the outcome is unknown, and the INVITE goes on.
const FIRST_RESPONSE: Duration = Duration::from_secs(4);
/// How long a refusal may take after the trunk has confirmed that it has the call.
const QUICK_REFUSAL: Duration = Duration::from_millis(500);
/// How long the last answer to a call that was cancelled may take (RFC 3261 section 9.1: 64 T1).
const AFTER_CANCEL: Duration = Duration::from_secs(32);

/// A call to place.
#[derive(Clone)]
pub(in crate::carrier::sip) struct Placement {
    pub(in crate::carrier::sip) call: CallId,
    pub(in crate::carrier::sip) leg: CarrierLegId,
    pub(in crate::carrier::sip) to: PhoneNumber,
    pub(in crate::carrier::sip) from: PhoneNumber,
    pub(in crate::carrier::sip) ring: Duration,
    pub(in crate::carrier::sip) longest: Duration,
}

/// An INVITE that can be sent, and where it goes.
struct Invite {
    trunk: Arc<Trunk>,
    request: Request,
    destination: SipAddr,
    connection: SipConnection,
    /// Given back when the call has ended.
    channel: Option<OwnedSemaphorePermit>,
    ports: PortPair,
    dialog: Dialog,
    tag: String,
    name: SessionName,
}

/// Who waits for the outcome of a request to dial. Told once.
struct Waiting(Option<oneshot::Sender<DialOutcome>>);

impl Waiting {
    /// Returns `true` if the outcome was heard. After its patience nobody listens, and what arrives is matched to the
    /// call.
    fn tell(&mut self, outcome: DialOutcome) -> bool {
        self.0.take().is_some_and(|waiting| waiting.send(outcome).is_ok())
    }
}

/// Places a call, through the first trunk that takes it. Another one is tried only if it is proven that no phone rang.
pub(super) async fn place(shared: &Arc<Shared>, placement: Placement) -> DialOutcome {
    let mut outcome = DialOutcome::NotProcessed(NotProcessed::NoConnection);
    for trunk in &shared.settings.trunks {
        outcome = place_through(shared, placement.clone(), trunk).await;
        if !leaves_another_trunk(&outcome) {
            break;
        }
        info!(call = %placement.call, trunk = %trunk.name, "a trunk has not taken a call, and no phone rang");
    }
    outcome
}

/// A wrong number is wrong on each trunk. Declined, busy and unknown are final.
const fn leaves_another_trunk(outcome: &DialOutcome) -> bool {
    matches!(outcome, DialOutcome::NotProcessed(_) | DialOutcome::Refused(Refusal::Account | Refusal::Request))
}

async fn place_through(shared: &Arc<Shared>, placement: Placement, trunk: &Arc<Trunk>) -> DialOutcome {
    let mut invite = match prepare(shared, &placement, trunk).await {
        Ok(invite) => invite,
        Err(outcome) => return outcome,
    };
    let sending = journalled(&placement, &invite);
    // Nothing leaves before this line is on the disk.
    if !shared.journal.write(Written::Sending(Box::new(sending))).await {
        return DialOutcome::NotProcessed(NotProcessed::NoConnection);
    }
    let (waiting, outcome) = oneshot::channel();
    let (leg, call, channel) = (placement.leg.clone(), placement.call, invite.channel.take());
    let work = follow(Arc::clone(shared), placement, invite, Waiting(Some(waiting)));
    shared.spawn_call(leg, Some(call), channel, work);
    match tokio::time::timeout(FIRST_RESPONSE, outcome).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) | Err(_) => DialOutcome::Unknown(Uncertainty::NoAnswer),
    }
}

async fn prepare(shared: &Arc<Shared>, placement: &Placement, trunk: &Arc<Trunk>) -> Result<Invite, DialOutcome> {
    let unreached = DialOutcome::NotProcessed(NotProcessed::NoConnection);
    let trunk = Arc::clone(trunk);
    if trunk.registers && !shared.is_registered(&trunk.name) {
        return Err(unreached);
    }
    let channel = trunk.channel().filter(|_| !shared.draining.load(Ordering::Relaxed));
    if channel.is_none() {
        return Err(DialOutcome::NotProcessed(NotProcessed::TooMany(None)));
    }
    let Ok(ports) = shared.ports.take() else {
        warn!("a call isn't placed: all ports of sip.rtp_ports are in use");
        return Err(DialOutcome::NotProcessed(NotProcessed::TooMany(None)));
    };
    let destination = address_of_trunk(&trunk).await.ok_or_else(|| unreached.clone())?;
    // Nothing leaves the trunk's networks, so that its answers can come in.
    if !destination.get_socketaddr().is_ok_and(|at| trunk.is_from(at.ip())) {
        warn!(trunk = %trunk.name, "the trunk's address isn't in its networks, so it isn't called");
        return Err(unreached);
    }
    let (connection, destination) = shared.connection(&destination).await.ok_or_else(|| unreached.clone())?;
    let dialog = dialog_of(shared, &trunk, placement, destination.clone());
    let local = std::net::SocketAddr::new(shared.settings.address, ports.address().port());
    let name = SessionName { number: u32::from(ports.address().port()), version: 1 };
    let sdp = sdp::offer(local, trunk.codings, Direction::SendRecv, name);
    let headers = format!(
        "Allow: {ALLOW}\r\nSupported: timer\r\nSession-Expires: {}\r\n{}Content-Type: application/sdp\r\n",
        trunk.session_seconds,
        trunk.identity_headers(&placement.from)
    );
    let (mut first, tag) = (dialog.clone(), tag_of(&dialog.local));
    let Some((request, _)) = first.request("INVITE", &headers, &sdp) else {
        return Err(DialOutcome::Refused(Refusal::Request));
    };
    Ok(Invite { trunk, request, destination, connection, channel, ports, dialog: first, tag, name })
}

fn dialog_of(shared: &Shared, trunk: &Arc<Trunk>, placement: &Placement, peer: SipAddr) -> Dialog {
    let target = trunk.uri(&placement.to);
    Dialog {
        call_id: placement.leg.as_str().to_owned(),
        local: format!("<{}>;tag={}", trunk.uri(&placement.from), make_tag().value()),
        remote: format!("<{target}>"),
        target,
        routes: Vec::new(),
        contact: shared.contact(trunk.transport),
        via: shared.via(trunk.transport),
        trunk: Arc::clone(trunk),
        cseq: 0,
        remote_cseq: 0,
        peer,
    }
}

fn tag_of(header: &str) -> String {
    header.rsplit_once(";tag=").map_or("", |(_, tag)| tag).to_owned()
}

/// What the journal has to know to cancel the INVITE.
fn journalled(placement: &Placement, invite: &Invite) -> Sending {
    let one = |name: &str| invite.request.header_value(name).unwrap_or_default();
    let via = one("Via");
    let transport = match invite.trunk.transport {
        SipTransport::Udp => "udp",
        SipTransport::Tcp => "tcp",
    };
    let address = invite.destination.get_socketaddr().map(|at| at.to_string()).unwrap_or_default();
    Sending {
        call: placement.leg.as_str().to_owned(),
        trunk: invite.trunk.name.clone(),
        number: placement.to.expose().to_owned(),
        shown: placement.from.expose().to_owned(),
        target: invite.request.uri.to_string(),
        from: one("From"),
        to: one("To"),
        contact: one("Contact"),
        branch: branch_of(&via),
        via,
        cseq: invite.dialog.cseq,
        destination: format!("{transport} {address}"),
    }
}

/// A call that rings, or is about to.
struct Calling {
    shared: Arc<Shared>,
    placement: Placement,
    invite: Invite,
    waiting: Waiting,
    responses: mpsc::Receiver<(Response, Arc<Request>)>,
    orders: mpsc::Receiver<LegOrder>,
    order: mpsc::Sender<LegOrder>,
    /// The INVITE as it was last sent.
    sent: Arc<Request>,
    /// The description of a provisional response, for answers that have none.
    early: Option<Vec<u8>>,
    answer: FinalAnswer,
    provisional: bool,
    /// Why we stopped it.
    stopped: Option<HangupCause>,
    cancelled: bool,
}

async fn follow(shared: Arc<Shared>, placement: Placement, invite: Invite, waiting: Waiting) {
    let (order, orders) = mpsc::channel(MAILBOX);
    shared.legs().insert(placement.leg.clone(), order.clone());
    let Ok(key) = TransactionKey::from_request(&invite.request, TransactionRole::Client) else { return };
    let mut transaction =
        Transaction::new_client(key, invite.request.clone(), shared.endpoint.clone(), Some(invite.connection.clone()));
    transaction.destination = Some(invite.destination.clone());
    let (tell, responses) = mpsc::channel(MAILBOX);
    let credentials = invite.trunk.credentials.as_ref().map(|(name, password)| Credential {
        username: name.clone(),
        password: password.expose_secret().to_owned(),
        realm: None,
        auth_username: None,
    });
    let call = placement.leg.as_str().to_owned();
    tokio::spawn(pump(Arc::clone(&shared), transaction, call, credentials, tell));
    let sent = Arc::new(invite.request.clone());
    let calling = Calling {
        shared,
        placement,
        invite,
        waiting,
        responses,
        orders,
        order,
        sent,
        early: None,
        answer: FinalAnswer::default(),
        provisional: false,
        stopped: None,
        cancelled: false,
    };
    calling.run().await;
}

impl Calling {
    async fn run(mut self) {
        let rings = tokio::time::sleep(self.placement.ring);
        tokio::pin!(rings);
        let mut quick: Option<std::pin::Pin<Box<tokio::time::Sleep>>> = None;
        let mut after_cancel: Option<std::pin::Pin<Box<tokio::time::Sleep>>> = None;
        loop {
            tokio::select! {
                response = self.responses.recv() => {
                    let Some((response, sent)) = response else { return self.unanswered(408).await };
                    self.sent = sent;
                    match response.status_code.code() {
                        100 => {
                            self.provisional = true;
                            quick.get_or_insert_with(|| Box::pin(tokio::time::sleep(QUICK_REFUSAL)));
                        }
                        101..=199 => self.rings(&response).await,
                        200..=299 => return self.answered(response).await,
                        status => {
                            self.note_reason(&response);
                            self.answer.retry_after = retry_after(&response);
                            return self.unanswered(status).await;
                        }
                    }
                }
                () = optional(quick.as_mut()) => {
                    quick = None;
                    self.waiting.tell(DialOutcome::Accepted(self.placement.leg.clone()));
                }
                Some(order) = self.orders.recv() => self.ordered(order),
                () = &mut rings, if self.stopped.is_none() => self.stop(HangupCause::NoAnswer),
                () = optional(after_cancel.as_mut()) => return self.unanswered(487).await,
            }
            if self.stopped.is_some() && self.provisional && !self.cancelled {
                self.cancelled = true;
                self.cancel();
                after_cancel = Some(Box::pin(tokio::time::sleep(AFTER_CANCEL)));
            }
        }
    }

    /// Nobody hears a goodbye before the call is answered.
    fn ordered(&mut self, order: LegOrder) {
        if order != LegOrder::Goodbye {
            self.stop(HangupCause::NormalClearing);
        }
    }

    fn stop(&mut self, why: HangupCause) {
        self.stopped.get_or_insert(why);
    }

    /// A CANCEL is sent once the network has confirmed that it has the INVITE (RFC 3261 section 9.1).
    fn cancel(&self) {
        let Some(cancel) = cancel_of(&self.sent) else { return };
        let (shared, to) = (Arc::clone(&self.shared), self.invite.destination.clone());
        tokio::spawn(async move { exchange(&shared, cancel, to).await });
    }

    async fn rings(&mut self, response: &Response) {
        self.provisional = true;
        self.note_reason(response);
        if !response.body.is_empty() {
            self.early = Some(response.body.clone());
        }
        self.acknowledge(response);
        if !self.answer.rang {
            self.answer.rang = true;
            let (call, leg) = (self.placement.call, self.placement.leg.clone());
            self.shared.journal.note(Written::Ringing { call: leg.as_str().to_owned() });
            self.waiting.tell(DialOutcome::Accepted(leg.clone()));
            self.shared.tell(LineEvent::Ringing(call, leg)).await;
        }
    }

    /// A reliable provisional response is confirmed (RFC 3262).
    fn acknowledge(&self, response: &Response) {
        let reliable = response.header_contains_token("Require", "100rel");
        let Some(number) = response.header_value("RSeq").filter(|_| reliable) else { return };
        let mut dialog = self.dialog_of(response);
        dialog.cseq = self.invite.dialog.cseq.saturating_add(number.trim().parse().unwrap_or(1));
        let cseq = self.sent.header_value("CSeq").unwrap_or_default();
        let headers = format!("RAck: {} {cseq}\r\n", number.trim());
        if let Some((prack, to)) = dialog.request("PRACK", &headers, "") {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move { exchange(&shared, prack, to).await });
        }
    }

    fn note_reason(&mut self, response: &Response) {
        let reason = response.header_value("Reason");
        self.answer.q850 = reason.as_deref().and_then(q850_cause).or(self.answer.q850);
    }

    /// The dialog that a response begins.
    fn dialog_of(&self, response: &Response) -> Dialog {
        let mut dialog = self.invite.dialog.clone();
        if let Some(to) = response.header_value("To") {
            dialog.remote = to;
        }
        if let Some(contact) = response.header_value("Contact") {
            uri_of(&contact).clone_into(&mut dialog.target);
        }
        dialog.routes = values(response, "Record-Route");
        dialog.routes.reverse();
        let cseq = self.sent.cseq_header().ok().and_then(|cseq| cseq.seq().ok());
        // PRACKs have used numbers after the INVITE's.
        dialog.cseq = cseq.unwrap_or(dialog.cseq).saturating_add(100);
        dialog
    }

    /// The call has ended without an answer.
    async fn unanswered(mut self, status: u16) {
        self.answer.status = status;
        let verdict = self.answer.verdict();
        let cause = match self.stopped {
            Some(why) if status == 487 => why,
            _ => self.answer.cause(),
        };
        let ringing = self.answer.ringing();
        let (call, leg) = (self.placement.call, self.placement.leg.clone());
        info!(%call, status, "a call wasn't answered");
        let ended = Ended { call: Some(call), leg: leg.clone(), cause, ringing };
        self.shared.record_end(&ended).await;
        // An answer that came in the meantime.
        self.responses.close();
        while let Ok((response, _)) = self.responses.try_recv() {
            if is_answer(&response) {
                end_late(&self.shared, &response).await;
            }
        }
        let outcome = match verdict {
            Verdict::NotProcessed(why) => DialOutcome::NotProcessed(why),
            Verdict::Refused(why) => DialOutcome::Refused(why),
            Verdict::Tried(_) => DialOutcome::Accepted(leg),
        };
        // The outcome alone carries the proof that no phone rang.
        let heard = self.waiting.tell(outcome);
        if !(heard && ringing == Ringing::RuledOut) {
            self.shared.tell(LineEvent::Ended(ended)).await;
        }
    }

    async fn answered(mut self, response: Response) {
        let dialog = self.dialog_of(&response);
        let (call, leg) = (self.placement.call, self.placement.leg.clone());
        self.shared.answers.claim(leg.as_str(), &dialog.remote);
        if dialog.leads_away() {
            self.shared.gate.count(Dropped::LedAway);
        }
        self.waiting.tell(DialOutcome::Accepted(leg.clone()));
        let timer = agreed(&response);
        let journalled = Written::Answered { call: leg.as_str().to_owned(), dialog: Box::new(dialog.journalled()) };
        _ = self.shared.journal.write(journalled).await;
        let body = if response.body.is_empty() { self.early.take().unwrap_or_default() } else { response.body };
        let description = Description::read(&body, self.invite.trunk.codings);
        let audio = description.map(|description| description.audio());
        let audio = match (self.stopped, audio) {
            (None, Ok(audio)) if !self.shared.leads_away(&self.invite.trunk, &audio) => audio,
            // The answer and our CANCEL have crossed, there is no common language, or the audio would go astray.
            (why, _) => return self.end_at_once(dialog, why.unwrap_or(HangupCause::TemporaryFailure)).await,
        };
        let Invite { trunk, ports, tag, name, .. } = self.invite;
        let local = std::net::SocketAddr::new(self.shared.settings.address, ports.address().port());
        let (media, heard) = MediaSession::start(ports, settings_of(&trunk, &audio));
        let media = Arc::new(media);
        let ((say, news), (post, mailbox)) = (mpsc::channel(MAILBOX), mpsc::channel(MAILBOX));
        self.shared.dialogs().insert((dialog.call_id.clone(), tag.clone()), post);
        let talk = Talk { leg: leg.clone(), media: Arc::clone(&media), heard, news, orders: self.order };
        self.shared.tell(LineEvent::Answered(call, talk)).await;
        let (fork, invite) = mpsc::channel(MAILBOX);
        tokio::spawn(forks(Arc::clone(&self.shared), self.responses, dialog.remote.clone(), fork));
        let talking = Talking {
            shared: self.shared,
            trunk,
            leg,
            call: Some(call),
            dialog,
            tag,
            media,
            local,
            name,
            audio,
            news: say,
            orders: self.orders,
            mailbox,
            invite,
            clock: RefreshClock::new(timer),
            longest: self.placement.longest,
        };
        talking.run().await;
    }

    async fn end_at_once(self, mut dialog: Dialog, cause: HangupCause) {
        if let Some((bye, to)) = dialog.request("BYE", "", "") {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move { exchange(&shared, bye, to).await });
        }
        let (call, leg) = (Some(self.placement.call), self.placement.leg);
        self.shared.ended(Ended { call, leg, cause, ringing: Ringing::Proven }).await;
    }
}

/// Tells of further answers to the same INVITE. Repetitions of the first one are confirmed by the library.
async fn forks(
    shared: Arc<Shared>,
    mut responses: mpsc::Receiver<(Response, Arc<Request>)>,
    first: String,
    fork: mpsc::Sender<InviteNews>,
) {
    let mut seen = vec![first];
    while let Some((response, _)) = responses.recv().await {
        let to = response.header_value("To").unwrap_or_default();
        if is_answer(&response) && !seen.contains(&to) {
            seen.push(to);
            let told = fork.send(InviteNews::Forked(Box::new(response))).await;
            if let Err(mpsc::error::SendError(InviteNews::Forked(response))) = told {
                end_late(&shared, &response).await;
            }
        }
    }
}

pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    wait_of(&response.header_value("Retry-After")?)
}

/// The wait that a `Retry-After` asks for (RFC 3261 section 20.33): seconds, perhaps with a comment and parameters.
fn wait_of(value: &str) -> Option<Duration> {
    let seconds = value.split([';', '(', ' ']).next().filter(|seconds| !seconds.is_empty())?;
    let is_number = seconds.bytes().all(|byte| byte.is_ascii_digit());
    // A number that doesn't fit the type is longer than the longest wait.
    is_number.then(|| Duration::from_secs(seconds.parse().unwrap_or(u64::MAX)).min(MAX_RETRY_AFTER))
}

async fn optional(sleep: Option<&mut std::pin::Pin<Box<tokio::time::Sleep>>>) {
    match sleep {
        Some(sleep) => sleep.as_mut().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_cannot_make_us_wait_for_ever() {
        let wait = |value| wait_of(value).map(|wait| wait.as_secs());
        assert_eq!(wait("18;duration=3600"), Some(18));
        assert_eq!(wait("120 (busy)"), Some(120));
        assert_eq!(wait("315360000"), Some(600));
        assert_eq!(wait("99999999999999999999999999"), Some(600));
        assert_eq!((wait(""), wait("-1"), wait("soon")), (None, None, None));
    }
}
