//! The list of calls: filters, pages, and how it lags behind.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::carrier_process::{FROM, FakeCarrier};
use super::webhook_recorder::WebhookRecorder;

fn sids(list: &Value) -> Vec<String> {
    list["calls"].as_array().unwrap().iter().map(|call| call["sid"].as_str().unwrap().to_owned()).collect()
}

fn number(nth: usize) -> String {
    format!("+8190000000{nth:02}")
}

async fn list(fake: &FakeCarrier, query: &[(&str, &str)]) -> Value {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    fake.get(&format!("{}?{query}", fake.calls())).await.json()
}

#[tokio::test]
async fn it_is_filtered_by_numbers_status_and_day() {
    let (fake, recorder) = (FakeCarrier::start(&["--behaviour", "busy"]), WebhookRecorder::asking(1).await);
    fake.set("people", json!({ "number": number(1), "behaviour": "answers" })).await;
    let mut placed = Vec::new();
    for nth in 0..3 {
        placed.push(fake.place(&number(nth), &recorder, &[]).await);
    }
    for call in &placed {
        fake.ended(call).await;
    }
    assert_eq!(sids(&list(&fake, &[]).await), [&*placed[2], &placed[1], &placed[0]], "the newest first");
    assert_eq!(sids(&list(&fake, &[("To", &number(2))]).await), [&*placed[2]]);
    assert_eq!(sids(&list(&fake, &[("Status", "completed")]).await), [&*placed[1]]);
    assert_eq!(sids(&list(&fake, &[("From", FROM), ("Status", "busy")]).await).len(), 2);
    assert!(sids(&list(&fake, &[("From", "+815000000000")]).await).is_empty());
    let created = fake.get(&fake.call(&placed[0])).await.json()["date_created"].as_str().unwrap().to_owned();
    let today = jiff::fmt::rfc2822::parse(&created).unwrap().date();
    let [yesterday, today, tomorrow] =
        [today.yesterday().unwrap(), today, today.tomorrow().unwrap()].map(|day| day.to_string());
    let noon = format!("{today}T12:00:00Z");
    for (query, found) in [
        (vec![("StartTime", &today)], 3),
        (vec![("StartTime", &noon)], 3),
        (vec![("StartTime", &yesterday)], 0),
        (vec![("StartTime>", &today)], 3),
        (vec![("StartTime>", &tomorrow)], 0),
        (vec![("StartTime<", &today)], 3),
        (vec![("StartTime<", &yesterday)], 0),
        (vec![("StartTime>", &yesterday), ("StartTime<", &tomorrow)], 3),
    ] {
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(sids(&list(&fake, &query).await).len(), found, "{query:?}");
    }
    for wrong in [("StartTime", "today"), ("Status", "gone"), ("PageSize", "many"), ("PageToken", "PAnone")] {
        assert_eq!(list(&fake, &[wrong]).await["code"], 20_001, "{wrong:?}");
    }
}

#[tokio::test]
async fn its_pages_hold_every_call_once_though_calls_are_added_meanwhile() {
    let (fake, recorder) = (FakeCarrier::start(&["--behaviour", "busy"]), WebhookRecorder::asking(1).await);
    let mut placed = BTreeSet::new();
    for nth in 0..7 {
        placed.insert(fake.place(&number(nth), &recorder, &[]).await);
    }
    let mut page = list(&fake, &[("From", FROM), ("PageSize", "3")]).await;
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        seen.extend(sids(&page));
        sizes.push((page["page"].as_u64().unwrap(), sids(&page).len()));
        assert_eq!(page["page_size"], 3);
        let Some(next) = page["next_page_uri"].as_str() else { break };
        assert!(next.starts_with("/2010-04-01/Accounts/") && next.contains("PageToken=PA"), "{next}");
        fake.place(&number(50 + sizes.len()), &recorder, &[]).await;
        page = fake.get(next).await.json();
    }
    assert_eq!(sizes, [(0, 3), (1, 3), (2, 1)]);
    assert_eq!(seen.len(), 7);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), placed);
    assert_eq!(page["previous_page_uri"].as_str().map(|uri| uri.contains("Page=1")), Some(true));
    assert_eq!(list(&fake, &[("To", "+81900000099")]).await["next_page_uri"], Value::Null);
}

#[tokio::test]
async fn it_lags_is_frozen_or_leaves_out_what_is_queued() {
    let fake = FakeCarrier::start(&["--behaviour", "answers", "--speed", "5000"]);
    let recorder = WebhookRecorder::asking(1).await;
    let before = fake.place(&number(0), &recorder, &[]).await;
    fake.ended(&before).await;
    fake.fault(json!({ "fault": "list_frozen" })).await;
    let after = fake.place(&number(1), &recorder, &[]).await;
    fake.ended(&after).await;
    assert_eq!(sids(&list(&fake, &[]).await), [&*before], "frozen");
    assert_eq!(fake.get(&fake.call(&after)).await.json()["status"], "completed", "only the list is frozen");
    fake.send(hyper::Method::DELETE, "/_fake/faults", "", String::new()).await.unwrap();
    assert_eq!(sids(&list(&fake, &[]).await), [&*after, &*before], "mended");
    fake.fault(json!({ "fault": "list_lags", "seconds": 3600, "count": 1 })).await;
    assert!(sids(&list(&fake, &[]).await).is_empty(), "an hour behind");
    assert_eq!(sids(&list(&fake, &[]).await).len(), 2, "once");
}

#[tokio::test]
async fn it_shows_a_call_as_it_stood_and_not_before_it_rings() {
    let fake = FakeCarrier::start(&["--calls-per-second", "0.01", "--speed", "1"]);
    let recorder = WebhookRecorder::asking(1).await;
    let first = fake.place(&number(0), &recorder, &[]).await;
    let second = fake.place(&number(1), &recorder, &[]).await;
    fake.stands(&first, "ringing").await;
    let all = list(&fake, &[]).await;
    assert_eq!(sids(&all), [&*second, &*first]);
    assert_eq!(all["calls"][0]["status"], "queued", "a call a hundred seconds");
    fake.fault(json!({ "fault": "list_skips_queued" })).await;
    assert_eq!(sids(&list(&fake, &[]).await), [&*first]);
}
