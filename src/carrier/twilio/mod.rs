//! Twilio and the carriers that speak its language (Somleng, SignalWire): all but [`rest`] needs no network.
//!
//! A request comes in as a form ([`Form`]), is proven by its signature ([`SigningKey`]), read into a [`VoiceRequest`]
//! or a [`StatusRequest`], and answered with TwiML ([`response`]). [`Document`] reads TwiML again, for the simulated
//! phone. Calls of ours are asked for over [`rest`], with the [`Urls`] by which they come back.

mod apology;
mod form;
mod party;
mod request;
pub mod rest;
mod signature;
mod status;
mod twiml;
mod twiml_parser;
pub mod urls;
mod voices;
mod word;
mod xml;

pub use apology::{AfterApology, apology};
pub use form::{Form, FormError, MAX_FIELDS, Pair};
pub use request::{FallbackRequest, Field, StatusRequest, VoiceRequest, account};
pub use signature::{NoToken, SigningKey, body_sha256};
pub use status::{AnsweredBy, CallStatus, SipCode};
pub use twiml::response;
pub use twiml_parser::{Document, Gather, StatusCallback, Verb};
pub use urls::{ActionUrl, ActionUrlError, Urls, UrlsError};
pub use voices::{Voice, VoiceError, Voices};
pub use word::{Shape, Word};
pub use xml::TwimlError;
