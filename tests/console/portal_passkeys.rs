//! Passkeys of the portal: added, used without an address, refused and removed, with a device made of software.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kenkocall::web::{PortalSettings, portal};
use serde_json::{Value, json};

use crate::databases::Fresh;
use crate::passkeys::{Device, VERIFIED};
use crate::portal_site::{HANAKO, Portal, settings};
use crate::site::{PUBLIC_URL, Visitor};

crate::on_both_databases!(
    a_passkey_logs_in_without_an_address,
    replays_other_sites_and_removed_passkeys_are_refused,
    an_address_without_a_name_has_no_passkeys_in_the_portal,
);

/// What a device answers, or another one, for an account.
type Given = fn(&mut Device, &mut Device, &Value, &str) -> String;

/// The options that the script would get.
async fn challenge(visitor: &mut Visitor, purpose: &str) -> Value {
    visitor.post("/portal/passkey/challenge", &[("purpose", purpose)]).await;
    assert_eq!(visitor.page.status, 200, "{}", visitor.page.body);
    serde_json::from_str(&visitor.page.body).unwrap()
}

/// Adds a passkey. Returns the id of its account, as devices keep it.
async fn add(visitor: &mut Visitor, device: &Device, origin: &str) -> String {
    visitor.get("/portal/account").await;
    let token = visitor.page.token();
    let options = challenge(visitor, "add").await;
    assert_eq!(options["authenticatorSelection"]["residentKey"], json!("required"));
    let answer = device.make(&options, origin);
    visitor.post_only("/portal/account/passkeys", &[("token", &token), ("answer", &answer)]).await;
    options["user"]["id"].as_str().unwrap().to_owned()
}

/// The device's answer, with the account that it keeps.
fn answer(device: &mut Device, options: &Value, (user, origin): (&str, &str)) -> String {
    let answer = device.answers(options, origin, VERIFIED);
    let mut answer: Value = serde_json::from_str(&answer).unwrap();
    answer["response"]["userHandle"] = json!(user);
    answer.to_string()
}

async fn log_in(visitor: &mut Visitor, answer: &str) -> u16 {
    visitor.get("/portal/log-in").await;
    visitor.post("/portal/log-in/passkey", &[("answer", answer), ("stay", "1"), ("next", "/account")]).await.status
}

async fn challenged(portal: &Portal) -> (Visitor, Value) {
    let mut visitor = portal.visitor();
    visitor.get("/portal/log-in").await;
    assert!(visitor.page.body.contains("data-passkey=\"log-in\""), "{}", visitor.page.body);
    assert!(visitor.page.body.contains("class=\"stack\" hidden"), "without script nothing of it shows");
    let options = challenge(&mut visitor, "log-in").await;
    (visitor, options)
}

async fn a_passkey_logs_in_without_an_address(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut owner = portal.signed_up(HANAKO).await;
    let mut device = Device::new(1);
    let user = add(&mut owner, &device, PUBLIC_URL).await;
    assert_eq!(owner.page.location.as_deref(), Some("/portal/account?done=passkey"), "{}", owner.page.body);
    assert!(owner.get("/portal/account?done=passkey").await.body.contains("パスキーを追加しました"));
    let (mut visitor, options) = challenged(&portal).await;
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("required")));
    assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "nobody's passkeys are told: {options}");
    let given = answer(&mut device, &options, (&user, PUBLIC_URL));
    assert_eq!(log_in(&mut visitor, &given).await, 303, "{}", visitor.page.body);
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/account"));
    assert!(visitor.get("/portal/account").await.body.contains(HANAKO));
    let actions = portal.site.actions().await;
    assert!(actions.contains(&"portal.passkey_added".to_owned()), "{actions:?}");
    // It goes with the account.
    visitor.get("/portal/account/delete").await;
    visitor.post("/portal/account/delete", &[("step", "delete")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/log-in?out=gone"));
}

async fn replays_other_sites_and_removed_passkeys_are_refused(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut owner = portal.signed_up(HANAKO).await;
    let (mut device, mut unknown) = (Device::new(1), Device::new(2));
    add(&mut owner, &device, "https://evil.example").await;
    assert_eq!(owner.page.location.as_deref(), Some("/portal/account?done=passkey-wrong"));
    let user = add(&mut owner, &device, PUBLIC_URL).await;
    let (mut visitor, options) = challenged(&portal).await;
    let given = answer(&mut device, &options, (&user, PUBLIC_URL));
    // A challenge belongs to one browser.
    let (mut stranger, _) = challenged(&portal).await;
    assert_eq!(log_in(&mut stranger, &given).await, 422);
    assert_eq!(log_in(&mut visitor, &given).await, 303);
    let mut again = visitor.clone();
    again.cookies.remove("kenko-portal");
    assert_eq!(log_in(&mut again, &given).await, 422, "a challenge is answered once");
    assert!(again.page.body.contains("5分たったか"), "{}", again.page.body);

    let cases: [(&str, Given); 4] = [
        ("another site", |device, _, options, user| answer(device, options, (user, "https://evil.example"))),
        ("an unknown passkey", |_, unknown, options, user| answer(unknown, options, (user, PUBLIC_URL))),
        ("nobody's passkey", |device, _, options, _| {
            answer(device, options, (&URL_SAFE_NO_PAD.encode([7; 16]), PUBLIC_URL))
        }),
        ("nonsense", |_, _, _, _| "{}".to_owned()),
    ];
    for (what, given) in cases {
        let (mut visitor, options) = challenged(&portal).await;
        let given = given(&mut device, &mut unknown, &options, &user);
        assert_eq!(log_in(&mut visitor, &given).await, 422, "{what}");
        assert!(visitor.page.body.contains("このパスキーではログインできません"), "{what}: {}", visitor.page.body);
    }
    let (mut late, options) = challenged(&portal).await;
    let given = answer(&mut device, &options, (&user, PUBLIC_URL));
    portal.site.later(SignedDuration::from_mins(6));
    assert_eq!(log_in(&mut late, &given).await, 422, "too old");
    // Once it is removed, it logs nobody in.
    let passkey = owner.get("/portal/account").await.hidden("passkey");
    let mut other = portal.signed_up("taro@mihon.example").await;
    other.get("/portal/account").await;
    assert_eq!(other.post("/portal/account/passkeys", &[("passkey", &passkey)]).await.status, 404);
    let (mut visitor, options) = challenged(&portal).await;
    owner.get("/portal/account").await;
    owner.post("/portal/account/passkeys", &[("passkey", &passkey)]).await;
    assert_eq!(owner.page.location.as_deref(), Some("/portal/account?done=passkey-removed"));
    let given = answer(&mut device, &options, (&user, PUBLIC_URL));
    assert_eq!(log_in(&mut visitor, &given).await, 422, "removed since the challenge");
}

async fn an_address_without_a_name_has_no_passkeys_in_the_portal(fresh: Fresh) {
    let there = Portal::open(&fresh).await;
    let settings = PortalSettings { public_url: "http://127.0.0.1:8080".to_owned(), ..settings() };
    let mut visitor = Visitor::at(&portal(&there.site.context, settings), "192.0.2.1");
    visitor.host = "127.0.0.1:8080".to_owned();
    visitor.get("/portal/log-in").await;
    assert!(visitor.page.status == 200 && !visitor.page.body.contains("data-passkey"), "{}", visitor.page.body);
    assert_eq!(visitor.post("/portal/passkey/challenge", &[("purpose", "log-in")]).await.status, 404);
}
