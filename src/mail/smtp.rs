//! Hands messages to a mail server by SMTP, each over a connection of its own: there are few. Whether a message that
//! failed may be sent again depends on how far it came, so each step is taken here.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::{Letter, MailOutcome, MailServer, NotSent, Sending};
use crate::config::{Email, EmailSecurity};

/// How long everything before the message may take.
const BEFORE: Duration = Duration::from_secs(12);
/// How long the server may take for one address of its own. It may have several, of which one is dead.
const CONNECT: Duration = Duration::from_secs(4);
/// How long the server may take for the message. With [`BEFORE`] it stays below the longest run of a job.
const MESSAGE: Duration = Duration::from_secs(12);
/// How long the good-bye may take, after which the connection is dropped.
const GOODBYE: Duration = Duration::from_secs(1);
/// The largest file of certificates, in bytes: what systems trust is a quarter of it.
const LARGEST_CERTIFICATES: u64 = 1024 * 1024;
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
        Ok(Some(Self { server: server.to_owned(), port, security, tls, log_in, from, hello }))
    }

    async fn deliver(&self, letter: &Letter) -> MailOutcome {
        let Some(message) = self.message(letter) else { return MailOutcome::Refused };
        let mut connection = match tokio::time::timeout(BEFORE, self.prepared(message.envelope())).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(outcome)) => return outcome,
            Err(_) => return MailOutcome::NotSent(NotSent::Unreachable),
        };
        let outcome = match tokio::time::timeout(MESSAGE, connection.message(&message.formatted())).await {
            Ok(Ok(_)) => MailOutcome::Accepted,
            Ok(Err(error)) if error.is_permanent() => MailOutcome::Refused,
            Ok(Err(error)) if error.is_transient() => MailOutcome::NotSent(NotSent::PutOff),
            Ok(Err(_)) | Err(_) => MailOutcome::Unknown,
        };
        // What the server says to that changes nothing.
        let _said = tokio::time::timeout(GOODBYE, connection.quit()).await;
        outcome
    }

    /// A connection on which the server waits for the message.
    async fn prepared(&self, envelope: &Envelope) -> Result<AsyncSmtpConnection, MailOutcome> {
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
        let asked = connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await;
        asked.map_err(|error| refused(&error))?;
        for to in envelope.to() {
            connection.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(|error| refused(&error))?;
        }
        connection.command(Data).await.map_err(|error| refused(&error))?;
        Ok(connection)
    }

    /// The message as it is sent, in ASCII throughout. `None` if the address can't be used.
    fn message(&self, letter: &Letter) -> Option<Message> {
        let to = letter.to.expose().parse::<Address>().ok()?;
        let subject: String = letter.subject.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
        let written = Duration::from_millis(u64::try_from(letter.at.as_millisecond()).unwrap_or_default());
        // No answer is wanted from a machine, such as that somebody is on holiday (RFC 3834).
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
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
