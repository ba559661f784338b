//! Registers with the trunks that want it, keeps the way to them open, and takes leave at the end.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rsipstack::dialog::authenticate::compute_digest;
use rsipstack::platform::net::UdpSocket as _;
use rsipstack::sip::headers::auth::{Algorithm as Hash, AuthQop};
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Method, Request, Response};
use rsipstack::transaction::{make_tag, make_uuid_v4};
use secrecy::ExposeSecret as _;
use tokio::time::Sleep;
use tracing::{info, warn};

use super::dialog::{branch, exchange, values};
use super::outgoing::retry_after;
use super::{Shared, address_of_trunk};
use crate::carrier::sip::digest::{Algorithm, Challenge};
use crate::carrier::sip::registration::{ASKED, Heard, Next, Register, Registration, Standing};
use crate::carrier::sip::trunk::Trunk;
use crate::config::SipTransport;

/// How often something passes through address translators, which forget after 20 seconds.
const ALIVE: Duration = Duration::from_secs(15);
/// How long taking leave may take.
pub(super) const LEAVING: Duration = Duration::from_secs(5);

/// Registers with each trunk that wants it.
pub(super) fn start(shared: &Arc<Shared>) {
    for trunk in shared.settings.trunks.iter().filter(|trunk| trunk.registers) {
        shared
            .registrations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(trunk.name.clone(), (Standing::Trying, false));
        let task = tokio::spawn(Client::new(shared, trunk).run());
        shared.registering.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }
}

/// Our side of a registration.
pub(super) struct Client {
    shared: Arc<Shared>,
    trunk: Arc<Trunk>,
    call_id: String,
    tag: String,
    cseq: u32,
    pub(super) with: Registration,
    /// Whether it only asks for the entries that there are.
    only_asks: bool,
    /// The entries that the registrar has of us.
    pub(super) entries: Vec<String>,
    /// When the entry runs out.
    lapses: Option<Pin<Box<Sleep>>>,
}

impl Client {
    fn new(shared: &Arc<Shared>, trunk: &Arc<Trunk>) -> Self {
        Self {
            shared: Arc::clone(shared),
            trunk: Arc::clone(trunk),
            call_id: make_uuid_v4(),
            tag: make_tag().value().to_owned(),
            cseq: 0,
            with: Registration::default(),
            only_asks: false,
            entries: Vec::new(),
            lapses: None,
        }
    }

    /// One that asks for the entries and changes none.
    pub(super) fn asking(shared: &Arc<Shared>, trunk: &Arc<Trunk>) -> Self {
        Self { only_asks: true, ..Self::new(shared, trunk) }
    }

    async fn run(mut self) {
        let mut next = self.with.due();
        loop {
            next = match next {
                Next::Send(register) => {
                    let heard = self.ask(&register).await;
                    if let (Heard::Registered(seconds), 1..) = (&heard, register.seconds) {
                        self.lapses = Some(Box::pin(tokio::time::sleep(Duration::from_secs((*seconds).into()))));
                    }
                    self.with.heard(heard, jitter())
                }
                Next::Wait(wait) => self.wait(wait).await,
                Next::Done => return,
            };
            self.note();
        }
    }

    async fn wait(&mut self, wait: Duration) -> Next {
        let over = tokio::time::sleep(wait);
        tokio::pin!(over);
        let mut alive = tokio::time::interval(ALIVE);
        loop {
            let lapses = async {
                match &mut self.lapses {
                    Some(lapses) => lapses.as_mut().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = &mut over => return self.with.due(),
                () = self.shared.leaving.cancelled() => return self.with.end(),
                () = lapses => {
                    self.lapses = None;
                    self.with.lapsed();
                    self.note();
                }
                _ = alive.tick() => self.keep_alive(),
            }
        }
    }

    /// Tells how we stand, and logs it if it has changed.
    fn note(&self) {
        let (standing, registered) = (self.with.standing(), self.with.is_registered());
        let mut all = self.shared.registrations.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.insert(self.trunk.name.clone(), (standing, registered));
        drop(all);
        if before == Some((standing, registered)) || self.shared.leaving.is_cancelled() {
            return;
        }
        let trunk = &self.trunk.name;
        match standing {
            Standing::Registered if registered => info!(%trunk, "registered with the trunk"),
            Standing::WrongPassword => {
                warn!(%trunk, registered, "the trunk refuses our name or password; correct user_name and password");
            }
            Standing::Refused(status) => warn!(%trunk, registered, status, "the trunk refuses to register us"),
            Standing::NoAnswer => warn!(%trunk, registered, "the trunk doesn't answer when we register"),
            Standing::Trying | Standing::Registered => {}
        }
    }

    pub(super) async fn ask(&mut self, register: &Register) -> Heard {
        let Some(to) = address_of_trunk(&self.trunk).await else { return Heard::Nothing };
        let Some(request) = self.request(register) else { return Heard::Nothing };
        match exchange(&self.shared, request, to).await {
            Some(response) => {
                self.entries = values(&response, "Contact");
                heard(&response, &self.contact())
            }
            None => Heard::Nothing,
        }
    }

    fn user(&self) -> &str {
        self.trunk.credentials.as_ref().map_or("kenkocall", |(name, _)| name)
    }

    fn contact(&self) -> String {
        let suffix = if self.trunk.transport == SipTransport::Tcp { ";transport=tcp" } else { "" };
        format!("<sip:{}@{}{suffix}>", self.user(), self.shared.own())
    }

    fn request(&mut self, register: &Register) -> Option<Request> {
        self.cseq = self.cseq.saturating_add(1);
        let uri = format!("sip:{}", self.trunk.domain);
        let entry = match self.only_asks {
            true => String::new(),
            false => format!(
                "Contact: {};expires={seconds}\r\nExpires: {seconds}\r\n",
                self.contact(),
                seconds = register.seconds
            ),
        };
        let authorization = register.challenge.as_ref().map(|challenge| self.answer(challenge, &uri));
        let text = format!(
            "REGISTER {uri} SIP/2.0\r\nVia: {via}{rport};branch={branch}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{domain}>;tag={tag}\r\nTo: <sip:{user}@{domain}>\r\nCall-ID: {call_id}\r\n\
             CSeq: {cseq} REGISTER\r\n{entry}{authorization}\
             Content-Length: 0\r\n\r\n",
            via = self.shared.via(self.trunk.transport),
            rport = if self.trunk.rport { ";rport" } else { "" },
            branch = branch(),
            user = self.user(),
            domain = self.trunk.domain,
            tag = self.tag,
            call_id = self.call_id,
            cseq = self.cseq,
            authorization = authorization.unwrap_or_default(),
        );
        Request::try_from(text).ok()
    }

    fn answer(&self, challenge: &Challenge, uri: &str) -> String {
        let Some((user, password)) = &self.trunk.credentials else { return String::new() };
        let hash = match challenge.algorithm {
            Algorithm::Md5 => Hash::Md5,
            Algorithm::Sha256 => Hash::Sha256,
        };
        let cnonce = make_uuid_v4();
        let counted = challenge.counted.then(|| AuthQop::Auth { cnonce: cnonce.clone(), nc: 1 });
        let (realm, nonce) = (&challenge.realm, &challenge.nonce);
        let password = password.expose_secret();
        let response = compute_digest(user, password, realm, nonce, &Method::Register, uri, hash, counted.as_ref());
        challenge.answer(user, uri, &cnonce, &response)
    }

    /// Keeps the way open by line breaks, or over TCP by a question.
    fn keep_alive(&self) {
        let (shared, trunk) = (Arc::clone(&self.shared), Arc::clone(&self.trunk));
        let options = match trunk.transport {
            SipTransport::Udp => None,
            SipTransport::Tcp => options(&shared, &trunk),
        };
        tokio::spawn(async move {
            let Some(to) = address_of_trunk(&trunk).await else { return };
            match (options, to.get_socketaddr()) {
                (Some(options), _) => _ = exchange(&shared, options, to).await,
                (None, Ok(to)) if trunk.is_from(to.ip()) => _ = shared.udp.send_to(b"\r\n\r\n", to).await,
                (None, _) => {}
            }
        });
    }
}

/// The question whether a trunk is there.
pub(super) fn options(shared: &Shared, trunk: &Trunk) -> Option<Request> {
    let (domain, own) = (&trunk.domain, shared.own());
    let text = format!(
        "OPTIONS sip:{domain} SIP/2.0\r\nVia: {via}{rport};branch={branch}\r\nMax-Forwards: 70\r\n\
         From: <sip:kenkocall@{own}>;tag={tag}\r\nTo: <sip:{domain}>\r\nCall-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\n\
         Contact: {contact}\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n",
        via = shared.via(trunk.transport),
        rport = if trunk.rport { ";rport" } else { "" },
        branch = branch(),
        tag = make_tag().value(),
        call_id = make_uuid_v4(),
        contact = shared.contact(trunk.transport),
    );
    Request::try_from(text).ok()
}

fn heard(response: &Response, ours: &str) -> Heard {
    let number = |name: &str| response.header_value(name).and_then(|value| value.trim().parse::<u32>().ok());
    match response.status_code.code() {
        200..=299 => {
            let contacts = values(response, "Contact");
            let entry = contacts.iter().find(|contact| contact.contains(ours.trim_matches(['<', '>'])));
            let own =
                entry.and_then(|entry| entry.to_ascii_lowercase().rsplit_once("expires=").map(|(_, at)| at.to_owned()));
            let own = own.and_then(|at| at.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok());
            Heard::Registered(own.or_else(|| number("Expires")).unwrap_or(ASKED))
        }
        401 | 407 => {
            let of = |name: &str, proxy| {
                let all = super::dialog::all(response, name);
                all.into_iter().filter_map(move |value| Challenge::read(&value, proxy)).collect::<Vec<_>>()
            };
            Heard::Asked([of("WWW-Authenticate", false), of("Proxy-Authenticate", true)].concat())
        }
        423 => Heard::TooBrief(number("Min-Expires")),
        // Our own, if nobody answers.
        408 => Heard::Nothing,
        status => Heard::Refused(status, retry_after(response)),
    }
}

/// A random number from 0 to 1.
fn jitter() -> f64 {
    let digits = make_uuid_v4();
    let drawn = digits.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default();
    f64::from(drawn) / f64::from(u32::MAX)
}
