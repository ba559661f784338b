//! Debian's libfaketime sets the clock of the real program forward and back while calls ring, are answered, have an
//! unknown outcome or wait for a retry. No call is ended, no phone rings twice, and every slot gets its tries. The
//! monotonic clock, the fake carrier and the database keep the correct time.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::{Deployment, answers_after, number};
use crate::on_both_databases;

on_both_databases!(
    fault_17_no_call_is_ended_by_a_clock_that_steps,
    fault_17_a_caller_is_identified_in_time_whatever_the_clock_shows,
    fault_17_a_call_in_doubt_is_found_soon_after_the_clock_is_right,
    fault_17_a_retry_is_due_in_time_after_the_clock_was_wrong,
    fault_17_a_program_that_starts_by_a_wrong_clock_writes_the_right_time,
);

/// The clock steps, in seconds.
const STEPS: [i64; 4] = [3_600, 86_400, -3_600, -86_400];
/// The time limit of every wait before the test fails. It doesn't measure speed.
const PATIENCE: Duration = Duration::from_secs(120);

/// The number of steps of the long test. `KENKOCALL_CLOCK_STEPS` sets more, for a manual run.
fn steps() -> usize {
    std::env::var("KENKOCALL_CLOCK_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(3)
}

/// The clock of the program under test.
struct Steps {
    folder: tempfile::TempDir,
}

impl Steps {
    fn begin() -> Self {
        let steps = Self { folder: tempfile::tempdir().unwrap() };
        steps.to(0);
        steps
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ahead")
    }

    /// Sets the clock this many seconds ahead of the correct time.
    fn to(&self, ahead: i64) {
        // Written to a temporary file and renamed, so that the program never reads half of it.
        let new = self.folder.path().join("new");
        std::fs::write(&new, format!("{ahead:+}\n")).unwrap();
        std::fs::rename(new, self.file()).unwrap();
    }

    fn environment(&self) -> Vec<(String, String)> {
        let folders = std::fs::read_dir("/usr/lib").unwrap();
        let flow_set = folders
            .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
            .find(|flow_set| flow_set.exists())
            .expect("libfaketime isn't installed: run dev/setup");
        let pairs = [
            ("LD_PRELOAD", flow_set.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }
}

async fn deployment(fresh: &Fresh, patients: u32, fake: FakeCarrier, settings: &[(&str, &str)]) -> (Deployment, Steps) {
    let steps = Steps::begin();
    let deployment = Deployment::in_environment(fresh, patients, fake, settings, steps.environment()).await;
    (deployment, steps)
}

/// Waits until the program has logged this as often as `times`.
async fn written(deployment: &Deployment, what: &str, times: usize) {
    let waiting = async {
        while deployment.line.log().matches(what).count() < times {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "{times} times {what:?} isn't in the log:\n{}", deployment.line.log());
}

const DOUBTED: &str = "system clock jumped";
const BELIEVED: &str = "system clock is trusted again";

async fn fault_17_no_call_is_ended_by_a_clock_that_steps(fresh: Fresh) {
    let patients = 4 + 4 * u32::try_from(steps()).unwrap();
    // A call takes some ten seconds, so that several are in progress at every step.
    let fake = FakeCarrier::at_speed(1, 15);
    let pace = [("DIALER__CALLS_PER_SECOND", "1"), ("DIALER__CONCURRENT_CALLS", "4")];
    let (deployment, clock) = deployment(&fresh, patients, fake, &pace).await;
    for nth in 0..steps() {
        // A conversation is in progress.
        let under_way = "attempts WHERE state = 'answered' AND ended_at IS NULL";
        let waiting = async {
            while deployment.kept.count(under_way).await == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("somebody talks");
        clock.to(STEPS[nth % STEPS.len()]);
        let believed = deployment.line.log().matches(BELIEVED).count();
        written(&deployment, DOUBTED, nth + 1).await;
        // Long enough for several ticks and jobs with the wrong clock.
        tokio::time::sleep(Duration::from_secs(4)).await;
        clock.to(0);
        written(&deployment, BELIEVED, believed + 1).await;
    }
    deployment.until_all_slots_ended(patients.into()).await;
    assert_eq!(
        deployment.kept.count("slots WHERE state = 'reported'").await,
        u64::from(patients),
        "{}",
        deployment.line.log()
    );
    for nth in 0..patients {
        assert_eq!(deployment.fake.phone(&number(nth)).await, [1, 1, 1], "{nth} was called once");
    }
    // An intent between its commit and its request when the clock steps isn't sent; its slot is tried again.
    let cut = "calls JOIN attempts ON call_id = id WHERE disposition <> 'reported' AND outcome <> 'not_placed'";
    assert_eq!(deployment.kept.count(cut).await, 0, "{}", deployment.line.log());
    let now = Timestamp::now();
    let soon = (now + SignedDuration::from_mins(10)).as_millisecond();
    let early = (now - SignedDuration::from_mins(50)).as_millisecond();
    assert_eq!(
        deployment.kept.count(&format!("turns WHERE at > {soon} OR at < {early}")).await,
        0,
        "no wrong time is kept"
    );
}

async fn fault_17_a_caller_is_identified_in_time_whatever_the_clock_shows(fresh: Fresh) {
    let (deployment, clock) = deployment(&fresh, 1, FakeCarrier::start(1), &[]).await;
    deployment.until_all_slots_ended(1).await;
    let fields = |status: &'static str| {
        [
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", "CA0123456789abcdef0123456789abcdef"),
            ("CallStatus", status),
            ("Direction", "inbound"),
            ("From", "+819010000001"),
            ("To", "+815031980214"),
        ]
    };
    let carrier = &deployment.line.carrier;
    let mut answer = carrier.post("/twilio/voice/health-call", &fields("ringing")).await.unwrap();
    for ahead in [3_600, 86_400, -3_600] {
        clock.to(ahead);
        let action = answer.body.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
        let action = action.unwrap_or_else(|| panic!("asked nothing more: {}", answer.body)).replace("&amp;", "&");
        let mut keyed = fields("in-progress").to_vec();
        // The language, then only wrong keys: the question is repeated.
        keyed.push(("Digits", if ahead == 3_600 { "1" } else { "" }));
        answer = carrier.post(&action, &keyed).await.unwrap();
        assert!(answer.body.contains("<Gather"), "after a step to {ahead} s: {}", answer.body);
    }
    assert!(!deployment.line.log().contains("not identified in time"), "{}", deployment.line.log());
}

async fn fault_17_a_call_in_doubt_is_found_soon_after_the_clock_is_right(fresh: Fresh) {
    for (nth, ahead) in (0..).zip([86_400]) {
        let fake = FakeCarrier::start(1);
        let lost = number(nth);
        // The carrier has the call but never reports it.
        fake.fault(json!({ "fault": "never_answered", "done": true, "number": lost })).await;
        fake.fault(json!({ "fault": "callbacks_never", "number": lost })).await;
        fake.person(&lost, "no-answer", json!({})).await;
        let (deployment, clock) = deployment(&fresh, 1, fake, &[]).await;
        deployment.until_phone(&lost, 1, 1).await;
        clock.to(ahead);
        written(&deployment, DOUBTED, 1).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let later = (Timestamp::now() + SignedDuration::from_mins(30)).as_millisecond();
        assert_eq!(deployment.kept.count(&format!("attempts WHERE look_at > {later} OR moved_at > {later}")).await, 0);
        clock.to(0);
        deployment.until("attempts WHERE ended_at IS NOT NULL AND outcome = 'no_answer'", 1).await;
        assert_eq!(deployment.fake.phone(&lost).await[0], 1, "called once");
    }
}

async fn fault_17_a_retry_is_due_in_time_after_the_clock_was_wrong(fresh: Fresh) {
    let fake = FakeCarrier::at_speed(1, 5);
    fake.person(&number(0), "no-answer", json!({})).await;
    let (deployment, clock) = deployment(&fresh, 1, fake, &[]).await;
    deployment.until_phone(&number(0), 1, 1).await;
    deployment.kept.rows("UPDATE centres SET settings = replace(settings, '1x30', '3x30')").await;
    clock.to(86_400);
    // It stops ringing while the clock is wrong.
    deployment.until("slots WHERE tries = 1", 1).await;
    let (now, minute) = (Timestamp::now(), SignedDuration::from_mins(1));
    let (earliest, latest) = ((now + minute * 28).as_millisecond(), (now + minute * 31).as_millisecond());
    let due = format!("slots WHERE state = 'waiting' AND due_at > {earliest} AND due_at < {latest}");
    assert_eq!(
        deployment.kept.count(&due).await,
        1,
        "{:?}",
        deployment.kept.rows("SELECT state, reason FROM slots").await
    );
    // A time that was planned with a wrong clock, as an earlier version would have done, is planned again.
    let wrong = (now + minute * 60 * 24).as_millisecond();
    deployment.kept.rows(&format!("UPDATE slots SET due_at = {wrong}, window_end = {wrong} + 3600000")).await;
    clock.to(0);
    deployment.until(&due, 1).await;
    assert_eq!(deployment.fake.phone(&number(0)).await[0], 1);
}

async fn fault_17_a_program_that_starts_by_a_wrong_clock_writes_the_right_time(fresh: Fresh) {
    let fake = FakeCarrier::at_speed(1, 5);
    fake.person(&number(0), "answers", answers_after(24)).await;
    let (mut deployment, clock) = deployment(&fresh, 1, fake, &[]).await;
    deployment.until_phone(&number(0), 1, 1).await;
    deployment.line.kill();
    clock.to(86_400);
    deployment.restart().await;
    written(&deployment, DOUBTED, 1).await;
    // Handled by a program that knows the right time only from the carrier's clock.
    deployment.until("attempts WHERE state = 'answered' OR ended_at IS NOT NULL", 1).await;
    let later = (Timestamp::now() + SignedDuration::from_hours(1)).as_millisecond();
    assert_eq!(deployment.kept.count(&format!("turns WHERE at > {later}")).await, 0);
    clock.to(0);
    deployment.until("slots WHERE state = 'reported'", 1).await;
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 1]);
}
