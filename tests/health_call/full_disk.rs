//! Fault 11: the disk is full, or the database file isn't in its place any more. The caller is asked to call again and
//! never thanked, and `/readyz` reports it.

use std::time::Duration;

use hyper::StatusCode;

use super::databases::{Fresh, on_sqlite};
use super::db_assertions::DatabaseAssertions;
use super::phone::{Next, Phone, RECEIVED, WELL, WELL_KEPT, read};
use super::server::{PATIENCE, TestServer};
use super::test_patients::MOTHER;

#[tokio::test]
async fn fault_11_a_full_disk_thanks_nobody_shows_in_readyz_and_is_outlived() {
    on_sqlite(full_disk).await;
}

async fn full_disk(fresh: Fresh) {
    let mut line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..2]).await;
    assert_eq!(line.carrier.get("/readyz").await.unwrap().status, StatusCode::OK);

    // From now on no file can be written.
    limit(&line, Some(0));
    let before = kept.answers(MOTHER.id).await;
    let action = phone.action().to_owned();
    let turn = phone.post(&action, &[("Digits", "098")]).await.unwrap();
    let new = Phone::new(&line.carrier, None).post("/twilio/voice/health-call", &[]).await.unwrap();
    for answer in [turn, new] {
        assert_eq!(answer.status, StatusCode::OK);
        let (said, next) = read(&answer.body);
        assert!(said[0].text.contains("システムに問題が起きました"), "{}", answer.body);
        assert!(!answer.body.contains("受け付けました") && !answer.body.contains("ありがとう"), "{}", answer.body);
        assert_eq!(next, Next::Over);
    }
    let bare = line.carrier.get("/readyz").await.unwrap();
    assert_eq!((bare.status, &*bare.body), (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"), "strangers learn no more");
    let ready = line.operations.get("/readyz").await.unwrap();
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{}", ready.body);
    assert!(ready.body.contains("can't write"), "{}", ready.body);
    assert_eq!(line.carrier.get("/healthz").await.unwrap().status, StatusCode::OK, "a restart makes no room");
    assert_eq!(kept.answers(MOTHER.id).await, before, "nothing half kept");

    limit(&line, None);
    let ready = async {
        while line.carrier.get("/readyz").await.unwrap().status != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.expect("ready again, with no call in between");
    // The caller calls again and continues the report.
    let mut again = Phone::ring_any(&line.carrier).await;
    again.identify(&MOTHER).await;
    again.keys(&WELL[2..]).await.hears(RECEIVED);
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT);
    line.terminate();
    assert_eq!(line.stopped().await.code(), Some(0));
}

#[tokio::test]
async fn a_database_file_that_is_replaced_while_running_acknowledges_nothing() {
    on_sqlite(replaced_file).await;
}

async fn replaced_file(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..2]).await;
    let path = fresh.url.trim_start_matches("sqlite://").to_owned();
    // Somebody puts a copy in the file's place. The program still has the old one open.
    let copy = format!("{path}.copy");
    std::fs::copy(&path, &copy).unwrap();
    std::fs::rename(&copy, &path).unwrap();
    let action = phone.action().to_owned();
    let turn = phone.post(&action, &[("Digits", "098")]).await.unwrap();
    let new = Phone::new(&line.carrier, None).post("/twilio/voice/health-call", &[]).await.unwrap();
    for answer in [turn, new] {
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("システムに問題が起きました"), "{}", answer.body);
        assert!(!answer.body.contains("受け付けました") && !answer.body.contains("ありがとう"), "{}", answer.body);
    }
    assert_eq!(line.carrier.get("/readyz").await.unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
    let log = line.log();
    assert!(log.contains("replaced or removed while this program was using it"), "{log}");
}

/// Limits the size of the files that the running program may write.
fn limit(line: &TestServer, bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let arguments = ["--pid", &line.id().to_string(), &format!("--fsize={limit}:unlimited")];
    let done = std::process::Command::new("prlimit").args(arguments).status().expect("prlimit of util-linux");
    assert!(done.success());
}
