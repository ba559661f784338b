//! A health centre with patients who are due now, the program that calls them, and the carrier between them.

use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kenkocall::domain::{CallTimes, CallingHours};
use kenkocall::lab::{SyntheticDay, add_synthetic_day, synthetic_number};
use serde_json::json;

use super::carrier_process::{ACCOUNT, FakeCarrier};
use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::{PUBLIC_URL, TOKEN};
use super::server::TestServer;
use super::test_patients::noon_zone;

/// The time limit of every wait before the test fails. It doesn't measure speed.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Deployment {
    pub fake: FakeCarrier,
    pub line: TestServer,
    pub kept: DatabaseAssertions,
    url: String,
    settings: Vec<(String, String)>,
}

impl Deployment {
    /// A deployment with this many patients, all due now.
    pub async fn of(fresh: &Fresh, patients: u32, settings: &[(&str, &str)]) -> Self {
        Self::with(fresh, patients, FakeCarrier::start(1), settings).await
    }

    pub async fn with(fresh: &Fresh, patients: u32, fake: FakeCarrier, settings: &[(&str, &str)]) -> Self {
        Self::in_environment(fresh, patients, fake, settings, Vec::new()).await
    }

    /// The same, with environment variables for the program that aren't settings.
    pub async fn in_environment(
        fresh: &Fresh,
        patients: u32,
        fake: FakeCarrier,
        settings: &[(&str, &str)],
        environment: Vec<(String, String)>,
    ) -> Self {
        let now = Timestamp::now();
        register(fresh, patients, now).await;
        let base = fake.base_url();
        let mut all = vec![
            ("TWILIO__BASE_URL", base.as_str()),
            ("TWILIO__ACCOUNT_SID", ACCOUNT),
            ("TWILIO__CALLER_NUMBER", "+815031980214"),
            ("DIALER__CALLS_PER_SECOND", "50"),
            ("DIALER__CONCURRENT_CALLS", "100"),
            ("DIALER__UNKNOWN_GRACE_SECONDS", "1"),
            ("DIALER__SILENCE_SECONDS", "3"),
        ];
        all.extend_from_slice(settings);
        let line = TestServer::start_in(&fresh.url, &all, environment);
        fake.deliver_to(&line.carrier.address()).await;
        let settings = all.iter().map(|(name, value)| (format!("KENKOCALL_{name}"), (*value).to_owned())).collect();
        Self { fake, line, kept: DatabaseAssertions::at(&fresh.url), url: fresh.url.clone(), settings }
    }

    /// The settings of the program, in addition to those of every program under test.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// Restarts the killed program, and directs the carrier's webhooks to it.
    pub async fn restart(&mut self) {
        self.line.restart();
        self.fake.deliver_to(&self.line.carrier.address()).await;
    }

    /// Waits until this many rows match.
    pub async fn until(&self, rows: &str, count: u64) {
        let waiting = async {
            while self.kept.count(rows).await != count {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            self.give_up(&format!("{count} {rows}")).await;
        }
    }

    /// Waits until this many calls were placed to a number, and its phone rang this often.
    pub async fn until_phone(&self, number: &str, placed: u64, rang: u64) {
        let waiting = async {
            while self.fake.phone(number).await[..2] != [placed, rang] {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            self.give_up(&format!("{number} is called {placed} times and rings {rang} times")).await;
        }
    }

    async fn give_up(&self, what: &str) {
        let sql = "SELECT state, reason, CAST(count(*) AS text) FROM slots GROUP BY state, reason";
        let slots = self.kept.rows(sql).await;
        let sql = "SELECT state, outcome, CAST(count(*) AS text) FROM attempts GROUP BY state, outcome";
        let attempts = self.kept.rows(sql).await;
        panic!("waited without success for {what}; slots {slots:?}, attempts {attempts:?}\n{}", self.line.log());
    }

    pub async fn until_all_slots_ended(&self, slots: u64) {
        self.until("slots WHERE ended_at IS NOT NULL", slots).await;
    }

    /// Runs a command of the real program.
    pub fn command(&self, arguments: &[&str]) {
        let done = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(arguments)
            .env("KENKOCALL_DATABASE__URL", &self.url)
            .output()
            .unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Runs a command with the settings of the server. Returns its output, or the sentence with which it refuses.
    pub fn asks(&self, arguments: &[&str]) -> Result<String, String> {
        let done = self.program(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
    }

    /// A command with the settings of the server.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
        command
            .args(arguments)
            .envs([("KENKOCALL_CARRIER", "twilio"), ("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)])
            .env("KENKOCALL_SERVER__PUBLIC_URL", PUBLIC_URL)
            .env("KENKOCALL_DATABASE__URL", &self.url)
            .envs(self.settings.clone());
        command
    }

    /// No phone rang more than once for one of our calls, and no call was placed twice.
    pub async fn nobody_rang_twice_for_a_call(&self) {
        for (number, placed, rang) in self.fake.phones().await {
            assert!(rang.iter().all(|times| *times <= 1), "{number} rang {rang:?} times for one call");
            let attempts =
                self.kept.count(&format!("attempts WHERE phone_number = '{number}' AND outcome <> 'not_placed'")).await;
            assert!(placed <= attempts, "{number}: {placed} calls were placed for {attempts} attempts");
        }
    }
}

/// Registers the centre and its patients. All of them are due, and it is about noon there.
async fn register(fresh: &Fresh, patients: u32, now: Timestamp) {
    let zone = noon_zone(now);
    let local = TimeZone::get(&zone).unwrap().to_datetime(now);
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    let day = SyntheticDay {
        hours: "00:00-23:59".parse::<CallingHours>().unwrap(),
        times: vec![time.parse::<CallTimes>().unwrap()],
        patients,
        after: now,
    };
    add_synthetic_day(&fresh.database, &day).await.unwrap();
    let kept = DatabaseAssertions::at(&fresh.url);
    // One try only: a second one would follow half an hour later.
    let retry = ["busy", "no_answer", "dropped", "not_now", "voicemail", "failed"].map(|cause| (cause, json!("1x30")));
    let retry: serde_json::Map<String, serde_json::Value> =
        retry.into_iter().map(|(cause, once)| (cause.to_owned(), once)).collect();
    let settings = json!({ "calling_hours": "00:00-23:59", "retry": retry });
    kept.rows(&format!("UPDATE centres SET time_zone = '{zone}', settings = '{settings}'")).await;
    kept.rows(&format!("UPDATE patients SET next_slot_at = {}", minute_of(now).as_millisecond())).await;
}

fn minute_of(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second() - now.as_second() % 60).unwrap()
}

pub fn number(nth: u32) -> String {
    synthetic_number(nth).unwrap().expose().to_owned()
}

/// A person whose phone rings for this many of the fake carrier's seconds before it is answered.
pub fn answers_after(seconds: u32) -> serde_json::Value {
    json!({ "answer_seconds": seconds })
}
