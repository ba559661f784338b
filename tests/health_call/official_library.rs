//! A complete call whose requests the carrier's own library signs, in two languages.

use std::process::{Command, Stdio};

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::{PUBLIC_URL, TOKEN};
use super::phone::{WELL, WELL_KEPT};
use super::server::{TestServer, house};
use super::test_patients::{MOTHER, SON};

crate::on_both_databases!(whole_calls_signed_by_the_official_library_in_two_languages);

async fn whole_calls_signed_by_the_official_library_in_two_languages(fresh: Fresh) {
    let python = house().join("target/official/venv/bin/python3");
    assert!(python.exists(), "the carrier's official libraries aren't installed in target/official: run dev/setup");
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let calls = [
        ("1", "ja-JP", MOTHER, "これで終わります", "+818055550123"),
        ("3", "cmn-CN", SON, "再见", "\"公衆電話 100%\" <sip:201@pbx.example>"),
    ];
    for (choice, tag, person, goodbye, from) in calls {
        let keys = [&[choice, person.id, person.birth_date][..], &WELL, &["2"]].concat();
        let script = serde_json::json!({
            "address": line.carrier.address(), "public_url": PUBLIC_URL, "token": TOKEN, "from": from,
            "to": "+815031980214", "keys": keys,
        });
        let running = tokio::task::spawn_blocking({
            let python = python.clone();
            move || {
                let mut command = Command::new(python);
                command.arg("tests/official/call.py").arg(script.to_string()).current_dir(house());
                command.stderr(Stdio::inherit()).output().expect("Python")
            }
        });
        let output = running.await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let said: Vec<Vec<(String, String)>> = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(said.len(), 1 + 3 + WELL.len() + 1, "an answer to each turn");
        assert!(said[1..].iter().flatten().all(|(language, _)| language == tag), "{tag}: {said:?}");
        let last = &said.last().unwrap()[0].1;
        assert!(last.contains(goodbye), "{last}");
        assert_eq!(kept.answers(person.id).await, WELL_KEPT);
        assert_eq!(kept.reports(person.id).await, ["reported"]);
    }
}
