//! Forms of other sites, other hosts and other log-ins do nothing, and every answer has the headers that keep it so.

use axum::http::Method;
use kenkocall::domain::AlertKind;

use crate::databases::Fresh;
use crate::site::{Site, Visitor};

crate::on_both_databases!(a_form_from_elsewhere_is_refused_and_does_nothing);

async fn a_form_from_elsewhere_is_refused_and_does_nothing(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let alert = site.alert(AlertKind::CallBack, Some(site.patient(0).await), 5).await;
    let path = format!("/console/alerts/{alert}/close");
    let own = site.logged_in(&nurse).await;
    let mut other_log_in = site.logged_in(&nurse).await;
    let other_token = other_log_in.get("/console/account").await.token();
    let headers = |origin: Option<&str>, fetch: Option<&str>| {
        let origin = origin.map(|value| ("origin", value.to_owned()));
        let fetch = fetch.map(|value| ("sec-fetch-site", value.to_owned()));
        origin.into_iter().chain(fetch).collect::<Vec<_>>()
    };
    let own_origin = Some("http://localhost:8080");
    for (what, headers, host, token) in [
        ("another site", headers(Some("https://evil.example"), Some("cross-site")), "localhost:8080", None),
        ("another site, old browser", headers(Some("https://evil.example"), None), "localhost:8080", None),
        ("Origin: null", headers(Some("null"), None), "localhost:8080", None),
        ("a neighbour", headers(Some("http://localhost:9090"), Some("same-site")), "localhost:8080", None),
        ("another host", headers(own_origin, Some("same-origin")), "evil.example", None),
        ("another port", headers(own_origin, Some("same-origin")), "localhost:9090", None),
        ("no token", headers(own_origin, Some("same-origin")), "localhost:8080", Some(String::new())),
        ("token of another login", headers(own_origin, Some("same-origin")), "localhost:8080", Some(other_token)),
    ] {
        let mut visitor: Visitor = own.clone();
        visitor.get(&path).await;
        let token = token.unwrap_or_else(|| visitor.page.token());
        visitor.form_headers = headers;
        visitor.host = host.to_owned();
        let fields = [("reason", "nothing"), ("others", "0"), ("token", token.as_str())];
        assert_eq!(visitor.post_only(&path, &fields).await.status, 403, "{what}");
    }
    let mut visitor = own.clone();
    assert!(visitor.get(&path).await.body.contains("name=\"reason\""), "the alert is still open");
    // Browsers of before `Sec-Fetch-Site` send no header; the token is enough.
    visitor.form_headers = Vec::new();
    assert_eq!(visitor.post(&path, &[("reason", "nothing"), ("others", "0")]).await.status, 303);
}

#[tokio::test]
async fn every_answer_has_the_headers_and_plain_http_is_refused() {
    crate::databases::on_sqlite(|fresh| async move {
        let site = Site::open(&fresh).await;
        let mut visitor = site.visitor();
        for path in ["/console", "/console/log-in", "/console/nowhere", "/console/invitation/x"] {
            let headers = visitor.get(path).await.headers.clone();
            let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            let policy = header("content-security-policy").unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{path}");
            assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"), "{path}");
        }
        let page = visitor.get("/console/log-in").await.body.clone();
        assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("placeholder"), "{page}");
        let style = page.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
        let headers = visitor.get(style).await.headers.clone();
        assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(visitor.get("/console/static/console-000000000000.css").await.status, 404);

        let plain = Site::router_of(&site.context, "http://192.168.0.7:8080", "");
        let mut visitor = Visitor::at(&plain, "192.0.2.1");
        visitor.host = "192.168.0.7:8080".to_owned();
        let page = visitor.get("/console/log-in").await;
        assert!(page.status == 403 && page.body.contains("https"), "{}", page.body);

        let https = Site::router_of(&site.context, "https://calls.example.jp/kenko", "");
        let mut visitor = Visitor::at(&https, "192.0.2.1");
        visitor.host = "calls.example.jp".to_owned();
        let page = visitor.get("/console/log-in").await;
        let cookie = page.headers["set-cookie"].to_str().unwrap().to_owned();
        for part in ["__Host-kenko-form=", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(page.body.contains("action=\"/kenko/console/log-in\""), "{}", page.body);
        assert!(page.headers.contains_key("strict-transport-security"));
        let body = "x".repeat(300_000);
        let form = visitor.form_headers.clone();
        assert_eq!(visitor.send(Method::POST, "/console/log-in", form, body).await.status, 413, "too long");
    })
    .await;
}
