//! One pace a channel: an SMS doesn't wait for e-mails, and the reverse.

use std::time::Duration;

use kenkocall::domain::NoticeChannel;
use kenkocall::patient_import::Column;
use kenkocall::service::NoticePaces;
use serde_json::json;

use crate::databases::Fresh;
use crate::mail_server::Server;
use crate::notices::{messages, notifier, paced, with_addresses};
use crate::simulated_day::Day;

crate::on_both_databases!(
    each_channel_has_its_own_pace,
    a_mail_server_that_stands_still_holds_no_sms,
    who_is_reached_otherwise_than_expected_goes_at_the_pace_of_that_channel,
);

/// So many are reached by SMS, and the others by e-mail.
async fn both(fresh: &Fresh, addresses: &[&str], by_sms: usize) -> Day {
    let day = with_addresses(fresh, addresses).await;
    for nth in (0..).take(by_sms) {
        let number = format!("090-1111-{:04}", 1000 + nth);
        day.set(nth, &[(Column::PhoneNumber, &number)]).await;
    }
    day
}

async fn sent_by(day: &Day, channel: &str) -> u64 {
    day.kept.count(&format!("notices WHERE channel = '{channel}'")).await
}

async fn each_channel_has_its_own_pace(fresh: Fresh) {
    let addresses = ["a@mihon.example", "b@mihon.example", "c@mihon.example", "d@mihon.example", "e@mihon.example"];
    let day = both(&fresh, &addresses, 3).await;
    let server = Server::open();
    day.down_until("2026-11-25T08:30:00+09:00");
    let slow = paced(&day, server.port, NoticePaces { sms: 1.0, email: 1_000.0 });
    assert_eq!(slow.tick().await.unwrap().handed_over, 3, "one SMS and both e-mails");
    assert_eq!((sent_by(&day, "sms").await, sent_by(&day, "email").await), (1, 2));
    assert_eq!(slow.tick().await.unwrap().handed_over, 0, "in the same second");
    day.down_until("2026-11-25T08:30:02+09:00");
    assert_eq!(slow.tick().await.unwrap().handed_over, 1);
    day.down_until("2026-11-25T08:30:04+09:00");
    assert_eq!(slow.tick().await.unwrap().handed_over, 1);
    // The next day the other way round.
    day.down_until("2026-11-26T08:30:00+09:00");
    let slow = paced(&day, server.port, NoticePaces { sms: 1_000.0, email: 1.0 });
    assert_eq!(slow.tick().await.unwrap().handed_over, 4, "three SMS and one e-mail");
    day.down_until("2026-11-26T08:30:02+09:00");
    assert_eq!(slow.tick().await.unwrap().handed_over, 1);
    assert_eq!(day.kept.count("notices WHERE state = 'waiting'").await, 0);
}

async fn a_mail_server_that_stands_still_holds_no_sms(fresh: Fresh) {
    let day = both(&fresh, &["a@mihon.example", "b@mihon.example", "c@mihon.example"], 1).await;
    let silent = Server::start(&json!({ "security": "none", "refuses": "silence" }));
    day.down_until("2026-11-25T08:30:00+09:00");
    let (mails, sms) = (notifier(&day, silent.port), notifier(&day, silent.port));
    assert_eq!(mails.plan().await.unwrap(), 3);
    let stuck = tokio::spawn(async move { mails.send(NoticeChannel::Email).await.map(|_| ()) });
    let mut taken = 0;
    while taken < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        taken += messages(&silent).len();
    }
    assert_eq!(sms.send(NoticeChannel::Sms).await.unwrap(), 1, "while both e-mails are under way");
    assert_eq!(day.kept.count("notices WHERE channel = 'sms' AND state = 'sent'").await, 1);
    assert_eq!(day.kept.count("notices WHERE channel = 'email' AND state = 'intended'").await, 2);
    stuck.abort();
}

async fn who_is_reached_otherwise_than_expected_goes_at_the_pace_of_that_channel(fresh: Fresh) {
    let day = both(&fresh, &["a@mihon.example", "b@mihon.example"], 2).await;
    let server = Server::open();
    day.down_until("2026-11-25T08:30:00+09:00");
    let notifier = notifier(&day, server.port);
    assert_eq!(notifier.plan().await.unwrap(), 2);
    assert_eq!(day.kept.count("notices WHERE lane = 'sms'").await, 2);
    // Since then, one number was found to be a landline.
    day.set(0, &[(Column::PhoneNumber, "03-5211-3650")]).await;
    assert_eq!(notifier.send(NoticeChannel::Sms).await.unwrap(), 1);
    assert_eq!(day.kept.count("notices WHERE lane = 'email' AND state = 'waiting'").await, 1);
    assert_eq!(notifier.send(NoticeChannel::Email).await.unwrap(), 1);
    assert_eq!(messages(&server).len(), 1);
}
