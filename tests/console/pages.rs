//! The pages in both languages, as they are sent.

use kenkocall::domain::{AlertKind, Role};

use crate::databases::on_sqlite;
use crate::site::{PASSWORD, Site, Visitor};

/// Replaces what differs from run to run: ids, tokens and the hash of the style.
fn steady(page: &str) -> String {
    let is_id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut steady = String::new();
    let mut word = String::new();
    for character in page.chars().chain(['\n']) {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.') {
            word.push(character);
            continue;
        }
        match word.as_str() {
            id if is_id(id) => steady.push_str("ID"),
            hash if is_hash(hash) => steady.push_str("TOKEN"),
            style if style.starts_with("console-") && style.ends_with(".css") => steady.push_str("STYLE"),
            script if script.starts_with("console-") && script.ends_with(".js") => steady.push_str("SCRIPT"),
            millis if millis.len() == 13 && millis.bytes().all(|byte| byte.is_ascii_digit()) => {
                steady.push_str("MILLIS");
            }
            other => steady.push_str(other),
        }
        word.clear();
        steady.push(character);
    }
    steady
}

fn same(name: &str, visitor: &Visitor) {
    let page = &visitor.page.body;
    let inline = page.matches("<script").count() - page.matches("<script src=\"/console/static/console-").count();
    assert_eq!(inline, 0, "{name} has a script of its own");
    for banned in [" style=", "placeholder=", " disabled", " readonly", "onclick"] {
        assert!(!page.contains(banned), "{name} has {banned}");
    }
    insta::assert_snapshot!(name, steady(page));
}

#[tokio::test]
async fn pages_in_both_languages() {
    on_sqlite(|fresh| async move {
        let site = Site::open(&fresh).await;
        let nurse = site.nurse().await;
        let help_desk = site.member("desk@mihon.example", Role::HelpDesk, None).await;
        let (one, two) = (site.patient(0).await, site.patient(1).await);
        let red = site.alert(AlertKind::RedAnswer, Some(one), 14).await;
        site.alert(AlertKind::Unanswered, Some(two), 95).await;
        site.alert(AlertKind::Guessing, None, 3_000).await;
        let token = site.invited("jiro@mihon.example", Role::Nurse, Some(kenkocall::lab::SYNTHETIC_CENTRE)).await;
        let logged_in = site.logged_in(&nurse).await;
        let desk = site.logged_in(&help_desk).await;
        for language in ["ja", "en"] {
            let name = |page: &str| format!("{page}_{language}");
            let in_language = |visitor: &Visitor| {
                let mut visitor = visitor.clone();
                visitor.cookies.insert("kenko-language".to_owned(), language.to_owned());
                visitor
            };
            let mut visitor = in_language(&site.visitor());
            visitor.get("/console/log-in").await;
            same(&name("log_in"), &visitor);
            visitor.get(&format!("/console/invitation/{}", token.expose())).await;
            visitor.page.body = visitor.page.body.replace(token.expose(), "INVITATION");
            same(&name("invitation"), &visitor);
            visitor.give_password(&nurse.email, PASSWORD).await;
            visitor.give_code("000000").await;
            same(&name("second_factor_wrong"), &visitor);
            let mut visitor = in_language(&logged_in);
            visitor.get("/console/today").await;
            same(&name("today"), &visitor);
            visitor.get(&format!("/console/alerts/{red}/close")).await;
            same(&name("close"), &visitor);
            visitor.get("/console/patients?severity=red&today=missing").await;
            same(&name("patients"), &visitor);
            for page in ["", "/change", "/stop"] {
                visitor.get(&format!("/console/patients/{one}{page}")).await;
                same(&name(&format!("patient{}", page.replace('/', "_"))), &visitor);
            }
            visitor.get("/console/patients/new").await;
            same(&name("patient_new"), &visitor);
            visitor.get("/console/account").await;
            same(&name("account"), &visitor);
            visitor.get("/console/nowhere").await;
            same(&name("not_found"), &visitor);
            let mut visitor = in_language(&desk);
            visitor.get("/console/figures").await;
            same(&name("figures"), &visitor);
        }
        let mut visitor = site.visitor();
        visitor.get("/console/language/en?back=/console/log-in").await;
        assert_eq!(visitor.page.location.as_deref(), Some("/console/log-in"));
        assert!(visitor.get("/console/log-in").await.body.contains("<html lang=\"en\">"));
        assert_eq!(visitor.get("/console/language/xx").await.status, 404);
        visitor.get("/console/language/ja?back=https://evil.example").await;
        assert_eq!(visitor.page.location.as_deref(), Some("/console"));
    })
    .await;
}

/// Bytes of a page of fifty people as transferred, and of a first visit with style and script. Source: the goals of
/// docs/performance.md.
const MOST: (usize, usize) = (30_000, 90_000);

#[tokio::test]
async fn pages_are_transferred_compressed_and_events_are_not() {
    on_sqlite(|fresh| async move {
        let site = Site::of_patients(&fresh, 60).await;
        let nurse = site.nurse().await;
        let mut browser = site.logged_in(&nurse).await;
        let list = browser.transferred("/console/patients").await;
        assert_eq!(browser.get("/console/patients").await.body.matches("<th scope=\"row\">").count(), 50);
        let links: Vec<String> =
            browser.page.body.split('"').filter(|link| link.contains("/static/")).map(str::to_owned).collect();
        assert_eq!(links.len(), 2, "a style and a script");
        let mut first_visit = list;
        for link in links {
            first_visit += browser.transferred(&link).await;
        }
        assert!(list <= MOST.0 && first_visit <= MOST.1, "{list} and {first_visit} bytes");
        let compressed = [("accept-encoding", "gzip".to_owned())].to_vec();
        browser.send(axum::http::Method::GET, "/console/live", compressed, String::new()).await;
        assert!(browser.page.headers.get("content-encoding").is_none());
    })
    .await;
}
