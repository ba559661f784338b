//! The carrier's requests as types. Only the fields that we use are read. All other fields are covered by the
//! signature and ignored.
//!
//! A request with a valid signature is refused only if it doesn't name its leg. An unreadable number is hidden, an
//! unknown word is unknown, and keys that no question accepts are wrong keys.
//!
//! The concatenation that is signed can't distinguish `Digits=1` + `2X=` from `Digits=12` + `X=`. So the fields that
//! we use have a closed form. Keys are 0 to 9, `*` and `#`, which sort before the letters of every field name. Words
//! come from lists. The identifier of a leg is refused if it contains the name of a field, as if two fields had been
//! joined.

use super::form::{Form, FormError, Value};
use super::party::number_in;
use super::status::{AnsweredBy, CallStatus, SipCode};
use super::word::{Shape, Word};
use crate::carrier::{CarrierAccountId, CarrierLegId};
use crate::domain::{EntryEnd, Keyed, Keys, PhoneNumber};

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
    /// `FinishedOnKey`
    FinishedOnKey,
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
    /// `MessageStatus`
    MessageStatus,
    /// `Body`
    Body,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 14] = [
        Self::CallSid,
        Self::AccountSid,
        Self::From,
        Self::To,
        Self::Digits,
        Self::FinishedOnKey,
        Self::CallStatus,
        Self::DialCallStatus,
        Self::AnsweredBy,
        Self::ErrorCode,
        Self::ErrorUrl,
        Self::SipResponseCode,
        Self::MessageStatus,
        Self::Body,
    ];

    /// The carrier's name of the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CallSid => "CallSid",
            Self::AccountSid => "AccountSid",
            Self::From => "From",
            Self::To => "To",
            Self::Digits => "Digits",
            Self::FinishedOnKey => "FinishedOnKey",
            Self::CallStatus => "CallStatus",
            Self::DialCallStatus => "DialCallStatus",
            Self::AnsweredBy => "AnsweredBy",
            Self::ErrorCode => "ErrorCode",
            Self::ErrorUrl => "ErrorUrl",
            Self::SipResponseCode => "SipResponseCode",
            Self::MessageStatus => "MessageStatus",
            Self::Body => "Body",
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A request for the next reply: the start of a call, keys, or the end of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRequest {
    /// The leg.
    pub leg: CarrierLegId,
    /// The caller. `None` if the number is hidden or isn't clearly a number.
    pub from: Option<PhoneNumber>,
    /// The called number, by the same rule.
    pub to: Option<PhoneNumber>,
    /// The keys pressed. `None` if the request isn't about keys, empty after silence or `#` alone.
    pub keyed: Option<Keyed>,
    /// The status of this leg.
    pub call_status: Word<CallStatus>,
    /// How the transfer ended.
    pub dial_status: Word<CallStatus>,
    /// What answered.
    pub answered_by: Word<AnsweredBy>,
}

impl VoiceRequest {
    /// Reads a form with a valid signature.
    ///
    /// # Errors
    ///
    /// Returns an error if the form doesn't name one leg.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self {
            leg: leg(form)?,
            from: form.value(Field::From).filled().and_then(number_in),
            to: form.value(Field::To).filled().and_then(number_in),
            keyed: keyed(form),
            call_status: word(form, Field::CallStatus, CallStatus::from_code),
            dial_status: word(form, Field::DialCallStatus, CallStatus::from_code),
            answered_by: word(form, Field::AnsweredBy, AnsweredBy::from_code),
        })
    }
}

/// A status callback. Callbacks are best effort: they may arrive in any order or repeatedly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRequest {
    /// The leg.
    pub leg: CarrierLegId,
    /// The status of the leg.
    pub status: Word<CallStatus>,
    /// The final SIP response; `None` if the carrier didn't send it.
    pub sip: Option<SipCode>,
}

impl StatusRequest {
    /// Reads a form with a valid signature.
    ///
    /// # Errors
    ///
    /// Returns an error if the form doesn't name one leg.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        let sip = form.value(Field::SipResponseCode).filled();
        Ok(Self {
            leg: leg(form)?,
            status: word(form, Field::CallStatus, CallStatus::from_code),
            sip: sip.and_then(|text| SipCode::new(text.parse().ok()?)),
        })
    }
}

/// The carrier couldn't reach one of our URLs, or couldn't use its answer. The apology needs none of these fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FallbackRequest {
    /// The carrier's error code (Twilio: 11200 and above).
    pub error_code: Option<u32>,
    /// Our URL that failed.
    pub error_url: Option<Box<str>>,
}

impl FallbackRequest {
    /// Reads a form with a valid signature.
    pub fn read(form: &Form<'_>) -> Self {
        Self {
            error_code: form.value(Field::ErrorCode).filled().and_then(|text| text.parse().ok()),
            error_url: form.value(Field::ErrorUrl).filled().and_then(error_url),
        }
    }
}

/// The account that the request names, if it has the format of an account (`AC` and 32 hexadecimal digits, or a
/// UUID). `None` for any other value.
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

pub(super) fn word<T>(form: &Form<'_>, field: Field, read: impl FnOnce(&str) -> Option<T>) -> Word<T> {
    match form.value(field) {
        Value::Absent | Value::Text("") => Word::Absent,
        Value::Text(text) => read(text).map_or_else(|| Word::Unknown(Shape::of(text)), Word::Known),
        Value::Repeated | Value::NotText => Word::Unknown(Shape::of_no_text()),
    }
}

fn keyed(form: &Form<'_>) -> Option<Keyed> {
    let keys = match form.value(Field::Digits) {
        Value::Absent => return None,
        Value::Text(text) => Keys::heard(text),
        Value::Repeated | Value::NotText => Keys::unreadable(),
    };
    // Twilio sends this field with `Digits`, empty if no key finished the entry. Its reference doesn't mention it; the
    // classes of its Functions do ("Keypress that finished a Gather operation"), and published webhooks have it.
    let end = match form.value(Field::FinishedOnKey) {
        Value::Text("") if keys.is_empty() => Some(EntryEnd::Silence),
        Value::Text("") | Value::Absent | Value::Repeated | Value::NotText => None,
        Value::Text(_) => Some(EntryEnd::FinishKey),
    };
    Some(Keyed { keys, end })
}

fn error_url(text: &str) -> Option<Box<str>> {
    /// Four times [`ActionUrl::MAX_BYTES`](super::ActionUrl::MAX_BYTES), because the carrier may escape it.
    const MAX_BYTES: usize = 8_000;
    let fits = text.len() <= MAX_BYTES && !text.contains(char::is_control);
    (fits && (text.starts_with("https://") || text.starts_with("http://"))).then(|| text.into())
}
