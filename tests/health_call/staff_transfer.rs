//! Key 0: staff in office hours, and a request for a call back at other times or if no member of staff is free.

use jiff::SignedDuration;
use kenkocall::domain::{CentreCode, PhoneNumber};
use kenkocall::service::sweep;
use kenkocall::store::centres::{self, CentreRow};

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::Answer;
use super::phone::{Next, Phone, RECEIVED, WELL};
use super::server::{HEALTH_CALL, InProcessServer};
use super::test_patients::{CENTRE, CENTRE_PHONE, MOTHER, SON};

/// A Tuesday at 10:00 in Japan.
const OFFICE_OPEN: &str = "2026-11-24T01:00:00Z";
/// The same day at 20:00.
const OFFICE_CLOSED: &str = "2026-11-24T11:00:00Z";

crate::on_both_databases!(
    key_0_in_office_hours_connects_and_ends_the_call_when_they_have_talked,
    key_0_with_nobody_free_offers_a_call_back_and_returns_to_the_question,
    key_0_out_of_office_hours_offers_a_call_back,
    key_0_with_a_hidden_number_cannot_be_called_back,
    key_0_from_a_number_that_is_not_called_cannot_be_called_back,
    a_flood_of_requests_to_be_called_back_ends_and_patients_are_still_heard,
    a_premium_number_of_a_centre_is_not_dialled_and_staff_are_told,
    key_0_before_anybody_is_identified_reaches_the_only_centre,
    a_talk_with_staff_counts_whoever_hangs_up_first_in_any_order_of_events,
    hanging_up_before_staff_answer_means_that_they_were_not_reached,
    a_talk_with_staff_is_not_swept_before_the_longest_call_is_over,
    callbacks_of_the_staffs_phone_are_verified_and_change_nothing_else,
);

async fn key_0_in_office_hours_connects_and_ends_the_call_when_they_have_talked(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..5]).await.key("0").await.hears("職員におつなぎします");
    let Next::Transfer { number, .. } = &phone.next else { panic!("{:?}", phone.next) };
    assert_eq!(number, CENTRE_PHONE);
    let shown = format!(r#"callerId="{HEALTH_CALL}""#);
    assert!(phone.heard.last().unwrap().contains(&shown), "the carrier connects a caller who hides the number, too");
    phone.transfer_ends("completed").await;
    assert_eq!(phone.next, Next::Over);
    assert_eq!(kept.dispositions().await, ["handed_over"]);
    assert_eq!(kept.reports(MOTHER.id).await, ["unanswered"], "the questionnaire was left");
    assert_eq!(kept.answers(MOTHER.id).await.len(), 3, "and its answers kept");
    assert_eq!(kept.alerts().await, Vec::<String>::new());
}

async fn key_0_with_nobody_free_offers_a_call_back_and_returns_to_the_question(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    for (nth, status) in ["busy", "no-answer", "failed", "canceled"].into_iter().enumerate() {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.key("1").await.keys(&[MOTHER.id, MOTHER.birth_date]).await;
        let question = phone.said.last().unwrap().text.clone();
        phone.key("0").await.transfer_ends(status).await.hears("職員が電話に出られません");
        phone.hears("職員から電話してほしいときは1");
        phone.key("1").await.hears("職員からお電話します");
        assert_eq!(phone.said.last().unwrap().text, question, "back to the question that was left");
        assert_eq!(kept.alerts().await, [format!("call_back {CENTRE}")], "one number and person are one alert");
        assert_eq!(kept.count(&format!("alerts WHERE occurrences = {}", nth + 1)).await, 1);
        assert_eq!(kept.count("outbox WHERE job LIKE '%call_back%'").await, 1, "the centre is told once");
        phone.hang_up().await;
    }
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await.transfer_ends("busy").await;
    phone.key("2").await.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(kept.count("alerts WHERE occurrences = 4").await, 1, "who declines isn't called back");
}

async fn key_0_out_of_office_hours_offers_a_call_back(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_CLOSED).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await.hears("受付時間外です");
    phone.hears("イチ、イチ、キュウばん");
    phone.key("1").await.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(kept.alerts().await, [format!("call_back {CENTRE}")]);
    let of_patient = "alerts a JOIN patients p ON p.id = a.patient_id WHERE p.hersys_id = '73519046'";
    assert_eq!(kept.count(of_patient).await, 1, "the list says whom to call back");
    // In office hours the same key connects a later call to staff.
    line.set_clock("2026-11-25T00:00:00Z");
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await;
    assert!(matches!(phone.next, Next::Transfer { .. }));
    // On weekends no staff are available at any time.
    line.set_clock("2026-11-28T01:00:00Z");
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await.hears("受付時間外です");
}

async fn key_0_with_a_hidden_number_cannot_be_called_back(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_CLOSED).await;
    let mut phone = Phone::ring(&line.carrier, None).await;
    phone.identify(&MOTHER).await.key("0").await.hears("電話番号がわからない");
    phone.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(DatabaseAssertions::at(&fresh.url).alerts().await, Vec::<String>::new());
}

async fn key_0_from_a_number_that_is_not_called_cannot_be_called_back(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_CLOSED).await;
    for number in ["+12025550123", "+81990123456", "+81570000123", "+881612345678"] {
        let mut phone = Phone::ring(&line.carrier, Some(number)).await;
        phone.identify(&SON).await;
        let question = phone.said.last().unwrap().text.clone();
        phone.key("0").await.hears("この電話番号には、こちらからおかけできません");
        assert_eq!(phone.said.last().unwrap().text, question, "back to the question that was left");
    }
    assert_eq!(DatabaseAssertions::at(&fresh.url).alerts().await, Vec::<String>::new());
}

/// A mobile number that can be called.
fn ordinary(nth: u32) -> String {
    format!("+8190{}", 12_000_000 + nth)
}

/// A caller who isn't identified asks for a call back. Returns `true` if the request is accepted.
async fn asks(line: &InProcessServer, number: &str) -> bool {
    let mut phone = Phone::ring(&line.carrier, Some(number)).await;
    phone.keys(&["1", "0", "1"]).await;
    phone.hang_up().await;
    let taken = phone.text().contains("職員からお電話します");
    assert_ne!(taken, phone.text().contains("こちらからおかけできません"));
    taken
}

async fn a_flood_of_requests_to_be_called_back_ends_and_patients_are_still_heard(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_CLOSED).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut taken = 0;
    for nth in 0..120 {
        taken += u32::from(asks(&line, &ordinary(nth)).await);
    }
    assert_eq!(taken, 30, "as many as a health centre takes in an hour");
    assert_eq!(kept.alerts().await.len(), 30);
    assert_eq!(kept.count("outbox WHERE job LIKE '%call_back%'").await, 30);
    // Another request from the same number is added to the existing one, and the caller is told so.
    assert!(asks(&line, &ordinary(0)).await);
    assert_eq!(kept.count("alerts WHERE occurrences = 2").await, 1);
    // Requests from identified callers are always accepted.
    let mut patient = Phone::ring_any(&line.carrier).await;
    patient.identify(&MOTHER).await.keys(&["0", "1"]).await.hears("職員からお電話します");
    assert_eq!(kept.count("alerts WHERE patient_id IS NOT NULL").await, 1);
    // An hour later requests are accepted again.
    line.set_clock("2026-11-24T12:00:01Z");
    assert!(asks(&line, &ordinary(999)).await);
}

async fn a_premium_number_of_a_centre_is_not_dialled_and_staff_are_told(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    // As an earlier version stored it.
    let mut tx = fresh.database.begin_write().await.unwrap();
    let centre = centres::get(&mut tx, &CentreCode::parse(CENTRE).unwrap()).await.unwrap().unwrap();
    let phone = PhoneNumber::from_e164("+81990123456").unwrap();
    centres::update(&mut tx, &CentreRow { phone, ..centre }).await.unwrap();
    tx.commit().await.unwrap();
    for nth in 1..=2 {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.identify(&MOTHER).await.key("0").await.hears("職員が電話に出られません");
        assert!(matches!(phone.next, Next::Keys { .. }), "{:?}", phone.next);
        phone.key("2").await.hang_up().await;
        assert_eq!(kept.alerts().await, [format!("centre_phone {CENTRE}")]);
        assert_eq!(kept.count(&format!("alerts WHERE occurrences = {nth}")).await, 1);
    }
    assert_eq!(kept.count("outbox WHERE job LIKE '%centre_phone%'").await, 1);
}

async fn key_0_before_anybody_is_identified_reaches_the_only_centre(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.keys(&["1", "0"]).await;
    let Next::Transfer { number, .. } = &phone.next else { panic!("{:?}", phone.next) };
    assert_eq!(number, CENTRE_PHONE);
    phone.transfer_ends("completed").await;
    assert_eq!(DatabaseAssertions::at(&fresh.url).dispositions().await, ["handed_over"]);
}

/// A caller whose call is being transferred to staff.
async fn put_through(line: &InProcessServer) -> Phone {
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("0").await;
    assert!(matches!(phone.next, Next::Transfer { .. }), "{:?}", phone.next);
    phone
}

/// The carrier's status callback for the staff's phone, at the URL in the transfer.
async fn staff(phone: &Phone, status: &str) -> Answer {
    let twiml = phone.heard.last().unwrap();
    let url = twiml.split("statusCallback=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a URL");
    assert!(twiml.contains("statusCallbackEvent=\"answered completed\""), "{twiml}");
    let child = [("CallSid", "CA0123456789abcdef0123456789abcdef"), ("ParentCallSid", phone.leg.as_str())];
    let mut fields = vec![("Direction", "outbound-dial"), ("CallStatus", status), ("CallDuration", "0")];
    fields.extend(child);
    phone.carrier.post(url, &fields).await.unwrap()
}

async fn a_talk_with_staff_counts_whoever_hangs_up_first_in_any_order_of_events(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    // The carrier's events, in order of arrival.
    let orders: [&[&str]; 6] = [
        &["staff in-progress", "gone"],
        &["gone", "staff completed"],
        &["staff in-progress", "action", "gone"],
        &["gone", "action"],
        &["action"],
        &["gone", "staff in-progress", "staff completed", "action"],
    ];
    for order in orders {
        let phone = put_through(&line).await;
        for told in order {
            match *told {
                "gone" => phone.hang_up().await,
                "action" => {
                    let fields =
                        [("CallStatus", "completed"), ("DialCallStatus", "completed"), ("DialCallDuration", "0")];
                    assert_eq!(phone.post(phone.action(), &fields).await.unwrap().status, 200);
                }
                news => {
                    let status = news.strip_prefix("staff ").unwrap();
                    assert_eq!(staff(&phone, status).await.status, 204, "{order:?}");
                }
            }
        }
    }
    assert_eq!(DatabaseAssertions::at(&fresh.url).dispositions().await, vec!["handed_over"; orders.len()]);
}

async fn hanging_up_before_staff_answer_means_that_they_were_not_reached(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    for status in ["busy", "no-answer", "failed", "canceled"] {
        let phone = put_through(&line).await;
        phone.hang_up().await;
        staff(&phone, status).await;
        let phone = put_through(&line).await;
        staff(&phone, status).await;
        let fields = [("CallStatus", "completed"), ("DialCallStatus", status)];
        phone.post(phone.action(), &fields).await.unwrap();
    }
    assert_eq!(kept.dispositions().await, vec!["staff_not_reached"; 8]);
}

async fn a_talk_with_staff_is_not_swept_before_the_longest_call_is_over(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let talks = put_through(&line).await;
    assert_eq!(staff(&talks, "in-progress").await.status, 204);
    let mut silent = Phone::ring_any(&line.carrier).await;
    silent.key("1").await;
    let longest = SignedDuration::from_mins(60);
    line.set_clock("2026-11-24T01:59:00Z");
    assert_eq!(sweep(&line.context, &line.conversations, None, longest).await.unwrap(), 1, "the silent one alone");
    let ended = || kept.column("SELECT disposition FROM calls WHERE ended_at IS NOT NULL ORDER BY disposition");
    assert_eq!(ended().await, ["not_identified"]);
    line.set_clock("2026-11-24T02:10:00Z");
    assert_eq!(sweep(&line.context, &line.conversations, None, longest).await.unwrap(), 1);
    assert_eq!(ended().await, ["handed_over", "not_identified"]);
}

async fn callbacks_of_the_staffs_phone_are_verified_and_change_nothing_else(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, OFFICE_OPEN).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = put_through(&line).await;
    assert_eq!(staff(&phone, "ringing").await.status, 204);
    let transfer = phone.clone();
    phone.transfer_ends("no-answer").await.hears("職員が電話に出られません");
    // A late event of a finished transfer: nothing is stored, and the current question remains.
    assert_eq!(staff(&transfer, "completed").await.status, 204);
    assert_eq!(kept.count("sessions WHERE staff_answered_at IS NOT NULL").await, 0);
    phone.key("2").await.keys(&WELL).await.hears(RECEIVED);
    phone.hang_up().await;
    assert_eq!(kept.dispositions().await, ["reported"]);
}
