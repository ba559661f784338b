//! Our URLs that a carrier requests. Only this module knows their paths. The URLs of a call contain our own id of it,
//! so that a callback is matched even if the reply to the dial request never arrived.

use crate::domain::{CallId, NoticeId};

/// The prefix of all paths.
pub const ROOT: &str = "/twilio/voice";
/// An inbound call to the health-call number.
pub const HEALTH_CALL: &str = "/health-call";
/// An inbound call to the number of automated calls.
pub const CALL_BACK: &str = "/call-back";
/// A leg of the health-call number changed its state.
pub const STATUS: &str = "/status";
/// The carrier couldn't reach us, or couldn't use our answer.
pub const FALLBACK: &str = "/fallback";
/// A call that we placed was answered.
pub const ANSWERED: &str = "/calls/{call}/answered";
/// A leg of a call that we placed changed its state.
pub const CALL_STATUS: &str = "/calls/{call}/status";
/// A call is redirected here to hear a goodbye.
pub const GOODBYE: &str = "/calls/{call}/goodbye";
/// The outcome of a turn.
pub const TURN: &str = "/calls/{call}/turns/{turn}";
/// The phone of the staff to whom a caller is transferred changed its state. The turn is that of the transfer's end.
pub const STAFF: &str = "/calls/{call}/turns/{turn}/staff";

/// An SMS comes in.
pub const MESSAGES: &str = "/messages";
/// An SMS of ours changed its state. The URL has our own id of the notice.
pub const MESSAGE_STATUS: &str = "/messages/{notice}/status";

/// In the query of a URL whose answer names no voice, because the carrier couldn't use an earlier one.
pub const WITHOUT_VOICE: &str = "voice=none";

/// The URL to which the carrier posts the outcome of a turn: absolute or from the root (`/twilio/voice/…`). The
/// carrier logs it, so it must not contain personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionUrl(Box<str>);

/// The error of a text that isn't an action URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an action URL begins with https://, http:// or a single /, has no spaces and at most {} bytes",
    ActionUrl::MAX_BYTES
)]
pub struct ActionUrlError;

impl ActionUrl {
    /// The longest accepted URL, far longer than ours.
    pub const MAX_BYTES: usize = 2_000;

    /// Reads a URL. It isn't normalised, because the carrier signs it as it is.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL has another scheme, contains spaces or control characters, or is too long.
    pub fn parse(text: &str) -> Result<Self, ActionUrlError> {
        let rooted = text.starts_with('/') && !text.starts_with("//");
        let ours = rooted || text.starts_with("https://") || text.starts_with("http://");
        let fits = ours && text.len() <= Self::MAX_BYTES && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(ActionUrlError) }
    }

    /// Returns the URL with an additional field in its query.
    ///
    /// # Errors
    ///
    /// Returns an error if it becomes too long.
    pub fn with(&self, field: &str) -> Result<Self, ActionUrlError> {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        Self::parse(&format!("{}{separator}{field}", self.0))
    }

    /// The URL for status callbacks of the staff's phone, if this is the URL for the end of the transfer.
    #[must_use]
    pub fn of_staff(&self) -> Self {
        let path = self.0.split('?').next().unwrap_or_default();
        Self([path, "/staff"].concat().into())
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Builds our absolute URLs.
///
/// They have none of Twilio's per-URL overrides (`#rt=…`). Its defaults (5 s to connect, 15 s in all, one retry if no
/// connection was established) are what we want, and other carriers might not remove a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// The public URL, without a trailing slash.
    public: Box<str>,
}

/// Why a public URL can't be used in URLs for a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "server.public_url begins with https:// or http://, has no spaces, no ? and no #, and at most {} bytes, such as https://calls.example.jp",
    Urls::MAX_PUBLIC_BYTES
)]
pub struct UrlsError;

impl Urls {
    /// The longest accepted public URL. The longest path has fewer than 100 bytes.
    pub const MAX_PUBLIC_BYTES: usize = ActionUrl::MAX_BYTES - 100;

    /// Takes the public URL, and removes a trailing slash.
    ///
    /// # Errors
    ///
    /// Returns an error if a carrier couldn't request the resulting URLs.
    pub fn new(public: &str) -> Result<Self, UrlsError> {
        let public = public.trim_end_matches('/');
        let host = public.strip_prefix("https://").or_else(|| public.strip_prefix("http://"));
        let named = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
        let plain = public.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
        let fits = named && plain && public.len() <= Self::MAX_PUBLIC_BYTES;
        if fits { Ok(Self { public: public.into() }) } else { Err(UrlsError) }
    }

    /// The public URL, without a trailing slash.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Where an answered outbound call asks for its first reply.
    pub fn answered(&self, call: CallId) -> ActionUrl {
        self.of_call(ANSWERED, call)
    }

    /// The URL for status callbacks of an outbound call.
    pub fn status(&self, call: CallId) -> ActionUrl {
        self.of_call(CALL_STATUS, call)
    }

    /// Where a live call is redirected to be ended politely.
    pub fn goodbye(&self, call: CallId) -> ActionUrl {
        self.of_call(GOODBYE, call)
    }

    /// The URL for the outcome of a turn.
    pub fn turn(&self, call: CallId, turn: u32) -> ActionUrl {
        self.at(&TURN.replace("{call}", &call.to_string()).replace("{turn}", &turn.to_string()))
    }

    /// The URL that the carrier requests if another one fails.
    pub fn fallback(&self) -> ActionUrl {
        self.at(FALLBACK)
    }

    /// The URL for the reports about a notice by SMS.
    pub fn message_status(&self, notice: NoticeId) -> ActionUrl {
        self.at(&MESSAGE_STATUS.replace("{notice}", &notice.to_string()))
    }

    fn of_call(&self, path: &str, call: CallId) -> ActionUrl {
        self.at(&path.replace("{call}", &call.to_string()))
    }

    /// [`Urls::new`] checked the only part that could be wrong.
    fn at(&self, path: &str) -> ActionUrl {
        ActionUrl([&self.public, ROOT, path].concat().into())
    }
}
