//! Fault 39: the documents change while a call is in progress. The call keeps its own documents, and new calls use
//! the new ones.

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Phone, RECEIVED, WELL, WELL_KEPT};
use super::refused_settings::copy;
use super::server::{TestServer, house};
use super::test_patients::{MOTHER, SON};

crate::on_both_databases!(fault_39_a_call_goes_on_under_the_documents_that_it_began_with);

async fn fault_39_a_call_goes_on_under_the_documents_that_it_began_with(fresh: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    copy(&house().join("call_flows"), &old);
    copy(&old, &new);
    let prompts = new.join("questionnaire/prompts/ja.toml");
    let words = std::fs::read_to_string(&prompts).unwrap();
    let changed = words.replace("下痢をしていますか", "おなかをこわしていますか");
    assert_ne!(words, changed);
    std::fs::write(&prompts, changed).unwrap();
    // The new documents have one question fewer; the old call still asks it.
    let flow = new.join("questionnaire/flow.toml");
    let nodes = std::fs::read_to_string(&flow).unwrap();
    let fewer = nodes.replace("next = \"cough_or_runny_nose\"\n", "next = \"breathlessness\"\n");
    assert_ne!(nodes, fewer);
    let without = |text: &str, from: &str, to: &str| {
        let (start, end) = (text.find(from).unwrap(), text.find(to).unwrap());
        [&text[..start], &text[end..]].concat()
    };
    std::fs::write(&flow, without(&fewer, "[nodes.cough_or_runny_nose]", "[nodes.breathlessness]")).unwrap();
    for tag in ["ja", "en", "zh-Hans", "zh-Hant", "ko", "es", "pt"] {
        let path = new.join(format!("questionnaire/prompts/{tag}.toml"));
        let text = std::fs::read_to_string(&path).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("ask_cough_or_runny_nose")).collect();
        std::fs::write(&path, kept.join("\n") + "\n").unwrap();
    }

    let directory = [("FLOWS__DIRECTORY", old.to_str().unwrap())];
    let mut line = TestServer::with_people_and(&fresh.database, &fresh.url, &directory).await;
    let mut begun = Phone::ring_any(&line.carrier).await;
    begun.identify(&MOTHER).await.keys(&WELL[..4]).await;
    line.terminate();
    assert_eq!(line.stopped().await.code(), Some(0));
    line.set("FLOWS__DIRECTORY", new.to_str().unwrap());
    line.restart();

    begun.key("2").await.hears("せきや鼻水");
    begun.keys(&["2", "2", "2", "2"]).await.hears("下痢をしていますか");
    // Repeated turns get their original reply, too.
    begun.keys(&WELL[9..]).await.hears(RECEIVED);

    let mut later = Phone::ring_any(&line.carrier).await;
    later.identify(&SON).await.keys(&WELL[..5]).await.hears("息苦しいですか");
    later.keys(&["2", "2", "2"]).await.hears("おなかをこわしていますか");
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT);
    let sets = kept.column("SELECT flow_set FROM calls ORDER BY started_at, id").await;
    assert_ne!(sets[0], sets[1]);
    assert_eq!(kept.count("flow_sets").await, 2);
}
