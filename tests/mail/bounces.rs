//! What mail servers send back (RFC 3464): a notice that they had accepted isn't delivered. Nothing counts that isn't
//! about a message of ours.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use kenkocall::domain::{EmailAddress, NoticeChannel};
use kenkocall::service::{confirm_address, read_bounces};
use kenkocall::store::portal::accounts;
use serde_json::Value;

use crate::databases::Fresh;
use crate::mail_server::Server;
use crate::notices::{handed_over_at, messages, recipients, states, with_addresses};
use crate::simulated_day::Day;

crate::on_both_databases!(
    bad_input_accepted_and_then_bounced_is_noted_and_the_address_rests,
    a_server_that_goes_on_trying_or_gives_up_silences_nobody,
    a_forged_or_an_unrelated_mail_does_nothing,
    a_crash_between_reading_and_moving_is_harmless,
    an_address_that_was_changed_meanwhile_is_used,
);

/// A maildir.
struct Maildir(tempfile::TempDir);

impl Maildir {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn deliver(&self, name: &str, mail: &str) {
        std::fs::write(self.path().join("new").join(name), mail).unwrap();
    }

    fn unread(&self) -> usize {
        files(self.path().join("new"))
    }

    fn read(&self) -> usize {
        files(self.path().join("read"))
    }
}

fn files(folder: PathBuf) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// As Postfix writes it.
fn report(id: &str, to: &str, action: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\nDate: Wed, 25 Nov 2026 08:31:00 +0900\nFrom: MAILER-DAEMON@mx.mihon.example (Mail Delivery System)\n\
         Subject: Undelivered Mail Returned to Sender\nTo: kenko@mihon.example\nAuto-Submitted: auto-replied\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n\t\
         boundary=\"4F2.1/mx.mihon.example\"\n\
         Content-Transfer-Encoding: 8bit\nMessage-Id: <20261125083100.4F2@mx.mihon.example>\n\n\
         This is a MIME-encapsulated message.\n\n--4F2.1/mx.mihon.example\nContent-Description: Notification\n\
         Content-Type: text/plain; charset=utf-8\n\nI'm sorry to have to inform you.\n\n\
         --4F2.1/mx.mihon.example\nContent-Description: Delivery report\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.mihon.example\nX-Postfix-Queue-ID: 4F2\n\
         Arrival-Date: Wed, 25 Nov 2026 08:30:00 +0900\n\n\
         Final-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: {action}\nStatus: {status}\n\
         Remote-MTA: dns; mx.example\nDiagnostic-Code: smtp; {status}\n\n\
         --4F2.1/mx.mihon.example\nContent-Description: Undelivered Message\nContent-Type: message/rfc822\n\n\
         From: Kenko Call <kenko@mihon.example>\nTo: {to}\nSubject: My HER-SYS\nMessage-ID: {id}\n\ntext\n\n\
         --4F2.1/mx.mihon.example--\n"
    )
}

/// The Message-ID of the notice to an address.
fn id_to<'a>(mails: &'a [Value], to: &str) -> &'a str {
    mails.iter().find(|mail| mail["to"] == to).and_then(|mail| mail["id"].as_str()).unwrap()
}

async fn read(day: &Day, maildir: &Maildir) -> usize {
    read_bounces(&day.client.context, maildir.path()).await.unwrap()
}

async fn sent(fresh: &Fresh, addresses: &[&str]) -> (Day, Vec<Value>) {
    let day = with_addresses(fresh, addresses).await;
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:00", server.port).await, addresses.len());
    let mails = messages(&server);
    (day, mails)
}

async fn bad_input_accepted_and_then_bounced_is_noted_and_the_address_rests(fresh: Fresh) {
    let (day, mails) = sent(&fresh, &["gone@mihon.example", "full@mihon.example", "here@mihon.example"]).await;
    let maildir = Maildir::new();
    maildir.deliver("1", &report(id_to(&mails, "gone@mihon.example"), "gone@mihon.example", "failed", "5.1.1"));
    maildir.deliver("2", &report(id_to(&mails, "full@mihon.example"), "full@mihon.example", "failed", "5.2.2"));
    assert_eq!(read(&day, &maildir).await, 2);
    assert_eq!((maildir.unread(), maildir.read()), (0, 2));
    assert_eq!(states(&day).await, ["bounced", "bounced", "sent"]);
    assert_eq!(day.kept.column("SELECT address FROM dead_addresses").await, ["gone@mihon.example"]);
    // As after a refusal: the next day's goes to the others alone, until staff say that the address holds.
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-26T08:30:00", server.port).await, 2);
    assert_eq!(recipients(&server), ["full@mihon.example", "here@mihon.example"]);
    assert_eq!(day.kept.count("notices WHERE reason = 'no_address'").await, 1);
}

async fn a_server_that_goes_on_trying_or_gives_up_silences_nobody(fresh: Fresh) {
    let (day, mails) = sent(&fresh, &["late@mihon.example"]).await;
    let (maildir, id) = (Maildir::new(), id_to(&mails, "late@mihon.example"));
    maildir.deliver("1", &report(id, "late@mihon.example", "delayed", "4.4.1"));
    assert_eq!(read(&day, &maildir).await, 1);
    assert_eq!(states(&day).await, ["sent"]);
    assert_eq!(day.kept.count("notices WHERE delayed_at IS NOT NULL").await, 1);
    maildir.deliver("2", &report(id, "late@mihon.example", "failed", "4.4.7"));
    assert_eq!(read(&day, &maildir).await, 1);
    assert_eq!(states(&day).await, ["bounced"]);
    assert_eq!(day.kept.count("dead_addresses").await, 0);
}

async fn a_forged_or_an_unrelated_mail_does_nothing(fresh: Fresh) {
    let (day, mails) = sent(&fresh, &["a@mihon.example", "b@mihon.example"]).await;
    let (maildir, id) = (Maildir::new(), id_to(&mails, "a@mihon.example"));
    // The address is right, and the message isn't one of ours; or it is quoted in a mail that is no report.
    let unknown = "<0199c1f0-7d44-7b6e-9b5e-6f0a3d1e2c4b@mihon.example>";
    maildir.deliver("1", &report(unknown, "a@mihon.example", "failed", "5.1.1"));
    maildir.deliver("2", &report("<x@y>", "a@mihon.example", "failed", "5.1.1"));
    maildir.deliver(
        "3",
        &format!("In-Reply-To: {id}\nSubject: Re\n\nFinal-Recipient: rfc822; a@mihon.example\nStatus: 5.1.1\n"),
    );
    maildir.deliver("4", &report(id, "a@mihon.example", "delivered", "2.0.0"));
    maildir.deliver("5", &"\0".repeat(2_000_000));
    maildir.deliver("6", "");
    std::os::unix::fs::symlink("/etc/hostname", maildir.path().join("new/7")).unwrap();
    assert_eq!(read(&day, &maildir).await, 0);
    assert_eq!((maildir.unread(), maildir.read()), (1, 6), "a link isn't followed");
    assert_eq!(states(&day).await, ["sent"; 2]);
    assert_eq!(day.kept.count("dead_addresses").await, 0);
    // A right one about somebody else's address: the message counts, and not what the text says of addresses.
    maildir.deliver("8", &report(id, "b@mihon.example", "failed", "5.1.1"));
    assert_eq!(read(&day, &maildir).await, 1);
    assert_eq!(day.kept.column("SELECT address FROM dead_addresses").await, ["a@mihon.example"]);
    // A folder that isn't there is no reason to stop.
    assert_eq!(read_bounces(&day.client.context, Path::new("/nowhere/at/all")).await.unwrap(), 0);
}

async fn a_crash_between_reading_and_moving_is_harmless(fresh: Fresh) {
    let (day, mails) = sent(&fresh, &["gone@mihon.example"]).await;
    let maildir = Maildir::new();
    let mail = report(id_to(&mails, "gone@mihon.example"), "gone@mihon.example", "failed", "5.1.1");
    maildir.deliver("1", &mail);
    assert_eq!(read(&day, &maildir).await, 1);
    // Staff know better, and the same mail is there again, as it is when the program ended before moving it.
    let patient = day.kept.column("SELECT id FROM patients").await.remove(0).parse().unwrap();
    assert!(confirm_address(&day.client.context, &day.client.actor, patient, NoticeChannel::Email).await.unwrap());
    maildir.deliver("1", &mail);
    assert_eq!(read(&day, &maildir).await, 0);
    assert_eq!((maildir.unread(), maildir.read()), (0, 1));
    assert_eq!(day.kept.count("dead_addresses").await, 0, "what staff said since stands");
    assert_eq!(states(&day).await, ["bounced"]);
}

async fn an_address_that_was_changed_meanwhile_is_used(fresh: Fresh) {
    let (day, mails) = sent(&fresh, &["old@mihon.example"]).await;
    let maildir = Maildir::new();
    let now = day.client.context.clock.now() + SignedDuration::from_mins(1);
    day.down_until(&now.to_string());
    let account = day.kept.column("SELECT id FROM portal_accounts").await.remove(0).parse().unwrap();
    let mut tx = day.client.context.database.begin_write().await.unwrap();
    let new = EmailAddress::parse("new@mihon.example").unwrap();
    accounts::set_address(&mut tx, account, &new, now).await.unwrap();
    tx.commit().await.unwrap();
    maildir.deliver("1", &report(id_to(&mails, "old@mihon.example"), "old@mihon.example", "failed", "5.1.1"));
    assert_eq!(read(&day, &maildir).await, 1);
    assert_eq!(states(&day).await, ["bounced"]);
    assert_eq!(day.kept.count("dead_addresses").await, 0);
}
