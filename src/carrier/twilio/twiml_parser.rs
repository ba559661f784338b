//! Parses TwiML as the carrier would, for the benchmark's phone, the simulated network and tests. Unknown content is
//! an error, so that a mistake of the writer is detected.

use super::urls::ActionUrl;
use super::xml_reader::{Element, TwimlError};
use crate::domain::{PhoneNumber, Sensitive};

/// A document: verbs in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The verbs.
    pub verbs: Vec<Verb>,
}

/// One verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// Says a text.
    Say {
        /// The text. It may repeat an entry.
        text: Sensitive,
        /// The language tag.
        language: Option<String>,
        /// The voice.
        voice: Option<String>,
    },
    /// Plays a recording.
    Play {
        /// The URL of the recording.
        url: String,
    },
    /// Says nothing.
    Pause {
        /// Seconds; 1 if absent.
        seconds: u32,
    },
    /// Waits for keys.
    Gather(Gather),
    /// Asks a URL what to do next.
    Redirect {
        /// The URL.
        url: ActionUrl,
    },
    /// Connects the caller to a number.
    Dial {
        /// The number.
        number: PhoneNumber,
        /// How long it rings, in seconds; 30 if absent.
        ring_seconds: u32,
        /// The URL to which the outcome is posted.
        action: Option<ActionUrl>,
        /// Whether the caller's leg is answered only when the other leg is.
        answer_on_bridge: bool,
        /// The number that is shown; the caller's if absent.
        caller_id: Option<PhoneNumber>,
        /// The status callbacks of the other leg.
        status: Option<StatusCallback>,
    },
    /// Ends the call.
    Hangup,
    /// Refuses the call.
    Reject {
        /// `true` for the busy tone, `false` for the announcement.
        busy: bool,
    },
}

/// The status callbacks of a leg that a `<Number>` rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCallback {
    /// The URL to which they are posted.
    pub url: ActionUrl,
    /// The events, by the words of Twilio's `statusCallbackEvent`; only `completed` if absent.
    pub events: Vec<Box<str>>,
}

/// What a `<Gather>` waits for. Absent attributes have Twilio's defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gather {
    /// Said and played while keys are accepted: only [`Verb::Say`], [`Verb::Play`] and [`Verb::Pause`].
    pub nested: Vec<Verb>,
    /// The URL to which the keys are posted; the document's own URL if absent.
    pub action: Option<ActionUrl>,
    /// Silence after the last sentence or key, in seconds.
    pub timeout_seconds: u32,
    /// The most keys; unlimited if absent.
    pub max_keys: Option<u32>,
    /// The key that ends the entry and isn't part of it; `None` if empty.
    pub finish_on_key: Option<char>,
    /// Whether silence is posted too.
    pub action_on_empty_result: bool,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Returns an error if the document is too large or deep, isn't well-formed, has a DOCTYPE, or has an unknown
    /// verb, attribute or value.
    pub fn parse(xml: &str) -> Result<Self, TwimlError> {
        let root = Element::read(xml)?;
        if root.name != "Response" {
            return Err(TwimlError::NotAResponse);
        }
        root.only(&[])?;
        no_text(&root)?;
        Ok(Self { verbs: root.children.into_iter().map(verb).collect::<Result<_, _>>()? })
    }
}

fn verb(element: Element) -> Result<Verb, TwimlError> {
    match element.name.as_str() {
        "Gather" => gather(element).map(Verb::Gather),
        "Dial" => dial(&element),
        "Redirect" => {
            element.leaf(&["method"])?;
            element.posts()?;
            Ok(Verb::Redirect { url: url(element.text.trim())? })
        }
        "Hangup" => {
            element.leaf(&[])?;
            no_text(&element).map(|()| Verb::Hangup)
        }
        "Reject" => {
            element.leaf(&["reason"])?;
            no_text(&element)?;
            match element.attribute("reason") {
                None | Some("rejected") => Ok(Verb::Reject { busy: false }),
                Some("busy") => Ok(Verb::Reject { busy: true }),
                Some(_) => Err(TwimlError::BadValue),
            }
        }
        _ => audible(element),
    }
}

/// Reads a verb that is allowed inside a `<Gather>`.
fn audible(element: Element) -> Result<Verb, TwimlError> {
    match element.name.as_str() {
        "Say" => {
            element.leaf(&["language", "voice"])?;
            let [language, voice] = ["language", "voice"].map(|name| element.attribute(name).map(str::to_owned));
            Ok(Verb::Say { text: Sensitive::new(element.text), language, voice })
        }
        "Play" => {
            element.leaf(&[])?;
            Ok(Verb::Play { url: element.text.trim().to_owned() })
        }
        "Pause" => {
            element.leaf(&["length"])?;
            no_text(&element)?;
            Ok(Verb::Pause { seconds: element.number("length")?.unwrap_or(1) })
        }
        _ => Err(TwimlError::UnknownVerb),
    }
}

fn gather(element: Element) -> Result<Gather, TwimlError> {
    element.only(&["input", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult", "method", "action"])?;
    element.posts()?;
    no_text(&element)?;
    if !matches!(element.attribute("input"), None | Some("dtmf")) {
        return Err(TwimlError::BadValue);
    }
    let mut key = element.attribute("finishOnKey").unwrap_or("#").chars();
    let finish_on_key = match (key.next(), key.next()) {
        (None, _) => None,
        (Some(key @ ('0'..='9' | '*' | '#')), None) => Some(key),
        _ => return Err(TwimlError::BadValue),
    };
    let max_keys = element.number("numDigits")?;
    if max_keys == Some(0) {
        return Err(TwimlError::BadValue);
    }
    Ok(Gather {
        action: element.attribute("action").map(url).transpose()?,
        timeout_seconds: element.number("timeout")?.unwrap_or(5),
        max_keys,
        finish_on_key,
        action_on_empty_result: element.truth("actionOnEmptyResult")?,
        nested: element.children.into_iter().map(audible).collect::<Result<_, _>>()?,
    })
}

fn dial(element: &Element) -> Result<Verb, TwimlError> {
    element.only(&["timeout", "action", "method", "answerOnBridge", "callerId"])?;
    element.posts()?;
    let (number, status) = match element.children.as_slice() {
        [] => (element.text.trim(), None),
        [number] if number.name == "Number" => {
            no_text(element)?;
            number.leaf(&["statusCallback", "statusCallbackEvent", "statusCallbackMethod"])?;
            (number.text.trim(), status_callback(number)?)
        }
        _ => return Err(TwimlError::UnknownVerb),
    };
    Ok(Verb::Dial {
        number: e164(number)?,
        caller_id: element.attribute("callerId").map(e164).transpose()?,
        ring_seconds: element.number("timeout")?.unwrap_or(30),
        action: element.attribute("action").map(url).transpose()?,
        answer_on_bridge: element.truth("answerOnBridge")?,
        status,
    })
}

fn status_callback(number: &Element) -> Result<Option<StatusCallback>, TwimlError> {
    if !matches!(number.attribute("statusCallbackMethod"), None | Some("POST")) {
        return Err(TwimlError::BadValue);
    }
    let events = number.attribute("statusCallbackEvent").unwrap_or("completed").split_ascii_whitespace();
    let events: Vec<Box<str>> = events.map(Box::from).collect();
    if !events.iter().all(|event| matches!(&**event, "initiated" | "ringing" | "answered" | "completed")) {
        return Err(TwimlError::BadValue);
    }
    let told = number.attribute("statusCallback").map(url).transpose()?;
    Ok(told.map(|url| StatusCallback { url, events }))
}

fn e164(text: &str) -> Result<PhoneNumber, TwimlError> {
    PhoneNumber::from_e164(text).map_err(|_| TwimlError::BadValue)
}

fn url(text: &str) -> Result<ActionUrl, TwimlError> {
    ActionUrl::parse(text).map_err(|_| TwimlError::BadValue)
}

fn no_text(element: &Element) -> Result<(), TwimlError> {
    if element.text.trim().is_empty() { Ok(()) } else { Err(TwimlError::StrayText) }
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses all other attributes.
    fn only(&self, known: &[&str]) -> Result<(), TwimlError> {
        let fits = self.attributes.iter().all(|(name, _)| known.contains(&name.as_str()));
        if fits { Ok(()) } else { Err(TwimlError::UnknownAttribute) }
    }

    /// Refuses all other attributes, and nested elements.
    fn leaf(&self, known: &[&str]) -> Result<(), TwimlError> {
        self.only(known)?;
        if self.children.is_empty() { Ok(()) } else { Err(TwimlError::UnknownVerb) }
    }

    /// We accept only POST, which is also the default.
    fn posts(&self) -> Result<(), TwimlError> {
        if matches!(self.attribute("method"), None | Some("POST")) { Ok(()) } else { Err(TwimlError::BadValue) }
    }

    fn number(&self, name: &str) -> Result<Option<u32>, TwimlError> {
        let read = |text: &str| {
            let digits = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().ok_or(TwimlError::BadValue)
        };
        self.attribute(name).map(read).transpose()
    }

    fn truth(&self, name: &str) -> Result<bool, TwimlError> {
        match self.attribute(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(TwimlError::BadValue),
        }
    }
}
