//! The same notices through a second real mail server, written in another language by other people: aiosmtpd.

use kenkocall::config::Email;
use kenkocall::mail::{Letter, MailOutcome, MailServer as _, Smtp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::mail_server::Server;
use crate::notices::{handed_over_at, states, with_addresses};

crate::on_both_databases!(a_second_mail_server_takes_notices_and_refuses_addresses,);

async fn a_second_mail_server_takes_notices_and_refuses_addresses(fresh: Fresh) {
    let day = with_addresses(&fresh, &["a@mihon.example", "nobody@mihon.example", "later@mihon.example"]).await;
    let replies = json!({
        "nobody@mihon.example": "550 5.1.1 no such user",
        "later@mihon.example": "451 4.7.1 greylisted",
    });
    let server = Server::second(&json!({ "replies": replies }));
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:00", server.port).await, 3);
    assert_eq!(states(&day).await, ["refused", "sent", "waiting"]);
    assert_eq!(day.kept.column("SELECT address FROM dead_addresses").await, ["nobody@mihon.example"]);
    let mail = server.next();
    assert_eq!(mail["recipients"], json!(["a@mihon.example"]));
    assert_eq!(mail["subject"], "My HER-SYS — 見本保健所", "{mail}");
    assert_eq!(mail["defects"], json!([]), "another parser finds nothing wrong");
    assert!(mail["text"].as_str().unwrap().contains("https://kenko.example/portal/r/"), "{mail}");
    assert!(mail["unsubscribe"].as_str().unwrap().starts_with("<https://kenko.example/portal/unsubscribe/"), "{mail}");
    let server = Server::second(&json!({}));
    assert_eq!(handed_over_at(&day, "2026-11-25T08:36:00", server.port).await, 1);
    assert_eq!(server.next()["recipients"], json!(["later@mihon.example"]));
}

#[tokio::test]
async fn a_second_mail_server_lets_in_who_has_the_password() {
    let server = Server::second(&json!({ "user": "kenko", "password": "見本" }));
    let outcome = async |password: &str| {
        let settings = format!(
            "server = \"localhost\"\nport = {}\nfrom = \"kenko@mihon.example\"\nsecurity = \"none\"\n\
             user_name = \"kenko\"\npassword = \"{password}\"",
            server.port
        );
        let smtp = Smtp::configured(&toml::from_str::<Email>(&settings).unwrap()).unwrap().unwrap();
        let letter = Letter {
            id: Uuid::now_v7(),
            at: jiff::Timestamp::UNIX_EPOCH,
            to: kenkocall::domain::EmailAddress::parse("a@mihon.example").unwrap(),
            subject: "x".to_owned(),
            text: "x".to_owned(),
            unsubscribe: None,
        };
        smtp.send(&letter).await
    };
    assert_eq!(outcome("見本").await, MailOutcome::Accepted);
    assert!(matches!(outcome("wrong").await, MailOutcome::NotSent(_)));
    let said: Vec<Value> = server.rest();
    assert!(said.contains(&json!({ "log_in": true })) && said.contains(&json!({ "log_in": false })), "{said:?}");
}
