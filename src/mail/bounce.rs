//! What mail servers send back about a message that they had accepted: a delivery status notification (RFC 3464).
//! Anybody can write one, so it counts by the Message-ID of our own message that it returns, which only its reader and
//! the mail servers know, and never by an address in its text.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use uuid::Uuid;

use super::refusal::names_nobody;

/// The basic code that a report stands for which gives none.
const UNSPECIFIED: u16 = 550;

/// What a mail server says of one of our messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The message, by [`super::Letter::id`].
    pub letter: Uuid,
    /// What became of it.
    pub fate: DeliveryFate,
}

/// What became of a message that a server had accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryFate {
    /// It couldn't be delivered so far, and the server goes on trying.
    Delayed,
    /// It wasn't delivered. That says nothing about the address.
    NotDelivered,
    /// It wasn't delivered, because nobody has the address.
    NoSuchAddress,
}

impl DeliveryReport {
    /// Reads a mail. `None` if it is anything else than a report about a message that this program may have sent.
    pub fn read(mail: &[u8]) -> Option<Self> {
        let mail = MessageParser::default().parse(mail)?;
        let is_report = mail.content_type().is_some_and(|kind| {
            let says =
                |name: &str, value: &str| kind.attribute(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
            kind.ctype().eq_ignore_ascii_case("multipart") && says("report-type", "delivery-status")
        });
        if !is_report {
            return None;
        }
        let status =
            mail.parts.iter().find(|part| is_of(part, "message", &["delivery-status", "global-delivery-status"]))?;
        Some(Self { letter: mail.parts.iter().find_map(letter)?, fate: fate(status.contents())? })
    }
}

fn is_of(part: &MessagePart<'_>, kind: &str, subtypes: &[&str]) -> bool {
    part.content_type().is_some_and(|found| {
        let subtype = found.subtype().unwrap_or_default();
        found.ctype().eq_ignore_ascii_case(kind) && subtypes.iter().any(|name| subtype.eq_ignore_ascii_case(name))
    })
}

/// The message that a part returns, or whose header it returns.
fn letter(part: &MessagePart<'_>) -> Option<Uuid> {
    if let PartType::Message(returned) = &part.body {
        return id_of(returned);
    }
    let is_header =
        is_of(part, "text", &["rfc822-headers"]) || is_of(part, "message", &["rfc822-headers", "global-headers"]);
    if !is_header {
        return None;
    }
    id_of(&MessageParser::default().parse(part.contents())?)
}

fn id_of(returned: &Message<'_>) -> Option<Uuid> {
    returned.message_id()?.split('@').next()?.trim_start_matches('<').parse().ok()
}

/// What the fields of the recipient say. Our messages have one.
fn fate(fields: &[u8]) -> Option<DeliveryFate> {
    let text = String::from_utf8_lossy(fields).replace("\r\n", "\n");
    let recipient = text.split("\n\n").find_map(|group| {
        let fields = unfolded(group);
        let of = |name: &str| {
            let named = fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
            named.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        (!of("Action").is_empty()).then(|| (of("Action"), of("Status"), of("Diagnostic-Code")))
    });
    let (action, status, diagnosis) = recipient?;
    let status = status.split_whitespace().next().unwrap_or_default().to_owned();
    match action.to_ascii_lowercase().as_str() {
        "delayed" => Some(DeliveryFate::Delayed),
        // A server that has tried for days gives up with 4.x.x: the address may well exist.
        "failed" if status.starts_with("5.") && nobody_has_it(&status, &diagnosis) => Some(DeliveryFate::NoSuchAddress),
        "failed" => Some(DeliveryFate::NotDelivered),
        _ => None,
    }
}

/// Whether a failure says that nobody has the address, by the same rule as an answer to `RCPT TO`. 5.0.0 says nothing;
/// then the words of the other server count.
fn nobody_has_it(status: &str, diagnosis: &str) -> bool {
    if status != "5.0.0" {
        return names_nobody(UNSPECIFIED, status);
    }
    let said = diagnosis.split_once(';').map_or("", |(_, said)| said).trim();
    let (code, said) = said.split_once([' ', '-']).unwrap_or((said, ""));
    code.parse().is_ok_and(|code| names_nobody(code, said))
}

/// The fields of a group, each on one line.
fn unfolded(group: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in group.lines() {
        if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), fields.last_mut()) {
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "0199c1f0-7d44-7b6e-9b5e-6f0a3d1e2c4b";

    fn report(action: &str, status: &str, diagnosis: &str, returned: &str) -> String {
        format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.mihon.example\r\nTo: kenko@mihon.example\r\n\
             Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"B\"\r\n\r\n\
             --B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\
             --B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mihon.example\r\n\r\n\
             Final-Recipient: rfc822; hanako@mihon.example\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: {diagnosis}\r\n\r\n--B\r\n{returned}\r\n--B--\r\n"
        )
    }

    fn whole() -> String {
        format!(
            "Content-Type: message/rfc822\r\n\r\nFrom: kenko@mihon.example\r\nMessage-ID: <{LETTER}@mihon.example>\r\n\
             Subject: x\r\n\r\ntext"
        )
    }

    fn fate_of(text: &str) -> Option<DeliveryFate> {
        let read = DeliveryReport::read(text.as_bytes())?;
        assert_eq!(read.letter.to_string(), LETTER);
        Some(read.fate)
    }

    #[test]
    fn a_report_says_what_became_of_our_message() {
        let header =
            format!("Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{LETTER}@mihon.example>\r\nSubject: x\r\n");
        for (action, status, diagnosis, fate) in [
            ("failed", "5.1.1", "smtp; 550 5.1.1 no such user", DeliveryFate::NoSuchAddress),
            ("Failed", "5.1.10", "smtp; 550 5.1.10\r\n RecipientNotFound", DeliveryFate::NoSuchAddress),
            ("failed", "5.0.0", "smtp; 550 No such mailbox", DeliveryFate::NoSuchAddress),
            ("failed", "5.0.0", "smtp; 550 refused by policy", DeliveryFate::NotDelivered),
            ("failed", "5.0.0", "", DeliveryFate::NotDelivered),
            ("failed", "5.2.2", "smtp; 552 5.2.2 mailbox full", DeliveryFate::NotDelivered),
            ("failed", "5.7.1", "smtp; 550 5.7.1 policy", DeliveryFate::NotDelivered),
            ("failed", "4.4.7", "smtp; 451 timed out", DeliveryFate::NotDelivered),
            ("delayed", "4.4.1", "smtp; 421 later", DeliveryFate::Delayed),
        ] {
            for returned in [&whole(), &header] {
                assert_eq!(fate_of(&report(action, status, diagnosis, returned)), Some(fate), "{action} {status}");
            }
        }
    }

    #[test]
    fn anything_else_is_nothing() {
        let returned = whole();
        let failed = report("failed", "5.1.1", "smtp; 550 5.1.1 nobody", &returned);
        for nothing in [
            String::new(),
            "\0\u{fffd}".to_owned(),
            "Subject: hello\r\n\r\nStatus: 5.1.1".to_owned(),
            report("delivered", "2.0.0", "", &returned),
            report("relayed", "2.0.0", "", &returned),
            report("", "5.1.1", "", &returned),
            // An answer of a person, or of a holiday, that quotes the Message-ID elsewhere.
            format!("In-Reply-To: <{LETTER}@mihon.example>\r\nSubject: Re\r\n\r\nAction: failed\r\nStatus: 5.1.1"),
            failed.replace("report-type=delivery-status", "report-type=disposition-notification"),
            failed.replace(LETTER, "somebody-elses"),
            failed.replace("message/rfc822", "text/plain"),
            failed.replace("message/delivery-status", "text/plain"),
        ] {
            assert_eq!(DeliveryReport::read(nothing.as_bytes()), None, "{nothing}");
        }
        // However it is cut.
        for end in 0..failed.len() {
            let _read = DeliveryReport::read(&failed.as_bytes()[..end]);
        }
    }
}
