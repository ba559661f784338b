//! The eight languages of the portal: chosen on any page, without losing what was typed.

use kenkocall::domain::{Language, PageLanguage};

use crate::databases::Fresh;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};

crate::on_both_databases!(
    a_language_is_chosen_and_kept,
    what_was_typed_survives_another_language,
    m15_every_page_is_wholly_in_each_language,
    m15_the_report_form_keeps_what_was_typed_in_another_language,
    pages_are_small,
);

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

/// A sentence that a language lacks is shown in another one, with its `lang`: there is none.
async fn m15_every_page_is_wholly_in_each_language(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut member = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut member, &hersys_id(0), BIRTH_DATE).await, "{}", member.page.body);
    let help = ["/help", "/help/centre", "/help/messages", "/help/accessibility", "/verify"];
    // A red answer: its page is there.
    let form = member.get("/portal/report?view=all").await.hidden("form");
    let red = [("form", form.as_str()), ("questions", "complexion"), ("complexion", "yes")];
    assert_eq!(member.post("/portal/report", &red).await.location.as_deref(), Some("/portal/report/urgent"));
    let own = ["", "/report?view=all", "/report/urgent", "/history", "/survey", "/certificate", "/people", "/account"];
    for language in PageLanguage::ALL {
        for page in help.into_iter().chain(own) {
            let sign = if page.contains('?') { '&' } else { '?' };
            let path = format!("/portal{page}{sign}language={}", language.code());
            let body = member.get(&path).await.body.clone();
            // What is in Japanese for everybody: the certificate, names, and the choice of languages.
            let names = match language.spoken() {
                Language::Japanese => 0,
                _ => body.matches("<span lang=\"ja\">").count(),
            };
            let foreign = body.matches("<span lang=\"").count() - names;
            assert_eq!(foreign, 2, "{path} has the two of the choice of languages: {body}");
            let has_readings = body.matches("<ruby>").count() > 10;
            assert_eq!(has_readings, language == PageLanguage::EasyJapanese, "{path}: {body}");
        }
    }
}

async fn m15_the_report_form_keeps_what_was_typed_in_another_language(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut member = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut member, &hersys_id(0), BIRTH_DATE).await, "{}", member.page.body);
    let page = member.get("/portal/report?view=all").await.clone();
    let (form, questions) = (page.hidden("form"), page.hidden("questions"));
    for language in PageLanguage::ALL {
        let fields = [
            ("form", form.as_str()),
            ("questions", questions.as_str()),
            ("body_temperature", "３７，5"),
            ("spo2_instead", "000"),
            ("fatigue", "unknown"),
            ("words", "のどが痛い\n<b>夜も</b>"),
            ("language", language.code()),
        ];
        let page = member.post("/portal/report", &fields).await.clone();
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&format!("<html lang=\"{}\">", language.tag())), "{}", page.body);
        let kept = [
            "value=\"３７，5\"",
            "name=\"spo2_instead\" value=\"000\" checked",
            "name=\"fatigue\" value=\"unknown\" checked",
            "のどが痛い\n&#60;b&#62;夜も&#60;/b&#62;</textarea>",
        ];
        for kept in kept {
            assert!(page.body.contains(kept), "{}: {kept}: {}", language.code(), page.body);
        }
    }
    // A single question, too.
    let page = member.get("/portal/report?view=one&language=ja").await.clone();
    let (form, questions) = (page.hidden("form"), page.hidden("questions"));
    let fields = [
        ("form", form.as_str()),
        ("questions", questions.as_str()),
        ("body_temperature", "38.15"),
        ("language", "ja-easy"),
    ];
    let page = member.post("/portal/report", &fields).await;
    assert!(page.body.contains("value=\"38.15\"") && page.body.contains("<rt>たいおん</rt>"), "{}", page.body);
    let kept = crate::db_assertions::DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("answers").await, 0, "choosing a language stores nothing");
}

async fn pages_are_small(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    let page = visitor.get("/portal").await.clone();
    let style = page.body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (first, style) = (visitor.transferred("/portal").await, visitor.transferred(&style).await);
    assert!(first <= 25_000 && first + style <= 45_000, "{first} + {style}");
}
