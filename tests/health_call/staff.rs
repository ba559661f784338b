//! Key 0: a person in office hours, a request to be called back at other times or when nobody is free.

use super::databases::Fresh;
use super::kept::Kept;
use super::line::Inside;
use super::people::{CENTRE, CENTRE_PHONE, MOTHER};
use super::phone::{Next, Phone, RECEIVED, WELL};

/// A Tuesday at 10:00 in Japan.
const OFFICE_OPEN: &str = "2026-11-24T01:00:00Z";
/// The same day at 20:00.
const OFFICE_CLOSED: &str = "2026-11-24T11:00:00Z";

crate::on_both_databases!(
    key_0_in_office_hours_connects_and_ends_the_call_when_they_have_talked,
    key_0_with_nobody_free_offers_a_call_back_and_returns_to_the_question,
    key_0_out_of_office_hours_offers_a_call_back,
    key_0_with_a_hidden_number_cannot_be_called_back,
    key_0_before_anybody_is_identified_reaches_the_only_centre,
);

async fn key_0_in_office_hours_connects_and_ends_the_call_when_they_have_talked(fresh: Fresh) {
    let line = Inside::at(&fresh.database, OFFICE_OPEN).await;
    let kept = Kept::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..5]).await.key("0").await.hears("職員におつなぎします");
    let Next::Transfer { number, .. } = &phone.next else { panic!("{:?}", phone.next) };
    assert_eq!(number, CENTRE_PHONE);
    assert!(phone.heard.last().unwrap().contains("<Dial"));
    phone.transfer_ends("completed").await;
    assert_eq!(phone.next, Next::Over);
    assert_eq!(kept.dispositions().await, ["unanswered"], "the questionnaire was left");
    assert_eq!(kept.answers(MOTHER.id).await.len(), 3, "and its answers kept");
    assert_eq!(kept.alerts().await, Vec::<String>::new());
}

async fn key_0_with_nobody_free_offers_a_call_back_and_returns_to_the_question(fresh: Fresh) {
    let line = Inside::at(&fresh.database, OFFICE_OPEN).await;
    let kept = Kept::at(&fresh.url);
    for (nth, status) in ["busy", "no-answer", "failed", "canceled"].into_iter().enumerate() {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.key("1").await.keys(&[MOTHER.id, MOTHER.birth_date]).await;
        let question = phone.said.last().unwrap().text.clone();
        phone.key("0").await.transfer_ends(status).await.hears("職員がお話できません");
        phone.hears("折り返しをご希望のときは1");
        phone.key("1").await.hears("折り返しのご希望を受け付けました");
        assert_eq!(phone.said.last().unwrap().text, question, "back to the question that was left");
        assert_eq!(kept.alerts().await, vec![format!("call_back {CENTRE}"); nth + 1]);
        assert_eq!(kept.count("outbox WHERE errand LIKE '%call_back%'").await, nth as u64 + 1);
        phone.hang_up().await;
    }
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await.transfer_ends("busy").await;
    phone.key("2").await.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(kept.alerts().await.len(), 4, "who declines isn't called back");
}

async fn key_0_out_of_office_hours_offers_a_call_back(fresh: Fresh) {
    let line = Inside::at(&fresh.database, OFFICE_CLOSED).await;
    let kept = Kept::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await.hears("受付時間外です");
    phone.hears("イチイチキュウばん");
    phone.key("1").await.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(kept.alerts().await, [format!("call_back {CENTRE}")]);
    let of_patient = "alerts a JOIN patients p ON p.id = a.patient_id WHERE p.hersys_id = '73519046'";
    assert_eq!(kept.count(of_patient).await, 1, "the list says whom to call back");
    // The office opens: the same key in a later call reaches a person.
    line.set_clock("2026-11-25T00:00:00Z");
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await;
    assert!(matches!(phone.next, Next::Transfer { .. }));
    // On a weekend nobody is there at any hour.
    line.set_clock("2026-11-28T01:00:00Z");
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await.hears("受付時間外です");
}

async fn key_0_with_a_hidden_number_cannot_be_called_back(fresh: Fresh) {
    let line = Inside::at(&fresh.database, OFFICE_CLOSED).await;
    let mut phone = Phone::ring(&line.carrier, None).await;
    phone.identify(&MOTHER).await.key("0").await.hears("電話番号が通知されていない");
    phone.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(Kept::at(&fresh.url).alerts().await, Vec::<String>::new());
}

async fn key_0_before_anybody_is_identified_reaches_the_only_centre(fresh: Fresh) {
    let line = Inside::at(&fresh.database, OFFICE_OPEN).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.keys(&["1", "0"]).await;
    let Next::Transfer { number, .. } = &phone.next else { panic!("{:?}", phone.next) };
    assert_eq!(number, CENTRE_PHONE);
    phone.transfer_ends("completed").await;
    assert_eq!(Kept::at(&fresh.url).dispositions().await, ["handed_over"]);
}
