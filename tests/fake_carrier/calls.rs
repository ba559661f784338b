//! The life of calls: which phones ring, who answers, how calls end, and which commands are possible meanwhile.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::carrier_process::{FROM, FakeCarrier, TO};
use super::webhook_recorder::{Answer, WebhookRecorder, question};

const ALL: [(&str, &str); 4] = [
    ("StatusCallbackEvent", "initiated"),
    ("StatusCallbackEvent", "ringing"),
    ("StatusCallbackEvent", "answered"),
    ("StatusCallbackEvent", "completed"),
];

#[tokio::test]
async fn a_whole_call_is_rung_answered_keyed_and_ended() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(4).await);
    let call = fake.place(TO, &recorder, &ALL).await;
    recorder.over().await;
    let turns = recorder.posted("/turn/");
    let keys: Vec<_> = turns.iter().map(|posted| posted.field("Digits")).collect();
    assert_eq!(keys, [None, Some("1"), Some("365"), Some("1"), Some("098")]);
    assert!(turns.iter().all(|posted| posted.field("CallSid") == Some(&call) && posted.status() == "in-progress"));
    assert_eq!(turns[1].field("msg"), Some("Gather End"));
    let log = fake.log().await;
    let of_call: Vec<&str> = log
        .iter()
        .filter(|entry| entry["call"] == call.as_str() && entry["event"] != "webhook" && entry["event"] != "request")
        .map(|entry| entry["event"].as_str().unwrap())
        .collect();
    let keyed = ["keyed"; 4];
    let expected = [&["placed", "ringing", "ringing_ended", "answered"][..], &keyed, &["ended"]].concat();
    assert_eq!(of_call, expected);
    let url = recorder.url("/turn/1");
    assert_eq!(
        fake.get("/_fake/phones").await.json(),
        json!({ TO: { "placed": 1, "rang": 1, "answered": 1, "urls": { url: 1 } } })
    );
}

#[tokio::test]
async fn each_number_behaves_by_its_last_digits_unless_everybody_is_told_how() {
    let (fake, recorder) = (FakeCarrier::start(&["--last-digits", "12=busy"]), WebhookRecorder::asking(9).await);
    let cases = [
        ("91", "busy", 0, 0),
        ("12", "busy", 0, 0),
        ("92", "no-answer", 1, 0),
        ("93", "failed", 0, 0),
        ("94", "completed", 1, 1),
        ("95", "completed", 1, 1),
        ("96", "completed", 1, 1),
        ("97", "completed", 1, 1),
        ("00", "completed", 1, 1),
    ];
    for (digits, status, rang, answered) in cases {
        let to = format!("+8190111122{digits}");
        let call = fake.place(&to, &recorder, &[("Timeout", "20")]).await;
        assert_eq!(fake.ended(&call).await["status"], status, "{digits}");
        let phones = fake.get("/_fake/phones").await.json();
        assert_eq!((&phones[&to]["rang"], &phones[&to]["answered"]), (&json!(rang), &json!(answered)), "{digits}");
        let keyed = fake.events("keyed").await.into_iter().filter(|entry| entry["call"] == call.as_str());
        let keyed: Vec<Value> = keyed.map(|entry| entry["keys"].clone()).collect();
        match digits {
            "95" => assert_eq!(keyed.len(), 3, "hangs up at the fourth question"),
            "97" => assert_eq!(keyed, ["4"]),
            "00" => assert_eq!(keyed.len(), 9),
            _ => assert!(keyed.is_empty(), "{digits}: {keyed:?}"),
        }
    }
    let told = FakeCarrier::start(&["--behaviour", "silent"]);
    let call = told.place("+819011112291", &recorder, &[]).await;
    assert_eq!(told.ended(&call).await["status"], "completed");
}

#[tokio::test]
async fn whoever_is_set_through_the_control_api_behaves_so() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(5).await);
    let keys = ["3", "12#7", "99999", ""];
    let people = json!([
        { "number": TO, "behaviour": "answers", "keys": keys, "hang_up_at": 5, "answer_seconds": 1 },
        { "number": "+819099999999", "behaviour": "answers", "answer_seconds": 30 },
        { "number": "+819088888888", "behaviour": "no-answer" },
    ]);
    fake.set("people", people).await;
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let turns = recorder.posted("/turn/");
    let keyed: Vec<_> = turns.iter().map(|posted| (posted.field("Digits"), posted.field("FinishedOnKey"))).collect();
    let none = Some("");
    let expected = [(None, None), (Some("3"), none), (Some("12"), Some("#")), (Some("999"), none), (none, none)];
    assert_eq!(keyed, expected);
    let late = fake.place("+819099999999", &recorder, &[("Timeout", "20")]).await;
    assert_eq!(fake.ended(&late).await["status"], "no-answer", "30 seconds are longer than 20");
    let nobody = fake.place("+819088888888", &recorder, &[]).await;
    assert_eq!(fake.ended(&nobody).await["status"], "no-answer");
}

#[tokio::test]
async fn machine_detection_says_what_picked_up_right_or_wrong() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    let wrong = json!({ "number": "+819011112299", "behaviour": "answers", "answered_by": "machine_start" });
    fake.set("people", wrong).await;
    for (to, detection, answered_by) in [
        ("+819011112200", "Enable", "human"),
        ("+819011112294", "Enable", "machine_start"),
        ("+819011112294", "DetectMessageEnd", "machine_end_beep"),
        ("+819011112299", "Enable", "machine_start"),
    ] {
        let call = fake.place(to, &recorder, &[("MachineDetection", detection)]).await;
        fake.ended(&call).await;
        let turn = recorder.until("the first turn", |posted| posted.field("CallSid") == Some(&call)).await;
        assert_eq!(turn.field("AnsweredBy"), Some(answered_by), "{to} {detection}");
        assert_eq!(fake.get(&fake.call(&call)).await.json()["answered_by"], answered_by);
    }
    let callback = recorder.url("/amd");
    let beside = [("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", &callback)];
    let call = fake.place("+819011112294", &recorder, &beside).await;
    let told = recorder.until("what was found", |posted| posted.path == "/amd").await;
    assert_eq!((told.field("AnsweredBy"), told.field("CallSid")), (Some("machine_start"), Some(&*call)));
    let turn = recorder.until("the turn", |posted| posted.path == "/turn/1" && posted.field("CallSid") == Some(&call));
    assert_eq!(turn.await.field("AnsweredBy"), None);
}

/// People whose phones ring for ten minutes, which at this speed is long enough to be interrupted.
async fn slow(arguments: &[&str]) -> FakeCarrier {
    let fake = FakeCarrier::start(&[&["--speed", "20"], arguments].concat());
    fake.set("people", json!({ "number": TO, "behaviour": "answers", "answer_seconds": 600 })).await;
    fake
}

#[tokio::test]
async fn a_call_is_cancelled_while_it_is_queued_and_while_it_rings() {
    let recorder = WebhookRecorder::asking(1).await;
    for (status, when) in [("canceled", "queued"), ("completed", "queued"), ("canceled", "ringing")] {
        let fake = slow(&["--calls-per-second", if when == "queued" { "0.001" } else { "1000" }]).await;
        fake.place("+819011112291", &recorder, &[]).await;
        let call = fake.place(TO, &recorder, &[("Timeout", "600")]).await;
        fake.stands(&call, when).await;
        let reply = fake.post(&fake.call(&call), &[("Status", status)]).await;
        assert_eq!((reply.status, &reply.json()["status"]), (StatusCode::OK, &json!("canceled")), "{when}");
        assert_eq!(fake.ended(&call).await["status"], "canceled");
        let told = recorder.until("its end", |posted| posted.field("CallSid") == Some(&call)).await;
        assert_eq!((told.path.as_str(), told.status()), ("/status", "canceled"));
        let rang = if when == "queued" { 0 } else { 1 };
        let phones = fake.get("/_fake/phones").await.json();
        assert_eq!((&phones[TO]["rang"], &phones[TO]["answered"]), (&json!(rang), &json!(0)));
        let again = fake.post(&fake.call(&call), &[("Status", "canceled")]).await;
        assert_eq!((again.status, again.code()), (StatusCode::BAD_REQUEST, 21_220), "it is over");
    }
}

#[tokio::test]
async fn a_call_in_progress_is_hung_up_or_redirected_but_not_cancelled() {
    let long = r#"<Response><Pause length="600"/></Response>"#;
    let recorder = WebhookRecorder::start(move |posted, _| match posted.path.as_str() {
        "/turn/1" => Answer::Twiml(long.to_owned()),
        other => Answer::Twiml(question(&other.replace("/elsewhere", "/turn/9"), 9)),
    })
    .await;
    let fake = FakeCarrier::start(&["--speed", "20"]);
    let call = fake.place(TO, &recorder, &[]).await;
    let early = fake.post(&fake.call(&call), &[("Url", &recorder.url("/elsewhere"))]).await;
    assert_eq!(early.code(), 21_220, "it isn't talked on yet");
    recorder.until("the first turn", |posted| posted.path == "/turn/1").await;
    let reply = fake.post(&fake.call(&call), &[("Status", "canceled")]).await;
    assert_eq!(reply.json()["status"], "in-progress", "as documented: calls in progress aren't affected");
    let moved = fake.post(&fake.call(&call), &[("Url", &recorder.url("/elsewhere"))]).await;
    assert_eq!(moved.status, StatusCode::OK);
    recorder.until("the other document", |posted| posted.path == "/elsewhere").await;
    fake.ended(&call).await;

    let call = fake.place(TO, &recorder, &[]).await;
    let talks =
        |posted: &super::webhook_recorder::Posted| posted.path == "/turn/1" && posted.field("CallSid") == Some(&call);
    recorder.until("the first turn", talks).await;
    let ended = fake.post(&fake.call(&call), &[("Status", "completed")]).await;
    assert_eq!(ended.json()["status"], "completed");
    assert_eq!(fake.ended(&call).await["status"], "completed");
    for wrong in [("Status", "completed"), ("Url", "http://127.0.0.1/x")] {
        assert_eq!(fake.post(&fake.call(&call), &[wrong]).await.code(), 21_220, "{wrong:?}");
    }
    for wrong in [("Status", "busy"), ("Nothing", "x")] {
        assert!(fake.post(&fake.call(&call), &[wrong]).await.status.is_client_error());
    }
    assert_eq!(fake.post(&fake.call("CA0"), &[("Status", "completed")]).await.code(), 20_404);
}

#[tokio::test]
async fn no_call_is_longer_than_it_may_be() {
    let recorder =
        WebhookRecorder::start(|_, _| Answer::Twiml(r#"<Response><Redirect>/turn/1</Redirect></Response>"#.to_owned()))
            .await;
    let fake = FakeCarrier::start(&[]);
    let call = fake.place(TO, &recorder, &[("TimeLimit", "20")]).await;
    assert_eq!(fake.ended(&call).await["status"], "completed");
    let long = r#"<Response><Pause length="9999"/></Response>"#;
    let recorder = WebhookRecorder::start(move |_, _| Answer::Twiml(long.to_owned())).await;
    let call = fake.place(TO, &recorder, &[("TimeLimit", "20")]).await;
    let ended = fake.ended(&call).await;
    assert!((20..9999).contains(&ended["seconds"].as_u64().unwrap()), "{ended}");
}

#[tokio::test]
async fn somebody_rings_in_and_keys_what_they_are_told() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(3).await);
    let ring = json!({
        "from": TO, "to": FROM, "url": recorder.url("/turn/1"), "status_callback": recorder.url("/status"),
        "keys": ["1", "123#"], "hang_up_at": 3,
    });
    let reply = fake.send(hyper::Method::POST, "/_fake/ring-in", "", ring.to_string()).await.unwrap();
    assert_eq!(reply.status, StatusCode::CREATED);
    let call = reply.json()["call"].as_str().unwrap().to_owned();
    let last = recorder.over().await;
    assert_eq!((last.status(), last.field("Direction")), ("completed", Some("inbound")));
    let turns = recorder.posted("/turn/");
    let told: Vec<_> = turns.iter().map(|posted| (posted.status(), posted.field("Digits"))).collect();
    assert_eq!(told, [("ringing", None), ("in-progress", Some("1")), ("in-progress", Some("123"))]);
    assert!(turns.iter().all(|posted| posted.field("From") == Some(TO) && posted.field("Called") == Some(FROM)));
    assert_eq!(fake.get(&fake.call(&call)).await.json()["direction"], "inbound");
    assert_eq!(fake.get("/_fake/phones").await.json(), json!({}), "nobody's phone rang");
    assert_eq!(fake.events("hung_up").await.len(), 1);
}
