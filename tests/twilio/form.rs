//! Forms: what carriers post, and what they never should.

use kenkocall::call::{HangupCause, PhoneNumber};
use kenkocall::carrier::twilio::{
    AnsweredBy, CallStatus, Direction, Field, Form, FormError, MAX_FIELDS, SipCode, StatusRequest, VoiceRequest,
};
use proptest::prelude::*;

const LEG: &str = "CallSid=CA0123456789abcdef0123456789abcdef";

fn voice(rest: &str) -> Result<VoiceRequest, FormError> {
    VoiceRequest::read(&Form::read(format!("{LEG}&{rest}").as_bytes())?)
}

fn status(rest: &str) -> Result<StatusRequest, FormError> {
    StatusRequest::read(&Form::read(format!("{LEG}&{rest}").as_bytes())?)
}

#[test]
fn a_voice_request_as_twilio_posts_it() {
    let request = voice(
        "AccountSid=AC0123456789abcdef0123456789abcdef&From=%2B819012345678&To=%2B81352113641&Digits=1%23\
         &Direction=inbound&CallStatus=in-progress&ApiVersion=2010-04-01&FromCountry=JP&CallerName=%E5%B1%B1&StirVerstat=",
    )
    .expect("a request");
    assert_eq!(request.leg.as_str(), "CA0123456789abcdef0123456789abcdef");
    assert_eq!(request.account.as_ref().map(|id| id.as_str()), Some("AC0123456789abcdef0123456789abcdef"));
    assert_eq!(request.from.as_ref().map(PhoneNumber::expose), Some("+819012345678"));
    assert_eq!(request.to.as_ref().map(PhoneNumber::expose), Some("+81352113641"));
    assert_eq!(request.keys.as_ref().map(|keys| keys.expose()), Some("1#"));
    assert_eq!(request.direction, Some(Direction::Inbound));
    assert_eq!(request.call_status, Some(CallStatus::InProgress));
    let printed = format!("{request:?}");
    assert!(!printed.contains("9012345678") && !printed.contains("1#"), "{printed}");
}

#[test]
fn transfers_machines_and_the_fallback() {
    let request = voice(
        "DialCallStatus=no-answer&AnsweredBy=machine_end_beep&Direction=outbound-api&ErrorCode=11205\
         &ErrorUrl=https%3A%2F%2Fcall.example%2Ftwilio%2Fvoice%2Fhealth-call",
    )
    .expect("a request");
    assert_eq!(request.dial_status, Some(CallStatus::NoAnswer));
    assert_eq!(request.answered_by, Some(AnsweredBy::Machine));
    assert_eq!(request.direction, Some(Direction::Outbound));
    assert_eq!(request.error_code, Some(11205));
    assert_eq!(request.error_url.as_deref(), Some("https://call.example/twilio/voice/health-call"));
}

#[test]
fn silence_has_empty_keys_and_other_turns_have_none() {
    assert!(voice("Digits=").expect("a request").keys.is_some_and(|keys| keys.is_empty()));
    assert!(voice("").expect("a request").keys.is_none());
}

#[test]
fn callers_without_a_number_are_let_in() {
    for from in [
        "anonymous",
        "Anonymous",
        "Restricted",
        "unknown",
        "",
        "%2B266696687",
        "266696687",
        "%2B7378742833",
        "sip%3Aalice%40pbx.example",
        "client:nurse",
        "201",
        "%2B1",
        "*67",
    ] {
        assert_eq!(voice(&format!("From={from}")).expect("a request").from, None, "{from}");
    }
    let national = voice("From=0352113641&To=090-1234-5678").expect("a request");
    assert_eq!(national.from.as_ref().map(PhoneNumber::expose), Some("+81352113641"));
    assert_eq!(national.to.as_ref().map(PhoneNumber::expose), Some("+819012345678"));
}

#[test]
fn known_fields_that_are_malformed_are_refused_without_their_value() {
    for (rest, error) in [
        ("Digits=12%00", FormError::NotAKey),
        ("Digits=%EF%BC%91", FormError::NotAKey),
        ("Digits=%3C1", FormError::NotAKey),
        ("Digits=1%0A", FormError::NotAKey),
        ("Digits=hangup", FormError::NotAKey),
        ("Digits=+1", FormError::NotAKey),
        ("Digits=123456789012345678901234567890123", FormError::TooManyKeys),
        ("Digits=1&Digits=2", FormError::Repeated(Field::Digits)),
        ("Digits=&Digits=2", FormError::Repeated(Field::Digits)),
        ("CallSid=CAffffffffffffffffffffffffffffffff", FormError::Repeated(Field::CallSid)),
        ("From=%2B81901234%005678", FormError::Malformed(Field::From)),
        ("From=%3Cscript%3E", FormError::Malformed(Field::From)),
        ("To=%EF%BC%90%EF%BC%99%EF%BC%90", FormError::Malformed(Field::To)),
        ("AccountSid=AC1", FormError::Malformed(Field::AccountSid)),
        ("Direction=sideways", FormError::Malformed(Field::Direction)),
        ("CallStatus=sleeping", FormError::UnknownStatus(Field::CallStatus)),
        ("DialCallStatus=Busy", FormError::UnknownStatus(Field::DialCallStatus)),
        ("AnsweredBy=dog", FormError::Malformed(Field::AnsweredBy)),
        ("ErrorCode=-1", FormError::Malformed(Field::ErrorCode)),
        ("ErrorCode=1234567", FormError::Malformed(Field::ErrorCode)),
        ("ErrorUrl=javascript:1", FormError::Malformed(Field::ErrorUrl)),
        ("ErrorUrl=https://a%0Ab", FormError::Malformed(Field::ErrorUrl)),
        ("X=%", FormError::BadEscape),
        ("X=%4", FormError::BadEscape),
        ("X=%+1", FormError::BadEscape),
        ("%zz=1", FormError::BadEscape),
        ("X=%ff", FormError::NotUtf8),
        ("X=%ED%A0%80", FormError::NotUtf8),
    ] {
        let refused = voice(rest).expect_err(rest);
        assert_eq!(refused, error, "{rest}");
    }
    assert_eq!(
        FormError::Repeated(Field::Digits).to_string(),
        "the field Digits is given more than once, with different values"
    );
}

#[test]
fn repeats_of_one_value_and_unknown_fields_do_no_harm() {
    let request = voice(&format!("{LEG}&Digits=7&Digits=7&Evil=%00&Evil=2&&Flag")).expect("a request");
    assert_eq!(request.keys.as_ref().map(|keys| keys.expose()), Some("7"));
}

#[test]
fn a_leg_is_named_by_the_ways_of_all_carriers() {
    for sid in
        ["CA0123456789abcdef0123456789abcdef", "b1946ac9-2492-4d23-8a4c-0d5b8a1f0e11", "v3_call-1", &"x".repeat(64)]
    {
        let form = format!("CallSid={sid}");
        let request = VoiceRequest::read(&Form::read(form.as_bytes()).expect("a form")).expect("a request");
        assert_eq!(request.leg.as_str(), sid);
    }
    for sid in ["", "CA1", "CA0123456789/../", &"x".repeat(65), "CA%2012345678"] {
        let form = format!("CallSid={sid}");
        let refused = VoiceRequest::read(&Form::read(form.as_bytes()).expect("a form")).expect_err(sid);
        assert_eq!(refused, FormError::Malformed(Field::CallSid));
    }
    let nothing = Form::read(b"").expect("a form");
    assert_eq!(VoiceRequest::read(&nothing), Err(FormError::Missing(Field::CallSid)));
}

#[test]
fn statuses_and_their_causes() {
    let request =
        status("CallStatus=completed&SequenceNumber=3&CallDuration=42&SipResponseCode=200").expect("a request");
    assert_eq!((request.status, request.sequence, request.talk_seconds), (CallStatus::Completed, Some(3), Some(42)));
    assert_eq!(request.sip.map(SipCode::number), Some(200));
    assert_eq!(status("SequenceNumber=1").expect_err("no status"), FormError::Missing(Field::CallStatus));
    assert_eq!(
        status("CallStatus=busy&SipResponseCode=999").expect_err("no SIP code"),
        FormError::Malformed(Field::SipResponseCode)
    );
    let cause = |word: &str, sip: u16| CallStatus::from_word(word).and_then(|s| s.hangup_cause(SipCode::new(sip)));
    for live in ["queued", "initiated", "ringing", "in-progress", "answered"] {
        assert_eq!(cause(live, 0), None, "{live}");
    }
    for (word, sip, expected) in [
        ("completed", 0, HangupCause::NormalClearing),
        ("canceled", 487, HangupCause::NormalClearing),
        ("busy", 0, HangupCause::UserBusy),
        ("no-answer", 0, HangupCause::NoAnswer),
        ("failed", 0, HangupCause::TemporaryFailure),
        ("failed", 503, HangupCause::TemporaryFailure),
        ("failed", 404, HangupCause::InvalidNumberFormat),
        ("failed", 603, HangupCause::CallRejected),
        ("failed", 480, HangupCause::NoAnswer),
    ] {
        assert_eq!(cause(word, sip), Some(expected), "{word} {sip}");
    }
    for status in CallStatus::ALL {
        assert_eq!(CallStatus::from_word(status.word()), Some(status));
    }
}

#[test]
fn there_is_a_most_of_fields() {
    let fields = |count: usize| (0..count).map(|n| format!("f{n}=1")).collect::<Vec<_>>().join("&");
    assert_eq!(Form::read(fields(MAX_FIELDS).as_bytes()).map(|form| form.fields().len()), Ok(MAX_FIELDS));
    assert_eq!(Form::read(fields(MAX_FIELDS + 1).as_bytes()).err(), Some(FormError::TooManyFields));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(form) = Form::read(&body) {
            let _ = (VoiceRequest::read(&form), StatusRequest::read(&form));
        }
    }

    #[test]
    fn no_value_of_a_known_field_makes_it_panic_or_shows_itself(
        name in prop::sample::select(vec![
            "From", "To", "Digits", "CallStatus", "ErrorUrl", "ErrorCode", "SipResponseCode",
        ]),
        value in "\\PC{0,40}",
    ) {
        let body: String = url::form_urlencoded::Serializer::new(format!("{LEG}&")).append_pair(name, &value).finish();
        let form = Form::read(body.as_bytes()).expect("it was encoded rightly");
        prop_assert_eq!(form.fields().last().map(|(_, read)| read.as_ref()), Some(value.as_str()));
        let outcome = format!("{:?}{:?}", VoiceRequest::read(&form), StatusRequest::read(&form));
        if name != "ErrorUrl" && value.len() > 9 {
            prop_assert!(!outcome.contains(&value));
        }
    }

    #[test]
    fn it_decodes_as_the_web_does(body in "[a-c=&+]{0,20}(%4[0-9a-fA-F]|[xé]){0,5}") {
        let form = Form::read(body.as_bytes()).expect("a form");
        let web: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
        prop_assert_eq!(form.fields(), web.as_slice());
    }
}
