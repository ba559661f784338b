//! The process dies in the middle of calls: everything that was acknowledged to a caller is stored (I1), and the call
//! continues where it was. And the process is stopped (fault 39): everything that it accepted is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use hyper::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Next, Phone, RECEIVED, WELL, WELL_KEPT};
use super::server::{PATIENCE, TestServer};
use super::test_patients::MOTHER;

crate::on_both_databases!(
    i1_fifty_kills_in_the_middle_of_calls_lose_nothing_that_was_acknowledged,
    fault_39_a_stop_answers_what_was_taken_and_calls_go_on_afterwards,
    a_half_sent_request_does_not_hold_up_a_stop,
);

/// The number of kills.
const KILLS: u32 = 50;
/// The number of simultaneous callers.
const PHONES: u32 = 6;

/// What was acknowledged to a phone.
struct Acknowledged {
    call: String,
    id: String,
    /// The answered keys of the questionnaire.
    given: usize,
    turns: u64,
    whole: bool,
}

/// Posts until there is a reply, like a carrier with its fallback URL and a patient caller.
async fn insist(phone: &mut Phone, url: &str, more: &[(&str, &str)], again: &AtomicU32) {
    let trying = async {
        loop {
            match phone.post(url, more).await {
                Ok(answer) => return answer,
                Err(_) => {
                    again.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        }
    };
    let answer = tokio::time::timeout(PATIENCE, trying).await.expect("an answer at last");
    phone.follow(&answer);
}

async fn whole_call(mut phone: Phone, id: String, again: &AtomicU32, stop: &AtomicBool) -> Acknowledged {
    insist(&mut phone, "/twilio/voice/health-call", &[], again).await;
    let call = phone.call().to_string();
    let (mut given, mut turns) = (0, 1);
    for (nth, keys) in ["1", &id.clone(), MOTHER.birth_date].into_iter().chain(WELL).enumerate() {
        let action = phone.action().to_owned();
        insist(&mut phone, &action, &[("Digits", keys)], again).await;
        assert_eq!(super::phone::call_of(phone.action()).to_string(), call, "the call goes on, and is the same");
        turns += 1;
        given += usize::from(nth >= 3);
        if stop.load(Ordering::Relaxed) {
            let whole = given == WELL.len();
            return Acknowledged { call, id, given, turns, whole };
        }
    }
    phone.hears(RECEIVED);
    Acknowledged { call, id, given, turns, whole: true }
}

async fn i1_fifty_kills_in_the_middle_of_calls_lose_nothing_that_was_acknowledged(fresh: Fresh) {
    let mut line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let ids: Vec<String> = (1_500_000..1_503_000).map(|id| id.to_string()).collect();
    super::test_patients::register_many(&fresh.database, jiff::Timestamp::now(), &ids).await.unwrap();
    let (stop, again, next) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let ids = Arc::new(ids);
    let finished = Arc::new(tokio::sync::Notify::new());
    let mut phones = JoinSet::new();
    for _ in 0..PHONES {
        let (stop, again, next, ids) = (Arc::clone(&stop), Arc::clone(&again), Arc::clone(&next), Arc::clone(&ids));
        let finished = Arc::clone(&finished);
        let carrier = line.carrier.clone();
        phones.spawn(async move {
            let mut calls = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let nth = next.fetch_add(1, Ordering::Relaxed) as usize;
                calls.push(whole_call(Phone::new(&carrier, None), ids[nth].clone(), &again, &stop).await);
                finished.notify_one();
            }
            calls
        });
    }
    for _ in 0..KILLS {
        // A random moment, from the low bits of an id.
        let moment = u64::from(Uuid::now_v7().as_bytes()[15]) / 4;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        line.kill();
        line.restart();
    }
    // On a busy machine, possibly no call finishes between two kills.
    finished.notified().await;
    stop.store(true, Ordering::Relaxed);
    let mut calls = Vec::new();
    while let Some(of_phone) = phones.join_next().await {
        calls.append(&mut of_phone.unwrap());
    }
    let retried = again.load(Ordering::Relaxed);
    assert!(retried >= KILLS / 2, "the kills met calls under way: only {retried} requests were posted again");
    let whole = calls.iter().filter(|call| call.whole).count();
    assert!(whole > 0, "calls went on to their end across kills");
    println!("{KILLS} kills, {} calls, {whole} whole, {retried} requests posted again", calls.len());
    assert_eq!(kept.count("calls").await, calls.len() as u64, "no call was begun twice");
    for call in &calls {
        let answers = if call.given < 4 { call.given / 2 } else { call.given - 2 };
        assert_eq!(kept.answers(&call.id).await, WELL_KEPT[..answers], "call {}", call.call);
        let turns = kept.count(&format!("turns WHERE call_id = '{}'", call.call)).await;
        assert_eq!(turns, call.turns, "call {}", call.call);
        let outcome = if call.whole { vec!["reported"] } else { vec!["unanswered"] };
        let reports = kept.reports(&call.id).await;
        assert!(reports == outcome || (reports.is_empty() && call.turns < 4), "call {}: {reports:?}", call.call);
    }
}

async fn fault_39_a_stop_answers_what_was_taken_and_calls_go_on_afterwards(fresh: Fresh) {
    let mut line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phones = Vec::new();
    for _ in 0..8 {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.identify(&MOTHER).await;
        phones.push(phone);
    }
    // Turns are in progress when it is told to stop, since the database delays them: each is answered, or was
    // never accepted.
    let before = taken(&line).await;
    let held = kept.hold().await;
    let mut posts = JoinSet::new();
    for phone in &phones {
        let (phone, action) = (phone.clone(), phone.action().to_owned());
        posts.spawn(async move { (phone.leg.clone(), phone.post(&action, &[("Digits", "375")]).await) });
    }
    let waiting = async {
        while taken(&line).await <= before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        line.terminate();
        while !line.log().contains("draining") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("a turn waits for its commit, and the program drains");
    held.release().await;
    let status = line.stopped().await;
    assert_eq!(status.code(), Some(0), "{}", line.log());
    let mut answered = 0;
    while let Some(posted) = posts.join_next().await {
        let (leg, answer) = posted.unwrap();
        let taken = "turns t JOIN legs l ON l.call_id = t.call_id WHERE t.turn = 4 AND l.carrier_leg_id";
        let stored = kept.count(&format!("{taken} = '{leg}'")).await;
        match answer {
            Ok(answer) => {
                assert_eq!((answer.status, stored), (StatusCode::OK, 1), "{}", answer.body);
                answered += 1;
            }
            Err(_) => assert_eq!(stored, 0, "kept, and its caller not answered"),
        }
    }
    assert!(line.log().contains("stopped"), "{}", line.log());
    assert!(answered > 0, "the turn that was under way is answered");
    println!("{answered} of 8 turns were under way");
    // After a restart every call continues where it was: the turn is posted again to the same URL.
    line.restart();
    for phone in &mut phones {
        phone.key("375").await.hears("37ど 5ぶ");
    }
    phones[0].keys(&WELL[1..]).await.hears(RECEIVED);
    assert_ne!(phones[1].next, Next::Over);
}

async fn a_half_sent_request_does_not_hold_up_a_stop(fresh: Fresh) {
    let mut line = TestServer::with_people_and(&fresh.database, &fresh.url, &[("SERVER__DRAIN_SECONDS", "3600")]).await;
    let post = "POST /twilio/voice/health-call HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n";
    let whole = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut half_sent = Vec::new();
    for sent in ["", "POST /tw", post, &format!("{post}\r\n"), &format!("{post}\r\nCallSid=CA0"), whole] {
        let mut stream = tokio::net::TcpStream::connect(line.carrier.address()).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        half_sent.push((sent.to_owned(), stream));
    }
    // A kept-alive connection after one answer, and one that has sent part of its second request.
    for second in ["", "POST /tw"] {
        let mut stream = tokio::net::TcpStream::connect(line.carrier.address()).await.unwrap();
        stream.write_all(whole.as_bytes()).await.unwrap();
        let mut reply = [0_u8; 12];
        stream.read_exact(&mut reply).await.unwrap();
        assert_eq!(&reply, b"HTTP/1.1 200");
        stream.write_all(second.as_bytes()).await.unwrap();
        half_sent.push((second.to_owned(), stream));
    }
    // An answer here means that the earlier connections were accepted.
    assert_eq!(line.carrier.get("/healthz").await.unwrap().status, StatusCode::OK);
    line.terminate();
    assert_eq!(line.stopped().await.code(), Some(0), "{}", line.log());
    assert!(!line.log().contains("not answered before the drain deadline"), "{}", line.log());
    for (sent, mut stream) in half_sent {
        let mut reply = Vec::new();
        // Closed properly, or reset if part of the data wasn't read.
        let _ended = stream.read_to_end(&mut reply).await;
        assert!(!String::from_utf8_lossy(&reply).contains("<Response"), "{sent}");
    }
}

/// For how many turns commits were begun, by the program's metrics.
async fn taken(line: &TestServer) -> f64 {
    let metrics = line.operations.get("/metrics").await.unwrap().body;
    let sum = metrics.lines().find_map(|line| line.strip_prefix("kenkocall_turns_per_commit_sum "));
    sum.expect("the measure").parse().unwrap()
}
