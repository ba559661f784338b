//! The red strip, the stream that keeps open pages up to date, and the sound.

use std::time::Duration;

use jiff::SignedDuration;
use kenkocall::domain::AlertKind;
use tokio_util::sync::CancellationToken;

use crate::databases::{Fresh, on_sqlite};
use crate::site::{Site, Visitor};

crate::on_both_databases!(
    untaken_red_lines_are_on_every_page_but_today,
    an_open_page_learns_of_new_alerts,
    an_ended_log_in_still_counts_and_a_logged_out_one_doesnt,
);

async fn untaken_red_lines_are_on_every_page_but_today(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let hidden = "id=\"red-strip\" hidden";
    assert!(visitor.get("/console/account").await.body.contains(hidden));
    let (one, two) = (Some(site.patient(0).await), Some(site.patient(1).await));
    let red = site.alert(AlertKind::RedAnswer, one, 14).await;
    site.alert(AlertKind::RedAnswer, one, 3).await;
    site.alert(AlertKind::RedAnswer, two, 2).await;
    site.alert(AlertKind::Unanswered, two, 60).await;
    let page = visitor.get("/console/account").await.body.clone();
    assert!(page.contains("担当のいない緊急が 2件あります。") && page.contains("からです(14分)"), "{page}");
    assert!(!page.contains(hidden) && !page.contains("健康"), "no name");
    assert!(!visitor.get("/console/today").await.body.contains("id=\"red-strip\""));
    // The pages of a line say it, too, and 404s.
    for path in [format!("/console/alerts/{red}/close"), "/console/nowhere".to_owned()] {
        assert!(visitor.get(&path).await.body.contains("緊急が 2件あります。"), "{path}");
    }
    visitor.get("/console/today").await;
    visitor.post(&format!("/console/alerts/{red}/take"), &[]).await;
    // The newer red alert of the same person wasn't on the form.
    let page = visitor.get("/console/account").await.body.clone();
    assert!(page.contains("緊急が 2件あります。") && page.contains("からです(3分)"), "{page}");
    let desk = site.member("desk@mihon.example", kenkocall::domain::Role::HelpDesk, None).await;
    let mut desk = site.logged_in(&desk).await;
    assert!(!desk.get("/console/account").await.body.contains("red-strip"), "the help desk sees no alerts");
}

async fn event(stream: &mut axum::body::BodyDataStream) -> String {
    tokio::time::timeout(Duration::from_secs(60), Visitor::next_event(stream)).await.expect("an event")
}

async fn an_open_page_learns_of_new_alerts(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let patient = Some(site.patient(0).await);
    site.alert(AlertKind::Unanswered, patient, 30).await;
    let stopping = CancellationToken::new();
    let mut stream = visitor.stream(&stopping).await;
    let first = event(&mut stream).await;
    assert!(first.starts_with("event: pulse\n") && first.contains("\"red\":0"), "{first}");
    assert!(first.contains("\"locked\":false") && first.contains("\"since\":null"), "{first}");
    let red = site.alert(AlertKind::RedAnswer, patient, 1).await;
    let news = event(&mut stream).await;
    assert!(news.contains("\"red\":1") && !news.contains(&red.to_string()), "{news}");
    let newest = news.split("\"newest\":[").nth(1).unwrap().split(']').next().unwrap();
    assert_eq!(newest.split(',').count(), 2, "{news}");
    visitor.get("/console/today").await;
    visitor.post(&format!("/console/alerts/{red}/take"), &[]).await;
    assert!(event(&mut stream).await.contains("\"red\":0"));
    // It is open while nobody touches the page, and doesn't keep the log-in from ending.
    stopping.cancel();
    assert_eq!(event(&mut stream).await, "", "the server stops");
    assert!(!site.actions().await.iter().any(|action| action.contains("live")));
}

async fn an_ended_log_in_still_counts_and_a_logged_out_one_doesnt(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/account").await;
    let stopping = CancellationToken::new();
    let mut stream = visitor.stream(&stopping).await;
    assert!(event(&mut stream).await.contains("\"locked\":false"));
    site.later(SignedDuration::from_mins(16));
    assert!(event(&mut stream).await.contains("\"locked\":true"));
    site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 1).await;
    assert!(event(&mut stream).await.contains("\"red\":1"));
    // The locked page says it without script.
    let page = visitor.get("/console/log-in").await.body.clone();
    assert!(page.contains("しばらく使わなかったので") && page.contains("担当のいない緊急が 1件あります。"), "{page}");
    assert!(page.contains("data-locked=\"1\"") && !page.contains("今日の一覧で見る"), "{page}");

    let mut other = site.logged_in(&nurse).await;
    let mut stream = other.stream(&stopping).await;
    assert!(event(&mut stream).await.contains("\"red\":1"));
    other.get("/console/account").await;
    other.post("/console/log-out", &[]).await;
    assert!(event(&mut stream).await.starts_with("event: ended\n"));
    assert_eq!(event(&mut stream).await, "", "nothing follows");
    assert!(!other.get("/console/log-in").await.body.contains("red-strip"));
}

#[tokio::test]
async fn the_sound_is_chosen_by_each_user() {
    on_sqlite(|fresh| async move {
        let site = Site::open(&fresh).await;
        let nurse = site.nurse().await;
        let mut visitor = site.logged_in(&nurse).await;
        let page = visitor.get("/console/today").await.body.clone();
        assert!(page.contains("data-sound=\"off\"") && page.contains("緊急のとき音を鳴らす: 切"), "{page}");
        visitor.post("/console/account/red-sound", &[("sound", "on")]).await;
        let page = visitor.get("/console/today").await.body.clone();
        assert!(page.contains("data-sound=\"on\"") && page.contains("緊急のとき音を鳴らす: 入"), "{page}");
        let mut elsewhere = site.logged_in(&nurse).await;
        assert!(elsewhere.get("/console/account").await.body.contains("data-sound=\"on\""), "it is of the account");
        visitor.get("/console/today").await;
        visitor.post("/console/account/red-sound", &[("sound", "off")]).await;
        assert!(visitor.get("/console/today").await.body.contains("data-sound=\"off\""));
        let actions = site.actions().await;
        assert_eq!(actions.iter().filter(|action| *action == "account.red_sound").count(), 2);
    })
    .await;
}
