//! A webhook's replies to requests that it should refuse: each has a defined reply, and nothing is stored.

use hyper::{Method, StatusCode};
use kenkocall::carrier::twilio::SigningKey;
use secrecy::SecretString;
use uuid::Uuid;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::{Carrier, PUBLIC_URL, Raw, form};
use super::phone::{Next, Phone, WELL, read};
use super::server::TestServer;
use super::test_patients::MOTHER;

crate::on_both_databases!(
    fault_30_what_is_not_proven_is_refused_and_stores_nothing,
    what_is_malformed_is_refused_and_stores_nothing,
    unknown_fields_are_signed_and_ignored,
    fault_31_turns_that_nobody_asked_for_change_nothing,
    what_a_transfer_would_tell_changes_nothing_at_a_question,
    the_fallback_url_tries_the_same_turn_once_more_and_then_apologises,
    fault_37_a_document_that_could_not_be_used_is_said_again_without_our_voice,
    callbacks_after_the_end_change_nothing,
);

const BEGIN: &str = "/twilio/voice/health-call";
const PATHS: [&str; 4] = [BEGIN, "/twilio/voice/call-back", "/twilio/voice/status", "/twilio/voice/fallback"];

fn fields(leg: &str) -> Vec<(&str, &str)> {
    vec![("CallSid", leg), ("From", "+818055550123"), ("To", "+815031980214"), ("CallStatus", "in-progress")]
}

async fn refused(carrier: &Carrier, raw: &Raw<'_>, expected: StatusCode, why: &str) {
    let answer = carrier.send(raw).await.expect(why);
    assert_eq!(answer.status, expected, "{why}: {}", answer.body);
    assert!(!answer.body.contains("<Response"), "{why}: {}", answer.body);
}

async fn fault_30_what_is_not_proven_is_refused_and_stores_nothing(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    let before = kept.counts().await;
    let leg = format!("CA{}", Uuid::now_v7().simple());
    let known = phone.leg.clone();
    let turn = phone.action().strip_prefix(PUBLIC_URL).unwrap().to_owned();
    for path in PATHS.into_iter().chain([turn.as_str()]) {
        for leg in [leg.as_str(), known.as_str()] {
            let carrier = &line.carrier;
            let good = carrier.signed(path, &[&fields(leg)[..], &[("Digits", "375")]].concat());
            let with = |signature: Option<String>| Raw { signature, ..good.clone() };
            let another = SigningKey::new(&SecretString::from("another token")).unwrap();
            let all = [&fields(leg)[..], &[("Digits", "375")]].concat();
            let forged = another.sign(&[PUBLIC_URL, path].concat(), &all);
            let other_host = SigningKey::new(&SecretString::from(super::http_client::TOKEN))
                .unwrap()
                .sign(&["https://evil.example", path].concat(), &all);
            refused(carrier, &with(None), StatusCode::FORBIDDEN, "unsigned").await;
            refused(carrier, &with(Some(forged)), StatusCode::FORBIDDEN, "another's token").await;
            let evil = Raw { host: "evil.example", ..with(Some(other_host)) };
            refused(carrier, &evil, StatusCode::FORBIDDEN, "signed for another host").await;
            refused(carrier, &with(Some(String::new())), StatusCode::FORBIDDEN, "empty").await;
            refused(carrier, &with(Some("=".repeat(9_000))), StatusCode::FORBIDDEN, "long").await;
            let body = form(&[&fields(leg)[..], &[("Digits", "376")]].concat());
            refused(carrier, &Raw { body, ..good.clone() }, StatusCode::FORBIDDEN, "altered digits").await;
            let longer = format!("{path}?retry=1");
            let longer = Raw { path: &longer, ..good.clone() };
            refused(carrier, &longer, StatusCode::FORBIDDEN, "an altered URL").await;
        }
    }
    let mut after = kept.counts().await;
    assert_eq!(after.insert("alerts", 0), Some(1), "staff are told once");
    assert_eq!(kept.alerts().await, ["forged"]);
    assert_eq!(after, before);
}

async fn what_is_malformed_is_refused_and_stores_nothing(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    let turn = phone.action().strip_prefix(PUBLIC_URL).unwrap().to_owned();
    let before = kept.counts().await;
    let carrier = &line.carrier;
    let leg = phone.leg.clone();
    let bad = StatusCode::BAD_REQUEST;
    for path in PATHS.into_iter().chain([turn.as_str()]) {
        let with = |more: &[(&'static str, &'static str)]| carrier.signed(path, &[&fields(&leg)[..], more].concat());
        // The fallback needs no leg, as it is only an apology.
        if path != FALLBACK {
            refused(carrier, &carrier.signed(path, &fields(&leg)[1..]), bad, "no CallSid").await;
            refused(carrier, &with(&[("CallSid", "CA00000000000000000000000000000000")]), bad, "two CallSids").await;
            refused(carrier, &carrier.signed(path, &fields("CA<Hangup/>")), bad, "markup in CallSid").await;
            refused(carrier, &carrier.signed(path, &fields("CA00000000\0")), bad, "NUL in CallSid").await;
            let run_together = carrier.signed(path, &fields("CA0123456789CallStatusin-progress"));
            refused(carrier, &run_together, bad, "two fields run together").await;
            for body in ["CallSid=%", "CallSid=%zz", "CallSid=%ff%fe", "a=%e3%81"] {
                refused(carrier, &carrier.signed_as_it_is(path, body.as_bytes()), bad, body).await;
            }
        }
        let many: String = (0..2_000).map(|nth| format!("f{nth}=1&")).collect();
        refused(carrier, &Raw { body: many.into_bytes(), ..with(&[]) }, bad, "2,000 fields").await;
        let body = [b"CallSid=".to_vec(), vec![b'x'; 1 << 20]].concat();
        refused(carrier, &Raw { body, ..with(&[]) }, StatusCode::PAYLOAD_TOO_LARGE, "1 MB").await;
        let json = Raw {
            content_type: Some("application/json"),
            body: br#"{"CallSid":"CA00000000000000000000000000000000"}"#.to_vec(),
            ..with(&[])
        };
        refused(carrier, &json, StatusCode::UNSUPPORTED_MEDIA_TYPE, "JSON").await;
        let no_type = Raw { content_type: None, signature: None, ..with(&[]) };
        refused(carrier, &no_type, StatusCode::UNSUPPORTED_MEDIA_TYPE, "no type, and no signature either").await;
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let why = method.to_string();
            refused(carrier, &Raw { method, ..with(&[]) }, StatusCode::METHOD_NOT_ALLOWED, &why).await;
        }
    }
    assert_eq!(kept.counts().await, before);
    // The call is in the same state as before.
    phone.key("375").await.hears("37ど 5ぶ");
}

async fn unknown_fields_are_signed_and_ignored(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.key("1").await;
    let action = phone.action().to_owned();
    let nul = "\0<Response><Hangup/></Response>";
    let more = [
        ("Digits", MOTHER.id),
        ("CallerName", "鷹司 & <b>"),
        ("Odd", nul),
        ("Odd", "again"),
        ("ApiVersion", "2099"),
        ("", "x"),
    ];
    let answer = phone.post(&action, &more).await.unwrap();
    phone.follow(&answer);
    phone.key(MOTHER.birth_date).await.hears("たいおんを");
    let stored = "turns WHERE event LIKE '%Hangup%' OR reply LIKE '%Hangup%'";
    assert_eq!(DatabaseAssertions::at(&fresh.url).count(stored).await, 0);
}

async fn fault_31_turns_that_nobody_asked_for_change_nothing(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    let mut actions = vec![BEGIN.to_owned()];
    for keys in ["1", MOTHER.id, MOTHER.birth_date].into_iter().chain(WELL[..7].iter().copied()) {
        actions.push(phone.action().to_owned());
        phone.key(keys).await;
    }
    let before = kept.counts().await;
    let answers = kept.answers(MOTHER.id).await;
    // Every earlier turn, with other digits, none, or a hang-up: the same TwiML as before, byte for byte.
    for (nth, action) in actions.iter().enumerate() {
        for more in [[("Digits", "1")], [("Digits", "3")], [("Digits", "")], [("DialCallStatus", "busy")]] {
            let answer = phone.post(action, &more).await.unwrap();
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.body, phone.heard[nth], "turn {nth}, {more:?}");
        }
    }
    let (call, turn) = (phone.call(), phone.turn());
    let unknown = Uuid::now_v7();
    let stranger = Phone::new(&line.carrier, None);
    for path in [
        format!("/twilio/voice/calls/{call}/turns/99999999999999999999"),
        format!("/twilio/voice/calls/{call}/turns/-1"),
        format!("/twilio/voice/calls/{call}/turns/x"),
        "/twilio/voice/calls/nonsense/turns/1".to_owned(),
        "/twilio/voice/calls/%00/turns/1".to_owned(),
        "/twilio/voice/calls/../../healthz".to_owned(),
        "/twilio/voice/nothing".to_owned(),
    ] {
        let answer = phone.post(&path, &[("Digits", "1")]).await.unwrap();
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
    }
    assert_eq!(kept.counts().await, before);
    assert_eq!(kept.count("losses").await, 0);
    // Only the carrier can sign the URL of a missing turn, so the database has lost that turn (fault 13).
    for path in [
        format!("/twilio/voice/calls/{call}/turns/{}", turn + 1),
        format!("/twilio/voice/calls/{call}/turns/{}", u32::MAX),
        format!("/twilio/voice/calls/{unknown}/turns/1"),
    ] {
        let sender = if path.contains(&unknown.to_string()) { &stranger } else { &phone };
        let answer = sender.post(&path, &[("Digits", "1")]).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(
            answer.body.contains("システムに問題が起きました") && answer.body.contains("<Hangup/>"),
            "{}",
            answer.body
        );
    }
    assert_eq!(kept.count("losses WHERE sign = 'unknown_call'").await, 1);
    assert_eq!(kept.answers(MOTHER.id).await, answers);
    phone.keys(&WELL[7..]).await.hears(super::phone::RECEIVED);
}

async fn what_a_transfer_would_tell_changes_nothing_at_a_question(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    let before = kept.counts().await;
    let action = phone.action().to_owned();
    for status in ["completed", "busy", "no-answer"] {
        let answer = phone.post(&action, &[("DialCallStatus", status)]).await.unwrap();
        assert_eq!(Some(&answer.body), phone.heard.last(), "the same question again");
    }
    assert_eq!(kept.counts().await, before);
    phone.keys(&WELL).await.hears(super::phone::RECEIVED);
}

const FALLBACK: &str = "/twilio/voice/fallback";

async fn the_fallback_url_tries_the_same_turn_once_more_and_then_apologises(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    let before = kept.counts().await;
    let failed = phone.action().to_owned();
    let error = |url: &'static str| [("ErrorCode", "11200"), ("ErrorUrl", url)];
    let first = phone.post(FALLBACK, &[("ErrorCode", "11200"), ("ErrorUrl", &failed)]).await.unwrap();
    let (said, next) = read(&first.body);
    assert!(said[0].text.contains("少々お待ちください"));
    let Next::Redirect(again) = next else { panic!("{next:?}") };
    assert_eq!(again, format!("{failed}?retry=1"));
    // The second failure of the same turn: a plain apology.
    let second = phone.post(FALLBACK, &[("ErrorCode", "11205"), ("ErrorUrl", &again)]).await.unwrap();
    let (said, next) = read(&second.body);
    assert!(said[0].text.contains("システムに問題が起きました"));
    assert!(!second.body.contains("ありがとう") && !second.body.contains("受け付けました"), "never thanked");
    assert_eq!(next, Next::Over);
    // The fallback never redirects to foreign URLs, or to ours that wouldn't help.
    for url in [
        "https://evil.example/twilio/voice/health-call",
        "https://kenko.example.evil.example/twilio/voice/health-call",
        "https://kenko.example/twilio/voice/fallback",
        "https://kenko.example/twilio/voice/status",
        "https://kenko.example/readyz",
    ] {
        let (_, next) = read(&phone.post(FALLBACK, &error(url)).await.unwrap().body);
        assert_eq!(next, Next::Over, "{url}");
    }
    let (_, next) = read(&phone.post(FALLBACK, &[]).await.unwrap().body);
    assert_eq!(next, Next::Over);
    assert_eq!(kept.counts().await, before, "the fallback needs no database");
    // The repeated turn asks its question again, and the call completes.
    let answer = phone.post(&again, &[]).await.unwrap();
    phone.follow(&answer);
    phone.hears("たいおんを");
    phone.keys(&WELL).await.hears(super::phone::RECEIVED);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
}

async fn fault_37_a_document_that_could_not_be_used_is_said_again_without_our_voice(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    assert!(phone.heard.last().unwrap().contains(" voice="));
    let failed = phone.action().to_owned();
    for (code, voice) in [("13511", "voice=none&"), ("12100", "voice=none&"), ("11205", ""), ("14000", "")] {
        let sorry = phone.post(FALLBACK, &[("ErrorCode", code), ("ErrorUrl", &failed)]).await.unwrap();
        assert!(!sorry.body.contains(" voice="), "the apology may be what can't be said");
        let (_, next) = read(&sorry.body);
        assert_eq!(next, Next::Redirect(format!("{failed}?{voice}retry=1")), "{code}");
    }
    assert_eq!(kept.alerts().await, ["unspoken"], "once, while nobody has seen to it");
    let answer = phone.post(&format!("{failed}?voice=none&retry=1"), &[]).await.unwrap();
    phone.follow(&answer);
    for keys in WELL {
        let said = phone.heard.last().unwrap();
        assert!(said.contains("language=\"ja-JP\"") && !said.contains(" voice="), "{said}");
        assert!(phone.action().ends_with("?voice=none"), "{}", phone.action());
        phone.keys(&[keys]).await;
    }
    phone.hears(super::phone::RECEIVED);
    // A new call uses the configured voice.
    let other = Phone::ring_any(&line.carrier).await;
    assert!(other.heard.last().unwrap().contains(" voice="));
}

async fn callbacks_after_the_end_change_nothing(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL).await;
    let last = phone.action().to_owned();
    phone.key("2").await;
    phone.hang_up().await;
    let before = kept.counts().await;
    let next = format!("/twilio/voice/calls/{}/turns/18", super::phone::call_of(&last));
    for (url, expected) in [(next.as_str(), None), (last.as_str(), phone.heard.last()), (BEGIN, phone.heard.first())] {
        for more in [[("Digits", "1")], [("CallStatus", "completed")]] {
            let answer = phone.post(url, &more).await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{url}");
            match expected {
                Some(expected) => assert_eq!(&answer.body, expected, "{url}"),
                None => assert_eq!(read(&answer.body), (vec![], Next::Over), "{url}"),
            }
        }
    }
    phone.hang_up().await;
    assert_eq!(kept.counts().await, before);
    assert_eq!(kept.dispositions().await, ["reported"]);
}
