//! Forms: what carriers post, and what they never should.

use kenkocall::carrier::twilio::{
    AnsweredBy, CallStatus, FallbackRequest, Field, Form, FormError, MAX_FIELDS, SipCode, StatusRequest, VoiceRequest,
    Word, account,
};
use kenkocall::domain::{EntryEnd, HangupCause, PhoneNumber};
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
    assert_eq!(request.from.as_ref().map(PhoneNumber::expose), Some("+819012345678"));
    assert_eq!(request.to.as_ref().map(PhoneNumber::expose), Some("+81352113641"));
    assert_eq!(request.keyed.as_ref().map(|keyed| keyed.keys.expose()), Some("1#"));
    assert_eq!(request.call_status, Word::Known(CallStatus::InProgress));
    let printed = format!("{request:?}");
    assert!(!printed.contains("9012345678") && !printed.contains("1#"), "{printed}");
}

#[test]
fn transfers_and_machines() {
    let request = voice("DialCallStatus=no-answer&AnsweredBy=machine_end_beep").expect("a request");
    assert_eq!(request.dial_status, Word::Known(CallStatus::NoAnswer));
    assert_eq!(request.answered_by, Word::Known(AnsweredBy::Machine));
    assert_eq!(request.call_status, Word::Absent);
}

#[test]
fn silence_has_empty_keys_and_other_turns_have_none() {
    assert!(voice("Digits=").expect("a request").keyed.is_some_and(|keyed| keyed.keys.is_empty()));
    assert!(voice("").expect("a request").keyed.is_none());
}

#[test]
fn callers_without_a_number_are_let_in() {
    for from in [
        "anonymous",
        "",
        "%2B266696687",
        "sip%3Aalice%40pbx.example",
        "201",
        "%3Cscript%3E",
        "%2B81901234%005678",
        "%",
        "%zz",
        "%ff%fe",
    ] {
        let request = voice(&format!("From={from}&To={from}")).expect("a request");
        assert_eq!((request.from, request.to), (None, None), "{from}");
    }
    let twice = voice("From=%2B819012345678&From=%2B819012345679").expect("a request");
    assert_eq!(twice.from, None, "which of them counts would be a guess");
    let national = voice("From=0352113641&To=tel:090-1234-5678").expect("a request");
    assert_eq!(national.from.as_ref().map(PhoneNumber::expose), Some("+81352113641"));
    assert_eq!(national.to.as_ref().map(PhoneNumber::expose), Some("+819012345678"));
}

#[test]
fn what_is_no_key_is_no_answer_and_loses_no_call() {
    for (digits, keys) in [
        ("12%00", "12?"),
        ("%EF%BC%91", "1"),
        ("%3C1", "?1"),
        ("1%0A", "1?"),
        ("12D", "12D"),
        ("+1", "?1"),
        ("%ff", "?"),
        ("1&Digits=2", "?"),
        ("&Digits=2", "?"),
        ("123456789012345678901234567890123", "1234567890123456789012345678901?"),
    ] {
        let request = voice(&format!("Digits={digits}")).expect("a request");
        assert_eq!(request.keyed.as_ref().map(|keyed| keyed.keys.expose()), Some(keys), "{digits}");
    }
}

#[test]
fn what_ended_the_keys_is_read_where_the_carrier_tells() {
    for (body, end) in [
        ("Digits=&FinishedOnKey=%23", Some(EntryEnd::FinishKey)),
        ("Digits=123&FinishedOnKey=%23", Some(EntryEnd::FinishKey)),
        ("Digits=&FinishedOnKey=", Some(EntryEnd::Silence)),
        ("Digits=12&FinishedOnKey=", None),
        ("Digits=", None),
        ("Digits=&FinishedOnKey=%23&FinishedOnKey=", None),
    ] {
        assert_eq!(voice(body).expect("a request").keyed.map(|keyed| keyed.end), Some(end), "{body}");
    }
    assert_eq!(voice("FinishedOnKey=%23").expect("a request").keyed, None);
}

#[test]
fn words_that_nobody_knows_are_unknown_and_show_their_shape_alone() {
    let request = voice("CallStatus=sleeping&DialCallStatus=Busy&AnsweredBy=dog").expect("a request");
    assert_eq!(request.call_status.unknown().map(|shape| shape.to_string()).as_deref(), Some("aaaaaaaa"));
    assert_eq!(request.dial_status, Word::Known(CallStatus::Busy));
    assert!(matches!(request.answered_by, Word::Unknown(_)));
    let request = status("CallStatus=%ff&SipResponseCode=999").expect("a request");
    assert!(matches!(request.status, Word::Unknown(_)) && request.sip.is_none());
    assert_eq!(status("SequenceNumber=-1&CallDuration=42.5").expect("a request").status, Word::Absent);
    for (word, known) in [
        ("No_Answer", CallStatus::NoAnswer),
        ("cancelled", CallStatus::Canceled),
        ("answered", CallStatus::InProgress),
        ("In+Progress", CallStatus::InProgress),
    ] {
        let read = status(&format!("CallStatus={word}")).expect("a request").status;
        assert_eq!(read, Word::Known(known), "{word}");
    }
    for (word, known) in [("Human", AnsweredBy::Human), ("machine_end_laughter", AnsweredBy::Machine)] {
        let read = voice(&format!("AnsweredBy={word}")).expect("a request").answered_by;
        assert_eq!(read, Word::Known(known), "{word}");
    }
}

#[test]
fn the_fallback_needs_nothing() {
    let read = |body: &str| FallbackRequest::read(&Form::read(body.as_bytes()).expect("a form"));
    let failed = read("ErrorCode=11205&ErrorUrl=https%3A%2F%2Fcall.example%2Ftwilio%2Fvoice%2Fhealth-call");
    assert_eq!(failed.error_code, Some(11205));
    assert_eq!(failed.error_url.as_deref(), Some("https://call.example/twilio/voice/health-call"));
    for body in ["", "ErrorCode=-1&ErrorUrl=javascript:1", "ErrorCode=x&ErrorUrl=https://a%0Ab", "%ff=%ff"] {
        assert_eq!(read(body), FallbackRequest::default(), "{body}");
    }
}

#[test]
fn an_account_is_known_by_its_form() {
    let read = |body: &str| account(&Form::read(body.as_bytes()).expect("a form")).map(|id| id.as_str().to_owned());
    for sid in ["AC0123456789abcdef0123456789ABCDEF", "b1946ac9-2492-4d23-8a4c-0d5b8a1f0e11"] {
        assert_eq!(read(&format!("AccountSid={sid}")).as_deref(), Some(sid));
    }
    for body in ["", "AccountSid=", "AccountSid=AC1", "AccountSid=acct_12345678", "AccountSid=%ff"] {
        assert_eq!(read(body), None, "{body}");
    }
}

#[test]
fn a_leg_that_cannot_be_told_is_refused_without_its_value() {
    for (rest, error) in [
        ("CallSid=CAffffffffffffffffffffffffffffffff", FormError::Repeated(Field::CallSid)),
        ("CallSid=%ff", FormError::Repeated(Field::CallSid)),
    ] {
        assert_eq!(voice(rest).expect_err(rest), error, "{rest}");
    }
    assert_eq!(
        FormError::Repeated(Field::CallSid).to_string(),
        "the field CallSid is given more than once, with different values"
    );
}

#[test]
fn repeats_of_one_value_and_unknown_fields_do_no_harm() {
    let request = voice(&format!("{LEG}&Digits=7&Digits=7&Evil=%00&Evil=2&&Flag")).expect("a request");
    assert_eq!(request.keyed.as_ref().map(|keyed| keyed.keys.expose()), Some("7"));
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
    for sid in
        ["", "CA1", "CA0123456789/../", &"x".repeat(65), "CA%2012345678", "CA012345%ff", "CA0123456789CallStatusbusy"]
    {
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
    assert_eq!(request.status, Word::Known(CallStatus::Completed));
    assert_eq!(request.sip.map(SipCode::number), Some(200));
    let cause = |word: &str, sip: u16| CallStatus::from_code(word).and_then(|s| s.hangup_cause(SipCode::new(sip)));
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
        assert_eq!(CallStatus::from_code(status.code()), Some(status));
    }
}

#[test]
fn the_number_of_fields_is_limited() {
    let fields = |count: usize| (0..count).map(|n| format!("f{n}=1")).collect::<Vec<_>>().join("&");
    assert_eq!(Form::read(fields(MAX_FIELDS).as_bytes()).map(|form| form.fields().len()), Ok(MAX_FIELDS));
    assert_eq!(Form::read(fields(MAX_FIELDS + 1).as_bytes()).err(), Some(FormError::TooManyFields));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(form) = Form::read(&body) {
            let _read = (VoiceRequest::read(&form), StatusRequest::read(&form));
            let _read = (FallbackRequest::read(&form), account(&form));
            assert!(form.fields_from_latin_1().is_none_or(|fields| fields.len() == form.fields().len()));
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
        prop_assert_eq!(form.fields().last().map(|(_, read)| read.as_ref()), Some(value.as_bytes()));
        let outcome = format!("{:?}{:?}", VoiceRequest::read(&form), StatusRequest::read(&form));
        if name != "ErrorUrl" && value.len() > 9 {
            prop_assert!(!outcome.contains(&value));
        }
    }

    #[test]
    fn it_decodes_as_the_web_does(body in "[a-c=&+%]{0,20}(%4[0-9a-fA-F]|[xé]|%[zg]1){0,5}") {
        let form = Form::read(body.as_bytes()).expect("a form");
        let web: Vec<(Vec<u8>, Vec<u8>)> = url::form_urlencoded::parse(body.as_bytes())
            .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
            .collect();
        // Browsers decode invalid UTF-8 as U+FFFD; we keep the bytes, which are what was signed.
        prop_assume!(form.fields().iter().all(|(name, value)| {
            std::str::from_utf8(name).is_ok() && std::str::from_utf8(value).is_ok()
        }));
        let ours: Vec<(Vec<u8>, Vec<u8>)> =
            form.fields().iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        prop_assert_eq!(ours, web);
    }

    #[test]
    fn no_other_cut_of_what_was_signed_gives_other_keys_or_another_leg(
        digits in "[0-9*#A-D]{0,12}",
        before in 0_usize..40,
        length in 0_usize..40,
        name in "[A-Za-z0-9*#]{0,6}",
    ) {
        // The signed text of `Digits` and its neighbours, split differently into names and values.
        let sid = "CA0123456789abcdef0123456789abcdef";
        let signed = format!("CallSid{sid}Digits{digits}FinishedOnKeyFrom+819012345678");
        let end = signed.len();
        let cut = |from: usize, to: usize| signed.get(from.min(end)..to.min(end)).unwrap_or_default();
        let start = "CallSid".len() + before;
        let forged = [
            ("CallSid", cut("CallSid".len(), start)),
            ("Digits", cut(start + "Digits".len(), start + "Digits".len() + length)),
            (name.as_str(), cut(start + "Digits".len() + length + name.len(), signed.len())),
        ];
        let mut sorted = forged;
        sorted.sort_unstable();
        let again: String = sorted.iter().map(|(name, value)| format!("{name}{value}")).collect();
        if again == signed {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(forged).finish();
            if let Ok(request) = VoiceRequest::read(&Form::read(body.as_bytes()).expect("a form")) {
                prop_assert_eq!(request.leg.as_str(), sid);
                let keys = request.keyed.expect("keys").keys;
                let other = keys.expose() != digits;
                prop_assert!(!other || keys.expose().contains('?'), "{} for {digits}", keys.expose());
            }
        }
    }
}
