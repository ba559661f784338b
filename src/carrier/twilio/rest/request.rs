//! Builds requests without sending them. twilio-async writes the path, the authorisation and the form as far as it
//! knows them; we add what it lacks and put our base URL before the path.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use secrecy::{ExposeSecret as _, SecretString};
use twilio_async::{Execute, Twilio};
use url::{Url, form_urlencoded};

use super::super::urls::{ActionUrl, Urls};
use crate::carrier::network::Dial;
use crate::carrier::{CarrierAccountId, CarrierIdError, CarrierLegId};
use crate::config::{self, MachineDetection};
use crate::domain::PhoneNumber;

/// How many calls a page of the carrier's list holds. Twilio's most is 1,000.
pub const PAGE_SIZE: u16 = 100;
/// A call counts as placed since a moment although the carrier's clock says that it was so much earlier: clocks differ,
/// and the carrier tells seconds only. Far below the 30 minutes between two attempts.
const CLOCKS_DIFFER_BY: SignedDuration = SignedDuration::from_mins(2);
/// How long a call may last, in seconds: a minute that is paid for anyhow, and the carrier's most, a day (Twilio,
/// "Make calls", `TimeLimit`).
const MIN_SECONDS: u32 = 60;
const MAX_SECONDS: u32 = 86_400;
/// The news of a call that we want: all there are (Twilio, "StatusCallbackEvent").
const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

/// Why calls can't be placed with the settings.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// No account.
    #[error(
        "twilio.account_sid is needed to place calls; copy it from the carrier's console to KENKOCALL_TWILIO__ACCOUNT_SID"
    )]
    NoAccount,
    /// The account isn't one.
    #[error("twilio.account_sid: {0}; copy it again from the carrier's console")]
    Account(CarrierIdError),
    /// No auth token, or one that no header can hold.
    #[error(
        "twilio.auth_token is needed to place calls; copy it from the carrier's console to KENKOCALL_TWILIO__AUTH_TOKEN"
    )]
    NoToken,
    /// The base URL isn't one.
    #[error("twilio.base_url is an address with https:// and without a user, ? and #, such as https://api.twilio.com")]
    BaseUrl,
    /// No connection by TLS can be made from this machine.
    #[error("no TLS connections can be made ({0}); install the system's root certificates (Debian: ca-certificates)")]
    Tls(String),
}

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A question.
    Get,
    /// An order.
    Post,
}

impl Method {
    /// Its name in HTTP.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request, ready to be sent. The form and a list's query hold phone numbers, and the authorisation the auth token:
/// `Debug` shows none of them.
pub struct Prepared {
    method: Method,
    url: Url,
    authorization: SecretString,
    form: Option<String>,
}

impl Prepared {
    /// How it is made.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Where it goes; personal in a list's query.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The `Authorization` header.
    pub fn authorization(&self) -> &str {
        self.authorization.expose_secret()
    }

    /// The form that is posted, encoded; personal.
    pub fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({} {})", self.method.code(), self.url.path())
    }
}

/// A request that can't be built. With checked parts it doesn't happen; the text of the page that a carrier names for a
/// list isn't ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a request to the carrier can't be built of these parts")]
pub struct CannotBuild;

/// What a leg is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order<'a> {
    /// To end if it isn't answered yet.
    Cancel,
    /// To end, answered or not.
    HangUp,
    /// To ask there what to say and do next.
    Redirect(&'a ActionUrl),
}

/// Which part of the carrier's list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// The calls that wait at the carrier. They have no start yet, so no search by start is sure to find them.
    Waiting,
    /// The calls that started on the day of this moment, in UTC, or later: the list can't be searched more finely.
    StartedSince(Timestamp),
}

impl Search {
    /// The moment before which a call in the list isn't one that was placed since `since`.
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
        // twilio-async's own Debug prints the auth token.
        f.debug_struct("Requests").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl Requests {
    /// Takes the account, its token and the base URL from the settings, and the URLs that the carrier calls back.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub fn new(settings: &config::Twilio, urls: Urls) -> Result<Self, NotReady> {
        if settings.account_sid.is_empty() {
            return Err(NotReady::NoAccount);
        }
        // It becomes a part of the path, where twilio-async writes it as it stands.
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

    /// To place a call.
    ///
    /// # Errors
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
        // twilio-async knows one event only, and of machine detection only that there is some.
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

    /// To learn how a leg stands.
    ///
    /// # Errors
    /// See [`CannotBuild`].
    pub fn look_up(&self, leg: &CarrierLegId) -> Result<Prepared, CannotBuild> {
        self.prepare(&self.twilio.msgs(), Method::Get, &format!("Calls/{leg}.json"), None)
    }

    /// To learn which calls were placed to a number. The caller's number isn't searched for: each condition more could
    /// only hide a call, and a call that isn't seen is dialled again.
    ///
    /// # Errors
    /// See [`CannotBuild`].
    pub fn list(&self, to: &PhoneNumber, search: Search) -> Result<Prepared, CannotBuild> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("To", to.expose());
        self.search(query, search)
    }

    /// To learn which calls the account has had, in both directions.
    ///
    /// # Errors
    /// See [`CannotBuild`].
    pub fn list_all(&self, search: Search) -> Result<Prepared, CannotBuild> {
        self.search(form_urlencoded::Serializer::new(String::new()), search)
    }

    /// To learn which phones were rung by a leg that was put through.
    ///
    /// # Errors
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

    /// To read a page of the list by the query that the carrier gave for it. It is put behind our own path: whatever
    /// the carrier names, our token goes nowhere else.
    ///
    /// # Errors
    /// When the query isn't one.
    pub fn list_page(&self, query: &str) -> Result<Prepared, CannotBuild> {
        self.prepare(&self.twilio.msgs(), Method::Get, &format!("Calls.json?{query}"), None)
    }

    /// To learn how much the account has left, the smallest of all requests: what counts is that it is answered.
    ///
    /// # Errors
    /// See [`CannotBuild`].
    pub fn balance(&self) -> Result<Prepared, CannotBuild> {
        self.prepare(&self.twilio.msgs(), Method::Get, "Balance.json", None)
    }

    /// To tell a leg something.
    ///
    /// # Errors
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

    /// To send a SMS.
    ///
    /// # Errors
    /// See [`CannotBuild`].
    pub fn sms(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str) -> Result<Prepared, CannotBuild> {
        let message = self.twilio.send_msg(from.expose(), to.expose(), body);
        self.prepare(&message, Method::Post, "Messages.json", Some(message.msg.to_string()))
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
