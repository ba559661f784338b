//! Log-ins end: unused, old, by hand, everywhere.

use jiff::SignedDuration;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::site::{PASSWORD, Site};

crate::on_both_databases!(
    a_log_in_ends_unused_and_after_twelve_hours,
    logging_out_ends_one_log_in_or_all,
    the_second_factor_has_five_minutes,
    a_password_alone_is_nothing_once_it_has_timed_out,
    drafts_are_few_and_about_ones_own_people,
);

async fn a_log_in_ends_unused_and_after_twelve_hours(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    site.later(SignedDuration::from_mins(14));
    assert!(visitor.is_in().await);
    site.later(SignedDuration::from_mins(14));
    assert!(visitor.is_in().await, "it was used in between");
    site.later(SignedDuration::from_mins(16));
    assert!(!visitor.is_in().await);
    let page = visitor.page.location.clone().unwrap();
    assert!(visitor.get(&page).await.body.contains("しばらく使わなかったので"));

    let mut visitor = site.logged_in(&nurse).await;
    for _ in 0..51 {
        site.later(SignedDuration::from_mins(14));
        assert!(visitor.is_in().await);
    }
    site.later(SignedDuration::from_mins(7));
    assert!(!visitor.is_in().await, "after 12 hours, however busy");
}

async fn logging_out_ends_one_log_in_or_all(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (mut one, mut other, mut third) =
        (site.logged_in(&nurse).await, site.logged_in(&nurse).await, site.logged_in(&nurse).await);
    let token = one.cookies["kenko"].clone();
    assert_eq!(one.get("/console/account").await.body.matches("Firefox · Windows").count(), 3);
    assert_eq!(one.post("/console/log-out", &[]).await.location.as_deref(), Some("/console/log-in?out=1"));
    assert!(!one.cookies.contains_key("kenko"));
    one.cookies.insert("kenko".to_owned(), token);
    assert!(!one.is_in().await, "a copied cookie is worth nothing");
    assert!(other.is_in().await && third.is_in().await);
    other.get("/console/account").await;
    assert_eq!(other.page.body.matches("Firefox · Windows").count(), 2);
    other.post("/console/account/log-out-everywhere", &[]).await;
    assert!(!other.is_in().await && !third.is_in().await);
    let actions = site.actions().await;
    for action in ["log_in.logged_out", "log_in.logged_out_everywhere"] {
        assert!(actions.iter().any(|known| known == action), "{action} isn't in {actions:?}");
    }
}

async fn the_second_factor_has_five_minutes(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.visitor();
    visitor.give_password(&nurse.email, PASSWORD).await;
    visitor.get("/console/log-in/second-factor").await;
    site.later(SignedDuration::from_mins(5));
    let code = site.code(&nurse);
    let fields = [("code", code.as_str()), ("next", "")];
    let page = visitor.post("/console/log-in/second-factor", &fields).await;
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/console/log-in")));
    assert!(!visitor.is_in().await);
}

async fn a_password_alone_is_nothing_once_it_has_timed_out(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut stranger = site.visitor();
    stranger.get("/console/log-in").await;
    stranger.post("/console/log-in", &[("email", &nurse.email), ("password", PASSWORD)]).await;
    for minutes in [0, 6, 60] {
        site.later(SignedDuration::from_mins(minutes));
        assert_ne!(stranger.get("/console/live?once=1").await.status, 200, "{minutes}");
        let form = [("family_name", "見本"), ("step", "save")];
        stranger.get("/console/log-in").await;
        stranger.post("/console/patients/new", &form).await;
        let drafts = DatabaseAssertions::at(&fresh.url).count("form_drafts").await;
        assert_eq!(drafts, 0, "{minutes}");
    }
}

async fn drafts_are_few_and_about_ones_own_people(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/account").await;
    site.later(SignedDuration::from_mins(20));
    let kept = async || DatabaseAssertions::at(&fresh.url).count("form_drafts").await;
    let page = visitor.page.clone();
    let mut send = async |path: String, note: &str| {
        visitor.page = page.clone();
        visitor.post(&path, &[("line_note", note)]).await;
    };
    send(format!("/console/patients/{}/notes", uuid::Uuid::now_v7()), "見本").await;
    assert_eq!(kept().await, 0, "of somebody who doesn't exist");
    send(format!("/console/patients/{}/notes", site.patient(0).await), &"あ".repeat(100_000)).await;
    assert_eq!(kept().await, 0, "larger than any form");
    for _ in 0..105 {
        send(format!("/console/alerts/{}/notes", uuid::Uuid::now_v7()), "見本").await;
    }
    assert_eq!(kept().await, 100, "the oldest ones go");
}
