//! The carrier's requests, typed. Fields that we don't know are signed and else ignored; those that we know must have
//! their form, since the signature's concatenation can't tell `Digits=1` + `2X=` from `Digits=12` + `X=`.

use super::form::{Form, FormError};
use super::status::{AnsweredBy, CallStatus, SipCode};
use crate::call::{Keys, KeysError, PhoneNumber};
use crate::carrier::{CarrierAccountId, CarrierLegId};

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
    /// `Direction`
    Direction,
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
    /// `SequenceNumber`
    SequenceNumber,
    /// `SipResponseCode`
    SipResponseCode,
    /// `CallDuration`
    CallDuration,
}

impl Field {
    /// The carrier's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CallSid => "CallSid",
            Self::AccountSid => "AccountSid",
            Self::From => "From",
            Self::To => "To",
            Self::Digits => "Digits",
            Self::Direction => "Direction",
            Self::CallStatus => "CallStatus",
            Self::DialCallStatus => "DialCallStatus",
            Self::AnsweredBy => "AnsweredBy",
            Self::ErrorCode => "ErrorCode",
            Self::ErrorUrl => "ErrorUrl",
            Self::SequenceNumber => "SequenceNumber",
            Self::SipResponseCode => "SipResponseCode",
            Self::CallDuration => "CallDuration",
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Who rang whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The caller rang us.
    Inbound,
    /// We rang (`outbound-api`, `outbound-dial`; others say `outbound`).
    Outbound,
}

/// A request for what to say next: a call that begins, keys, the end of a transfer, or the fallback after an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRequest {
    /// The leg.
    pub leg: CarrierLegId,
    /// The account that it runs on.
    pub account: Option<CarrierAccountId>,
    /// The caller; none when hidden or not a number that could be called (an extension, a SIP address).
    pub from: Option<PhoneNumber>,
    /// The called number, by the same rule.
    pub to: Option<PhoneNumber>,
    /// What was keyed: none when the request isn't about keys, empty after silence.
    pub keys: Option<Keys>,
    /// Who rang whom.
    pub direction: Option<Direction>,
    /// How this leg stands.
    pub call_status: Option<CallStatus>,
    /// How the transfer ended.
    pub dial_status: Option<CallStatus>,
    /// What picked up.
    pub answered_by: Option<AnsweredBy>,
    /// The carrier's number of the error that led to the fallback URL (Twilio: 11200 and on).
    pub error_code: Option<u32>,
    /// The URL of ours that failed.
    pub error_url: Option<Box<str>>,
}

impl VoiceRequest {
    /// Reads a form whose signature is proven.
    ///
    /// # Errors
    /// When a field is missing, contradicts itself or doesn't have its form.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self {
            leg: leg(form)?,
            account: optional(form, Field::AccountSid, |text| CarrierAccountId::parse(text).ok())?,
            from: party(form, Field::From)?,
            to: party(form, Field::To)?,
            keys: keys(form)?,
            direction: optional(form, Field::Direction, direction)?,
            call_status: status(form, Field::CallStatus)?,
            dial_status: status(form, Field::DialCallStatus)?,
            answered_by: optional(form, Field::AnsweredBy, AnsweredBy::from_word)?,
            error_code: optional(form, Field::ErrorCode, |text| number(text, 6))?,
            error_url: optional(form, Field::ErrorUrl, error_url)?,
        })
    }
}

/// News of a leg: best effort, in any order, perhaps repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRequest {
    /// The leg.
    pub leg: CarrierLegId,
    /// How it stands.
    pub status: CallStatus,
    /// The order of the events, from 0; some carriers send 0 for all.
    pub sequence: Option<u32>,
    /// The final SIP response, where the carrier tells it.
    pub sip: Option<SipCode>,
    /// How long it lasted from being answered, in seconds; only with `completed`.
    pub talk_seconds: Option<u32>,
    /// What picked up.
    pub answered_by: Option<AnsweredBy>,
}

impl StatusRequest {
    /// Reads a form whose signature is proven.
    ///
    /// # Errors
    /// When a field is missing, contradicts itself or doesn't have its form.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self {
            leg: leg(form)?,
            status: status(form, Field::CallStatus)?.ok_or(FormError::Missing(Field::CallStatus))?,
            sequence: optional(form, Field::SequenceNumber, |text| number(text, 9))?,
            sip: optional(form, Field::SipResponseCode, |text| SipCode::new(number(text, 3)?.try_into().ok()?))?,
            talk_seconds: optional(form, Field::CallDuration, |text| number(text, 9))?,
            answered_by: optional(form, Field::AnsweredBy, AnsweredBy::from_word)?,
        })
    }
}

fn leg(form: &Form<'_>) -> Result<CarrierLegId, FormError> {
    let text = form.one(Field::CallSid)?.ok_or(FormError::Missing(Field::CallSid))?;
    CarrierLegId::parse(text).map_err(|_| FormError::Malformed(Field::CallSid))
}

/// A field that may be absent or empty, but not malformed.
fn optional<T>(form: &Form<'_>, field: Field, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, FormError> {
    form.one_filled(field)?.map(|text| read(text).ok_or(FormError::Malformed(field))).transpose()
}

fn status(form: &Form<'_>, field: Field) -> Result<Option<CallStatus>, FormError> {
    form.one_filled(field)?.map(|text| CallStatus::from_word(text).ok_or(FormError::UnknownStatus(field))).transpose()
}

fn keys(form: &Form<'_>) -> Result<Option<Keys>, FormError> {
    let keys = form.one(Field::Digits)?.map(Keys::parse).transpose();
    keys.map_err(|error| match error {
        KeysError::NotAKey => FormError::NotAKey,
        KeysError::TooMany => FormError::TooManyKeys,
    })
}

fn direction(word: &str) -> Option<Direction> {
    match word {
        "inbound" => Some(Direction::Inbound),
        "outbound" | "outbound-api" | "outbound-dial" => Some(Direction::Outbound),
        _ => None,
    }
}

fn number(text: &str, most_digits: usize) -> Option<u32> {
    (text.len() <= most_digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn error_url(text: &str) -> Option<Box<str>> {
    /// Four times [`ActionUrl::MAX_BYTES`](super::ActionUrl::MAX_BYTES), since the carrier may escape it.
    const MAX_BYTES: usize = 8_000;
    let fits = text.len() <= MAX_BYTES && !text.contains(char::is_control);
    (fits && (text.starts_with("https://") || text.starts_with("http://"))).then(|| text.into())
}

/// What carriers write for a caller who hides the number. The digits spell restricted, blocked, unknown, anonymous and
/// unavailable on a keypad.
const HIDDEN_WORDS: [&str; 7] = ["anonymous", "restricted", "unknown", "private", "blocked", "unavailable", "withheld"];
const HIDDEN_NUMBERS: [&str; 5] = ["7378742833", "2562533", "8656696", "266696687", "86282452253"];
/// Longer than any phone number or SIP address that is worth reading.
const MAX_PARTY_BYTES: usize = 256;

/// A caller must never be turned away for the number shown: what isn't a number that can be called is no number.
/// Only text that no network sends is an error.
fn party(form: &Form<'_>, field: Field) -> Result<Option<PhoneNumber>, FormError> {
    let Some(text) = form.one_filled(field)? else { return Ok(None) };
    if text.len() > MAX_PARTY_BYTES || text.contains(char::is_control) {
        return Err(FormError::Malformed(field));
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_address = ["sip:", "sips:", "client:"].iter().any(|scheme| text.starts_with(scheme));
    if is_address || HIDDEN_NUMBERS.contains(&digits) || HIDDEN_WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
    {
        return Ok(None);
    }
    if !text.bytes().all(|b| b.is_ascii_digit() || b" +-*#()".contains(&b)) {
        return Err(FormError::Malformed(field));
    }
    // Twilio writes E.164; others may write a number as it is dialled in Japan.
    Ok(PhoneNumber::from_e164(text).or_else(|_| PhoneNumber::parse(text)).ok())
}
