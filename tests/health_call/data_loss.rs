//! A signed request about an outbound call that the database lacks: it stops dialling, once for each call, whatever
//! the time in its id (fault 13).

use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::server::TestServer;
use crate::on_both_databases;

on_both_databases!(
    fault_13_a_placed_call_that_is_not_known_stops_the_dialling_once,
    fault_13_any_call_of_ours_that_is_not_known_counts_whatever_its_time_and_once,
    fault_13_a_request_of_a_settled_call_sent_again_stops_nothing,
);

const STATUS: [(&str, &str); 2] = [("CallSid", "CA0123456789abcdef0123456789abcdef"), ("CallStatus", "completed")];

/// An id as this program creates it, with this time.
fn made(at: Timestamp) -> Uuid {
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &[7; 10]).into_uuid()
}

struct Listener {
    line: TestServer,
    kept: DatabaseAssertions,
    url: String,
}

impl Listener {
    async fn on(fresh: &Fresh) -> Self {
        let line = TestServer::with_people(&fresh.database, &fresh.url).await;
        Self { line, kept: DatabaseAssertions::at(&fresh.url), url: fresh.url.clone() }
    }

    /// Reports a call. Returns how often that has stopped dialling, and whether it is stopped now.
    async fn told_of(&self, path: &str, id: Uuid) -> (u64, bool) {
        let path = format!("/twilio/voice/calls/{id}/{path}");
        let answer = self.line.carrier.post(&path, &STATUS).await.unwrap();
        assert_eq!(answer.status.as_u16(), 404, "{}", answer.body);
        (self.kept.count("losses").await, self.kept.count("losses WHERE closed_at IS NULL").await > 0)
    }

    fn resume(&self) {
        let mut resume = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
        resume.args(["dialer", "resume", "--anyway"]).env("KENKOCALL_DATABASE__URL", &self.url);
        assert!(resume.status().unwrap().success());
    }
}

async fn fault_13_a_placed_call_that_is_not_known_stops_the_dialling_once(fresh: Fresh) {
    let listener = Listener::on(&fresh).await;
    let now = Timestamp::now();
    let lost = made(now - SignedDuration::from_mins(10));
    assert_eq!(listener.told_of("status", lost).await, (1, true));
    assert_eq!(listener.kept.alerts().await, ["dialling"]);
    // While the pause lasts, further ones add nothing to the lists.
    assert_eq!(listener.told_of("answered", made(now)).await, (1, true));
    assert_eq!(listener.kept.alerts().await, ["dialling"]);
    let metrics = listener.line.operations.get("/metrics").await.unwrap().body;
    assert!(metrics.contains("kenkocall_losses_found_total{sign=\"unknown_call\"} 1"), "{metrics}");
    assert!(metrics.contains("kenkocall_placed_calls_not_known_total 2"), "{metrics}");
    listener.resume();
    // Repeated requests and any from before that time: a person has already decided.
    for path in ["status", "answered", "goodbye"] {
        assert_eq!(listener.told_of(path, lost).await, (1, false), "{path}");
        assert_eq!(listener.told_of(path, made(now)).await, (1, false), "{path}");
    }
    // One that was placed since then is new.
    assert_eq!(listener.told_of("status", made(Timestamp::now() + SignedDuration::from_secs(1))).await, (2, true));
}

async fn fault_13_any_call_of_ours_that_is_not_known_counts_whatever_its_time_and_once(fresh: Fresh) {
    let listener = Listener::on(&fresh).await;
    let now = Timestamp::now();
    for (nth, hours) in (1..).zip([25, 24 * 400, -1, -24, 0]) {
        let id = made(now - SignedDuration::from_hours(hours));
        assert_eq!(listener.told_of("status", id).await, (nth, true), "made {hours} hours ago");
        listener.resume();
        assert_eq!(listener.told_of("status", id).await, (nth, false), "sent again");
    }
}

async fn fault_13_a_request_of_a_settled_call_sent_again_stops_nothing(fresh: Fresh) {
    let listener = Listener::on(&fresh).await;
    let now = Timestamp::now();
    // Ids that this program never generated.
    for id in [Uuid::nil(), Uuid::max(), Uuid::from_u128(made(now).as_u128() & !(0xf << 76) | 4 << 76)] {
        assert_eq!(listener.told_of("status", id).await, (0, false), "{id}");
    }
    // The reconciliation created an attempt with a new id for the carrier's call.
    let ring = [
        STATUS[0],
        ("AccountSid", "AC00000000000000000000000000000000"),
        ("ApiVersion", "2010-04-01"),
        ("CallStatus", "ringing"),
        ("Direction", "inbound"),
        ("From", "+819010000001"),
        ("To", "+815031980214"),
    ];
    listener.line.carrier.post("/twilio/voice/health-call", &ring).await.unwrap();
    let path = format!("/twilio/voice/calls/{}/status", made(now));
    let answer = listener.line.carrier.post(&path, &STATUS).await.unwrap();
    assert!(answer.status.is_client_error(), "the carrier's call is known: {}", answer.body);
    assert_eq!(listener.kept.count("losses").await, 0);
    assert!(listener.kept.alerts().await.is_empty());
}
