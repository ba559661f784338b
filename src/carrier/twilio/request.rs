//! The carrier's requests, typed. Only what someone acts on is read; all other fields are signed and ignored.
//!
//! A request whose signature is proven is refused only when it doesn't name its leg. A number that can't be read is
//! hidden, a word that isn't known is unknown, and keys that no question takes are wrong keys.
//!
//! The signature's concatenation can't tell `Digits=1` + `2X=` from `Digits=12` + `X=`. So what we act on has a closed
//! form: keys are 0 to 9, `*` and `#`, which sort before the letters of every field's name; words come from lists; a
//! leg's name is refused when it holds the name of a field, as if two fields had run together.

use super::form::{Form, FormError, Value};
use super::party::number_in;
use super::status::{AnsweredBy, CallStatus, SipCode};
use super::word::{Shape, Word};
use crate::carrier::{CarrierAccountId, CarrierLegId};
use crate::domain::{Keys, PhoneNumber};

/// A field that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// `CallSid`
    CallSid,
    /// `AccountSid`
    AccountSid,
    /// `From`
    From,
    /// `To`
    To,
    /// `Digits`
    Digits,
    /// `CallStatus`
    CallStatus,
    /// `DialCallStatus`
    DialCallStatus,
    /// `AnsweredBy`
    AnsweredBy,
    /// `ErrorCode`
    ErrorCode,
    /// `ErrorUrl`
    ErrorUrl,
    /// `SipResponseCode`
    SipResponseCode,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::CallSid,
        Self::AccountSid,
        Self::From,
        Self::To,
        Self::Digits,
        Self::CallStatus,
        Self::DialCallStatus,
        Self::AnsweredBy,
        Self::ErrorCode,
        Self::ErrorUrl,
        Self::SipResponseCode,
    ];

    /// The carrier's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CallSid => "CallSid",
            Self::AccountSid => "AccountSid",
            Self::From => "From",
            Self::To => "To",
            Self::Digits => "Digits",
            Self::CallStatus => "CallStatus",
            Self::DialCallStatus => "DialCallStatus",
            Self::AnsweredBy => "AnsweredBy",
            Self::ErrorCode => "ErrorCode",
            Self::ErrorUrl => "ErrorUrl",
            Self::SipResponseCode => "SipResponseCode",
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A request for what to say next: a call that begins, keys, or the end of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRequest {
    /// The leg.
    pub leg: CarrierLegId,
    /// The caller. `None` if the number is hidden or not plainly a number.
    pub from: Option<PhoneNumber>,
    /// The called number, by the same rule.
    pub to: Option<PhoneNumber>,
    /// What was keyed: `None` if the request isn't about keys, empty after silence.
    pub keys: Option<Keys>,
    /// How this leg stands.
    pub call_status: Word<CallStatus>,
    /// How the transfer ended.
    pub dial_status: Word<CallStatus>,
    /// What picked up.
    pub answered_by: Word<AnsweredBy>,
}

impl VoiceRequest {
    /// Reads a form whose signature is proven.
    ///
    /// # Errors
    /// When it doesn't name one leg.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self {
            leg: leg(form)?,
            from: form.value(Field::From).filled().and_then(number_in),
            to: form.value(Field::To).filled().and_then(number_in),
            keys: keys(form),
            call_status: word(form, Field::CallStatus, CallStatus::from_code),
            dial_status: word(form, Field::DialCallStatus, CallStatus::from_code),
            answered_by: word(form, Field::AnsweredBy, AnsweredBy::from_code),
        })
    }
}

/// News of a leg: best effort, in any order, perhaps repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRequest {
    /// The leg.
    pub leg: CarrierLegId,
    /// How it stands.
    pub status: Word<CallStatus>,
    /// The final SIP response, where the carrier tells it.
    pub sip: Option<SipCode>,
}

impl StatusRequest {
    /// Reads a form whose signature is proven.
    ///
    /// # Errors
    /// When it doesn't name one leg.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        let sip = form.value(Field::SipResponseCode).filled();
        Ok(Self {
            leg: leg(form)?,
            status: word(form, Field::CallStatus, CallStatus::from_code),
            sip: sip.and_then(|text| SipCode::new(text.parse().ok()?)),
        })
    }
}

/// The carrier couldn't reach a URL of ours, or couldn't use what it answered. Nothing in it is needed for an apology.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FallbackRequest {
    /// The carrier's number of the error (Twilio: 11200 and on).
    pub error_code: Option<u32>,
    /// The URL of ours that failed.
    pub error_url: Option<Box<str>>,
}

impl FallbackRequest {
    /// Reads a form whose signature is proven.
    pub fn read(form: &Form<'_>) -> Self {
        Self {
            error_code: form.value(Field::ErrorCode).filled().and_then(|text| text.parse().ok()),
            error_url: form.value(Field::ErrorUrl).filled().and_then(error_url),
        }
    }
}

/// The account that a request says it runs on, where it is written as accounts are (`AC` and 32 hexadecimal digits, or
/// a UUID). Anything else says nothing of the account.
pub fn account(form: &Form<'_>) -> Option<CarrierAccountId> {
    let text = form.value(Field::AccountSid).filled()?;
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let twilio = text.strip_prefix("AC").is_some_and(|digits| digits.len() == 32 && hex(digits));
    let uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    if twilio || uuid { CarrierAccountId::parse(text).ok() } else { None }
}

fn leg(form: &Form<'_>) -> Result<CarrierLegId, FormError> {
    let text = match form.value(Field::CallSid) {
        Value::Absent => return Err(FormError::Missing(Field::CallSid)),
        Value::Repeated => return Err(FormError::Repeated(Field::CallSid)),
        Value::NotText => return Err(FormError::Malformed(Field::CallSid)),
        Value::Text(text) => text,
    };
    let run_together = Field::ALL.iter().any(|field| text.contains(field.name()));
    CarrierLegId::parse(text).ok().filter(|_| !run_together).ok_or(FormError::Malformed(Field::CallSid))
}

fn word<T>(form: &Form<'_>, field: Field, read: impl FnOnce(&str) -> Option<T>) -> Word<T> {
    match form.value(field) {
        Value::Absent | Value::Text("") => Word::Absent,
        Value::Text(text) => read(text).map_or_else(|| Word::Unknown(Shape::of(text)), Word::Known),
        Value::Repeated | Value::NotText => Word::Unknown(Shape::of_no_text()),
    }
}

fn keys(form: &Form<'_>) -> Option<Keys> {
    match form.value(Field::Digits) {
        Value::Absent => None,
        Value::Text(text) => Some(Keys::heard(text)),
        Value::Repeated | Value::NotText => Some(Keys::unreadable()),
    }
}

fn error_url(text: &str) -> Option<Box<str>> {
    /// Four times [`ActionUrl::MAX_BYTES`](super::ActionUrl::MAX_BYTES), since the carrier may escape it.
    const MAX_BYTES: usize = 8_000;
    let fits = text.len() <= MAX_BYTES && !text.contains(char::is_control);
    (fits && (text.starts_with("https://") || text.starts_with("http://"))).then(|| text.into())
}
