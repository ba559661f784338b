//! Automated calls: answered, declined, busy, not answered, refused, and the process killed while the phone rings.

use std::time::Duration;

use jiff::Timestamp;

use super::databases::{Fresh, on_sqlite};
use super::db_assertions::DatabaseAssertions;
use super::inbound::nothing_personal;
use super::line::{PATIENCE, SipServer};
use super::test_patients::{self, MOTHER};

async fn called_now(fresh: &Fresh, settings: &[(&str, &str)]) -> SipServer {
    let now = Timestamp::now();
    test_patients::register(&fresh.database, now, &test_patients::noon_zone(now)).await;
    SipServer::start(&fresh.url, settings)
}

fn call(server: &SipServer) {
    server.does(&["--as", "保健師A", "calls", "now", MOTHER.id]);
}

/// Waits until a query has this answer.
pub async fn until(kept: &DatabaseAssertions, sql: &str, expected: &str, log: impl Fn() -> String) {
    let mut last = Vec::new();
    let waiting = async {
        loop {
            last = kept.column(sql).await;
            if last == [expected] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
        let log = log();
        panic!("{sql}: {last:?}, not {expected}\n{}", log.lines().rev().take(60).collect::<Vec<_>>().join("\n"));
    }
}

const ENDED: &str = "SELECT CAST(count(*) AS text) FROM attempts WHERE ended_at IS NOT NULL";

#[tokio::test(flavor = "multi_thread")]
async fn an_answered_call_is_led_to_its_end() {
    on_sqlite(|fresh| async move {
        let server = called_now(&fresh, &[]).await;
        let trunk = server.trunk("answers", &[("keys1", "22")], 1);
        call(&server);
        trunk.until_received("INVITE sip:+819066778899@127.0.0.1").await;
        let messages = trunk.succeeds(|| server.log()).await;
        assert_eq!(call_ids(&messages).len(), 1);
        let kept = DatabaseAssertions::at(&fresh.url);
        until(&kept, ENDED, "1", || server.log()).await;
        let turns: u32 = kept.column("SELECT CAST(count(*) AS text) FROM turns").await[0].parse().unwrap();
        assert!(turns >= 2, "the conversation began, and a key was heard: {turns}");
        nothing_personal(&server.log(), &[]);
    })
    .await;
}

/// A row of the table of causes: how the phone or the trunk answers, and what is stored of the first try.
async fn not_answered(scenario: &'static str, settings: &'static [(&str, &str)], stored: [&'static str; 2]) {
    on_sqlite(move |fresh| async move {
        let server = called_now(&fresh, settings).await;
        let trunk = server.trunk(scenario, &[], 1);
        call(&server);
        let messages = trunk.succeeds(|| server.log()).await;
        let kept = DatabaseAssertions::at(&fresh.url);
        until(&kept, ENDED, "1", || server.log()).await;
        let rows = kept
            .rows(
                "SELECT coalesce(outcome, ''), coalesce(hangup_cause, '') FROM attempts LEFT JOIN legs USING (call_id)",
            )
            .await;
        assert_eq!(rows, [stored], "{scenario}");
        assert_eq!(call_ids(&messages).len(), 1, "{scenario}: {messages}");
        nothing_personal(&server.log(), &[]);
    })
    .await;
}

/// The Call-IDs of all messages.
fn call_ids(messages: &str) -> std::collections::BTreeSet<&str> {
    messages.lines().filter_map(|line| line.strip_prefix("Call-ID:")).map(str::trim).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_call_is_a_try() {
    not_answered("declines", &[], ["busy", "call_rejected"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_phone_is_a_try() {
    not_answered("busy", &[], ["busy", "user_busy"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_nobody_answers_is_cancelled_after_the_ringing_time() {
    not_answered("no_answer", &[("LINES__RING_SECONDS", "5")], ["no_answer", "no_answer"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_does_not_exist_is_not_rung() {
    not_answered("unknown_number", &[], ["wrong_number", ""]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_refuses_us_is_held_and_the_patient_is_not_marked() {
    not_answered("refuses_us", &[], ["not_placed", ""]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_phone_rings_it_stops_soon_after_the_restart_and_is_not_rung_again() {
    on_sqlite(|fresh| async move {
        let mut server = called_now(&fresh, &[]).await;
        let trunk = server.trunk("no_answer", &[], 1);
        call(&server);
        trunk.until_received("INVITE sip:").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.kill();
        server.restart();
        // The scenario ends with the CANCEL, by the branch of the INVITE, and the ACK of its last answer.
        let messages = trunk.succeeds(|| server.log()).await;
        assert!(messages.contains("CANCEL sip:"), "{messages}");
        assert_eq!(call_ids(&messages).len(), 1, "no second call: {messages}");
        let kept = DatabaseAssertions::at(&fresh.url);
        until(&kept, ENDED, "1", || server.log()).await;
        let tries = kept.column("SELECT CAST(count(*) AS text) FROM attempts WHERE outcome <> 'not_placed'").await;
        assert_eq!(tries, ["1"], "it counts as a try");
    })
    .await;
}
