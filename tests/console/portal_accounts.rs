//! Accounts of the portal: passwords, devices, another address, deletion, and how long a log-in stays.

use jiff::SignedDuration;
use kenkocall::domain::{Actor, HersysId};
use kenkocall::service::release_patient;

use crate::databases::Fresh;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};
use crate::site::Visitor;

crate::on_both_databases!(
    a_password_logs_in_and_guessing_is_slowed,
    a_device_stays_logged_in_until_release,
    devices_are_listed_and_logged_out,
    another_address_is_proven_first,
    an_account_is_changed_soon_after_a_log_in_only,
    a_deleted_account_is_gone,
    forms_of_other_sites_and_browsers_are_refused,
);

const PASSWORD: &str = "見本の長いパスワードです";

async fn log_in(portal: &Portal, email: &str, password: &str, stay: &str) -> Visitor {
    let mut visitor = portal.visitor();
    visitor.get("/portal/log-in").await;
    visitor.post("/portal/log-in", &[("email", email), ("password", password), ("stay", stay)]).await;
    visitor
}

async fn with_password(portal: &Portal) -> Visitor {
    let mut visitor = portal.signed_up(HANAKO).await;
    visitor.get("/portal/account/password?new=1").await;
    visitor.post("/portal/account/password", &[("password", PASSWORD), ("new", "1")]).await;
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    visitor
}

async fn a_password_logs_in_and_guessing_is_slowed(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = with_password(&portal).await;
    visitor.get("/portal/account").await;
    visitor.post("/portal/account/password", &[("password", "short")]).await;
    assert!(visitor.page.body.contains("12文字以上"), "{}", visitor.page.body);
    visitor.post("/portal/log-out", &[]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/log-in?out=1"));
    assert_eq!(visitor.get("/portal/account").await.location.as_deref(), Some("/portal/log-in?next=/account"));

    assert_eq!(log_in(&portal, "HANAKO@mihon.example", PASSWORD, "").await.page.status, 303);
    // A wrong password and an unknown address say the same.
    let wrong = log_in(&portal, HANAKO, "not the password", "").await;
    let unknown = log_in(&portal, "nobody@mihon.example", "not the password", "").await;
    let bytes =
        |visitor: &Visitor, email: &str| visitor.page.body.replace(&visitor.page.token(), "").replace(email, "");
    assert_eq!((wrong.page.status, unknown.page.status), (422, 422));
    assert_eq!(bytes(&wrong, HANAKO), bytes(&unknown, "nobody@mihon.example"));
    for _ in 0..4 {
        log_in(&portal, HANAKO, "not the password", "").await;
    }
    let slowed = log_in(&portal, HANAKO, PASSWORD, "").await;
    assert!(slowed.page.status == 422 && slowed.page.body.contains("秒待ってから"), "{}", slowed.page.body);
}

async fn a_device_stays_logged_in_until_release(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut staying = with_password(&portal).await;
    assert!(portal.add(&mut staying, &hersys_id(0), BIRTH_DATE).await, "{}", staying.page.body);
    let mut visiting = log_in(&portal, HANAKO, PASSWORD, "").await;
    assert_eq!(visiting.get("/portal").await.status, 200);
    portal.site.later(SignedDuration::from_hours(24 * 20));
    assert!(staying.get("/portal").await.body.contains("見本 花子"));
    assert!(!visiting.get("/portal").await.body.contains("見本 花子"), "a visit ends by itself");
    let id = HersysId::parse(&hersys_id(0)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    let page = staying.get("/portal").await;
    assert!(page.body.contains("報告は終わりました"), "{}", page.body);
    portal.site.later(SignedDuration::from_hours(3));
    assert!(!staying.get("/portal").await.body.contains("見本 花子"), "nobody is under observation any more");
}

async fn devices_are_listed_and_logged_out(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut first = with_password(&portal).await;
    let mut second = log_in(&portal, HANAKO, PASSWORD, "1").await;
    let page = first.get("/portal/account").await.clone();
    assert_eq!(page.body.matches("name=\"device\"").count(), 2, "{}", page.body);
    // The later one is listed first.
    let device = page.hidden("device");
    first.post("/portal/account", &[("device", &device)]).await;
    assert_eq!(first.page.location.as_deref(), Some("/portal/account?done=device"));
    assert_eq!(second.get("/portal/account").await.status, 303, "it is logged out");
    // A device of another account isn't there.
    let mut stranger = portal.signed_up("taro@mihon.example").await;
    stranger.get("/portal/account").await;
    assert_eq!(stranger.post("/portal/account", &[("device", &device)]).await.status, 404);
    assert_eq!(first.get("/portal/account").await.status, 200);
}

async fn another_address_is_proven_first(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    drop(portal.signed_up("taro@mihon.example").await);
    let mut visitor = with_password(&portal).await;
    for (address, changed) in [("taro@mihon.example", false), ("hana@mihon.example", true)] {
        visitor.get("/portal/account/address").await;
        visitor.post("/portal/account/address", &[("email", address)]).await;
        assert_eq!(visitor.page.location.as_deref(), Some("/portal/code"));
        visitor.get("/portal/code").await;
        let code = portal.code().await;
        visitor.post("/portal/code", &[("code", &code)]).await;
        assert_eq!(visitor.page.location.as_deref() == Some("/portal/account?done=address"), changed, "{address}");
    }
    assert_eq!(log_in(&portal, HANAKO, PASSWORD, "").await.page.status, 422);
    assert_eq!(log_in(&portal, "hana@mihon.example", PASSWORD, "").await.page.status, 303);
}

async fn an_account_is_changed_soon_after_a_log_in_only(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = with_password(&portal).await;
    visitor.get("/portal/account/address").await;
    visitor.post("/portal/account/address", &[("email", "hana@mihon.example")]).await;
    let code = portal.code().await;
    // Nobody is logged in where the code is entered: it changes nothing.
    let mut borrowed = visitor.clone();
    borrowed.get("/portal/code").await;
    borrowed.cookies.remove("kenko-portal").expect("the log-in");
    borrowed.post("/portal/code", &[("code", &code)]).await;
    assert_ne!(borrowed.page.location.as_deref(), Some("/portal/account?done=address"), "{:?}", borrowed.cookies);
    assert_eq!(log_in(&portal, HANAKO, PASSWORD, "").await.page.status, 303, "the address is the old one");
    // A device that stays logged in reports, and changes nothing of the account after a while.
    visitor.get("/portal/account").await;
    let page = visitor.page.clone();
    portal.site.later(SignedDuration::from_mins(16));
    for (path, field) in [("address", "email"), ("password", "password"), ("delete", "step")] {
        let path = format!("/portal/account/{path}");
        let again = format!("/portal/log-in?again=1&next={}", path.trim_start_matches("/portal"));
        assert_eq!(visitor.get(&path).await.location.as_deref(), Some(&*again));
        visitor.page = page.clone();
        visitor.post(&path, &[(field, "delete")]).await;
        assert_eq!(visitor.page.location.as_deref(), Some(&*again));
    }
    assert!(portal.mail().await.is_empty());
    let next = visitor.get("/portal/log-in?again=1&next=/account/address").await.body.clone();
    assert!(next.contains("もう一度ログインしてください"), "{next}");
    let fields = [("email", HANAKO), ("password", PASSWORD), ("next", "/account/address")];
    visitor.post("/portal/log-in", &fields).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/account/address"), "{}", visitor.page.body);
    assert_eq!(visitor.get("/portal/account/address").await.status, 200);
}

async fn a_deleted_account_is_gone(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = with_password(&portal).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
    visitor.get("/portal/account/delete").await;
    assert_eq!(visitor.post("/portal/account/delete", &[]).await.status, 200, "the key Enter alone deletes nothing");
    visitor.post("/portal/account/delete", &[("step", "delete")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/log-in?out=gone"));
    assert_eq!(log_in(&portal, HANAKO, PASSWORD, "").await.page.status, 422);
    let mut again = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut again, &hersys_id(0), BIRTH_DATE).await, "the person can be added again");
}

async fn forms_of_other_sites_and_browsers_are_refused(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    visitor.get("/portal/register").await;
    let fields = [("email", HANAKO), ("token", "of somebody else")];
    assert_eq!(visitor.post_only("/portal/register", &fields).await.status, 403);
    visitor.get("/portal/register").await;
    let policy = visitor.page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(visitor.page.headers["cache-control"], "no-store");
    visitor.form_headers = vec![("origin", "https://evil.example".to_owned()), ("sec-fetch-site", "cross-site".into())];
    assert_eq!(visitor.post("/portal/register", &[("email", HANAKO)]).await.status, 403);
    assert!(portal.mail().await.is_empty());
    visitor.host = "evil.example".to_owned();
    assert_eq!(visitor.get("/portal").await.status, 403);
}
