//! The requests to a Twilio-compatible carrier over its REST API: place a call, look it up, end or redirect it, send
//! an SMS. Source: Twilio, "Call resource" and "Message resource".
//!
//! [`Requests`] builds a request and [`Reply`] reads the response. Neither needs a network. [`RestClient`] sends. A
//! reply is read leniently where that is harmless (unknown, missing or mistyped fields). It is read strictly where it
//! would count as proof that a call was or wasn't placed.

mod carrier;
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
