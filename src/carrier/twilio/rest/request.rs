//! Builds requests without sending them. twilio-async writes the path, the authorisation and the form as far as it
//! supports them. We add what it lacks and prepend our base URL to the path.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use secrecy::{ExposeSecret as _, SecretString};
use twilio_async::{Execute, Twilio};
use url::{Url, form_urlencoded};

use super::super::urls::{ActionUrl, Urls};
use crate::carrier::network::Dial;
use crate::carrier::{CarrierAccountId, CarrierIdError, CarrierLegId};
use crate::config::{self, MachineDetection};
use crate::domain::{NoticeId, PhoneNumber};

/// The number of calls on a page of the carrier's list. Twilio's maximum is 1,000.
pub const PAGE_SIZE: u16 = 100;
/// The tolerance for "placed since": a call counts even if the carrier's clock says that it was placed this much
/// earlier. Clocks differ, and the carrier's times are in seconds. This is far below the 30 minutes between two
/// attempts.
const CLOCKS_DIFFER_BY: SignedDuration = SignedDuration::from_mins(2);
/// The range of a call's length, in seconds: a minute, which is charged anyway, and the carrier's maximum, a day
/// (Twilio, "Make calls", `TimeLimit`).
const MIN_SECONDS: u32 = 60;
const MAX_SECONDS: u32 = 86_400;
/// The status callbacks that we request: all that exist (Twilio, "StatusCallbackEvent").
const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

/// Why calls can't be placed with the settings.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The account is missing.
    #[error(
        "twilio.account_sid is needed to place calls; copy it from the carrier's console to KENKOCALL_TWILIO__ACCOUNT_SID"
    )]
    NoAccount,
    /// The account is malformed.
    #[error("twilio.account_sid: {0}; copy it again from the carrier's console")]
    Account(CarrierIdError),
    /// The auth token is missing, or contains characters that a header can't.
    #[error(
        "twilio.auth_token is needed to place calls; copy it from the carrier's console to KENKOCALL_TWILIO__AUTH_TOKEN"
    )]
    NoToken,
    /// The base URL is invalid.
    #[error("twilio.base_url is an address with https:// and without a user, ? and #, such as https://api.twilio.com")]
    BaseUrl,
    /// This machine can't establish a TLS connection.
    #[error("no TLS connections can be made ({0}); install the system's root certificates (Debian: ca-certificates)")]
    Tls(String),
}

/// The HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A lookup.
    Get,
    /// A command.
    Post,
}

impl Method {
    /// The name in HTTP.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request, ready to send. The form and a list's query contain phone numbers, and the authorisation contains the
/// auth token. `Debug` shows none of them.
pub struct Prepared {
    method: Method,
    url: Url,
    authorization: SecretString,
    form: Option<String>,
}

impl Prepared {
    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The URL. It contains personal data in a list's query.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The `Authorization` header.
    pub fn authorization(&self) -> &str {
        self.authorization.expose_secret()
    }

    /// The encoded form to post. It contains personal data.
    pub fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({} {})", self.method.code(), self.url.path())
    }
}

/// A request that can't be built. This doesn't happen with validated parts, except for the text of a list's next
/// page, which comes from the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a request to the carrier can't be built of these parts")]
pub struct CannotBuild;

/// A command for a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order<'a> {
    /// End the leg if it isn't answered yet.
    Cancel,
    /// End the leg, answered or not.
    HangUp,
    /// Ask this URL what to say and do next.
    Redirect(&'a ActionUrl),
}

/// The part of the carrier's list to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// The calls that are queued at the carrier. They have no start time yet, so a search by start may not find them.
    Waiting,
    /// The calls that started on the day of this time, in UTC, or later. The list has no finer search.
    StartedSince(Timestamp),
}

impl Search {
    /// A call in the list that was placed before this time wasn't placed since `since`.
    pub fn earliest(since: Timestamp) -> Timestamp {
        since.checked_sub(CLOCKS_DIFFER_BY).unwrap_or(Timestamp::MIN)
    }
}

/// Builds the requests of one account.
pub struct Requests {
    twilio: Twilio,
    base: Url,
    urls: Urls,
    machine_detection: MachineDetection,
}

impl std::fmt::Debug for Requests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // twilio-async's own `Debug` prints the auth token.
        f.debug_struct("Requests").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl Requests {
    /// Creates a builder from the account, its token and the base URL in the settings, and the URLs that the carrier
    /// requests.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is missing or malformed.
    pub fn new(settings: &config::Twilio, urls: Urls) -> Result<Self, NotReady> {
        if settings.account_sid.is_empty() {
            return Err(NotReady::NoAccount);
        }
        // It becomes part of the path, into which twilio-async writes it without escaping.
        let account = CarrierAccountId::parse(&settings.account_sid).map_err(NotReady::Account)?;
        let token = settings.auth_token.expose_secret();
        if token.is_empty() {
            return Err(NotReady::NoToken);
        }
        let twilio = Twilio::new(account.as_str(), token).map_err(|_| NotReady::NoToken)?;
        let base = Url::parse(settings.base_url()).ok().filter(|base| {
            let bare = base.query().is_none() && base.fragment().is_none() && base.username().is_empty();
            bare && base.has_host() && matches!(base.scheme(), "https" | "http")
        });
        let base = base.ok_or(NotReady::BaseUrl)?;
        Ok(Self { twilio, base, urls, machine_detection: settings.machine_detection })
    }

    pub(super) const fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Places a call.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn dial(&self, dial: &Dial) -> Result<Prepared, CannotBuild> {
        let [answered, status] = [self.urls.answered(dial.call), self.urls.status(dial.call)];
        let (shortest, longest) = config::Twilio::RING_SECONDS.into_inner();
        let rings = dial.ring_seconds.clamp(shortest, longest).to_string();
        let call = self
            .twilio
            .call(dial.from.expose(), dial.to.number().expose(), answered.as_str())
            .timeout(&rings)
            .status_callback(status.as_str());
        let fallback = self.urls.fallback();
        // twilio-async supports only one event, and no settings of machine detection.
        let mut form = form_urlencoded::Serializer::for_suffix(call.call.to_string(), 0);
        for event in EVENTS {
            form.append_pair("StatusCallbackEvent", event);
        }
        form.append_pair("StatusCallbackMethod", "POST");
        form.append_pair("Method", "POST");
        form.append_pair("FallbackUrl", fallback.as_str());
        form.append_pair("FallbackMethod", "POST");
        form.append_pair("TimeLimit", &dial.longest_seconds.clamp(MIN_SECONDS, MAX_SECONDS).to_string());
        match self.machine_detection {
            MachineDetection::Off => {}
            MachineDetection::Enable => drop(form.append_pair("MachineDetection", "Enable")),
            MachineDetection::DetectMessageEnd => drop(form.append_pair("MachineDetection", "DetectMessageEnd")),
        }
        self.prepare(&call, Method::Post, "Calls.json", Some(form.finish()))
    }

    /// Looks up a leg.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn look_up(&self, leg: &CarrierLegId) -> Result<Prepared, CannotBuild> {
        self.prepare(&self.twilio.msgs(), Method::Get, &format!("Calls/{leg}.json"), None)
    }

    /// Lists the calls that were placed to a number. The caller number isn't part of the search: each condition could
    /// hide a call, and a hidden call is dialled again.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn list(&self, to: &PhoneNumber, search: Search) -> Result<Prepared, CannotBuild> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("To", to.expose());
        self.search(query, search)
    }

    /// Lists the account's calls, in both directions.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn list_all(&self, search: Search) -> Result<Prepared, CannotBuild> {
        self.search(form_urlencoded::Serializer::new(String::new()), search)
    }

    /// Lists the phones that were rung by the transfer of a leg.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn dialled_by(&self, parent: &CarrierLegId) -> Result<Prepared, CannotBuild> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("ParentCallSid", parent.as_str()).append_pair("PageSize", &PAGE_SIZE.to_string());
        self.list_page(&query.finish())
    }

    fn search(
        &self,
        mut query: form_urlencoded::Serializer<'_, String>,
        search: Search,
    ) -> Result<Prepared, CannotBuild> {
        match search {
            Search::Waiting => query.append_pair("Status", "queued"),
            Search::StartedSince(since) => {
                let day = TimeZone::UTC.to_datetime(Search::earliest(since)).date();
                query.append_pair("StartTime>", &day.to_string())
            }
        };
        query.append_pair("PageSize", &PAGE_SIZE.to_string());
        self.list_page(&query.finish())
    }

    /// Reads a page of the list by the carrier's query. The query is appended to our own path, so that our token is
    /// never sent to another address.
    ///
    /// # Errors
    ///
    /// Returns an error if the query is invalid.
    pub fn list_page(&self, query: &str) -> Result<Prepared, CannotBuild> {
        self.prepare(&self.twilio.msgs(), Method::Get, &format!("Calls.json?{query}"), None)
    }

    /// Asks for the balance of the account. This is the smallest request, and only its reply matters.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn balance(&self) -> Result<Prepared, CannotBuild> {
        self.prepare(&self.twilio.msgs(), Method::Get, "Balance.json", None)
    }

    /// Sends a command for a leg.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn tell(&self, leg: &CarrierLegId, order: Order<'_>) -> Result<Prepared, CannotBuild> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match order {
            Order::Cancel => drop(form.append_pair("Status", "canceled")),
            Order::HangUp => drop(form.append_pair("Status", "completed")),
            Order::Redirect(url) => drop(form.append_pair("Url", url.as_str()).append_pair("Method", "POST")),
        }
        self.prepare(&self.twilio.msgs(), Method::Post, &format!("Calls/{leg}.json"), Some(form.finish()))
    }

    /// Sends an SMS.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn sms(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str) -> Result<Prepared, CannotBuild> {
        let message = self.twilio.send_msg(from.expose(), to.expose(), body);
        self.prepare(&message, Method::Post, "Messages.json", Some(message.msg.to_string()))
    }

    /// Sends a notice by SMS, of whose delivery the carrier reports.
    ///
    /// # Errors
    ///
    /// See [`CannotBuild`].
    pub fn notice(
        &self,
        to: &PhoneNumber,
        from: &PhoneNumber,
        body: &str,
        notice: NoticeId,
    ) -> Result<Prepared, CannotBuild> {
        let message = self.twilio.send_msg(from.expose(), to.expose(), body);
        let mut form = form_urlencoded::Serializer::new(message.msg.to_string());
        form.append_pair("StatusCallback", self.urls.message_status(notice).as_str());
        self.prepare(&message, Method::Post, "Messages.json", Some(form.finish()))
    }

    fn prepare<E: Execute>(
        &self,
        execute: &E,
        method: Method,
        path: &str,
        form: Option<String>,
    ) -> Result<Prepared, CannotBuild> {
        let verb = method.code().parse().map_err(|_| CannotBuild)?;
        let built = execute.request(verb, path, form.clone()).map_err(|_| CannotBuild)?;
        let authorization = built.headers().get("authorization").and_then(|value| value.to_str().ok());
        let authorization = SecretString::from(authorization.ok_or(CannotBuild)?);
        let mut url = self.base.clone();
        url.set_path(&[self.base.path().trim_end_matches('/'), built.uri().path()].concat());
        url.set_query(built.uri().query());
        Ok(Prepared { method, url, authorization, form })
    }
}
