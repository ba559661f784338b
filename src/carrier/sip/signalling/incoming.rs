//! A call that comes in: it is answered at once, or refused with the reason.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Request};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transaction::{make_tag, make_uuid_v4};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tracing::warn;

use super::dialog::{Dialog, uri_of, values};
use super::gate::Dropped;
use super::session_timer::{MIN_SE, SessionTimer, TooShort, session_timer};
use super::talking::{LONGEST_CALL, RefreshClock, Talking, follow_invite, settings_of};
use super::{ALLOW, MAILBOX, RETRY_AFTER, Shared, answer, refuse};
use crate::carrier::CarrierLegId;
use crate::carrier::network::Ringing;
use crate::carrier::sip::identity::{Identities, parsed};
use crate::carrier::sip::journal::Written;
use crate::carrier::sip::leg::{Called, Ended, LineEvent, Talk};
use crate::carrier::sip::media::{MediaSession, PortPair};
use crate::carrier::sip::sdp::{self, Audio, Coding, Description, Direction, SdpError, SessionName};
use crate::carrier::sip::trunk::Trunk;
use crate::config::SipTransport;
use crate::domain::{HangupCause, Line, PhoneNumber};

/// What the other side may require of us.
const UNDERSTOOD: [&str; 3] = ["timer", "100rel", "replaces"];

/// Why a call isn't taken.
struct Refusal {
    status: u16,
    headers: Vec<Header>,
}

impl Refusal {
    const fn of(status: u16) -> Self {
        Self { status, headers: Vec::new() }
    }

    fn busy() -> Self {
        Self { status: 503, headers: vec![Header::RetryAfter(RETRY_AFTER.into())] }
    }
}

/// What an INVITE asks for, once it is clear that it can be had.
struct Wish {
    trunk: Arc<Trunk>,
    line: Line,
    identities: Identities,
    called: Option<PhoneNumber>,
    /// `None` if the offer is ours to make.
    offer: Option<Description>,
    timer: Option<SessionTimer>,
    channel: OwnedSemaphorePermit,
    ports: PortPair,
}

/// An INVITE that is being answered.
struct Answering(Arc<Shared>, (String, String, u32));

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.invites.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// `None` if the same INVITE has come by another way (RFC 3261 section 8.2.2.2).
fn answering(shared: &Arc<Shared>, request: &Request) -> Option<Answering> {
    let tag = request.from_header().ok().and_then(|from| from.tag().ok().flatten());
    let id = request.call_id_header().map(|id| id.value().to_owned()).unwrap_or_default();
    let seq = request.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).unwrap_or_default();
    let key = (id, tag.map(|tag| tag.value().to_owned()).unwrap_or_default(), seq);
    let new = shared.invites.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
    new.then(|| Answering(Arc::clone(shared), key))
}

/// Takes a new call.
pub(super) async fn take(shared: Arc<Shared>, transaction: Transaction) {
    let Some(_answering) = answering(&shared, &transaction.original) else {
        return refuse(transaction, 482, Vec::new());
    };
    match wish(&shared, &transaction) {
        Ok(wish) => begin(&shared, transaction, wish).await,
        Err(Refusal { status, headers }) => refuse(transaction, status, headers),
    }
}

fn wish(shared: &Shared, transaction: &Transaction) -> Result<Wish, Refusal> {
    let request = &transaction.original;
    let sender = transaction.connection.as_ref().and_then(|from| from.get_remote_addr()?.get_socketaddr().ok());
    let trunk = sender.and_then(|sender| shared.settings.trunks.iter().find(|trunk| trunk.is_from(sender.ip())));
    let trunk = Arc::clone(trunk.ok_or(Refusal::of(403))?);
    if shared.draining.load(Ordering::Relaxed) {
        return Err(Refusal::busy());
    }
    let channel = trunk.channel().ok_or_else(Refusal::busy)?;
    let strange: Vec<String> = values(request, "Require")
        .into_iter()
        .filter(|name| !UNDERSTOOD.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .collect();
    if !strange.is_empty() {
        return Err(Refusal { status: 420, headers: vec![Header::Unsupported(strange.join(", ").into())] });
    }
    let timer = session_timer(request).map_err(|TooShort| Refusal {
        status: 422,
        headers: vec![Header::Other("Min-SE".into(), MIN_SE.to_string())],
    })?;
    let identities = identities(request);
    let (line, called) = shared.line_of(&identities).ok_or(Refusal::of(404))?;
    let offer = match request.body.is_empty() {
        true => None,
        false => Some(Description::read(&request.body, trunk.codings).map_err(|error| match error {
            SdpError::Unreadable => Refusal::of(400),
            SdpError::NoAudio | SdpError::NoCoding => Refusal::of(488),
        })?),
    };
    if offer.as_ref().is_some_and(|offer| shared.leads_away(&trunk, &offer.audio())) {
        return Err(Refusal::of(488));
    }
    let ports = shared.ports.take().map_err(|_| {
        warn!("a call was refused: all ports of sip.rtp_ports are in use");
        Refusal::busy()
    })?;
    Ok(Wish { trunk, line, identities, called, offer, timer, channel, ports })
}

async fn begin(shared: &Arc<Shared>, mut transaction: Transaction, wish: Wish) {
    let Some((leg, dialog, tag)) = dialog_of(shared, &mut transaction, &wish.trunk) else {
        return refuse(transaction, 400, Vec::new());
    };
    let local = std::net::SocketAddr::new(shared.settings.address, wish.ports.address().port());
    let name = SessionName { number: u32::from(wish.ports.address().port()), version: 1 };
    let (sdp, audio) = match &wish.offer {
        Some(offer) => (offer.answer(local, name), offer.audio()),
        None => (sdp::offer(local, wish.trunk.codings, Direction::SendRecv, name), unknown_audio()),
    };
    let (media, heard) = MediaSession::start(wish.ports, settings_of(&wish.trunk, &audio));
    let media = Arc::new(media);
    let ((say, news), (order, orders)) = (mpsc::channel(MAILBOX), mpsc::channel(MAILBOX));
    let ((post, mailbox), (tell, invite)) = (mpsc::channel(MAILBOX), mpsc::channel(MAILBOX));
    shared.dialogs().insert((dialog.call_id.clone(), tag.clone()), post);
    shared.legs().insert(leg.clone(), order.clone());
    let caller = wish.identities.caller();
    shared.journal.note(Written::Called {
        call: leg.as_str().to_owned(),
        from: caller.as_ref().map(|number| number.expose().to_owned()),
        to: wish.called.as_ref().map(|number| number.expose().to_owned()),
    });
    let mut headers = vec![
        Header::Contact(dialog.contact.clone().into()),
        Header::Allow(ALLOW.into()),
        Header::Supported("timer".into()),
    ];
    headers.extend(wish.timer.iter().flat_map(SessionTimer::headers));
    headers.extend(
        values(&transaction.original, "Record-Route").into_iter().map(|route| Header::RecordRoute(route.into())),
    );
    if !answer(&mut transaction, 200, headers, &sdp).await {
        // Nobody has heard that the call was taken, and nothing was said in it.
        shared.dialogs().remove(&(dialog.call_id.clone(), tag.clone()));
        let ringing = Ringing::Possible;
        return shared.record_end(&Ended { call: None, leg, cause: HangupCause::TemporaryFailure, ringing }).await;
    }
    let talk = Talk { leg: leg.clone(), media: Arc::clone(&media), heard, news, orders: order };
    let talking = Talking {
        shared: Arc::clone(shared),
        trunk: wish.trunk,
        leg: leg.clone(),
        call: None,
        dialog,
        tag,
        media,
        local,
        name,
        audio,
        news: say,
        orders,
        mailbox,
        invite,
        clock: RefreshClock::new(wish.timer),
        longest: LONGEST_CALL,
    };
    let called = Called { line: wish.line, caller, called: wish.called, talk };
    shared.spawn_call(leg, None, Some(wish.channel), talking.run());
    shared.tell(LineEvent::Called(called)).await;
    follow_invite(transaction, tell).await;
}

/// Nothing is known before the ACK.
const fn unknown_audio() -> Audio {
    Audio { remote: None, coding: Coding::MuLaw, telephone_event: Some(101), direction: Direction::SendRecv }
}

/// The new dialog, with a tag of ours.
fn dialog_of(
    shared: &Shared,
    transaction: &mut Transaction,
    trunk: &Arc<Trunk>,
) -> Option<(CarrierLegId, Dialog, String)> {
    let tag = make_tag();
    let to = transaction.original.to_header().ok()?.clone();
    transaction.original.headers.unique_push(to.with_tag(tag.clone()).into());
    let request = &transaction.original;
    let peer = transaction.connection.as_ref()?.get_remote_addr()?.clone();
    let transport = if transaction.connection.as_ref()?.is_reliable() { SipTransport::Tcp } else { SipTransport::Udp };
    let dialog = Dialog {
        call_id: request.call_id_header().ok()?.value().to_owned(),
        local: request.header_value("To")?,
        remote: request.header_value("From")?,
        target: uri_of(&request.header_value("Contact")?).to_owned(),
        routes: values(request, "Record-Route"),
        contact: shared.contact(transport),
        via: shared.via(transport),
        trunk: Arc::clone(trunk),
        cseq: 0,
        remote_cseq: request.cseq_header().ok()?.seq().ok()?,
        peer,
    };
    if dialog.leads_away() {
        shared.gate.count(Dropped::LedAway);
    }
    let leg = CarrierLegId::parse(&make_uuid_v4()).ok()?;
    Some((leg, dialog, tag.value().to_owned()))
}

fn identities(request: &Request) -> Identities {
    let one = |name: &str| request.header_value(name).unwrap_or_default();
    Identities {
        from: one("From"),
        asserted: values(request, "P-Asserted-Identity"),
        privacy: values(request, "Privacy").join(";"),
        called_party: one("P-Called-Party-ID"),
        target: request.uri.to_string(),
        to: one("To"),
    }
}

impl Shared {
    /// The line that was called, and its number. A softphone without numbers calls `health` or `callback`.
    fn line_of(&self, identities: &Identities) -> Option<(Line, Option<PhoneNumber>)> {
        let settings = &self.settings;
        identities.called().find_map(|user| {
            let number = parsed(user);
            let is = |ours: &Option<PhoneNumber>| number.is_some() && number == *ours;
            if is(&settings.health_call_number) || user.eq_ignore_ascii_case("health") {
                Some((Line::HealthCall, settings.health_call_number.clone()))
            } else if is(&settings.call_back_number) || user.eq_ignore_ascii_case("callback") {
                Some((Line::CallBack, settings.call_back_number.clone()))
            } else {
                None
            }
        })
    }
}
