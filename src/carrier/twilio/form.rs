//! A posted form, read strictly: the signature covers decoded fields, so there must be one way alone to decode them.
//! Source: WHATWG URL, "application/x-www-form-urlencoded parsing".

use std::borrow::Cow;

use super::request::Field;

/// The most fields of one request. Twilio sends about 15 to 35.
pub const MAX_FIELDS: usize = 100;

/// Why a request isn't understood. No variant holds a value: it may be somebody's number or birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More than [`MAX_FIELDS`].
    #[error("the form has more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// `%` without two hex digits.
    #[error("the form has a % that isn't followed by two hexadecimal digits")]
    BadEscape,
    /// Bytes that aren't UTF-8.
    #[error("the form isn't UTF-8")]
    NotUtf8,
    /// A field that every such request has.
    #[error("the field {0} is missing")]
    Missing(Field),
    /// One name, several values: which one counts would be a guess.
    #[error("the field {0} is given more than once, with different values")]
    Repeated(Field),
    /// A value of another form than the field has.
    #[error("the field {0} doesn't have the form that it should")]
    Malformed(Field),
    /// A key that no phone has.
    #[error("the field Digits has something else than the phone keys 0 to 9, * and #")]
    NotAKey,
    /// More keys than any question asks for.
    #[error("the field Digits has too many keys")]
    TooManyKeys,
    /// A call status that isn't in the carrier's documentation.
    #[error("the field {0} has a call status that isn't known")]
    UnknownStatus(Field),
}

/// The decoded fields in the order in which they came. Borrows what needs no decoding.
#[derive(Clone, PartialEq, Eq)]
pub struct Form<'a> {
    fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl std::fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({} fields, personal)", self.fields.len())
    }
}

impl<'a> Form<'a> {
    /// Reads a body. Its length is limited by the web before this.
    ///
    /// # Errors
    /// When there are too many fields, an escape is broken, or the text isn't UTF-8.
    pub fn read(body: &'a [u8]) -> Result<Self, FormError> {
        let mut fields = Vec::with_capacity(24);
        for pair in body.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
            if fields.len() == MAX_FIELDS {
                return Err(FormError::TooManyFields);
            }
            let mut parts = pair.splitn(2, |&b| b == b'=').map(decode);
            fields
                .push((parts.next().unwrap_or(Ok(Cow::Borrowed("")))?, parts.next().unwrap_or(Ok(Cow::Borrowed("")))?));
        }
        Ok(Self { fields })
    }

    /// All fields, unknown ones among them: what the signature covers.
    pub fn fields(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        &self.fields
    }

    /// The value of a known field.
    ///
    /// # Errors
    /// When it is given with different values.
    pub(super) fn one(&self, field: Field) -> Result<Option<&str>, FormError> {
        let mut values = self.fields.iter().filter(|(name, _)| name == field.name()).map(|(_, value)| value.as_ref());
        let first = values.next();
        if values.all(|value| Some(value) == first) { Ok(first) } else { Err(FormError::Repeated(field)) }
    }

    /// The value of a known field, an empty one counting as absent.
    ///
    /// # Errors
    /// When it is given with different values.
    pub(super) fn one_filled(&self, field: Field) -> Result<Option<&str>, FormError> {
        Ok(self.one(field)?.filter(|value| !value.is_empty()))
    }
}

fn decode(raw: &[u8]) -> Result<Cow<'_, str>, FormError> {
    if !raw.iter().any(|&b| b == b'%' || b == b'+') {
        return std::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| FormError::NotUtf8);
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(&byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit =
                    || bytes.next().and_then(|&b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
                match (digit(), digit()) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err(FormError::BadEscape),
                }
            }
            other => other,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| FormError::NotUtf8)
}
