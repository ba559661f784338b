//! An answered call, in either direction: the other side's requests, our orders, and its end.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Method, Request, SipMessage};
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;

use super::dialog::{Dialog, exchange};
use super::{ALLOW, Shared, answer};
use crate::carrier::CarrierLegId;
use crate::carrier::network::Ringing;
use crate::carrier::sip::leg::{Ended, LegNews, LegOrder};
use crate::carrier::sip::media::{MediaSession, MediaSettings, Payload};
use crate::carrier::sip::sdp::{self, Audio, Coding, Description, SessionName};
use crate::carrier::sip::trunk::Trunk;
use crate::domain::{CallId, HangupCause};

/// The shortest session timer that is agreed to, in seconds (RFC 4028 section 5).
pub(super) const MIN_SE: u64 = 90;
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
    /// Within which time the other side must refresh the call.
    pub(super) refreshed_within: Option<Duration>,
    pub(super) longest: Duration,
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
            let refreshed = self.refreshed_within;
            let not_refreshed = async move {
                match refreshed {
                    Some(within) => tokio::time::sleep(within).await,
                    None => std::future::pending().await,
                }
            };
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
                () = not_refreshed => break End::Ours(HangupCause::TemporaryFailure),
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
                    let endpoint = self.shared.endpoint.clone();
                    tokio::spawn(async move { exchange(&endpoint, bye, to).await });
                }
                cause
            }
        };
        let key = (self.dialog.call_id.clone(), self.tag.clone());
        let ended = Ended { call: self.call, leg: self.leg.clone(), cause, ringing: Ringing::Proven };
        self.shared.ended(ended).await;
        // The ports are free from now on.
        let Self { mut mailbox, shared, media, .. } = self;
        drop(media);
        // BYEs that cross are still answered.
        tokio::spawn(async move {
            let late = async {
                while let Some(mut late) = mailbox.recv().await {
                    let status = if late.original.method == Method::Bye { 200 } else { 481 };
                    answer(&mut late, status, Vec::new(), "").await;
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
            answer(&mut transaction, 500, Vec::new(), "").await;
            return false;
        }
        self.dialog.remote_cseq = cseq;
        match transaction.original.method {
            Method::Bye => {
                answer(&mut transaction, 200, Vec::new(), "").await;
                return true;
            }
            Method::Invite | Method::Update => self.renegotiate(transaction).await,
            Method::Info => {
                let key = key_of(&transaction.original);
                answer(&mut transaction, 200, Vec::new(), "").await;
                if let Some(key) = key {
                    self.media.info_key(key);
                }
            }
            Method::Options => {
                answer(&mut transaction, 200, vec![Header::Allow(ALLOW.into())], "").await;
            }
            Method::PRack => answer(&mut transaction, 200, Vec::new(), "").await,
            _ => answer(&mut transaction, 405, vec![Header::Allow(ALLOW.into())], "").await,
        }
        false
    }

    /// A re-INVITE or an UPDATE: a new description, a refreshed session timer, or both.
    async fn renegotiate(&mut self, mut transaction: Transaction) {
        let request = &transaction.original;
        let is_invite = request.method == Method::Invite;
        let timer = match session_timer(request) {
            Ok(timer) => timer,
            Err(TooShort) => {
                let min_se = vec![Header::Other("Min-SE".into(), MIN_SE.to_string())];
                return refuse(transaction, 422, min_se).await;
            }
        };
        let mut headers = vec![Header::Allow(ALLOW.into())];
        headers.extend(timer.iter().flat_map(SessionTimer::headers));
        headers.push(Header::Contact(self.dialog.contact.clone().into()));
        let mut sdp = String::new();
        let mut changed = None;
        if !request.body.is_empty() {
            match Description::read(&request.body, self.trunk.codings) {
                Ok(description) => {
                    self.name.version = self.name.version.saturating_add(1);
                    sdp = description.answer(self.local, self.name);
                    changed = Some(description.audio());
                }
                // The talk continues as it was agreed on before.
                Err(_) => return refuse(transaction, 488, Vec::new()).await,
            }
        } else if is_invite {
            self.name.version = self.name.version.saturating_add(1);
            let direction = self.audio.direction.mirrored();
            sdp = sdp::offer(self.local, self.trunk.codings, direction, self.name);
        }
        self.dialog.retarget(request.header_value("Contact"));
        if let Some(timer) = timer {
            self.refreshed_within = Some(timer.watched());
        }
        answer(&mut transaction, 200, headers, &sdp).await;
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
        if let Ok(description) = Description::read(&ack.body, self.trunk.codings) {
            self.change_audio(description.audio());
        }
    }

    fn end_fork(&self, response: &rsipstack::sip::Response) {
        let mut fork = Dialog { routes: Vec::new(), ..self.dialog.clone() };
        let Some(to) = response.header_value("To") else { return };
        fork.remote = to;
        fork.retarget(response.header_value("Contact"));
        if let Some((bye, to)) = fork.request("BYE", "", "") {
            let endpoint = self.shared.endpoint.clone();
            tokio::spawn(async move { exchange(&endpoint, bye, to).await });
        }
    }
}

async fn refuse(mut transaction: Transaction, status: u16, headers: Vec<Header>) {
    answer(&mut transaction, status, headers, "").await;
    tokio::spawn(async move { while transaction.receive().await.is_some() {} });
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

/// A session timer that was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionTimer {
    pub(super) seconds: u64,
}

/// The interval is shorter than we allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooShort;

impl SessionTimer {
    /// The headers of our answer: the side that sends the request refreshes.
    pub(super) fn headers(&self) -> Vec<Header> {
        vec![
            Header::Other("Session-Expires".into(), format!("{};refresher=uac", self.seconds)),
            Header::Require("timer".into()),
        ]
    }

    /// After this time without a refresh, the other side is gone.
    pub(super) const fn watched(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// The session timer that a request asks for. Callers that don't know timers get none.
pub(super) fn session_timer(request: &Request) -> Result<Option<SessionTimer>, TooShort> {
    let named = request.header_value("Session-Expires").or_else(|| request.header_value("x"));
    let supports = request.header_contains_token("Supported", "timer") || request.header_contains_token("k", "timer");
    let Some(seconds) = named.and_then(|value| value.split(';').next()?.trim().parse::<u64>().ok()) else {
        return Ok(None);
    };
    match seconds {
        _ if !supports => Ok(None),
        ..MIN_SE => Err(TooShort),
        _ => Ok(Some(SessionTimer { seconds })),
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
