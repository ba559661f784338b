//! An answered call, in either direction: the other side's requests, our orders, and its end.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Method, Request, Response, SipMessage};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;
use tokio::time::Sleep;

use super::answers::end_late;
use super::dialog::{Dialog, exchange};
use super::gate::Dropped;
use super::session_timer::{MIN_SE, SessionTimer, TooShort, agreed, least, session_timer};
use super::{ALLOW, Shared, answer, refuse};
use crate::carrier::CarrierLegId;
use crate::carrier::network::Ringing;
use crate::carrier::sip::leg::{Ended, LegNews, LegOrder};
use crate::carrier::sip::media::{MediaSession, MediaSettings, Payload};
use crate::carrier::sip::sdp::{self, Audio, Coding, Description, SessionName};
use crate::carrier::sip::trunk::Trunk;
use crate::domain::{CallId, HangupCause};

/// The longest call, in seconds, if nobody has said otherwise.
pub(super) const LONGEST_CALL: Duration = Duration::from_secs(24 * 3_600);

/// An answered call.
pub(super) struct Talking {
    pub(super) shared: Arc<Shared>,
    pub(super) trunk: Arc<Trunk>,
    pub(super) leg: CarrierLegId,
    pub(super) call: Option<CallId>,
    pub(super) dialog: Dialog,
    /// Our tag, by which the dialog's requests are sorted.
    pub(super) tag: String,
    pub(super) media: Arc<MediaSession>,
    pub(super) local: std::net::SocketAddr,
    pub(super) name: SessionName,
    pub(super) audio: Audio,
    pub(super) news: mpsc::Sender<LegNews>,
    pub(super) orders: mpsc::Receiver<LegOrder>,
    pub(super) mailbox: mpsc::Receiver<Transaction>,
    /// What the INVITE's own transaction still tells.
    pub(super) invite: mpsc::Receiver<InviteNews>,
    pub(super) clock: RefreshClock,
    pub(super) longest: Duration,
}

/// When a call is refreshed, and when it is over because nobody did.
pub(super) struct RefreshClock {
    timer: Option<SessionTimer>,
    due: Option<Pin<Box<Sleep>>>,
    over: Option<Pin<Box<Sleep>>>,
    /// Whether a refresh of ours is under way, and where its answer arrives.
    pending: bool,
    answers: (mpsc::Sender<Option<Response>>, mpsc::Receiver<Option<Response>>),
}

impl RefreshClock {
    pub(super) fn new(timer: Option<SessionTimer>) -> Self {
        let mut clock = Self { timer, due: None, over: None, pending: false, answers: mpsc::channel(1) };
        clock.wind(timer);
        clock
    }

    /// The call was refreshed just now.
    fn wind(&mut self, timer: Option<SessionTimer>) {
        let sleep = |wait| Box::pin(tokio::time::sleep(wait));
        self.timer = timer;
        self.due = timer.and_then(|timer| timer.due()).map(sleep);
        self.over = timer.map(|timer| sleep(timer.over()));
    }
}

async fn optional(sleep: &mut Option<Pin<Box<Sleep>>>) {
    match sleep {
        Some(sleep) => sleep.as_mut().await,
        None => std::future::pending().await,
    }
}

/// What an INVITE's transaction tells after it was answered.
pub(super) enum InviteNews {
    /// The answer was confirmed, perhaps with a description.
    Acked(Box<Request>),
    /// Nobody has confirmed our answer.
    NeverAcked,
    /// Another phone has answered the same INVITE, with this `To`.
    Forked(Box<rsipstack::sip::Response>),
}

/// Why a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The other side has hung up.
    Theirs,
    /// We hang up.
    Ours(HangupCause),
}

impl Talking {
    /// Follows the call until its end.
    pub(super) async fn run(mut self) {
        let over = tokio::time::sleep(self.longest);
        tokio::pin!(over);
        let end = loop {
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(LegOrder::Goodbye) => self.tell(LegNews::Goodbye),
                    Some(LegOrder::HangUp | LegOrder::Cancel) | None => break End::Ours(HangupCause::NormalClearing),
                },
                // The conversation has ended.
                () = self.news.closed() => break End::Ours(HangupCause::NormalClearing),
                Some(request) = self.mailbox.recv() => if self.requested(request).await { break End::Theirs },
                Some(news) = self.invite.recv() => match news {
                    InviteNews::Acked(ack) => self.acked(&ack),
                    InviteNews::NeverAcked => break End::Ours(HangupCause::TemporaryFailure),
                    InviteNews::Forked(response) => self.end_fork(&response),
                },
                () = optional(&mut self.clock.due) => self.refresh(),
                Some(answer) = self.clock.answers.1.recv() => if self.refreshed(answer) {
                    break End::Ours(HangupCause::TemporaryFailure);
                },
                () = optional(&mut self.clock.over) => break End::Ours(HangupCause::TemporaryFailure),
                () = &mut over => break End::Ours(HangupCause::NormalClearing),
            }
        };
        self.finish(end).await;
    }

    async fn finish(mut self, end: End) {
        self.media.silence();
        let cause = match end {
            End::Theirs => HangupCause::NormalClearing,
            End::Ours(cause) => {
                // The answer to a BYE can take half a minute, and nobody waits for it.
                if let Some((bye, to)) = self.dialog.request("BYE", "", "") {
                    let shared = Arc::clone(&self.shared);
                    tokio::spawn(async move { exchange(&shared, bye, to).await });
                }
                cause
            }
        };
        let key = (self.dialog.call_id.clone(), self.tag.clone());
        let ended = Ended { call: self.call, leg: self.leg.clone(), cause, ringing: Ringing::Proven };
        self.shared.ended(ended).await;
        self.invite.close();
        while let Ok(news) = self.invite.try_recv() {
            if let InviteNews::Forked(response) = news {
                end_late(&self.shared, &response).await;
            }
        }
        // The ports are free from now on.
        let Self { mut mailbox, shared, media, .. } = self;
        drop(media);
        // BYEs that cross are still answered.
        tokio::spawn(async move {
            let late = async {
                while let Some(mut late) = mailbox.recv().await {
                    let status = if late.original.method == Method::Bye { 200 } else { 481 };
                    _ = answer(&mut late, status, Vec::new(), "").await;
                }
            };
            _ = tokio::time::timeout(Duration::from_secs(32), late).await;
            shared.dialogs().remove(&key);
        });
    }

    fn tell(&self, news: LegNews) {
        // A leader that doesn't read has ended, and its orders end the call.
        _ = self.news.try_send(news);
    }

    /// Answers a request of the other side. Returns `true` if it ends the call.
    async fn requested(&mut self, mut transaction: Transaction) -> bool {
        let cseq = transaction.original.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).unwrap_or_default();
        if cseq < self.dialog.remote_cseq {
            _ = answer(&mut transaction, 500, Vec::new(), "").await;
            return false;
        }
        self.dialog.remote_cseq = cseq;
        match transaction.original.method {
            Method::Bye => {
                _ = answer(&mut transaction, 200, Vec::new(), "").await;
                return true;
            }
            Method::Invite | Method::Update => self.renegotiate(transaction).await,
            Method::Info => {
                let key = key_of(&transaction.original);
                _ = answer(&mut transaction, 200, Vec::new(), "").await;
                if let Some(key) = key {
                    self.media.info_key(key);
                }
            }
            Method::Options => {
                _ = answer(&mut transaction, 200, vec![Header::Allow(ALLOW.into())], "").await;
            }
            Method::PRack => _ = answer(&mut transaction, 200, Vec::new(), "").await,
            _ => _ = answer(&mut transaction, 405, vec![Header::Allow(ALLOW.into())], "").await,
        }
        false
    }

    /// Refreshes the call, by an INVITE with the description that holds: everybody understands it.
    fn refresh(&mut self) {
        self.clock.due = None;
        let Some(timer) = self.clock.timer.filter(|_| !self.clock.pending) else { return };
        let sdp = sdp::offer(self.local, self.trunk.codings, self.audio.direction.mirrored(), self.name);
        let headers = format!("Allow: {ALLOW}\r\n{}Content-Type: application/sdp\r\n", timer.asked());
        let Some((request, to)) = self.dialog.request("INVITE", &headers, &sdp) else { return };
        self.clock.pending = true;
        let (shared, tell) = (Arc::clone(&self.shared), self.clock.answers.0.clone());
        tokio::spawn(async move {
            let answer = exchange(&shared, request, to).await;
            // A call that has ended isn't told.
            _ = tell.send(answer).await;
        });
    }

    /// Our refresh was answered. Returns `true` if the other side doesn't know the call any more.
    fn refreshed(&mut self, answer: Option<Response>) -> bool {
        self.clock.pending = false;
        let Some(answer) = answer else { return true };
        let again = |wait: u64| Some(Box::pin(tokio::time::sleep(Duration::from_millis(wait))));
        match answer.status_code.code() {
            200..=299 => {
                self.dialog.retarget(answer.header_value("Contact"));
                let audio = Description::read(&answer.body, self.trunk.codings).map(|description| description.audio());
                if let Ok(audio) = audio
                    && !self.shared.leads_away(&self.trunk, &audio)
                {
                    self.change_audio(audio);
                }
                let timer = agreed(&answer);
                self.clock.wind(timer);
                false
            }
            // RFC 4028 section 10, RFC 5057: the call is gone.
            404 | 408 | 410 | 416 | 481 | 482..=485 | 489 | 501 | 502 | 604 => true,
            422 => {
                if let (Some(least), Some(timer)) = (least(&answer), &mut self.clock.timer) {
                    timer.seconds = least;
                    self.clock.due = again(0);
                }
                false
            }
            // Both asked at once. RFC 3261 section 14.1: the side that made the Call-ID waits longer.
            491 => {
                self.clock.due = again(if self.call.is_some() { 3_000 } else { 1_000 });
                false
            }
            // What was agreed on before holds, and is tried again.
            _ => {
                self.clock.due = again(10_000);
                false
            }
        }
    }

    /// A re-INVITE or an UPDATE: a new description, a refreshed session timer, or both.
    async fn renegotiate(&mut self, mut transaction: Transaction) {
        if self.clock.pending && !transaction.original.body.is_empty() {
            return refuse(transaction, 491, Vec::new());
        }
        let request = &transaction.original;
        let is_invite = request.method == Method::Invite;
        let timer = match session_timer(request) {
            Ok(timer) => timer,
            Err(TooShort) => {
                let min_se = vec![Header::Other("Min-SE".into(), MIN_SE.to_string())];
                return refuse(transaction, 422, min_se);
            }
        };
        let mut headers = vec![Header::Allow(ALLOW.into())];
        headers.extend(timer.iter().flat_map(SessionTimer::headers));
        headers.push(Header::Contact(self.dialog.contact.clone().into()));
        let mut sdp = String::new();
        let mut changed = None;
        if !request.body.is_empty() {
            match Description::read(&request.body, self.trunk.codings) {
                Ok(description) if self.shared.leads_away(&self.trunk, &description.audio()) => {
                    return refuse(transaction, 488, Vec::new());
                }
                Ok(description) => {
                    self.name.version = self.name.version.saturating_add(1);
                    sdp = description.answer(self.local, self.name);
                    changed = Some(description.audio());
                }
                // The talk continues as it was agreed on before.
                Err(_) => return refuse(transaction, 488, Vec::new()),
            }
        } else if is_invite {
            self.name.version = self.name.version.saturating_add(1);
            let direction = self.audio.direction.mirrored();
            sdp = sdp::offer(self.local, self.trunk.codings, direction, self.name);
        }
        self.dialog.retarget(request.header_value("Contact"));
        if self.dialog.leads_away() {
            self.shared.gate.count(Dropped::LedAway);
        }
        if timer.is_some() {
            self.clock.wind(timer);
        }
        _ = answer(&mut transaction, 200, headers, &sdp).await;
        if is_invite {
            // Its ACK ends it, and without one the BYE of the side that misses it.
            tokio::spawn(async move { while transaction.receive().await.is_some() {} });
        }
        if let Some(audio) = changed {
            self.change_audio(audio);
        }
    }

    fn change_audio(&mut self, audio: Audio) {
        let was_held = self.audio.is_held();
        self.audio = audio;
        self.media.update(settings_of(&self.trunk, &audio));
        if audio.is_held() != was_held {
            self.media.hold(audio.is_held());
            self.tell(LegNews::Held(audio.is_held()));
        }
    }

    /// The description that an INVITE without one gets in its ACK.
    fn acked(&mut self, ack: &Request) {
        let audio = Description::read(&ack.body, self.trunk.codings).map(|description| description.audio());
        if let Ok(audio) = audio
            && !self.shared.leads_away(&self.trunk, &audio)
        {
            self.change_audio(audio);
        }
    }

    fn end_fork(&self, response: &rsipstack::sip::Response) {
        let mut fork = Dialog { routes: Vec::new(), ..self.dialog.clone() };
        let Some(to) = response.header_value("To") else { return };
        if !self.shared.answers.claim(&fork.call_id, &to) {
            return;
        }
        fork.remote = to;
        fork.retarget(response.header_value("Contact"));
        if let Some((bye, to)) = fork.request("BYE", "", "") {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move { exchange(&shared, bye, to).await });
        }
    }
}

/// The media settings that an agreement stands for.
pub(super) fn settings_of(trunk: &Trunk, audio: &Audio) -> MediaSettings {
    let telephone_event = audio.telephone_event;
    MediaSettings {
        remote: audio.remote,
        sources: trunk.networks.clone(),
        payload: match audio.coding {
            Coding::MuLaw => Payload::Pcmu,
            Coding::ALaw => Payload::Pcma,
        },
        telephone_event,
        in_band: trunk.listens_in_band(telephone_event),
        dscp: trunk.dscp,
    }
}

/// The key of an INFO: `Signal=5` (application/dtmf-relay), or the key alone (application/dtmf).
fn key_of(request: &Request) -> Option<char> {
    let kind = request.header_value("Content-Type")?.to_ascii_lowercase();
    let body = std::str::from_utf8(&request.body).ok()?;
    let text = if kind.starts_with("application/dtmf-relay") {
        let line = body.lines().find_map(|line| line.trim().split_once('='));
        let (name, value) = line?;
        name.trim().eq_ignore_ascii_case("signal").then(|| value.trim())?
    } else if kind.starts_with("application/dtmf") {
        body.trim()
    } else {
        return None;
    };
    let mut keys = text.chars();
    let key = keys.next()?.to_ascii_uppercase();
    let known = keys.next().is_none() && matches!(key, '0'..='9' | '*' | '#' | 'A'..='D');
    known.then_some(key)
}

/// Reads on from an INVITE's own transaction once it was answered, until it ends.
pub(super) async fn follow_invite(mut transaction: Transaction, news: mpsc::Sender<InviteNews>) {
    let mut acked = false;
    while let Some(message) = transaction.receive().await {
        if let SipMessage::Request(request) = message
            && request.method == Method::Ack
        {
            acked = true;
            _ = news.send(InviteNews::Acked(Box::new(request))).await;
        }
    }
    if !acked {
        _ = news.send(InviteNews::NeverAcked).await;
    }
}
