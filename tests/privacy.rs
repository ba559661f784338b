//! I6: no personal data in logs, metrics and error texts, whatever happens in a call, and no domain type with
//! personal data prints it.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and plays the carrier, which has a clock of its own"
)]

mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "health_call/db_assertions.rs"]
mod db_assertions;
#[path = "privacy/debug_and_display.rs"]
mod debug_and_display;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "health_call/http_client.rs"]
mod http_client;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "health_call/phone.rs"]
mod phone;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "health_call/server.rs"]
mod server;
#[allow(dead_code, reason = "tests/automated_calls uses the rest")]
#[path = "automated_calls/simulated_day.rs"]
mod simulated_day;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "health_call/test_patients.rs"]
mod test_patients;

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use kenkocall::service::{JobRunner, sweep};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use databases::Fresh;
use db_assertions::DatabaseAssertions;
use phone::{A_PHONE, MISMATCH, Next, Phone, RECEIVED};
use server::InProcessServer;
use test_patients::{AUNT, EVERYBODY, MOTHER, NOBODY, Person, SON};

on_both_databases!(
    i6_nothing_personal_is_logged_or_measured_or_answered,
    i6_automated_calls_log_and_measure_nothing_personal,
);

/// The complete log: of this program at every level, and of its libraries down to DEBUG.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Started once, because the tests of one process share the log.
fn watched() -> &'static (Log, PrometheusHandle) {
    static WATCHED: OnceLock<(Log, PrometheusHandle)> = OnceLock::new();
    WATCHED.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("debug,kenkocall=trace"))
            .with_ansi(false)
            .without_time()
            .with_writer(log.clone())
            .init();
        (log, PrometheusBuilder::new().install_recorder().unwrap())
    })
}

/// Keyed only in these calls, so that it can be searched for.
const FEVER: &str = "383";

/// The words of a line without its ids, whose digits are arbitrary.
fn words_without_ids(line: &str) -> impl Iterator<Item = &str> {
    let is_id = |word: &str| {
        (word.len() == 36 && word.matches('-').count() == 4) || (word.len() >= 32 && word.starts_with("CA"))
    };
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(move |word| !is_id(word))
}

fn has_nothing_personal(text: &str, place: &str) {
    let mut looked_for = vec![A_PHONE.to_owned(), A_PHONE[3..].to_owned(), NOBODY.id.to_owned(), "19990101".to_owned()];
    for person in EVERYBODY {
        looked_for.extend(person.name.map(str::to_owned));
        looked_for.extend([person.id, person.birth_date].map(str::to_owned));
        let (year, rest) = person.birth_date.split_at(4);
        looked_for.push(format!("{year}-{}-{}", &rest[..2], &rest[2..]));
        looked_for.extend(person.number.map(|number| number[3..].to_owned()));
    }
    for personal in looked_for {
        let line = text.lines().find(|line| line.contains(&personal));
        assert!(line.is_none(), "“{personal}” in {place}: {}", line.unwrap_or_default());
    }
    let keyed = text.lines().find(|line| words_without_ids(line).any(|word| word == FEVER));
    assert!(keyed.is_none(), "what was keyed is in {place}: {}", keyed.unwrap_or_default());
}

async fn i6_nothing_personal_is_logged_or_measured_or_answered(fresh: Fresh) {
    let (log, metrics) = watched();
    let line = InProcessServer::at(&fresh.database, "2026-11-24T01:00:00Z").await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut refusals = String::new();

    // A complete call with all kinds of turns, from the registered number.
    let mut phone = Phone::ring(&line.carrier, MOTHER.number).await;
    phone.identify(&Person { birth_date: "19990101", ..MOTHER }).await.hears(MISMATCH);
    phone.keys(&[MOTHER.id, MOTHER.birth_date, FEVER, "1", "093", "1", "1", "1", "1", "", "*", "7", "1", "1"]).await;
    phone.key("0").await.transfer_ends("busy").await.key("1").await;
    phone.keys(&["2", "1", "1", "1", "2", "2", "2", "1", "1", "2", "2"]).await.hears(RECEIVED);
    let action = phone.action().to_owned();
    for more in [("Digits", FEVER), ("Digits", "３８３"), ("From", A_PHONE), ("From", "鷹司"), ("CallSid", MOTHER.id)]
    {
        refusals += &phone.post(&action, &[more, ("CallerName", "鷹司 鏡子")]).await.unwrap().body;
    }
    let unsigned =
        http_client::Raw { signature: None, ..line.carrier.signed("/twilio/voice/health-call", &[("From", A_PHONE)]) };
    refusals += &line.carrier.send(&unsigned).await.unwrap().body;
    let url = format!("/twilio/voice/calls/{}/turns/1", MOTHER.id);
    refusals += &phone.post(&url, &[("Digits", FEVER)]).await.unwrap().body;
    for (code, url) in [("11200", action.as_str()), ("11205", "https://evil.example/?n=818055550123")] {
        phone.post("/twilio/voice/fallback", &[("ErrorCode", code), ("ErrorUrl", url)]).await.unwrap();
    }
    phone.hang_up().await;
    // Locks, a released patient, and a dropped call that the sweeper ends.
    for _ in 0..5 {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.identify(&NOBODY).await.keys(&[MOTHER.id, "19990101", MOTHER.id, "19990101"]).await;
        assert_eq!(phone.transfer_ends("no-answer").await.next, Next::Over);
    }
    Phone::ring_any(&line.carrier).await.identify(&AUNT).await;
    let mut dropped = Phone::ring(&line.carrier, MOTHER.number).await;
    dropped.identify(&MOTHER).await.key(FEVER).await;
    line.set_clock("2026-11-24T02:00:00Z");
    JobRunner::new(Arc::clone(&line.context), None).run().await.unwrap();
    let longest = jiff::SignedDuration::from_mins(60);
    assert!(sweep(&line.context, &line.conversations, None, longest).await.unwrap() > 0);

    // The database refuses a row, and its error quotes the row if possible.
    refuse_rows_of(&kept, &fresh.url, SON.id).await;
    let mut failing = Phone::ring(&line.carrier, Some(A_PHONE)).await;
    failing.identify(&SON).await.hears("システムに問題が起きました");
    // A table is dropped, then the database is unreachable.
    let mut failing = Phone::ring(&line.carrier, MOTHER.number).await;
    failing.identify(&MOTHER).await;
    kept.rows("ALTER TABLE answers RENAME TO answers_elsewhere").await;
    failing.keys(&["384", "1"]).await.hears("システムに問題が起きました");
    line.context.database.close().await;
    let gone = failing.post("/twilio/voice/health-call", &[]).await.unwrap();
    assert!(gone.body.contains("システムに問題が起きました"));
    refusals += &line.carrier.get("/readyz").await.unwrap().body;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for event in ["call ended", "webhook refused", "could not store a turn", "asked the caller to call again"] {
        assert!(log.contains(event), "the log has no “{event}”: the test looks at nothing");
    }
    has_nothing_personal(&log, "the log");
    let metrics = metrics.render();
    for name in ["kenkocall_turns_total", "kenkocall_alerts_total", "kenkocall_webhooks_refused_total"] {
        assert!(metrics.contains(name), "{name} isn't measured: the test looks at nothing");
    }
    // The values are counts, which could be any number, so only names and labels are checked.
    let labels: Vec<&str> =
        metrics.lines().map(|line| line.rsplit_once(' ').map_or(line, |(label, _)| label)).collect();
    has_nothing_personal(&labels.join("\n"), "the metrics");
    has_nothing_personal(&refusals, "an error's text");
}

/// A day with retries, a wrong number, calls with unknown outcome, a stop, and a report by another channel.
async fn i6_automated_calls_log_and_measure_nothing_personal(fresh: Fresh) {
    use kenkocall::carrier::simulator::{NetworkFaults, Script};
    let (log, metrics) = watched();
    let network_faults = NetworkFaults {
        dial_unheard_placed: 0.3,
        dial_unheard_not_placed: 0.2,
        statuses_lost: 0.2,
        ..NetworkFaults::FAIR
    };
    let stranger =
        Script::answers(std::time::Duration::from_secs(2)).keys(kenkocall::domain::Keys::parse("4").unwrap());
    let people =
        vec![(0, vec![Script::busy().into()]), (1, vec![stranger.into()]), (2, vec![Script::rings_out().into()])];
    let day = simulated_day::Day::begin(
        &fresh,
        simulated_day::Plan {
            patients: vec!["09:00;14:00"; 8],
            people,
            network_faults,
            ..simulated_day::Plan::default()
        },
    );
    let day = day.await;
    day.until("08:40").await;
    day.rings_in(5);
    day.until("09:00:20").await;
    kenkocall::service::stop_patient(&day.client.context, &day.client.actor, &simulated_day::id(6)).await.unwrap();
    day.until("20:30").await;
    assert!(day.kept.count("attempts").await > 8);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for event in ["an attempt ended", "unknown whether the carrier has a call", "withdrawn call"] {
        assert!(log.contains(event), "the log has no “{event}”: the test looks at nothing");
    }
    let metrics = metrics.render();
    assert!(metrics.contains("kenkocall_attempts_ended_total"));
    for nth in 0..8 {
        let number = kenkocall::lab::synthetic_number(nth).unwrap();
        for personal in [&number.expose()[3..], simulated_day::id(nth).expose(), "見本 花子", "1980-04-01", "19800401"]
        {
            let line = log.lines().chain(metrics.lines()).find(|line| line.contains(personal));
            assert!(line.is_none(), "“{personal}” in {}", line.unwrap_or_default());
        }
    }
}

/// Makes the database refuse identifications with this HER-SYS ID.
async fn refuse_rows_of(kept: &DatabaseAssertions, url: &str, hersys_id: &str) {
    let refuse = if url.starts_with("sqlite") {
        format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON identifications WHEN NEW.hersys_id = '{hersys_id}'
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    } else {
        format!("ALTER TABLE identifications ADD CONSTRAINT refuse CHECK (hersys_id <> '{hersys_id}')")
    };
    kept.rows(&refuse).await;
}
