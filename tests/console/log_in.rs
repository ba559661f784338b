//! Logging in by each path, and what is refused.

use jiff::SignedDuration;
use kenkocall::domain::{LogInName, Role};
use kenkocall::service::deactivate_staff;

use crate::databases::Fresh;
use crate::site::{PASSWORD, Site};

crate::on_both_databases!(
    a_nurse_logs_in_by_code_and_works_once,
    a_recovery_code_logs_in_once,
    what_is_wrong_is_refused_and_audited_without_names,
    a_log_in_leads_back_to_the_page_and_nowhere_else,
    a_deactivated_account_is_out_at_once,
);

async fn a_nurse_logs_in_by_code_and_works_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.visitor();
    assert_eq!(visitor.get("/console").await.location.as_deref(), Some("/console/log-in?next=/console"));
    assert_eq!(visitor.get("/console/").await.location.as_deref(), Some("/console"));
    visitor.give_password(" Naoko@MIHON.example", PASSWORD).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/console/log-in/second-factor?next="));
    assert!(!visitor.is_in().await, "the password alone opens nothing");
    let code = site.code(&nurse);
    let half = visitor.cookies["kenko"].clone();
    assert_eq!(visitor.give_code(&code).await.location.as_deref(), Some("/console/today"));
    assert!(visitor.is_in().await);
    assert_ne!(visitor.cookies["kenko"], half, "the log-in has a token of its own");
    let mut thief = site.visitor();
    thief.cookies.insert("kenko".to_owned(), half);
    assert!(!thief.is_in().await, "the first token has ended");

    let mut second = site.visitor();
    second.give_password(&nurse.email, PASSWORD).await;
    assert_eq!(second.give_code(&code).await.status, 422, "a code works once");
    site.later(SignedDuration::from_secs(30));
    assert_eq!(second.give_code(&site.code(&nurse)).await.status, 303);
    let actions = site.actions().await;
    for action in ["log_in.password_given", "log_in.second_factor_refused", "log_in.done"] {
        assert!(actions.iter().any(|known| known == action), "{action} isn't in {actions:?}");
    }
}

async fn a_recovery_code_logs_in_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    assert_eq!(nurse.recovery.len(), 10);
    let code = nurse.recovery[3].to_lowercase().replace('-', " ");
    for status in [303, 422] {
        let mut visitor = site.visitor();
        visitor.give_password(&nurse.email, PASSWORD).await;
        assert!(visitor.get("/console/log-in/second-factor?with=recovery").await.body.contains("回復コード"));
        let fields = [("code", code.as_str()), ("with", "recovery"), ("next", "")];
        assert_eq!(visitor.post("/console/log-in/second-factor", &fields).await.status, status);
        assert_eq!(visitor.is_in().await, status == 303);
    }
    assert!(site.actions().await.contains(&"log_in.done_by_recovery_code".to_owned()));
}

async fn what_is_wrong_is_refused_and_audited_without_names(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut pages = Vec::new();
    for (email, password) in [(nurse.email.as_str(), "a wrong password"), ("nobody@mihon.example", PASSWORD)] {
        let mut visitor = site.visitor();
        visitor.give_password(email, password).await;
        assert_eq!(visitor.page.status, 422);
        assert!(!visitor.cookies.contains_key("kenko"));
        pages.push(visitor.page.body.replace(email, "EMAIL").replace(&visitor.page.token(), "TOKEN"));
    }
    assert_eq!(pages[0], pages[1], "nobody learns which addresses have an account");
    for fields in [[("email", ""), ("password", "x")], [("email", "x"), ("password", "")]] {
        let mut visitor = site.visitor();
        visitor.get("/console/log-in").await;
        assert_eq!(visitor.post("/console/log-in", &fields).await.status, 422);
    }
    let mut tx = site.context.database.begin_read().await.unwrap();
    let filter = kenkocall::store::audit::AuditFilter { limit: 100, ..Default::default() };
    let trail = kenkocall::store::audit::list(&mut tx, &filter).await.unwrap();
    assert_eq!(trail.iter().filter(|row| row.action == "log_in.password_refused").count(), 2);
    let written = format!("{trail:?}");
    for secret in ["mihon.example", PASSWORD, "a wrong password", nurse.secret.as_str()] {
        assert!(!written.contains(secret), "{secret} is in the trail");
    }
}

async fn a_log_in_leads_back_to_the_page_and_nowhere_else(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    for (next, reached) in [
        ("/console/account", "/console/account"),
        ("https://evil.example/", "/console/today"),
        ("//evil.example/console/account", "/console/today"),
        ("/console//evil.example", "/console/today"),
    ] {
        let mut visitor = site.visitor();
        visitor.get("/console/log-in").await;
        let fields = [("email", nurse.email.as_str()), ("password", PASSWORD), ("next", next)];
        let second = visitor.post("/console/log-in", &fields).await.location.clone().unwrap();
        visitor.get(&second).await;
        let next = visitor.page.hidden("next");
        let code = site.code(&nurse);
        visitor.post("/console/log-in/second-factor", &[("code", &code), ("next", &next)]).await;
        assert_eq!(visitor.page.location.as_deref(), Some(reached), "{next}");
        site.later(SignedDuration::from_secs(30));
    }
}

async fn a_deactivated_account_is_out_at_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let admin = site.member("admin@mihon.example", Role::SystemAdministrator, None).await;
    let mut visitor = site.logged_in(&admin).await;
    assert!(visitor.is_in().await);
    let name = LogInName::parse(&admin.email).unwrap();
    deactivate_staff(&site.context, &kenkocall::domain::Actor::System, &name).await.unwrap();
    assert!(!visitor.is_in().await);
    assert_eq!(site.visitor().give_password(&admin.email, PASSWORD).await.status, 422);
}
