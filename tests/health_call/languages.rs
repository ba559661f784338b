//! All seven languages: a complete call in each, with every sentence in its voice.

use kenkocall::carrier::twilio::Voices;
use kenkocall::domain::Language;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Next, Phone, Said, WELL, WELL_KEPT};
use super::server::{TestServer, shipped};
use super::test_patients::MOTHER;

crate::on_both_databases!(m15_a_complete_call_in_each_language);

async fn m15_a_complete_call_in_each_language(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let flow_set = shipped();
    let voices = Voices::default();
    let ids: Vec<String> = (5_000_001..5_000_008).map(|id| id.to_string()).collect();
    super::test_patients::register_many(&fresh.database, jiff::Timestamp::now(), &ids).await.unwrap();
    for ((language, id), choice) in Language::ALL.into_iter().zip(&ids).zip(["1", "2", "3", "4", "5", "6", "7"]) {
        let in_language = |said: &[Said], what: &str| {
            assert!(!said.is_empty(), "{language} {what}");
            for said in said {
                assert_eq!(said.language, voices.of(language).language(), "{what}: {}", said.text);
                assert_eq!(said.voice.as_deref(), voices.of(language).name(), "{what}: {}", said.text);
            }
        };
        let words = |prompt: &str| flow_set.wording(prompt, language).expect("a wording").spoken().to_string();
        let mut phone = Phone::ring_any(&line.carrier).await;
        let offered: Vec<&str> = phone.said.iter().map(|said| said.language.as_str()).collect();
        if choice == "1" {
            assert!(offered.contains(&voices.of(language).language()), "{language} is offered in itself");
        } else {
            phone.key("2").await;
            let offered: Vec<&str> = phone.said.iter().map(|said| said.language.as_str()).collect();
            assert!(offered.contains(&voices.of(language).language()), "{language} is offered in itself");
        }
        let mut everything = Vec::new();
        // A mismatch, a silence, a wrong key, a corrected number, and 13 answers.
        for keys in [choice, id, "19990101", id, MOTHER.birth_date, "", "399", "2"].into_iter().chain(WELL) {
            phone.key(keys).await;
            in_language(&phone.said, keys);
            everything.push(phone.text());
        }
        let heard = |prompt: &str| everything.iter().any(|text| text.contains(&words(prompt)));
        for prompt in [
            "health_call.ask_hersys_id",
            "health_call.ask_birth_date",
            "health_call.mismatch",
            "questionnaire.intro",
            "shared.no_input_1",
            "questionnaire.ask_no_urine",
            "health_call.received",
            "health_call.ask_another_person",
        ] {
            assert!(heard(prompt), "{language}: {prompt}");
        }
        phone.key("2").await;
        in_language(&phone.said, "goodbye");
        phone.hears(&words("shared.goodbye"));
        assert_eq!(phone.next, Next::Over);
        assert_eq!(kept.answers(id).await, WELL_KEPT, "{language}");
        assert_eq!(kept.reports(id).await, ["reported"], "{language}");
    }
    assert_eq!(kept.dispositions().await, ["reported"; 7]);
}
