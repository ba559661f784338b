//! Passkeys as the second factor, with a device made of software.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kenkocall::domain::Role;
use kenkocall::lab::SYNTHETIC_CENTRE;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::databases::Fresh;
use crate::site::{Member, PASSWORD, PUBLIC_URL, Site, Visitor};

crate::on_both_databases!(
    a_passkey_logs_in_beside_the_codes,
    a_wrong_answer_is_refused,
    a_removed_passkey_and_an_old_challenge_are_refused,
    a_passkey_is_renamed_and_removed_by_its_owner_alone,
    an_address_without_a_name_has_no_passkeys,
);

/// The user was there and was verified.
pub const VERIFIED: u8 = 0b101;
/// The user was there.
const PRESENT: u8 = 0b001;

/// What the account's device, or another account's, answers to a challenge.
type Answer = fn(&mut Device, &mut Device, &Value) -> String;

/// A device with one passkey.
pub struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    pub count: u32,
}

impl Device {
    pub fn new(nth: u8) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        Self { key, id: vec![nth; 16], count: 1 }
    }

    fn told(&self, kind: &str, options: &Value, origin: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn head(&self, host: &str, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn answer(&self, response: Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    /// Makes the passkey.
    pub fn make(&self, options: &Value, origin: &str) -> String {
        let mut data = self.head("localhost", VERIFIED | 0b100_0000);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(&self.id);
        // An ES256 key in CBOR (RFC 9053, 7.1.1).
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        self.answer(json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.told("webauthn.create", options, origin)),
        }))
    }

    /// Uses the passkey.
    pub fn answers(&mut self, options: &Value, origin: &str, flags: u8) -> String {
        self.count += 1;
        let (data, told) = (self.head("localhost", flags), self.told("webauthn.get", options, origin));
        let signed = [data.as_slice(), digest(&SHA256, &told).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(told),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": null,
        }))
    }
}

/// The challenge of the last page.
fn options(visitor: &Visitor) -> Value {
    let after = visitor.page.body.split("data-options=\"").nth(1).expect("a challenge");
    let text = after.split('"').next().unwrap();
    let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    serde_json::from_str(&text.replace("&#38;", "&")).unwrap()
}

/// Adds the device's passkey to the account of who is logged in.
pub async fn add(visitor: &mut Visitor, device: &Device, name: &str) -> u16 {
    visitor.get("/console/account/passkeys").await;
    let answer = device.make(&options(visitor), PUBLIC_URL);
    send(visitor, name, &answer).await
}

async fn send(visitor: &mut Visitor, name: &str, answer: &str) -> u16 {
    let fields = [("action", "add"), ("name", name), ("answer", answer)];
    visitor.post("/console/account/passkeys", &fields).await.status
}

/// Gives the password, and returns the challenge.
async fn challenged(site: &Site, member: &Member) -> (Visitor, Value) {
    let mut visitor = site.visitor();
    visitor.give_password(&member.email, PASSWORD).await;
    visitor.get("/console/log-in/second-factor").await;
    let options = options(&visitor);
    (visitor, options)
}

async fn answered(visitor: &mut Visitor, answer: &str) -> u16 {
    let fields = [("answer", answer), ("next", "")];
    visitor.post("/console/log-in/second-factor", &fields).await.status
}

async fn a_passkey_logs_in_beside_the_codes(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut owner = site.logged_in(&nurse).await;
    let mut device = Device::new(1);
    assert!(owner.get("/console/account").await.body.contains("まだありません"));
    assert_eq!(add(&mut owner, &device, "受付のパソコン").await, 303, "{}", owner.page.body);
    assert!(owner.get("/console/account/passkeys?changed=1").await.body.contains("受付のパソコン"));
    assert_eq!(options(&owner)["excludeCredentials"][0]["id"], URL_SAFE_NO_PAD.encode(&device.id));
    assert_eq!(add(&mut owner, &device, "").await, 422, "one device's passkey is added once");

    let (mut visitor, options) = challenged(&site, &nurse).await;
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("required")));
    let answer = device.answers(&options, PUBLIC_URL, VERIFIED);
    assert_eq!(answered(&mut visitor, &answer).await, 303, "{}", visitor.page.body);
    assert_eq!(visitor.page.location.as_deref(), Some("/console/today"));
    assert!(visitor.is_in().await);
    // The same answer again: for the log-in that has ended, and for a new one.
    let (mut again, _) = challenged(&site, &nurse).await;
    assert_eq!(answered(&mut again, &answer).await, 422);
    assert!(!again.is_in().await);
    // The codes work as before, at the same page.
    site.later(SignedDuration::from_mins(1));
    again.give_password(&nurse.email, PASSWORD).await;
    assert_eq!(again.give_code(&site.code(&nurse)).await.status, 303);
    let actions = site.actions().await;
    for action in ["account.passkey_added", "log_in.done_by_passkey", "log_in.second_factor_refused"] {
        assert_eq!(actions.iter().filter(|known| *known == action).count(), 1, "{action}: {actions:?}");
    }
}

async fn a_wrong_answer_is_refused(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let other = site.member("other@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let (mut device, mut others) = (Device::new(1), Device::new(2));
    let mut owner = site.logged_in(&nurse).await;
    // A passkey made for another site.
    owner.get("/console/account/passkeys").await;
    let elsewhere = device.make(&options(&owner), "https://evil.example");
    assert_eq!(send(&mut owner, "x", &elsewhere).await, 422);
    assert_eq!(add(&mut owner, &device, "x").await, 303);
    let mut somebody = site.logged_in(&other).await;
    assert_eq!(add(&mut somebody, &device, "x").await, 422, "a passkey belongs to one account");
    assert!(somebody.page.body.contains("すでに使われています"), "{}", somebody.page.body);
    assert_eq!(add(&mut somebody, &others, "x").await, 303);

    let cases: [(&str, Answer); 5] = [
        ("another site", |device, _, options| device.answers(options, "https://evil.example", VERIFIED)),
        ("another port", |device, _, options| device.answers(options, "http://localhost:9090", VERIFIED)),
        ("user not verified", |device, _, options| device.answers(options, PUBLIC_URL, PRESENT)),
        ("another account's passkey", |_, others, options| others.answers(options, PUBLIC_URL, VERIFIED)),
        ("nonsense", |_, _, _| "{\"id\":1}".to_owned()),
    ];
    for (what, answer) in cases {
        let (mut visitor, options) = challenged(&site, &nurse).await;
        let answer = answer(&mut device, &mut others, &options);
        assert_eq!(answered(&mut visitor, &answer).await, 422, "{what}");
        assert!(!visitor.is_in().await, "{what}");
        site.later(SignedDuration::from_hours(2));
    }
    // Once right; then a copy of the device, whose counter is behind.
    for (status, count) in [(303, 40), (422, 20), (303, 50)] {
        let (mut visitor, options) = challenged(&site, &nurse).await;
        device.count = count;
        let answer = device.answers(&options, PUBLIC_URL, VERIFIED);
        assert_eq!(answered(&mut visitor, &answer).await, status, "counter {count}");
        site.later(SignedDuration::from_hours(2));
    }
}

async fn a_removed_passkey_and_an_old_challenge_are_refused(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut owner = site.logged_in(&nurse).await;
    let mut device = Device::new(1);
    owner.get("/console/account/passkeys").await;
    let late = device.make(&options(&owner), PUBLIC_URL);
    site.later(SignedDuration::from_mins(6));
    assert_eq!(send(&mut owner, "x", &late).await, 422);
    assert!(owner.page.body.contains("5分たったか"), "{}", owner.page.body);
    assert_eq!(add(&mut owner, &device, "x").await, 303);

    let (mut visitor, challenge) = challenged(&site, &nurse).await;
    let answer = device.answers(&challenge, PUBLIC_URL, VERIFIED);
    owner.get("/console/account/passkeys").await;
    let id = owner.page.hidden("passkey");
    assert_eq!(owner.post("/console/account/passkeys", &[("action", "remove"), ("passkey", &id)]).await.status, 303);
    assert_eq!(answered(&mut visitor, &answer).await, 422, "it was removed");
    assert!(!visitor.page.body.contains("data-options"), "it isn't offered any more");

    site.later(SignedDuration::from_hours(2));
    let mut owner = site.logged_in(&nurse).await;
    assert_eq!(add(&mut owner, &device, "x").await, 303);
    let (mut visitor, challenge) = challenged(&site, &nurse).await;
    let answer = device.answers(&challenge, PUBLIC_URL, VERIFIED);
    site.later(SignedDuration::from_mins(6));
    answered(&mut visitor, &answer).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/console/log-in"), "the password is five minutes old");
    assert!(!visitor.is_in().await);
    assert!(site.actions().await.contains(&"account.passkey_removed".to_owned()));
}

async fn a_passkey_is_renamed_and_removed_by_its_owner_alone(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let other = site.member("other@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let (mut owner, mut somebody) = (site.logged_in(&nurse).await, site.logged_in(&other).await);
    assert_eq!(add(&mut owner, &Device::new(1), "").await, 303);
    let page = owner.get("/console/account/passkeys").await;
    assert!(page.body.contains("Firefox"), "without a name it has the browser's");
    let id = page.hidden("passkey");
    for (name, status) in [("", 422), (&*"あ".repeat(41), 422), ("見\u{202e}本", 422), ("当直のスマートフォン", 303)]
    {
        let fields = [("action", "rename"), ("passkey", &*id), ("name", name)];
        assert_eq!(owner.post("/console/account/passkeys", &fields).await.status, status, "{name}");
        owner.get("/console/account/passkeys").await;
    }
    assert!(owner.page.body.contains("当直のスマートフォン"));
    for action in ["rename", "remove"] {
        for id in [&*id, "nonsense", ""] {
            somebody.get("/console/account/passkeys").await;
            let fields = [("action", action), ("passkey", id), ("name", "x")];
            assert_eq!(somebody.post("/console/account/passkeys", &fields).await.status, 404, "{action} {id}");
        }
    }
    assert!(owner.get("/console/account/passkeys").await.body.contains(&id));
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "account.passkey_renamed").count(), 1);
    assert!(!actions.contains(&"account.passkey_removed".to_owned()));
}

async fn an_address_without_a_name_has_no_passkeys(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut owner = site.logged_in(&nurse).await;
    assert_eq!(add(&mut owner, &Device::new(1), "x").await, 303);
    let url = "http://127.0.0.1:8080";
    let mut visitor = Visitor::at(&Site::router_of(&site.context, url, ""), "192.0.2.1");
    visitor.host = "127.0.0.1:8080".to_owned();
    visitor.form_headers = vec![("origin", url.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
    visitor.give_password(&nurse.email, PASSWORD).await;
    assert!(!visitor.get("/console/log-in/second-factor").await.body.contains("data-passkey"));
    assert_eq!(answered(&mut visitor, "{}").await, 422);
    visitor.give_code(&site.code(&nurse)).await;
    let page = &visitor.get("/console/account/passkeys").await.body;
    assert!(page.contains("名前のあるhttpsのアドレス") && !page.contains("data-passkey"), "{page}");
    assert_eq!(send(&mut visitor, "x", "{}").await, 422);
}
