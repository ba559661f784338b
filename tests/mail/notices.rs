//! Notices by e-mail (M13): an outage delays them, none is sent twice, and an address rests only if the server says
//! that nobody has it. The names of tests that begin with `bad_input` say which bad input they try.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kenkocall::config::Email;
use kenkocall::domain::{AccountId, EmailAddress, EnteredName, PageLanguage};
use kenkocall::mail::{MailServer, Smtp};
use kenkocall::patient_import::Column;
use kenkocall::service::{CentreChange, NoticePaces, Notifier, NotifierSettings};
use kenkocall::store::patients;
use kenkocall::store::portal::{accounts, people};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::mail_server::{Server, closed_port};
use crate::simulated_day::{Day, Plan, id};

crate::on_both_databases!(
    bad_input_smtp_is_down_for_an_hour_and_each_notice_goes_out_later_once,
    bad_input_421_for_one_domain_delays_that_domain_alone,
    bad_input_an_address_that_nobody_has_rests_and_a_policy_silences_nobody,
    bad_input_killed_between_data_and_storing_the_reply_is_unknown,
    bad_input_no_address_and_no_words_add_a_header,
);

/// Patients without a mobile number, each in an account with this address.
pub async fn with_addresses(fresh: &Fresh, addresses: &[&str]) -> Day {
    let day = Day::begin(fresh, Plan { patients: vec!["15:00"; addresses.len()], ..Plan::default() }).await;
    let now = day.client.context.clock.now();
    for (nth, address) in (0..).zip(addresses) {
        day.set(nth, &[(Column::PhoneNumber, &format!("03-5211-36{:02}", 50 + nth))]).await;
        let mut tx = day.client.context.database.begin_write().await.unwrap();
        let patient = patients::by_hersys_ids(&mut tx, &[id(nth)]).await.unwrap()[0].id;
        let account = accounts::PortalAccountRow {
            id: AccountId(Uuid::now_v7()),
            address: EmailAddress::parse(address).unwrap(),
            language: PageLanguage::default(),
            password_hash: None,
            created_at: now,
        };
        accounts::insert(&mut tx, &account).await.unwrap();
        let person = people::PortalPersonRow {
            patient,
            account: account.id,
            family_name: EnteredName::parse("見本").unwrap(),
            given_name: EnteredName::parse("花子").unwrap(),
            label: None,
            added_at: now,
        };
        people::insert(&mut tx, &person).await.unwrap();
        tx.commit().await.unwrap();
    }
    day.centre(CentreChange { daily_notice: Some(Some("08:30".parse().unwrap())), ..CentreChange::default() }).await;
    day
}

fn smtp(port: u16) -> Arc<dyn MailServer> {
    let settings =
        format!("server = \"localhost\"\nport = {port}\nfrom = \"kenko@mihon.example\"\nsecurity = \"none\"");
    Arc::new(Smtp::configured(&toml::from_str::<Email>(&settings).unwrap()).unwrap().unwrap())
}

/// What a new process hands over at a time.
pub async fn handed_over_at(day: &Day, moment: &str, port: u16) -> usize {
    day.down_until(&format!("{moment}+09:00"));
    notifier(day, port).tick().await.unwrap().handed_over
}

pub fn notifier(day: &Day, port: u16) -> Notifier {
    paced(day, port, NoticePaces { sms: 1_000.0, email: 1_000.0 })
}

pub fn paced(day: &Day, port: u16, paces: NoticePaces) -> Notifier {
    let settings = NotifierSettings {
        carriers: day.simulation.carriers.clone(),
        from: kenkocall::domain::PhoneNumber::from_e164("+815000000000").unwrap(),
        mail: Some(smtp(port)),
        portal: "https://kenko.example/portal".to_owned(),
        paces,
        tick: Duration::from_secs(1),
    };
    Notifier::new(Arc::clone(&day.client.context), settings)
}

pub async fn states(day: &Day) -> Vec<String> {
    day.kept.column("SELECT state FROM notices ORDER BY state, id").await
}

pub fn messages(server: &Server) -> Vec<Value> {
    server.rest().into_iter().filter(|said| said.get("subject").is_some()).collect()
}

pub fn recipients(server: &Server) -> Vec<String> {
    let mut to: Vec<String> = messages(server).iter().map(|mail| mail["to"].as_str().unwrap().to_owned()).collect();
    to.sort();
    to
}

async fn bad_input_smtp_is_down_for_an_hour_and_each_notice_goes_out_later_once(fresh: Fresh) {
    let day = with_addresses(&fresh, &["a@mihon.example", "b@mihon.example", "c@kaku.example"]).await;
    let down = closed_port();
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:00", down).await, 3);
    assert_eq!(handed_over_at(&day, "2026-11-25T08:31:00", down).await, 0, "not at every moment");
    for minute in (35..60).step_by(5) {
        assert_eq!(handed_over_at(&day, &format!("2026-11-25T08:{minute}:01"), down).await, 3, "{minute}");
    }
    assert_eq!(states(&day).await, ["waiting"; 3]);
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-25T09:30:00", server.port).await, 3);
    assert_eq!(handed_over_at(&day, "2026-11-25T09:40:00", server.port).await, 0);
    assert_eq!(recipients(&server), ["a@mihon.example", "b@mihon.example", "c@kaku.example"]);
    assert_eq!(states(&day).await, ["sent"; 3]);
    assert_eq!(day.kept.count("report_links").await, 3, "one link each, however often it was tried");
    // Down until night: the day is over.
    assert_eq!(handed_over_at(&day, "2026-11-26T19:58:00", down).await, 3);
    assert_eq!(handed_over_at(&day, "2026-11-26T20:10:00", server.port).await, 0);
    assert_eq!(day.kept.count("notices WHERE reason = 'late'").await, 3);
}

async fn bad_input_421_for_one_domain_delays_that_domain_alone(fresh: Fresh) {
    let day = with_addresses(&fresh, &["a@slow.example", "b@mihon.example", "c@slow.example", "d@mihon.example"]).await;
    let rules = json!({ "security": "none", "replies": { "slow.example": [421, "4.7.0 too much for slow.example"] } });
    let server = Server::start(&rules);
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:00", server.port).await, 4);
    assert_eq!(recipients(&server), ["b@mihon.example", "d@mihon.example"]);
    assert_eq!(states(&day).await, ["sent", "sent", "waiting", "waiting"]);
    assert_eq!(day.kept.count("dead_addresses").await, 0);
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-25T08:36:00", server.port).await, 2);
    assert_eq!(recipients(&server), ["a@slow.example", "c@slow.example"]);
}

async fn bad_input_an_address_that_nobody_has_rests_and_a_policy_silences_nobody(fresh: Fresh) {
    let day = with_addresses(&fresh, &["nobody@mihon.example", "spam@mihon.example", "full@mihon.example"]).await;
    let server = Server::start(&json!({ "security": "none", "replies": {
        "nobody@mihon.example": [550, "5.1.1 no such user"],
        "spam@mihon.example": [550, "5.7.1 refused by policy"],
        "full@mihon.example": [552, "5.2.2 mailbox full"],
    } }));
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:00", server.port).await, 3);
    assert_eq!(states(&day).await, ["refused"; 3]);
    assert_eq!(day.kept.column("SELECT address FROM dead_addresses").await, ["nobody@mihon.example"]);
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-26T08:30:00", server.port).await, 2);
    assert_eq!(recipients(&server), ["full@mihon.example", "spam@mihon.example"]);
    assert_eq!(day.kept.count("notices WHERE reason = 'no_address'").await, 1);
}

async fn bad_input_killed_between_data_and_storing_the_reply_is_unknown(fresh: Fresh) {
    let day = with_addresses(&fresh, &["a@mihon.example", "b@mihon.example"]).await;
    let silent = Server::start(&json!({ "security": "none", "refuses": "silence" }));
    day.down_until("2026-11-25T08:30:00+09:00");
    let notifier = notifier(&day, silent.port);
    // The server has read both messages, and the process ends before it hears that.
    let killed = tokio::spawn(async move { notifier.tick().await.map(|sent| sent.handed_over) });
    let mut both = Vec::new();
    while both.len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        both.extend(messages(&silent));
    }
    assert!(both.iter().all(|mail| mail["text"].as_str().unwrap().contains("https://kenko.example/portal/r/")));
    killed.abort();
    assert!(killed.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(states(&day).await, ["intended"; 2], "the intent was stored first");
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:30", server.port).await, 0);
    for moment in ["2026-11-25T08:31:30", "2026-11-25T12:00:00", "2026-11-25T19:59:00"] {
        assert_eq!(handed_over_at(&day, moment, server.port).await, 0, "{moment}");
        assert_eq!(states(&day).await, ["unknown"; 2]);
    }
    assert_eq!(messages(&server), Vec::<Value>::new());
    assert_eq!(handed_over_at(&day, "2026-11-26T08:30:00", server.port).await, 2, "the next day has its own");
    assert_eq!(recipients(&server), ["a@mihon.example", "b@mihon.example"]);
}

async fn bad_input_no_address_and_no_words_add_a_header(fresh: Fresh) {
    for address in ["x@y\r\nBcc:", "x@y\r\nBcc: z@mihon.example", "x@mihon.example>\r\nRCPT TO:<z@mihon.example"] {
        assert!(EmailAddress::parse(address).is_err(), "{address:?}");
    }
    let day = with_addresses(&fresh, &["a@mihon.example"]).await;
    let text = "お知らせ\nBcc: z@mihon.example\n\n{link}".parse().unwrap();
    let texts = [(kenkocall::domain::Language::Japanese, Some(text))].into();
    day.centre(CentreChange { notice_texts: texts, ..CentreChange::default() }).await;
    let server = Server::open();
    assert_eq!(handed_over_at(&day, "2026-11-25T08:30:00", server.port).await, 1);
    let mail = messages(&server).remove(0);
    assert_eq!(mail["recipients"], json!(["a@mihon.example"]));
    let headers = mail["headers"].as_array().unwrap();
    assert!(!headers.contains(&json!("bcc")), "{mail}");
    assert!(mail["text"].as_str().unwrap().contains("Bcc: z@mihon.example"), "it is a part of the words: {mail}");
    assert_eq!(mail["subject"], "My HER-SYS — 見本保健所");
    // RFC 8058: a mail program can unsubscribe without opening a page.
    let list = mail["list"].to_string();
    assert!(list.contains("https://kenko.example/portal/unsubscribe/") && list.contains("One-Click"), "{mail}");
    let moment: Timestamp = "2026-11-25T08:30:00+09:00".parse().unwrap();
    assert_eq!(mail["date"].as_str().unwrap().parse::<Timestamp>().unwrap(), moment);
}
