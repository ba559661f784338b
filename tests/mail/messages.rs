//! One message to a mail server: delivered, refused, put off, or not sent.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kenkocall::config::Email;
use kenkocall::domain::EmailAddress;
use kenkocall::mail::{Letter, MailOutcome, MailServer as _, NotSent, Smtp, SmtpError};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::mail_server::{Server, certificate, closed_port};

/// The mail server as the settings name it.
fn configured(port: u16, more: &str) -> Smtp {
    let settings = format!("server = \"localhost\"\nport = {port}\nfrom = \"kenko@mihon.example\"\n{more}");
    let settings: Email = toml::from_str(&settings).expect(more);
    Smtp::configured(&settings).expect("usable settings").expect("a server")
}

const UNENCRYPTED: &str = "security = \"none\"";
const AS_KENKO: &str = "user_name = \"kenko\"\npassword = \"himitsu 3\"";

fn trusting(folder: &Path) -> String {
    format!("certificate_file = \"{}\"", folder.join("cert.pem").display())
}

fn letter(subject: &str) -> Letter {
    Letter {
        id: Uuid::from_u128(7),
        at: "2026-11-28T01:02:03Z".parse::<Timestamp>().unwrap(),
        to: EmailAddress::parse("naoko@mihon.example").unwrap(),
        subject: subject.to_owned(),
        text: "見本保健所で緊急が1件あります。\n.\n髙橋さんが開いてください。\n".to_owned(),
        unsubscribe: None,
    }
}

async fn sent(server: &Server, more: &str) -> MailOutcome {
    configured(server.port, more).send(&letter("緊急 1件")).await
}

fn messages(server: &Server) -> Vec<Value> {
    server.rest().into_iter().filter(|said| said.get("subject").is_some()).collect()
}

/// By STARTTLS and from the first byte, with a log-in.
#[tokio::test]
async fn a_japanese_message_arrives_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (key, cert) = certificate(folder.path());
    for security in ["starttls", "tls"] {
        let rules = json!({ "security": security, "key": key, "cert": cert, "user": "kenko", "password": "himitsu 3" });
        let server = Server::start(&rules);
        let more = format!("security = \"{security}\"\n{AS_KENKO}\n{}", trusting(folder.path()));
        assert_eq!(sent(&server, &more).await, MailOutcome::Accepted, "{security}");
        assert_eq!(server.next(), json!({ "log_in": true, "encrypted": true }));
        let mail = server.next();
        assert_eq!(mail["subject"], "緊急 1件");
        assert_eq!(mail["text"], "見本保健所で緊急が1件あります。\n.\n髙橋さんが開いてください。\n");
        assert_eq!(mail["from"], "\"Kenko Call\" <kenko@mihon.example>");
        assert_eq!(mail["to"], "naoko@mihon.example");
        assert_eq!(mail["recipients"], json!(["naoko@mihon.example"]));
        assert_eq!(mail["id"], "<00000000-0000-0000-0000-000000000007@mihon.example>");
        assert_eq!(mail["date"], "2026-11-28T01:02:03.000Z");
        assert_eq!((&mail["user"], &mail["encrypted"]), (&json!("kenko"), &json!(true)));
        assert!(mail["headers"].as_array().unwrap().contains(&json!("auto-submitted")), "{mail}");
    }
}

#[tokio::test]
async fn an_address_or_a_message_that_is_refused_is_refused_for_good() {
    for (refuses, outcome) in [("address", MailOutcome::NoSuchAddress), ("message", MailOutcome::Refused)] {
        let server = Server::start(&json!({ "security": "none", "refuses": refuses }));
        assert_eq!(sent(&server, UNENCRYPTED).await, outcome, "{refuses}");
    }
}

/// A policy, a quota or a sender that isn't liked says nothing about the reader's address.
#[tokio::test]
async fn only_what_is_said_of_the_address_counts_against_it() {
    for (code, said, outcome) in [
        (550, "5.1.1 no such user", MailOutcome::NoSuchAddress),
        (553, "no such mailbox", MailOutcome::NoSuchAddress),
        (550, "5.7.1 refused by policy", MailOutcome::Refused),
        (550, "relay not permitted", MailOutcome::Refused),
        (552, "5.2.2 mailbox full", MailOutcome::Refused),
        (554, "5.7.0 no", MailOutcome::Refused),
        (450, "4.7.1 greylisted", MailOutcome::NotSent(NotSent::PutOff)),
        (421, "4.3.2 closing", MailOutcome::NotSent(NotSent::PutOff)),
    ] {
        let server = Server::start(&json!({ "security": "none", "replies": { "mihon.example": [code, said] } }));
        assert_eq!(sent(&server, UNENCRYPTED).await, outcome, "{code} {said}");
    }
}

/// More messages than connections: each is taken once, over connections that are used again.
#[tokio::test]
async fn many_messages_share_a_few_connections() {
    let server = Server::open();
    let smtp = Arc::new(configured(server.port, UNENCRYPTED));
    let mut under_way = tokio::task::JoinSet::new();
    for nth in 0..90_u128 {
        let (smtp, letter) = (Arc::clone(&smtp), Letter { id: Uuid::from_u128(nth), ..letter("毎日の通知") });
        under_way.spawn(async move { smtp.send(&letter).await });
    }
    let outcomes = under_way.join_all().await;
    assert!(outcomes.iter().all(|outcome| *outcome == MailOutcome::Accepted), "{outcomes:?}");
    let mut ids: Vec<String> = messages(&server).iter().map(|mail| mail["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 90);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_gets_the_message_at_the_next_try() {
    let server = Server::start(&json!({ "security": "none", "refuses": "later" }));
    assert_eq!(sent(&server, UNENCRYPTED).await, MailOutcome::NotSent(NotSent::PutOff));
    assert_eq!(sent(&server, UNENCRYPTED).await, MailOutcome::Accepted);
    assert_eq!(messages(&server).len(), 1);
}

#[tokio::test]
async fn without_a_server_nothing_is_sent() {
    let sent = configured(closed_port(), UNENCRYPTED).send(&letter("緊急 1件")).await;
    assert_eq!(sent, MailOutcome::NotSent(NotSent::Unreachable));
}

/// The server had all of it: it may be delivered or not.
#[tokio::test]
async fn a_connection_that_breaks_after_the_message_leaves_it_unknown() {
    let server = Server::start(&json!({ "security": "none", "refuses": "answer" }));
    assert_eq!(sent(&server, UNENCRYPTED).await, MailOutcome::Unknown);
}

#[tokio::test]
async fn neither_password_nor_message_goes_out_unencrypted() {
    let folder = tempfile::tempdir().unwrap();
    let (key, cert) = certificate(folder.path());
    let rules = |security: &str| json!({ "security": security, "key": key, "cert": cert, "user": "kenko", "password": "himitsu 3" });
    // It doesn't offer STARTTLS, as when somebody in between has taken the offer away.
    let server = Server::start(&rules("none"));
    let more = format!("{AS_KENKO}\n{}", trusting(folder.path()));
    assert_eq!(sent(&server, &more).await, MailOutcome::NotSent(NotSent::NotEncrypted));
    assert_eq!(server.rest(), Vec::<Value>::new());
    // Its certificate isn't trusted.
    for security in ["starttls", "tls"] {
        let server = Server::start(&rules(security));
        let outcome = sent(&server, &format!("security = \"{security}\"\n{AS_KENKO}")).await;
        assert!(matches!(outcome, MailOutcome::NotSent(_)), "{security}: {outcome:?}");
        assert_eq!(server.rest(), Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_refused_address() {
    let server = Server::start(&json!({ "security": "none", "user": "kenko", "password": "other" }));
    let wrong = sent(&server, &format!("{UNENCRYPTED}\n{AS_KENKO}")).await;
    assert_eq!(wrong, MailOutcome::NotSent(NotSent::LogIn));
    assert_eq!(sent(&server, UNENCRYPTED).await, MailOutcome::NotSent(NotSent::LogIn), "it wants a log-in");
    assert_eq!(messages(&server), Vec::<Value>::new());
    let none = Server::open();
    let offered = sent(&none, &format!("{UNENCRYPTED}\n{AS_KENKO}")).await;
    assert_eq!(offered, MailOutcome::NotSent(NotSent::LogIn), "it offers none");
}

#[tokio::test]
async fn no_subject_adds_a_header_or_a_recipient() {
    let server = Server::open();
    let smtp = configured(server.port, UNENCRYPTED);
    let subject = "緊急\r\nBcc: ichiro@mihon.example\r\n\r\nbody";
    assert_eq!(smtp.send(&letter(subject)).await, MailOutcome::Accepted);
    assert_eq!(smtp.send(&letter("red\nBcc: ichiro@mihon.example")).await, MailOutcome::Accepted);
    for mail in messages(&server) {
        assert_eq!(mail["recipients"], json!(["naoko@mihon.example"]));
        assert!(!mail["headers"].as_array().unwrap().contains(&json!("bcc")), "{mail}");
        assert!(mail["subject"].as_str().unwrap().contains("Bcc: ichiro"), "{mail}");
        assert!(mail["text"].as_str().unwrap().starts_with("見本保健所"), "{mail}");
    }
    // Nor can an address: it is refused where it is typed.
    for address in ["a@b\r\nBcc: c@d", "a@b,c@d", "a@b>\r\nRCPT TO:<c@d"] {
        assert!(EmailAddress::parse(address).is_err(), "{address}");
    }
}

#[test]
fn certificates_that_cant_be_read_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cert.pem"), "見本").unwrap();
    for file in ["cert.pem", "none.pem"] {
        let path = folder.path().join(file);
        let settings =
            format!("server = \"localhost\"\nfrom = \"a@b.example\"\ncertificate_file = \"{}\"", path.display());
        let refused = Smtp::configured(&toml::from_str::<Email>(&settings).unwrap()).err();
        assert!(matches!(refused, Some(SmtpError::Certificates { .. })), "{file}");
    }
}
