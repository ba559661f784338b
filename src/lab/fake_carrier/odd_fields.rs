//! Odd fields: unexpected values that real networks, exchanges and other carriers write in webhooks. They replace the
//! carrier's own fields with the same name, and are signed as they are sent, byte for byte.

use serde::{Deserialize, Serialize};

use super::state::SharedState;
use super::webhook::{Fields, Webhook};
use crate::carrier::twilio::Form;

/// The maximum number of phone numbers with odd fields.
const MAX_NUMBERS: usize = 1_000;

/// The webhooks that are affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum On {
    /// Webhooks that request TwiML.
    Voice,
    /// Status callbacks.
    Status,
    /// Both.
    #[default]
    Any,
}

/// Odd fields as they are set, for the calls of a number, which is called or calls in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    number: String,
    #[serde(default)]
    on: On,
    /// Form-encoded, so that it can hold any bytes: `From=T%E9l%E9phone&CallStatus=cancelled`. Empty for none.
    fields: String,
}

/// The odd fields that are set.
#[derive(Default)]
pub(super) struct OddFields(Vec<Asked>);

impl OddFields {
    /// Sets a number's odd fields and replaces earlier ones.
    ///
    /// # Errors
    /// A sentence if the fields are invalid or there are too many numbers.
    pub(super) fn set(&mut self, asked: Asked) -> Result<(), String> {
        Form::read(asked.fields.as_bytes()).map_err(|error| error.to_string())?;
        self.0.retain(|known| known.number != asked.number || known.on != asked.on);
        if self.0.len() >= MAX_NUMBERS {
            return Err(format!("there are {MAX_NUMBERS} numbers with odd fields; POST /_fake/reset forgets them"));
        }
        self.0.push(asked);
        Ok(())
    }

    /// Clears all odd fields.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn of(&self, number: &str, kind: &str) -> Vec<String> {
        let fits = |on: On| on == On::Any || (on == On::Status) == (kind == "status");
        let ours = self.0.iter().filter(|asked| asked.number == number && fits(asked.on));
        ours.map(|asked| asked.fields.clone()).collect()
    }
}

/// A form as it is sent.
pub(super) struct FieldValue {
    /// The decoded pairs, which are signed.
    pub(super) pairs: Vec<(Vec<u8>, Vec<u8>)>,
    /// The encoded form.
    pub(super) body: Vec<u8>,
}

/// Returns the form to send for a webhook: its own fields, and the odd fields of its call.
pub(super) fn sent(office: &SharedState, webhook: &Webhook<'_>) -> FieldValue {
    let state = office.state();
    let odd = state.book.get(webhook.call).map_or_else(Vec::new, |call| {
        let mut odd = vec![call.plan.odd.clone()];
        odd.extend(state.odd.of(call.person(), webhook.kind));
        odd
    });
    drop(state);
    merged(webhook.fields, &odd.join("&"))
}

fn merged(fields: &Fields, odd: &str) -> FieldValue {
    // The fields were validated when they were set or when the call began.
    let Ok(form) = Form::read(odd.as_bytes()) else { return FieldValue { pairs: Vec::new(), body: Vec::new() } };
    let replaced = |name: &str| form.fields().iter().any(|(odd, _)| odd.as_ref() == name.as_bytes());
    let kept: Vec<&(String, String)> = fields.iter().filter(|(name, _)| !replaced(name)).collect();
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> =
        kept.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone().into_bytes())).collect();
    pairs.extend(form.fields().iter().map(|(name, value)| (name.to_vec(), value.to_vec())));
    let encoded = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept.iter().map(|(name, value)| (name, value)))
        .finish();
    let body = if form.fields().is_empty() { encoded } else { format!("{encoded}&{odd}") };
    FieldValue { pairs, body: body.into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_take_the_place_of_their_namesakes() {
        let fields = vec![("From".to_owned(), "+81".to_owned()), ("To".to_owned(), "a b".to_owned())];
        let FieldValue { pairs, body } = merged(&fields, "From=T%E9l&From=x&Odd");
        assert_eq!(body, b"To=a+b&From=T%E9l&From=x&Odd");
        let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        assert_eq!(pairs, [pair(b"To", b"a b"), pair(b"From", b"T\xe9l"), pair(b"From", b"x"), pair(b"Odd", b"")]);
        assert_eq!(merged(&fields, "&").body, b"From=%2B81&To=a+b");
    }

    #[test]
    fn they_are_of_one_number_and_one_kind_of_webhook() {
        let mut odd = OddFields::default();
        let set = |json: &str| serde_json::from_str(json).unwrap();
        odd.set(set(r#"{"number":"+8190","on":"status","fields":"CallStatus=cancelled"}"#)).unwrap();
        assert_eq!(odd.of("+8190", "status"), ["CallStatus=cancelled"]);
        assert_eq!(odd.of("+8190", "voice"), [""; 0]);
        assert_eq!(odd.of("+8191", "status"), [""; 0]);
        odd.set(set(r#"{"number":"+8190","on":"status","fields":""}"#)).unwrap();
        assert_eq!(odd.of("+8190", "status"), [""]);
        odd.clear();
        assert_eq!(odd.of("+8190", "status"), [""; 0]);
    }
}
