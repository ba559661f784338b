//! E-mail: what is sent, what came of it, and the mail server that takes it. Only this module knows SMTP.

mod bounce;
mod refusal;
mod returned;
mod smtp;
mod spool;

use std::pin::Pin;

use jiff::Timestamp;
use uuid::Uuid;

pub use bounce::{DeliveryFate, DeliveryReport};
pub use returned::{Returned, ReturnedMail};
pub use smtp::{Smtp, SmtpError};
pub use spool::Spool;

use crate::domain::EmailAddress;

/// The outcome of a message that is under way. If it is dropped, the outcome is unknown.
pub type Sending<'a> = Pin<Box<dyn Future<Output = MailOutcome> + Send + 'a>>;

/// What takes messages for delivery.
pub trait MailServer: Send + Sync {
    /// Hands it a message, once.
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a>;
}

/// A message in plain text to one person. `Debug` never prints what it says.
#[derive(Clone)]
pub struct Letter {
    /// Its name among all messages. The same message sent again has the same one, so that mail programs show it once.
    pub id: Uuid,
    /// When it was written.
    pub at: Timestamp,
    /// Who gets it.
    pub to: EmailAddress,
    /// The subject. Line breaks become spaces.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The address to which a mail program posts if the reader unsubscribes (RFC 8058). `None` if there is nothing to
    /// unsubscribe from.
    pub unsubscribe: Option<String>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// The server has accepted it for delivery.
    Accepted,
    /// The server refuses the message, or our address, for good.
    Refused,
    /// The server says that nobody has the reader's address.
    NoSuchAddress,
    /// The server certainly hasn't accepted it. It can be sent again.
    NotSent(NotSent),
    /// The server had all of it and didn't answer.
    Unknown,
}

/// Why a message wasn't sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// The server isn't reached, or went away.
    Unreachable,
    /// The connection can't be encrypted: the server doesn't offer it, or its certificate isn't trusted.
    NotEncrypted,
    /// The server refuses the log-in, or wants one.
    LogIn,
    /// The server asks to try again later.
    PutOff,
}
