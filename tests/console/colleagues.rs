//! Accounts of colleagues, the pause of all calls, and the audit trail, as administrators use them.

use kenkocall::domain::{AlertKind, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::site::{OTHER, Site};

crate::on_both_databases!(
    a_colleague_is_invited_by_a_link_and_ended,
    everything_is_paused_and_resumed_by_a_system_administrator,
    the_trail_is_searched_by_day_person_and_kind,
);

async fn a_colleague_is_invited_by_a_link_and_ended(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let kanri = site.member("kanri@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut visitor = site.logged_in(&kanri).await;
    visitor.get("/console/staff/invite").await;
    let wrong = [("name", ""), ("email", "jiro"), ("role", "system_administrator")];
    let page = visitor.post("/console/staff/invite", &wrong).await.clone();
    assert_eq!(page.status, 422);
    for field in ["name", "email", "role"] {
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", page.body);
    }
    let fields = [("name", "見本 次郎"), ("email", "jiro@mihon.example"), ("role", "nurse")];
    let page = visitor.post("/console/staff/invite", &fields).await.body.clone();
    let link = page.split("http://localhost:8080").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(site.visitor().get(&link).await.status, 200, "{link}");
    let list = visitor.get("/console/staff").await.body.clone();
    assert!(list.contains("jiro@mihon.example") && list.contains("招待中"), "{list}");
    assert!(!list.contains("other@mihon.example"), "another centre's");
    let path = list.split("/deactivate\"").next().unwrap().rsplit("href=\"").next().unwrap().to_owned() + "/deactivate";
    assert!(visitor.get(&path).await.body.contains("すべての端末からログアウトします"));
    assert_eq!(visitor.post(&path, &[]).await.location.as_deref(), Some("/console/staff?ended=1"));
    assert_eq!(site.visitor().get(&link).await.status, 404, "the link is gone");
    // Ended again: nothing more is done.
    visitor.get("/console/staff").await;
    assert!(visitor.page.body.contains("終了"));
    assert_eq!(visitor.post(&path, &[]).await.status, 303);
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "account.deactivated").count(), 1, "{actions:?}");
    // Nobody ends their own account, or one of another centre.
    assert!(
        !visitor.get("/console/staff").await.body.contains(
            "kanri@mihon.example</td><td>保健所の管理者</td><td class=\"num\">13101</td><td>利用中</td><td><a"
        )
    );
}

async fn everything_is_paused_and_resumed_by_a_system_administrator(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let admin = site.member("admin@mihon.example", Role::SystemAdministrator, None).await;
    let mut visitor = site.logged_in(&admin).await;
    let path = "/console/dialling";
    visitor.get(path).await;
    for (fields, id) in [
        ([("step", "pause"), ("reason", ""), ("until", "")], "reason-error"),
        ([("step", "pause"), ("reason", "点検"), ("until", "soon")], "until-error"),
        ([("step", "pause"), ("reason", "点検"), ("until", "2026-11-28 9:00")], "until-error"),
    ] {
        let page = visitor.post(path, &fields).await;
        assert!(page.status == 422 && page.body.contains(id), "{fields:?}: {}", page.body);
    }
    let pause = [("step", "pause"), ("reason", "点検"), ("until", "2026/11/28 18:00")];
    assert_eq!(visitor.post(path, &pause).await.status, 303);
    let page = visitor.get(path).await.body.clone();
    assert!(page.contains("2026年11月28日(土) 18:00 まで停止中: 点検"), "{page}");
    assert_eq!(visitor.post(path, &[("step", "resume")]).await.status, 303);
    visitor.get(path).await;
    assert_eq!(visitor.post(path, &[("step", "maintain"), ("maintenance-until", "")]).await.status, 303);
    assert!(visitor.get(path).await.body.contains("からメンテナンス中です"));
    assert_eq!(visitor.post(path, &[("step", "end")]).await.status, 303);
    let actions = site.actions().await;
    for action in ["dialer.paused", "dialer.resumed", "maintenance.started", "maintenance.ended"] {
        assert!(actions.iter().any(|done| done == action), "{action}: {actions:?}");
    }
    // A centre's administrator can do none of it.
    let kanri = site.member("kanri@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let mut visitor = site.logged_in(&kanri).await;
    visitor.get("/console/account").await;
    assert_eq!(visitor.post(path, &pause).await.status, 404);
}

async fn the_trail_is_searched_by_day_person_and_kind(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    for patient in [one, two] {
        site.alert(AlertKind::Unanswered, Some(patient), 5).await;
    }
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/today").await;
    let kanri = site.member("kanri@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let mut visitor = site.logged_in(&kanri).await;
    let page = visitor.get("/console/audit").await.body.clone();
    assert!(
        page.contains("対象者の対応を一覧で見た") && page.contains("ID 1000001") && page.contains("見本 直子"),
        "{page}"
    );
    // One person's entries, by a link without anything personal.
    assert!(page.contains(&format!("/console/audit?person={one}\"")));
    let page = visitor.get(&format!("/console/audit?person={one}")).await.body.clone();
    assert!(page.contains("対象者の対応を一覧で見た") && !page.contains("ログインした"), "{page}");
    for (kind, from, to, shown, hidden) in [
        ("log_ins", "", "", "ログインした", "対象者の対応を一覧で見た"),
        ("all", "令和8年11月28日", "", "ログインした", "nothing"),
        ("all", "2026-11-29", "", "この条件の記録はありません", "ログインした"),
        ("all", "", "2026/11/27", "この条件の記録はありません", "ログインした"),
    ] {
        let fields = [("kind", kind), ("from", from), ("to", to), ("actor", ""), ("person", "")];
        let page = visitor.post("/console/audit", &fields).await;
        assert!(page.body.contains(shown) && !page.body.contains(hidden), "{kind} {from} {to}: {}", page.body);
    }
    let fields = [("kind", "all"), ("from", "gestern"), ("to", ""), ("actor", ""), ("person", "")];
    assert_eq!(visitor.post("/console/audit", &fields).await.status, 422);
    // Another centre's administrator finds nothing about them, and the try is in the trail.
    let other = site.member("other@mihon.example", Role::CentreAdministrator, Some(OTHER)).await;
    let mut visitor = site.logged_in(&other).await;
    assert_eq!(visitor.get(&format!("/console/audit?person={one}")).await.status, 404);
    assert!(!visitor.get("/console/audit").await.body.contains("対象者の対応を一覧で見た"));
    assert!(site.actions().await.iter().any(|action| action == "patient.not_found"));
}
