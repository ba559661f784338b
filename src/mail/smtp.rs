//! Hands messages to a mail server by SMTP, over a few connections at once. A connection is used again while another
//! message waits for one, and no longer. Whether a message that failed may be sent again depends on how far it came, so
//! each step is taken here.

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::refusal::names_nobody;
use super::{Letter, MailOutcome, MailServer, NotSent, Sending};
use crate::config::{Email, EmailSecurity};
use crate::domain::EmailAddress;

/// The most connections at the same time. Many servers refuse more from one client.
const MOST_CONNECTIONS: usize = 20;
/// How long everything before the message may take, the wait for a connection included.
const BEFORE: Duration = Duration::from_secs(12);
/// How long the server may take for one address of its own. It may have several, of which one is dead.
const CONNECT: Duration = Duration::from_secs(4);
/// How long the server may take for the message. With [`BEFORE`] it stays below the longest run of a job.
const MESSAGE: Duration = Duration::from_secs(12);
/// How long the good-bye may take, after which the connection is dropped.
const GOODBYE: Duration = Duration::from_secs(1);
/// The largest file of certificates, in bytes: what systems trust is a quarter of it.
const LARGEST_CERTIFICATES: u64 = 1024 * 1024;
/// The answer of a server that closes the connection (RFC 5321, section 3.8).
const CLOSING: u16 = 421;
/// The answers that ask for a log-in or refuse it (RFC 4954, section 6).
const ABOUT_THE_LOG_IN: [u16; 4] = [530, 534, 535, 538];

/// A mail server.
#[allow(missing_debug_implementations, reason = "it holds a password")]
pub struct Smtp {
    server: String,
    port: u16,
    security: EmailSecurity,
    tls: TlsParameters,
    log_in: Option<Credentials>,
    from: Address,
    hello: ClientId,
    /// One for each connection that may be open.
    places: Semaphore,
    /// Messages that wait for a connection.
    waiting: AtomicUsize,
    /// Connections that the next of them takes.
    free: Mutex<Vec<AsyncSmtpConnection>>,
}

/// A connection on which the server waits for the message.
struct Prepared<'a> {
    connection: AsyncSmtpConnection,
    _place: SemaphorePermit<'a>,
}

/// Why a server didn't ask for the message.
enum NotAsked {
    /// It doesn't listen any more, or goes away: another connection may do.
    Gone,
    /// It said so.
    Outcome(MailOutcome),
}

/// Why the settings give no mail server.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The address that messages come from can't be used.
    #[error("messages can't come from the address in email.from")]
    From,
    /// The file of certificates can't be used; the system's or the parser's words.
    #[error("the certificates in {} can't be used: {why}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// TLS can't be set up.
    #[error("TLS can't be set up: {0}")]
    Tls(String),
}

impl Smtp {
    /// The server that the settings name. `None` if they name none.
    ///
    /// # Errors
    /// [`SmtpError`].
    pub fn configured(settings: &Email) -> Result<Option<Self>, SmtpError> {
        let Some(server) = settings.server() else { return Ok(None) };
        let from = settings.from().and_then(|from| from.expose().parse::<Address>().ok()).ok_or(SmtpError::From)?;
        let mut tls = TlsParameters::builder(server.to_owned());
        for certificate in certificates(settings)? {
            tls = tls.add_root_certificate(certificate);
        }
        let tls = tls.build().map_err(|error| SmtpError::Tls(error.to_string()))?;
        let log_in = settings.log_in().map(|(name, password)| Credentials::new(name.to_owned(), password.to_owned()));
        let hello = ClientId::Domain(from.domain().to_owned());
        let (port, security) = (settings.port(), settings.security);
        let (places, waiting, free) = (Semaphore::new(MOST_CONNECTIONS), AtomicUsize::new(0), Mutex::default());
        let server = server.to_owned();
        Ok(Some(Self { server, port, security, tls, log_in, from, hello, places, waiting, free }))
    }

    async fn deliver(&self, letter: &Letter) -> MailOutcome {
        let Some(message) = self.message(letter) else { return MailOutcome::NoSuchAddress };
        let Prepared { mut connection, _place } =
            match tokio::time::timeout(BEFORE, self.prepared(message.envelope())).await {
                Ok(Ok(prepared)) => prepared,
                Ok(Err(outcome)) => return outcome,
                Err(_) => return MailOutcome::NotSent(NotSent::Unreachable),
            };
        let outcome = match tokio::time::timeout(MESSAGE, connection.message(&message.formatted())).await {
            Ok(Ok(_)) => MailOutcome::Accepted,
            Ok(Err(error)) if error.is_permanent() => MailOutcome::Refused,
            Ok(Err(error)) if error.is_transient() => MailOutcome::NotSent(NotSent::PutOff),
            Ok(Err(_)) | Err(_) => MailOutcome::Unknown,
        };
        if outcome == MailOutcome::Accepted {
            self.give_back(connection).await;
        } else {
            close(connection).await;
        }
        outcome
    }

    /// A connection on which the server waits for the message.
    async fn prepared(&self, envelope: &Envelope) -> Result<Prepared<'_>, MailOutcome> {
        let waits = Waits::of(&self.waiting);
        let place = self.places.acquire().await.map_err(|_| MailOutcome::NotSent(NotSent::Unreachable))?;
        drop(waits);
        while let Some(mut connection) = self.take_free() {
            match asked(&mut connection, envelope).await {
                Ok(()) => return Ok(Prepared { connection, _place: place }),
                // The server has closed it meanwhile: nothing was sent on it.
                Err(NotAsked::Gone) => {}
                Err(NotAsked::Outcome(outcome)) => {
                    close(connection).await;
                    return Err(outcome);
                }
            }
        }
        let mut connection = self.connected().await?;
        match asked(&mut connection, envelope).await {
            Ok(()) => Ok(Prepared { connection, _place: place }),
            Err(NotAsked::Gone) => Err(MailOutcome::NotSent(NotSent::PutOff)),
            Err(NotAsked::Outcome(outcome)) => {
                close(connection).await;
                Err(outcome)
            }
        }
    }

    /// A new connection, encrypted and logged in as the settings say.
    async fn connected(&self) -> Result<AsyncSmtpConnection, MailOutcome> {
        let implicit = (self.security == EmailSecurity::Tls).then(|| self.tls.clone());
        let place = (self.server.as_str(), self.port);
        let connected = AsyncSmtpConnection::connect_tokio1(place, Some(CONNECT), &self.hello, implicit, None).await;
        let mut connection = connected.map_err(|error| before(&error))?;
        if self.security == EmailSecurity::Starttls {
            let encrypted = connection.starttls(self.tls.clone(), &self.hello).await;
            encrypted.map_err(|_| MailOutcome::NotSent(NotSent::NotEncrypted))?;
        }
        if let Some(credentials) = &self.log_in {
            let logged_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            logged_in.map_err(|error| match error.is_permanent() || error.is_client() {
                true => MailOutcome::NotSent(NotSent::LogIn),
                false => before(&error),
            })?;
        }
        Ok(connection)
    }

    fn take_free(&self) -> Option<AsyncSmtpConnection> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Leaves a connection to the next message that waits. Without one, all that are free are closed: a server counts
    /// idle ones too.
    async fn give_back(&self, connection: AsyncSmtpConnection) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        while self.waiting.load(Ordering::SeqCst) == 0
            && let Some(connection) = self.take_free()
        {
            close(connection).await;
        }
    }

    /// The message as it is sent, in ASCII throughout. `None` if the address can't be used.
    fn message(&self, letter: &Letter) -> Option<Message> {
        let to = address(&letter.to)?;
        let subject: String = letter.subject.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
        let written = Duration::from_millis(u64::try_from(letter.at.as_millisecond()).unwrap_or_default());
        // No answer is wanted from a machine, such as that somebody is on holiday (RFC 3834).
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut builder = Message::builder();
        if let Some(url) = &letter.unsubscribe {
            let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
            builder = builder
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        builder
            .from(Mailbox::new(Some("Kenko Call".to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(subject)
            .date(SystemTime::UNIX_EPOCH.checked_add(written).unwrap_or(SystemTime::UNIX_EPOCH))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .singlepart(SinglePart::plain(letter.text.clone()))
            .ok()
    }
}

/// Counts a message that waits, until it is dropped.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn of(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Names the addresses, and asks for the message.
async fn asked(connection: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), NotAsked> {
    let from = connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await;
    from.map_err(|error| not_asked(&error, refused))?;
    for to in envelope.to() {
        let to = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        to.map_err(|error| not_asked(&error, refused_address))?;
    }
    connection.command(Data).await.map_err(|error| not_asked(&error, refused))?;
    Ok(())
}

fn not_asked(error: &Error, outcome: fn(&Error) -> MailOutcome) -> NotAsked {
    match error.status().map(u16::from) {
        None | Some(CLOSING) => NotAsked::Gone,
        Some(_) => NotAsked::Outcome(outcome(error)),
    }
}

/// Says good-bye. What the server says to that changes nothing.
async fn close(mut connection: AsyncSmtpConnection) {
    let _said = tokio::time::timeout(GOODBYE, connection.quit()).await;
}

/// An address as mail servers take it. What has dots in other places than between letters is put in quotation marks, as
/// RFC 5321 has it.
fn address(to: &EmailAddress) -> Option<Address> {
    let quoted = || {
        let (person, domain) = to.expose().rsplit_once('@')?;
        format!("\"{person}\"@{domain}").parse().ok()
    };
    to.expose().parse().ok().or_else(quoted)
}

impl MailServer for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.deliver(letter))
    }
}

/// An error before an address was named: nobody is refused by it.
fn before(error: &Error) -> MailOutcome {
    MailOutcome::NotSent(if error.is_tls() {
        NotSent::NotEncrypted
    } else if error.is_transient() {
        NotSent::PutOff
    } else {
        NotSent::Unreachable
    })
}

/// An error once addresses are named.
fn refused(error: &Error) -> MailOutcome {
    match error.status().map(u16::from) {
        Some(code) if ABOUT_THE_LOG_IN.contains(&code) => MailOutcome::NotSent(NotSent::LogIn),
        Some(_) if error.is_permanent() => MailOutcome::Refused,
        Some(_) | None => before(error),
    }
}

/// An error once the reader's address is named.
fn refused_address(error: &Error) -> MailOutcome {
    let outcome = refused(error);
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status().map(u16::from) {
        Some(code) if outcome == MailOutcome::Refused && names_nobody(code, &said) => MailOutcome::NoSuchAddress,
        Some(_) | None => outcome,
    }
}

fn certificates(settings: &Email) -> Result<Vec<Certificate>, SmtpError> {
    use std::io::Read as _;

    let Some(path) = settings.certificate_file.as_ref().filter(|path| !path.as_os_str().is_empty()) else {
        return Ok(Vec::new());
    };
    let unusable = |why: String| SmtpError::Certificates { path: path.clone(), why };
    let mut pem = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST_CERTIFICATES).read_to_end(&mut pem));
    read.map_err(|error| unusable(error.to_string()))?;
    if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return Err(unusable("it holds no certificate in PEM form".to_owned()));
    }
    let certificate = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
    Ok(vec![certificate])
}

/// How a certificate begins in PEM form (RFC 7468).
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_addresses_and_those_of_japanese_carriers_get_mail() {
        for (typed, written) in [
            ("hanako@mihon.example", "hanako@mihon.example"),
            (r#""a b"@例え.jp"#, r#""a b"@xn--r8jz45g.jp"#),
            ("ha..nako.@mihon.example", r#""ha..nako."@mihon.example"#),
        ] {
            let address = EmailAddress::parse(typed).ok().and_then(|to| address(&to));
            assert_eq!(address.map(|address| address.to_string()).as_deref(), Some(written), "{typed}");
        }
    }
}
