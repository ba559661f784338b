//! Twilio and carriers with a compatible API (Somleng, SignalWire). Only [`rest`] needs a network.
//!
//! A request arrives as a form ([`Form`]). Its signature is verified ([`SigningKey`]), it is read into a
//! [`VoiceRequest`] or a [`StatusRequest`], and it is answered with TwiML ([`response`]). `Document` parses TwiML
//! again, for the laboratory's phones. Outbound calls are requested over [`rest`], with the [`Urls`] that the carrier
//! requests.

mod apology;
mod form;
mod message;
mod party;
mod request;
pub mod rest;
mod signature;
mod status;
mod twiml;
#[cfg(feature = "lab")]
mod twiml_parser;
pub mod urls;
mod voices;
mod word;
mod xml;
#[cfg(feature = "lab")]
mod xml_reader;

/// The name of Twilio-compatible carriers in the database.
pub const CARRIER_NAME: &str = "twilio";

pub use apology::{apology, try_again};
pub use form::{Form, FormError, MAX_FIELDS, Pair};
pub use message::{InboundMessage, MessageReport, MessageStatus};
pub use request::{FallbackRequest, Field, StatusRequest, VoiceRequest, account};
pub use signature::{NoToken, SigningKey};
pub use status::{AnsweredBy, CallStatus, SipCode};
pub use twiml::response;
#[cfg(feature = "lab")]
pub use twiml_parser::{Document, Gather, StatusCallback, Verb};
pub use urls::{ActionUrl, ActionUrlError, Urls, UrlsError};
pub use voices::{Voice, VoiceError, Voices};
pub use word::{Shape, Word};
#[cfg(feature = "lab")]
pub use xml_reader::TwimlError;
