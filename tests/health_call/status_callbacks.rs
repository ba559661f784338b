//! Status callbacks: in any order, any number of times, and for unknown legs.

use hyper::StatusCode;
use uuid::Uuid;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Next, Phone, WELL, WELL_KEPT};
use super::server::TestServer;
use super::test_patients::MOTHER;

crate::on_both_databases!(
    fault_25_status_callbacks_in_every_order_between_turns,
    fault_24_status_callbacks_that_repeat_have_one_effect,
    a_status_for_an_unknown_leg_is_not_found_and_stores_nothing,
    fault_32_every_way_of_ending_ends_the_call,
);

const STATUSES: [&str; 4] = ["initiated", "ringing", "in-progress", "completed"];

fn orders(of: &[&'static str]) -> Vec<Vec<&'static str>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in of {
        let rest: Vec<&str> = of.iter().copied().filter(|other| other != first).collect();
        for mut order in orders(&rest) {
            order.insert(0, first);
            all.push(order);
        }
    }
    all
}

async fn fault_25_status_callbacks_in_every_order_between_turns(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let orders = orders(&STATUSES);
    assert_eq!(orders.len(), 24);
    let ids: Vec<String> = (8_000_001..8_000_025).map(|id| id.to_string()).collect();
    super::test_patients::register_many(&fresh.database, jiff::Timestamp::now(), &ids).await.unwrap();
    for (order, id) in orders.iter().zip(&ids) {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.keys(&["1", id, MOTHER.birth_date]).await.keys(&WELL[..4]).await;
        let mut given = 4;
        let mut over = false;
        for status in order {
            phone.hang_up_or(status).await;
            over |= *status == "completed";
            // A turn after each status: accepted during the call, refused after its end, whatever came later.
            let action = phone.action().to_owned();
            let answer = phone.post(&action, &[("Digits", "2")]).await.unwrap();
            if over {
                assert_eq!(super::phone::read(&answer.body).1, Next::Over, "{order:?} after {status}");
            } else {
                phone.follow(&answer);
                given += 1;
                assert_ne!(phone.next, Next::Over, "{order:?} after {status}");
            }
        }
        assert_eq!(kept.answers(id).await, WELL_KEPT[..given - 2], "{order:?}");
        assert_eq!(kept.reports(id).await, ["unanswered"], "{order:?}");
    }
    assert_eq!(kept.dispositions().await, vec!["unanswered"; 24]);
    assert_eq!(kept.count("legs WHERE hangup_cause = 'normal_clearing' AND ended_at IS NOT NULL").await, 24);
    assert_eq!(kept.count("leg_statuses").await, 24 * 4);
}

impl Phone {
    async fn hang_up_or(&self, status: &str) {
        assert_eq!(self.status(status).await.status, StatusCode::NO_CONTENT, "{status}");
    }
}

async fn fault_24_status_callbacks_that_repeat_have_one_effect(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..5]).await;
    let mut posts = tokio::task::JoinSet::new();
    for nth in 0..24 {
        let phone = phone.clone();
        posts.spawn(async move { phone.hang_up_or(STATUSES[nth % 4]).await });
    }
    while let Some(posted) = posts.join_next().await {
        posted.unwrap();
    }
    let before = kept.counts().await;
    let ended = "SELECT CAST(ended_at AS text) FROM legs";
    let at = kept.column(ended).await;
    for status in STATUSES {
        phone.hang_up_or(status).await;
    }
    assert_eq!(kept.counts().await, before);
    assert_eq!(kept.column(ended).await, at, "the first end stands");
    assert_eq!((before["leg_statuses"], before["turns"]), (4, 1 + 3 + 5 + 1));
    assert_eq!(kept.dispositions().await, ["unanswered"]);
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT[..3]);
}

async fn a_status_for_an_unknown_leg_is_not_found_and_stores_nothing(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let before = kept.counts().await;
    for status in STATUSES.into_iter().chain(["busy", "failed", "no-answer", "canceled", "queued", "answered"]) {
        let mut phone = Phone::new(&line.carrier, None);
        phone.leg = format!("CA{}", Uuid::now_v7().simple());
        assert_eq!(phone.status(status).await.status, StatusCode::NOT_FOUND, "{status}");
    }
    assert_eq!(kept.counts().await, before);
}

async fn fault_32_every_way_of_ending_ends_the_call(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let endings = [
        ("completed", "normal_clearing"),
        ("canceled", "normal_clearing"),
        ("busy", "user_busy"),
        ("no-answer", "no_answer"),
        ("failed", "temporary_failure"),
    ];
    for (status, _) in endings {
        let phone = Phone::ring_any(&line.carrier).await;
        phone.hang_up_or(status).await;
        // The carrier may also report it in the turn's own request.
        let phone = Phone::ring_any(&line.carrier).await;
        let action = phone.action().to_owned();
        let answer = phone.post(&action, &[("CallStatus", status), ("Digits", "1")]).await.unwrap();
        assert_eq!(super::phone::read(&answer.body).1, Next::Over);
    }
    assert_eq!(kept.dispositions().await, ["not_identified"; 10]);
    let causes = kept.column("SELECT hangup_cause FROM legs WHERE ended_at IS NOT NULL ORDER BY started_at, id").await;
    assert_eq!(causes, endings.map(|(_, cause)| cause));
}
