//! What we ask of a Twilio-compatible carrier over its REST API: to place a call, how it stands, to end or redirect it,
//! to send a SMS. Source: Twilio, "Call resource" and "Message resource".
//!
//! [`Requests`] builds a request and [`Reply`] reads what came back; neither needs a network. [`RestClient`] sends.
//! A reply is read leniently where it can't do harm (fields unknown, missing or of another type) and strictly where it
//! would be taken for proof: that a call is placed, and that none is.

mod client;
mod lists;
mod reply;
mod request;
mod resource;
mod retry_after;

pub use client::{Patience, RestClient};
pub use reply::{Body, MAX_BODY_BYTES, Page, Reply};
pub use request::{CannotBuild, Method, NotReady, Order, PAGE_SIZE, Prepared, Requests, Search};
pub use retry_after::MAX_RETRY_AFTER;
