//! The eight languages of the portal: chosen on any page, without losing what was typed.

use kenkocall::domain::PageLanguage;

use crate::databases::Fresh;
use crate::portal_site::{HANAKO, Portal};

crate::on_both_databases!(a_language_is_chosen_and_kept, what_was_typed_survives_another_language, pages_are_small,);

async fn a_language_is_chosen_and_kept(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    for language in PageLanguage::ALL {
        let mut visitor = portal.visitor();
        let page = visitor.get(&format!("/portal?language={}", language.code())).await;
        assert!(page.body.contains(&format!("<html lang=\"{}\">", language.tag())), "{}", page.body);
        let page = visitor.get("/portal/register").await;
        assert!(page.body.contains(&format!("<html lang=\"{}\">", language.tag())), "{}", page.body);
        for other in PageLanguage::ALL {
            assert!(page.body.contains(other.own_name()), "{}", page.body);
        }
    }
    let mut visitor = portal.visitor();
    assert!(visitor.get("/portal?language=fr").await.body.contains("<html lang=\"ja\">"));
    let korean = vec![("accept-language", "ko-KR,ko;q=0.9".to_owned())];
    visitor.send(axum::http::Method::GET, "/portal", korean, String::new()).await;
    assert!(visitor.page.body.contains("<html lang=\"ko\">"), "as the browser asks");
}

async fn what_was_typed_survives_another_language(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    visitor.get("/portal/register").await;
    visitor.post("/portal/register", &[("email", HANAKO), ("language", "en")]).await;
    assert_eq!(visitor.page.status, 200);
    assert!(visitor.page.body.contains("<html lang=\"en\">"), "{}", visitor.page.body);
    assert!(visitor.page.body.contains(&format!("value=\"{HANAKO}\"")), "{}", visitor.page.body);
    assert!(portal.mail().await.is_empty(), "nothing was sent");
    assert!(visitor.get("/portal/log-in").await.body.contains("<html lang=\"en\">"), "it is kept");
    visitor.get("/portal?language=ja").await;
    let mut member = portal.signed_up(HANAKO).await;
    member.get("/portal/people/add").await;
    let fields = [("family_name", "見本"), ("birth_date", "昭和55年"), ("language", "zh-Hant")];
    member.post("/portal/people/add", &fields).await;
    for kept in ["<html lang=\"zh-Hant\">", "value=\"見本\"", "value=\"昭和55年\""] {
        assert!(member.page.body.contains(kept), "{kept}: {}", member.page.body);
    }
}

async fn pages_are_small(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    let page = visitor.get("/portal").await.clone();
    let style = page.body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (first, style) = (visitor.transferred("/portal").await, visitor.transferred(&style).await);
    assert!(first <= 25_000 && first + style <= 45_000, "{first} + {style}");
}
