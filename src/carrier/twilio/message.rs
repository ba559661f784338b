//! What a carrier reports of an SMS, and an SMS that comes in. Source: Twilio, "Track outbound message status",
//! "Message resource: status values" and "Error and warning dictionary".

use super::form::{Form, FormError};
use super::party::number_in;
use super::request::{Field, word};
use super::word::Word;
use crate::domain::PhoneNumber;

/// The status of an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageStatus {
    /// The carrier has it: `accepted`, `scheduled`, `queued`, `sending`.
    Queued,
    /// It left the carrier.
    Sent,
    /// The phone has it: `delivered`, `read`.
    Delivered,
    /// It couldn't be delivered: `undelivered`, `failed`, `canceled`.
    Undelivered,
}

impl MessageStatus {
    /// Reads the carrier's word.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "accepted" | "scheduled" | "queued" | "sending" => Self::Queued,
            "sent" => Self::Sent,
            "delivered" | "read" => Self::Delivered,
            "undelivered" | "failed" | "canceled" => Self::Undelivered,
            _ => return None,
        })
    }
}

/// A report about an SMS that we sent. Reports are best effort: they may arrive in any order or repeatedly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReport {
    /// The status.
    pub status: Word<MessageStatus>,
    /// The carrier's error code.
    pub error: Option<u32>,
}

impl MessageReport {
    /// Reads a form with a valid signature.
    ///
    /// # Errors
    ///
    /// Never: a status that can't be read is unknown.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self {
            status: word(form, Field::MessageStatus, MessageStatus::from_code),
            error: form.value(Field::ErrorCode).filled().and_then(|text| text.parse().ok()),
        })
    }

    /// Whether the number takes no messages at all: 30004 blocked, 30005 unknown, 30006 landline or unreachable
    /// carrier, 21614 not a mobile number. A phone that is off (30003) may be on tomorrow.
    pub fn is_of_the_number(&self) -> bool {
        matches!(self.error, Some(30_004..=30_006 | 21_614))
    }

    /// Whether the person has asked the carrier that no more come (21610).
    pub fn is_opted_out(&self) -> bool {
        self.error == Some(21_610)
    }
}

/// An SMS that came in.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "what a patient wrote")]
pub struct InboundMessage {
    /// Who sent it. `None` if the number is hidden or isn't clearly a number.
    pub from: Option<PhoneNumber>,
    /// What it says. Empty if it can't be read.
    pub body: Box<str>,
}

impl InboundMessage {
    /// Reads a form with a valid signature.
    ///
    /// # Errors
    ///
    /// Never: what can't be read is empty.
    pub fn read(form: &Form<'_>) -> Result<Self, FormError> {
        Ok(Self {
            from: form.value(Field::From).filled().and_then(number_in),
            body: form.value(Field::Body).filled().unwrap_or_default().into(),
        })
    }
}
