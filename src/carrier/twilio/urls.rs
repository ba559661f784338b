//! The URLs of ours that a carrier calls: the only place that knows their paths. Each call's URLs carry our own id of
//! it, so that a callback is matched even when the reply to the dial request never came.

use crate::domain::CallId;

/// What all paths begin with.
pub const ROOT: &str = "/twilio/voice";
/// A call comes in on the health-call number.
pub const HEALTH_CALL: &str = "/health-call";
/// A call comes in on the number that automated calls come from.
pub const CALL_BACK: &str = "/call-back";
/// A leg of the health-call number changed its state.
pub const STATUS: &str = "/status";
/// The carrier couldn't reach us, or we answered nonsense.
pub const FALLBACK: &str = "/fallback";
/// A call that we placed was answered.
pub const ANSWERED: &str = "/calls/{call}/answered";
/// A leg of a call that we placed changed its state.
pub const CALL_STATUS: &str = "/calls/{call}/status";
/// A call is sent here to be said goodbye to.
pub const GOODBYE: &str = "/calls/{call}/goodbye";
/// The outcome of a turn.
pub const TURN: &str = "/calls/{call}/turns/{turn}";
/// The phone of staff to which a caller is handed over changed its state; the turn is that of the transfer's end.
pub const STAFF: &str = "/calls/{call}/turns/{turn}/staff";

/// In the query of a URL whose answer names no voice: the carrier couldn't use an earlier one.
pub const WITHOUT_VOICE: &str = "voice=none";

/// Where the carrier posts the outcome of a turn: a URL of ours, absolute or from the root (`/twilio/voice/…`).
/// It is logged by the carrier, so nothing personal may stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionUrl(Box<str>);

/// Why a text isn't an action URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an action URL begins with https://, http:// or a single /, has no spaces and at most {} bytes",
    ActionUrl::MAX_BYTES
)]
pub struct ActionUrlError;

impl ActionUrl {
    /// The longest URL taken: far above what ours need.
    pub const MAX_BYTES: usize = 2_000;

    /// Reads a URL, which isn't normalised: the carrier signs it as it stands.
    ///
    /// # Errors
    /// When it is of another scheme, has spaces or control characters, or is too long.
    pub fn parse(text: &str) -> Result<Self, ActionUrlError> {
        let rooted = text.starts_with('/') && !text.starts_with("//");
        let ours = rooted || text.starts_with("https://") || text.starts_with("http://");
        let fits = ours && text.len() <= Self::MAX_BYTES && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(ActionUrlError) }
    }

    /// The same with a field more in its query.
    ///
    /// # Errors
    /// When it gets too long.
    pub fn with(&self, field: &str) -> Result<Self, ActionUrlError> {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        Self::parse(&format!("{}{separator}{field}", self.0))
    }

    /// Where the news of the phone of staff go, when this is where the end of the transfer goes.
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

/// Makes the URLs of ours, absolute.
///
/// They carry none of Twilio's per-URL overrides (`#rt=…`): its defaults (5 s to connect, 15 s in all, one more try
/// when no connection was made) are what we'd write, and other carriers might not cut a fragment off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// The public URL, without a slash at its end.
    public: Box<str>,
}

/// Why a public URL makes no URLs for a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "server.public_url begins with https:// or http://, has no spaces, no ? and no #, and at most {} bytes, such as https://calls.example.jp",
    Urls::MAX_PUBLIC_BYTES
)]
pub struct UrlsError;

impl Urls {
    /// The longest public URL taken. The longest path has below 100 bytes.
    pub const MAX_PUBLIC_BYTES: usize = ActionUrl::MAX_BYTES - 100;

    /// Takes the public URL; a slash at its end is dropped.
    ///
    /// # Errors
    /// When no URL can be made of it that a carrier could call.
    pub fn new(public: &str) -> Result<Self, UrlsError> {
        let public = public.trim_end_matches('/');
        let host = public.strip_prefix("https://").or_else(|| public.strip_prefix("http://"));
        let named = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
        let plain = public.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
        let fits = named && plain && public.len() <= Self::MAX_PUBLIC_BYTES;
        if fits { Ok(Self { public: public.into() }) } else { Err(UrlsError) }
    }

    /// The public URL, without a slash at its end.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Where an answered call of ours asks for its first words.
    pub fn answered(&self, call: CallId) -> ActionUrl {
        self.of_call(ANSWERED, call)
    }

    /// Where the news of a call of ours go.
    pub fn status(&self, call: CallId) -> ActionUrl {
        self.of_call(CALL_STATUS, call)
    }

    /// Where a running call is redirected to be ended politely.
    pub fn goodbye(&self, call: CallId) -> ActionUrl {
        self.of_call(GOODBYE, call)
    }

    /// Where the outcome of a turn goes.
    pub fn turn(&self, call: CallId, turn: u32) -> ActionUrl {
        self.at(&TURN.replace("{call}", &call.to_string()).replace("{turn}", &turn.to_string()))
    }

    /// Where the carrier turns when any of the others fails.
    pub fn fallback(&self) -> ActionUrl {
        self.at(FALLBACK)
    }

    fn of_call(&self, path: &str, call: CallId) -> ActionUrl {
        self.at(&path.replace("{call}", &call.to_string()))
    }

    /// [`Urls::new`] checked the one part that could be wrong.
    fn at(&self, path: &str) -> ActionUrl {
        ActionUrl([&self.public, ROOT, path].concat().into())
    }
}
