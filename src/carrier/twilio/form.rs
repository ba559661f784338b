//! A posted form, as bytes. A field may contain anything, and a field that we don't read must not lose a call. There
//! is only one decoder, because the signature covers the decoded fields. Source: WHATWG URL,
//! "application/x-www-form-urlencoded parsing".

use std::borrow::Cow;

use super::request::Field;

/// The most fields of one request. Twilio sends about 15 to 35, plus the custom headers of a SIP call.
pub const MAX_FIELDS: usize = 1_000;

/// Why a request can't be read. No variant contains a value, which may be a phone number or birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More than [`MAX_FIELDS`].
    #[error("the form has more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// A required field is missing.
    #[error("the field {0} is missing")]
    Missing(Field),
    /// One name with several values. It would be a guess which one counts.
    #[error("the field {0} is given more than once, with different values")]
    Repeated(Field),
    /// The value doesn't have the format of its field.
    #[error("the field {0} doesn't have the form that it should")]
    Malformed(Field),
}

/// A field's name and its value.
pub type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The decoded fields in the order of the request. Fields that need no decoding are borrowed.
#[derive(Clone, PartialEq, Eq)]
pub struct Form<'a> {
    fields: Vec<Pair<'a>>,
}

/// The value of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// The field is absent.
    Absent,
    /// This text.
    Text(&'a str),
    /// Several values that differ.
    Repeated,
    /// Bytes that aren't UTF-8.
    NotText,
}

impl<'a> Value<'a> {
    /// The text; `None` if it is empty.
    pub(super) fn filled(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text).filter(|text| !text.is_empty()) } else { None }
    }
}

impl std::fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({} fields, personal)", self.fields.len())
    }
}

impl<'a> Form<'a> {
    /// Reads a body. The web module limits its length before this. A `%` without two hexadecimal digits is taken
    /// literally.
    ///
    /// # Errors
    ///
    /// Returns an error if there are too many fields.
    pub fn read(body: &'a [u8]) -> Result<Self, FormError> {
        let mut fields = Vec::with_capacity(24);
        for pair in body.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
            if fields.len() == MAX_FIELDS {
                return Err(FormError::TooManyFields);
            }
            let mut parts = pair.splitn(2, |&b| b == b'=').map(decode);
            fields.push((parts.next().unwrap_or_default(), parts.next().unwrap_or_default()));
        }
        Ok(Self { fields })
    }

    /// All fields, including unknown ones. The signature covers them.
    pub fn fields(&self) -> &[Pair<'a>] {
        &self.fields
    }

    /// The fields, with bytes that aren't UTF-8 read as Latin-1 and written as UTF-8. Some senders sign the text and
    /// post it in Latin-1. `None` if everything is UTF-8.
    pub fn fields_from_latin_1(&self) -> Option<Vec<Pair<'static>>> {
        let is_text = |part: &[u8]| std::str::from_utf8(part).is_ok();
        if self.fields.iter().all(|(name, value)| is_text(name) && is_text(value)) {
            return None;
        }
        let text = |part: &[u8]| -> Cow<'static, [u8]> {
            let latin_1 = || part.iter().copied().map(char::from).collect::<String>().into_bytes();
            Cow::Owned(if is_text(part) { part.to_vec() } else { latin_1() })
        };
        Some(self.fields.iter().map(|(name, value)| (text(name), text(value))).collect())
    }

    /// The value of a known field.
    pub(super) fn value(&self, field: Field) -> Value<'_> {
        let name = field.name().as_bytes();
        let mut values = self.fields.iter().filter(|(known, _)| known.as_ref() == name).map(|(_, value)| value);
        let Some(first) = values.next() else { return Value::Absent };
        if !values.all(|value| value == first) {
            return Value::Repeated;
        }
        std::str::from_utf8(first).map_or(Value::NotText, Value::Text)
    }
}

fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.iter().any(|&b| b == b'%' || b == b'+') {
        return Cow::Borrowed(raw);
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = match (first, after) {
            (b'%', [high, low, later @ ..]) => digit(*high).zip(digit(*low)).map(|digits| (digits, later)),
            _ => None,
        };
        match escaped {
            Some(((high, low), later)) => {
                decoded.push(high << 4 | low);
                rest = later;
            }
            None => decoded.push(if *first == b'+' { b' ' } else { *first }),
        }
    }
    Cow::Owned(decoded)
}
