//! Log-ins end: unused, old, by hand, everywhere.

use jiff::SignedDuration;

use crate::databases::Fresh;
use crate::site::{PASSWORD, Site};

crate::on_both_databases!(
    a_log_in_ends_unused_and_after_twelve_hours,
    logging_out_ends_one_log_in_or_all,
    the_second_factor_has_five_minutes,
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
