//! Unexpected content that real networks and other carriers write in a webhook: no caller, answer or outcome is lost
//! because of it.

use hyper::StatusCode;
use kenkocall::domain::Keys;
use uuid::Uuid;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::{Carrier, PUBLIC_URL, Raw};
use super::phone::{Next, Phone, WELL, read};
use super::server::TestServer;
use super::test_patients::MOTHER;

crate::on_both_databases!(
    every_caller_is_answered_whatever_stands_in_from_and_to,
    a_registered_number_is_known_however_it_is_written,
    whatever_else_stands_in_a_request_no_answer_is_lost,
    words_that_nobody_knows_lose_no_outcome,
    what_is_no_key_counts_as_a_wrong_key,
    requests_about_another_account_or_call_are_refused,
    a_status_callback_that_cannot_be_stored_gets_an_error,
);

const BEGIN: &str = "/twilio/voice/health-call";
const CALL_BACK: &str = "/twilio/voice/call-back";
const FALLBACK: &str = "/twilio/voice/fallback";

/// Values of `From`, as bytes.
const FROM: [&[u8]; 88] = [
    b"",
    b" ",
    b"+",
    b"0",
    b"+1",
    b"201",
    b"110",
    b"*67",
    b"#31#",
    b"anonymous",
    b"Anonymous",
    b"ANONYMOUS",
    b"anonymous@anonymous.invalid",
    b"sip:anonymous@anonymous.invalid",
    b"Restricted",
    b"Private",
    b"Private Number",
    b"PRIVATE CALLER",
    b"Unknown",
    b"Unknown Caller",
    b"Unavailable",
    b"Not available",
    b"No Caller ID",
    b"NO_CALLER_ID",
    b"Blocked",
    b"Withheld",
    b"Out of area",
    b"Coin line/payphone",
    b"Payphone",
    b"International",
    b"null",
    b"undefined",
    b"None",
    b"-",
    b"n/a",
    "非通知".as_bytes(),
    "非通知設定".as_bytes(),
    "通知不可能".as_bytes(),
    "公衆電話".as_bytes(),
    "表示圏外".as_bytes(),
    "🤒".as_bytes(),
    b"+266696687",
    b"266696687",
    b"+7378742833",
    b"+2562533",
    b"+8656696",
    b"+86282452253",
    b"+0000000000",
    b"+818055550123",
    b"818055550123",
    b" 818055550123",
    b"08055550123",
    b"080-5555-0123",
    b"(080) 5555-0123",
    b"080.5555.0123",
    b"+81 80 5555 0123",
    b"+8108055550123",
    "０８０５５５５０１２３".as_bytes(),
    b"tel:+818055550123",
    b"TEL:080-5555-0123",
    b"tel:+818055550123;ext=12",
    b"tel:201;phone-context=example.jp",
    b"+818055550123;ext=12",
    b"+818055550123 ext. 12",
    b"+818055550123x12",
    b"sip:+818055550123@pbx.example",
    b"SIP:+818055550123@pbx.example",
    b"sips:+818055550123@pbx.example:5061;transport=tls",
    b"sip:alice@pbx.example",
    b"sip:201@192.0.2.1",
    b"sip:",
    b"<sip:+818055550123@pbx.example>",
    b"\"Name\" <sip:+818055550123@pbx.example>",
    b"\"Name\" <sip:+818055550123@pbx.example>;tag=1",
    "\"鷹司 花子\" <sip:201@pbx.example>".as_bytes(),
    b"Name <tel:+818055550123>",
    b"client:nurse",
    b"whatsapp:+818055550123",
    b"messenger:1234567890",
    b"<Say>",
    b"a'b; DROP TABLE calls",
    b"+81\0",
    b"+81901234\n5678",
    b"\r\n\t",
    b"T\xe9l\xe9phone",
    b"\x94\xf1\x92\xca\x92m",
    b"\xff\xfe",
    b"\xed\xa0\x80",
];

/// A form whose fields may contain any bytes.
fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let encoded = |bytes: &[u8]| url::form_urlencoded::byte_serialize(bytes).collect::<String>();
    let fields = fields.iter().map(|(name, value)| format!("{}={}", encoded(name.as_bytes()), encoded(value)));
    fields.collect::<Vec<_>>().join("&").into_bytes()
}

fn new_leg() -> String {
    format!("CA{}", Uuid::now_v7().simple())
}

async fn post(carrier: &Carrier, path: &str, body: &[u8], why: &str) -> Phone {
    let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
    let answer = carrier.send(&carrier.signed_as_it_is(path, body)).await.expect(why);
    assert_eq!(answer.status, StatusCode::OK, "{why}: {}", answer.body);
    assert!(answer.body.contains("<Response"), "{why}: {}", answer.body);
    let mut phone = Phone::new(carrier, None);
    phone.follow(&answer);
    phone
}

async fn every_caller_is_answered_whatever_stands_in_from_and_to(fresh: Fresh) {
    // Nearly all of these count as hidden numbers, and none of the calls ends.
    let many = [("HEALTH_CALL__GUESSING__CALLS_AT_ONCE", "1000")];
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &many).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let carrier = &line.carrier;
    let long = "x".repeat(10_000);
    for (nth, from) in FROM.into_iter().chain([long.as_bytes()]).enumerate() {
        let why = format!("From number {nth}, {:?}", String::from_utf8_lossy(&from[..from.len().min(60)]));
        for path in [BEGIN, CALL_BACK] {
            let leg = new_leg();
            let fields = |more: &[(&str, &'static [u8])]| {
                let own: [(&str, &[u8]); 3] = [("CallSid", leg.as_bytes()), ("From", from), ("To", from)];
                form(&[&own[..], more].concat())
            };
            let phone = post(carrier, path, &fields(&[("CallStatus", b"ringing")]), &why).await;
            let turn = phone.action().to_owned();
            let next = post(carrier, &turn, &fields(&[("Digits", b"1")]), &why).await;
            assert_ne!(next.heard, phone.heard, "{why}: the key is taken");
        }
        // A second, contradictory value proves even less.
        let leg = new_leg();
        let twice = form(&[("CallSid", leg.as_bytes()), ("From", from), ("From", b"another"), ("To", b"")]);
        post(carrier, BEGIN, &twice, &why).await;
        let failed = form(&[("From", from), ("To", from), ("ErrorCode", b"11205")]);
        let sorry = post(carrier, FALLBACK, &failed, &why).await;
        assert!(sorry.text().contains("システムに問題が起きました"), "{why}");
    }
    let numbers = "SELECT DISTINCT far_number FROM legs WHERE far_number IS NOT NULL";
    assert_eq!(kept.column(numbers).await, ["+818055550123"], "no other number is made of it");
    assert_eq!(kept.count("alerts").await, 0);
    assert!(!line.log().contains("80555501"), "no number in the log");
}

async fn a_registered_number_is_known_however_it_is_written(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let registered = MOTHER.number.unwrap();
    let national = "090-6677-8899";
    for from in [
        registered.to_owned(),
        national.to_owned(),
        format!("tel:{registered}"),
        format!("\"Name\" <sip:{registered}@pbx.example>"),
        format!("{registered};ext=3"),
    ] {
        Phone::ring(&line.carrier, Some(&from)).await.identify(&MOTHER).await;
    }
    for from in ["sip:201@pbx.example", "\"+819066778899\" <sip:201@pbx.example>"] {
        Phone::ring(&line.carrier, Some(from)).await.identify(&MOTHER).await;
    }
    let lanes = kept.column("SELECT lane FROM identifications ORDER BY at, id").await;
    assert_eq!(lanes, [&["registered"; 5][..], &["hidden"; 2]].concat());
}

async fn whatever_else_stands_in_a_request_no_answer_is_lost(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let carrier = &line.carrier;
    let mut phone = Phone::ring_any(carrier).await;
    phone.identify(&MOTHER).await;
    let odd: [&[u8]; 12] = [
        b"Direction=sideways&AnsweredBy=dog&AccountSid=acct_1",
        b"CallDuration=42.5&SipResponseCode=0&SequenceNumber=-1",
        b"CallStatus=pondering",
        b"CallStatus=In_Progress",
        b"CallStatus=in-progress&CallStatus=ringing",
        b"DialCallStatus=pondering",
        b"CallerName=T%E9l%E9phone&Shift=%94%F1%92%CA%92m",
        b"Broken=%&More=%zz&Half=%e3%81&%ff=1",
        b"=&&a&=b&a=1&a=2",
        b"ErrorUrl=javascript:1&ErrorCode=-1",
        b"From=&From=%00&To=%0a&To=x",
        b"SipHeader_X-Long=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ];
    for (odd, keys) in odd.into_iter().zip(WELL) {
        let why = String::from_utf8_lossy(odd).into_owned();
        let own = form(&[("CallSid", phone.leg.as_bytes()), ("Digits", keys.as_bytes())]);
        let action = phone.action().to_owned();
        let next = post(carrier, &action, &[&own[..], odd].join(&b'&'), &why).await;
        assert_ne!(next.heard[0], *phone.heard.last().unwrap(), "{why}: the answer is taken");
        (phone.next, phone.heard) = (next.next, next.heard);
    }
    phone.keys(&WELL[12..]).await.hears(super::phone::RECEIVED);
    assert_eq!(kept.answers(MOTHER.id).await, super::phone::WELL_KEPT);
    // Content types as other senders write them, and one form in Latin-1 that was signed as text.
    for kind in [
        Some("Application/X-WWW-Form-Urlencoded"),
        Some("application/x-www-form-urlencoded ; charset=\"Shift_JIS\""),
        Some("text/plain"),
        None,
    ] {
        let leg = new_leg();
        let raw = Raw { content_type: kind, ..carrier.signed(BEGIN, &[("CallSid", &leg), ("From", "非通知")]) };
        let answer = carrier.send(&raw).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{kind:?}: {}", answer.body);
    }
    let leg = new_leg();
    let signed_as_text = carrier.signed(BEGIN, &[("CallSid", &leg), ("From", "Téléphone")]);
    let body = form(&[("CallSid", leg.as_bytes()), ("From", b"T\xe9l\xe9phone")]);
    let answer = carrier.send(&Raw { body, ..signed_as_text }).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

async fn words_that_nobody_knows_lose_no_outcome(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    for (word, cause) in [
        ("Completed", "normal_clearing"),
        ("COMPLETED", "normal_clearing"),
        ("cancelled", "normal_clearing"),
        ("Canceled", "normal_clearing"),
        ("no_answer", "no_answer"),
        ("No Answer", "no_answer"),
        ("noanswer", "no_answer"),
        ("Busy", "user_busy"),
        ("FAILED", "temporary_failure"),
    ] {
        let phone = Phone::ring_any(&line.carrier).await;
        let odd = [("CallStatus", word), ("CallDuration", "42.5"), ("SipResponseCode", "0"), ("SequenceNumber", "-1")];
        let answer = phone.post("/twilio/voice/status", &odd).await.unwrap();
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{word}: {}", answer.body);
        let sql = format!("SELECT hangup_cause FROM legs WHERE carrier_leg_id = '{}'", phone.leg);
        assert_eq!(kept.column(&sql).await, [cause], "{word}");
    }
    // An unknown one is logged and ends nothing.
    let mut phone = Phone::ring_any(&line.carrier).await;
    for word in ["pondering", "+819066778899", ""] {
        let answer = phone.post("/twilio/voice/status", &[("CallStatus", word)]).await.unwrap();
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{word}: {}", answer.body);
    }
    phone.identify(&MOTHER).await.hears("たいおんを");
    let noted = "SELECT status FROM leg_statuses WHERE leg_id IN (SELECT id FROM legs WHERE ended_at IS NULL)";
    assert_eq!(kept.column(noted).await, ["unknown"]);
    let log = line.log();
    assert!(log.contains("unknown value") && log.contains("aaaaaaaaa"), "its shape is logged");
    assert!(!log.contains("pondering") && !log.contains("819066778899"), "its value isn't");
}

async fn what_is_no_key_counts_as_a_wrong_key(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let most = "1".repeat(Keys::MAX);
    let long = "012345678901234567890123456789012";
    let wrong = [
        "A",
        "B",
        "C",
        "D",
        "d",
        "36A",
        "A#",
        "<",
        "1\0",
        "a",
        "1 2",
        "-1",
        " 365",
        "3w5",
        "hangup",
        "é",
        "🤒",
        long,
        &most,
        "1;DROP TABLE turns",
        "365\n",
    ];
    for digits in wrong {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.identify(&MOTHER).await;
        let expected = {
            let mut other = Phone::ring_any(&line.carrier).await;
            other.identify(&MOTHER).await.key("1").await;
            other.text()
        };
        phone.key(digits).await;
        assert_eq!(phone.text(), expected, "{digits:?} is said to be wrong as any wrong entry is");
        phone.key(digits).await;
        assert_ne!(phone.next, Next::Over, "{digits:?}");
        // The third try is the last one.
        phone.key(digits).await;
        assert!(!phone.text().contains("たいおんを"), "{digits:?} counts as a try: {}", phone.text());
    }
    assert!(kept.answers(MOTHER.id).await.is_empty());
    // Full-width digits are accepted as digits.
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.key("３７５").await.hears("37ど 5ぶ");
    // Keys entered for a birth date are never stored in the history.
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.keys(&["1", MOTHER.id, "19510723A"]).await;
    phone.key("1951072３B").await;
    assert_eq!(kept.count("turns WHERE event LIKE '%1951072%'").await, 0);
    assert_eq!(kept.count("turns WHERE event LIKE '%•••••••••%'").await, 2);
}

async fn requests_about_another_account_or_call_are_refused(fresh: Fresh) {
    let ours = "AC00000000000000000000000000000000";
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &[("TWILIO__ACCOUNT_SID", ours)]).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let carrier = &line.carrier;
    let mut phone = Phone::ring_any(carrier).await;
    phone.identify(&MOTHER).await;
    let other = Phone::ring_any(carrier).await;
    let before = kept.counts().await;
    let turn = phone.action().to_owned();
    let theirs = ["AC11111111111111111111111111111111", "b1946ac9-2492-4d23-8a4c-0d5b8a1f0e11"];
    for (path, account) in [(turn.as_str(), theirs[0]), (BEGIN, theirs[1]), ("/twilio/voice/status", theirs[0])] {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
        let fields = [("CallSid", phone.leg.as_str()), ("AccountSid", account), ("Digits", "365")];
        let answer = carrier.post(path, &fields).await.unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("twilio.account_sid"), "{}", answer.body);
    }
    // Another call's leg, and an unknown leg for a call that already has one.
    for leg in [other.leg.clone(), new_leg()] {
        let stranger = Phone { leg, ..phone.clone() };
        for (url, more) in [(turn.as_str(), ("Digits", "365")), (turn.as_str(), ("CallStatus", "completed"))] {
            let answer = stranger.post(url, &[more]).await.unwrap();
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
            assert!(answer.body.contains("CallSid"), "{}", answer.body);
        }
        for kind in ["status", "answered", "goodbye"] {
            let url = format!("/twilio/voice/calls/{}/{kind}", phone.call());
            let answer = stranger.post(&url, &[("CallStatus", "completed")]).await.unwrap();
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{kind}: {}", answer.body);
        }
    }
    assert_eq!(kept.counts().await, before);
    // Empty and meaningless forms of an account, and ours in capitals.
    for account in ["acct_1", "", "AC1", "unknown account", "AC00000000000000000000000000000000"] {
        let answer = phone.post(BEGIN, &[("AccountSid", account)]).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{account}: {}", answer.body);
    }
    phone.keys(&WELL).await.hears(super::phone::RECEIVED);
}

async fn a_status_callback_that_cannot_be_stored_gets_an_error(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let phone = Phone::ring_any(&line.carrier).await;
    kept.rows("ALTER TABLE leg_statuses RENAME TO leg_statuses_gone").await;
    let answer = phone.post("/twilio/voice/status", &[("CallStatus", "completed")]).await.unwrap();
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert!(!answer.body.contains("<Response"), "{}", answer.body);
    kept.rows("ALTER TABLE leg_statuses_gone RENAME TO leg_statuses").await;
    phone.hang_up().await;
    assert_eq!(kept.dispositions().await, ["not_identified"], "sent again it is kept");
    // In a turn a caller is listening, so an apology is played.
    let phone = Phone::ring_any(&line.carrier).await;
    kept.rows("ALTER TABLE turns RENAME TO turns_gone").await;
    let action = phone.action().to_owned();
    let answer = phone.post(&action, &[("Digits", "1")]).await.unwrap();
    assert_eq!((answer.status, read(&answer.body).1), (StatusCode::OK, Next::Over));
}
