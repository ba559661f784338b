//! Accepting an invitation: once, in three days, with a good password and a working authenticator.

use jiff::SignedDuration;
use kenkocall::domain::Role;
use kenkocall::service::code_at;

use crate::databases::Fresh;
use crate::site::{PASSWORD, Site};

crate::on_both_databases!(an_invitation_is_accepted_once, an_invitation_holds_for_three_days_and_only_the_last_one);

async fn an_invitation_is_accepted_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let token = site.invited("jiro@mihon.example", Role::HelpDesk, None).await;
    let path = format!("/console/invitation/{}", token.expose());
    let mut visitor = site.visitor();
    visitor.get(&path).await;
    assert!(visitor.page.body.contains("jiro@mihon.example") && visitor.page.body.contains("ヘルプデスク"));
    for (password, again, sentence) in [
        ("short", "short", "12文字以上"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "すぐに当てられる"),
        ("jiro@mihon.example", "jiro@mihon.example", "すぐに当てられる"),
        (PASSWORD, "another password", "同じではありません"),
    ] {
        let page = visitor.post(&path, &[("password", password), ("again", again)]).await;
        assert!(page.status == 422 && page.body.contains(sentence), "{password}: {}", page.body);
        assert!(page.body.contains("<title>エラー:"), "the title says it first");
        assert!(password.contains('@') || !page.body.contains(password), "a password is never shown again");
    }
    assert_eq!(visitor.post(&path, &[("password", PASSWORD), ("again", PASSWORD)]).await.status, 303);
    let page = visitor.get(&path).await;
    assert!(page.body.contains("<svg class=\"qr\" role=\"img\""));
    let secret = page.body.split("<p class=\"secret\" lang=\"en\">").nth(1).unwrap().split('<').next().unwrap();
    let secret = secret.replace(' ', "");
    let confirm = format!("{path}/second-factor");
    assert_eq!(visitor.post(&confirm, &[("code", "000000")]).await.status, 422);
    let code = code_at(&secret, site.clock.now()).unwrap();
    visitor.post(&confirm, &[("code", &code)]).await;
    assert_eq!(visitor.page.status, 200);
    let codes =
        visitor.page.body.split("<ol class=\"codes\"").nth(1).unwrap().split("</ol>").next().unwrap().to_owned();
    assert_eq!(codes.matches("<li>").count(), 10, "{codes}");
    assert_eq!(visitor.get(&path).await.status, 404, "the link worked once");
    site.later(SignedDuration::from_secs(30));
    visitor.give_password("jiro@mihon.example", PASSWORD).await;
    let code = code_at(&secret, site.clock.now()).unwrap();
    assert_eq!(visitor.give_code(&code).await.location.as_deref(), Some("/console/figures"));
    let actions = site.actions().await;
    for action in ["account.invited", "account.password_chosen", "account.activated"] {
        assert!(actions.iter().any(|known| known == action), "{action} isn't in {actions:?}");
    }
}

async fn an_invitation_holds_for_three_days_and_only_the_last_one(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let path = |token: &kenkocall::service::SecretToken| format!("/console/invitation/{}", token.expose());
    let first = site.invited("jiro@mihon.example", Role::HelpDesk, None).await;
    let second = site.invited("jiro@mihon.example", Role::HelpDesk, None).await;
    let mut visitor = site.visitor();
    assert_eq!(visitor.get(&path(&first)).await.status, 404);
    assert_eq!(visitor.get(&path(&second)).await.status, 200);
    site.later(SignedDuration::from_hours(72));
    let page = visitor.get(&path(&second)).await;
    assert!(page.status == 404 && page.body.contains("この招待は使えません"));
    assert_eq!(visitor.get("/console/invitation/nonsense").await.status, 404);
}
