//! TwiML: what is written, that it can be parsed, and that hostile documents are refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use kenkocall::carrier::speech::{NextAction, Sentence, Speech};
use kenkocall::carrier::twilio::{ActionUrl, Document, TwimlError, Verb, Voice, Voices, apology, response, try_again};
use kenkocall::domain::{Language, PhoneNumber};
use kenkocall::flow::FlowSet;
use kenkocall::policy::GuessingLimits;
use kenkocall::service::{self, FlowSetCache, LineSettings};
use proptest::prelude::*;

pub fn action() -> ActionUrl {
    ActionUrl::parse("https://call.example/twilio/voice/turn/0197?n=3&k=a").expect("a URL")
}

pub fn say(text: &str, barge_in: bool) -> Sentence {
    Sentence { text: Arc::from(text), language: Language::Japanese, barge_in }
}

pub const MENU: NextAction =
    NextAction::Gather { max_keys: 1, ends_with_hash: true, first_key_seconds: 8, between_keys_seconds: 4 };
pub const NUMBER: NextAction =
    NextAction::Gather { max_keys: 8, ends_with_hash: true, first_key_seconds: 10, between_keys_seconds: 4 };

pub fn transfer() -> NextAction {
    NextAction::Transfer { number: PhoneNumber::from_e164("+81352113641").expect("a number"), ring_seconds: 25 }
}

pub fn speech(sentences: &[Sentence]) -> Speech {
    Speech { say: sentences.to_vec(), while_waiting: Vec::new() }
}

/// The number of the account that staff see.
pub fn ours() -> PhoneNumber {
    PhoneNumber::from_e164("+815031980214").expect("a number")
}

fn write(sentences: &[Sentence], then: &NextAction) -> String {
    response(&speech(sentences), then, &action(), &Voices::default(), Some(&ours()))
}

/// One verb on each line, for people to read.
fn lines(xml: &str) -> String {
    Document::parse(xml).expect("TwiML that we can read");
    let indented = xml.replace("<Say", "\n<Say").replace("<Gather", "\n<Gather").replace("</Gather>", "\n</Gather>");
    ["<Pause", "<Redirect", "<Dial", "<Hangup", "<Response", "</Response"]
        .iter()
        .fold(indented, |text, verb| text.replace(verb, &format!("\n{verb}")))
}

#[test]
fn menu() {
    let said = [say("健康コールです。", true), say("日本語の方は1を、English は 2 を。<&>\"'", true)];
    insta::assert_snapshot!(lines(&write(&said, &MENU)));
}

#[test]
fn number_after_an_error_that_must_be_heard() {
    let said = [
        say("もう一度。", true),
        say("その番号は正しくありません。", false),
        say("HER-SYS IDを入力し、最後にシャープを押してください。", true),
    ];
    insta::assert_snapshot!(lines(&write(&said, &NUMBER)));
}

#[test]
fn a_long_wait_is_divided_by_a_sentence() {
    let then =
        NextAction::Gather { max_keys: 9, ends_with_hash: true, first_key_seconds: 30, between_keys_seconds: 10 };
    let speech = Speech {
        say: vec![say("番号を押してください。", true)],
        while_waiting: vec![say("お待ちしています。", true)],
    };
    insta::assert_snapshot!(lines(&response(&speech, &then, &action(), &Voices::default(), None)));
}

#[test]
fn transfer_to_a_person() {
    insta::assert_snapshot!(lines(&write(&[say("おつなぎします。", true)], &transfer())));
}

#[test]
fn without_a_number_of_ours_the_carrier_shows_the_callers() {
    let xml = response(&speech(&[]), &transfer(), &action(), &Voices::default(), None);
    let [Verb::Dial { caller_id, .. }] = &Document::parse(&xml).expect("TwiML").verbs[..] else { panic!("{xml}") };
    assert_eq!(*caller_id, None);
    assert!(!xml.contains("callerId"), "an empty one would be an error: {xml}");
    let xml = write(&[], &transfer());
    let [Verb::Dial { caller_id, .. }] = &Document::parse(&xml).expect("TwiML").verbs[..] else { panic!("{xml}") };
    assert_eq!(*caller_id, Some(ours()));
}

#[test]
fn hang_up() {
    insta::assert_snapshot!(lines(&write(
        &[say("失礼いたします。", false), say(" \u{0} ", true)],
        &NextAction::HangUp
    )));
}

/// The lines with the documents of `call_flows`.
fn line_settings() -> LineSettings {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("call_flows");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    LineSettings {
        flow_sets: FlowSetCache::new(Arc::new(FlowSet::checked(files).expect("shipped documents"))),
        guessing: GuessingLimits::default(),
        zone: TimeZone::UTC,
        fallback_centre: None,
        health_call_number: PhoneNumber::from_e164("+815031980214").ok(),
        call_back_number: None,
    }
}

/// They say what a call says after any other failure, and the number of the health call.
#[test]
fn apologies_in_all_languages() {
    let (voices, lines_of_ours) = (Voices::default(), line_settings());
    let flow_set = lines_of_ours.flow_sets.current();
    let all = Language::ALL.map(|language| {
        let said = service::apology(&lines_of_ours, language);
        let wording = flow_set.wording("shared.system_failure", language).expect("a wording").spoken();
        let (before, after) = wording.split_once("{health_call_number}").expect("it has the number");
        let [sentence] = said.as_slice() else { panic!("{language}: {said:?}") };
        assert!(sentence.text.starts_with(before) && sentence.text.ends_with(after), "{language}: {}", sentence.text);
        [apology(&said, &voices), try_again(language, &action(), &voices)].map(|xml| lines(&xml)).concat()
    });
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn all_seven_languages() {
    let said = Language::ALL.map(|language| Sentence { text: language.own_name().into(), language, barge_in: true });
    insta::assert_snapshot!(lines(&write(&said, &NextAction::HangUp)));
}

#[test]
fn another_voice_can_be_chosen_and_nonsense_cannot() {
    let voice = Voice::new("ja-JP", "Google.ja-JP-Neural2-B").expect("a voice");
    let voices = Voices::default().with(Language::Japanese, voice);
    let xml = response(&speech(&[say("はい。", true)]), &NextAction::HangUp, &action(), &voices, None);
    assert!(xml.contains("voice=\"Google.ja-JP-Neural2-B\""), "{xml}");
    for (language, name) in [("", "x"), ("ja-JP", ""), ("ja-JP", "a\"b"), ("ja JP", "x"), ("ja-JP", &"x".repeat(65))] {
        assert!(Voice::new(language, name).is_err());
    }
}

#[test]
fn an_action_is_a_url_of_ours() {
    for right in ["/twilio/voice/turn?n=1", "https://a.example/x#rt=15000", "http://127.0.0.1:8080/x"] {
        assert!(ActionUrl::parse(right).is_ok(), "{right}");
    }
    for wrong in
        ["", "x", "//a.example/x", "ftp://a", "javascript:1", "/a b", "/a\n", "/é", &format!("/{}", "x".repeat(2000))]
    {
        assert!(ActionUrl::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn odd_limits_are_still_twiml() {
    let odd = NextAction::Gather { max_keys: 0, ends_with_hash: true, first_key_seconds: 0, between_keys_seconds: 0 };
    let document = Document::parse(&write(&[], &odd)).expect("TwiML");
    let [Verb::Gather(gather), Verb::Redirect { .. }] = document.verbs.as_slice() else { panic!("{document:?}") };
    assert_eq!((gather.max_keys, gather.timeout_seconds, gather.finish_on_key), (Some(1), 1, None));
    assert!(gather.nested.is_empty());
}

#[test]
fn a_long_text_is_cut_between_sentences() {
    let text = "体温を入力してください。".repeat(200);
    let document = Document::parse(&write(&[say(&text, true)], &NextAction::HangUp)).expect("TwiML");
    let parts = said(&document.verbs);
    assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= 1_500 && part.ends_with('。')));
    assert_eq!(parts.concat(), text);
    let unbroken = "あ".repeat(2_000);
    let document = Document::parse(&write(&[say(&unbroken, true)], &NextAction::HangUp)).expect("TwiML");
    assert_eq!(said(&document.verbs).concat(), unbroken);
}

fn said(verbs: &[Verb]) -> Vec<String> {
    let text = |verb: &Verb| match verb {
        Verb::Say { text, .. } => vec![text.expose().to_owned()],
        Verb::Gather(gather) => said(&gather.nested),
        _ => Vec::new(),
    };
    verbs.iter().flat_map(text).collect()
}

#[test]
fn documents_that_are_refused() {
    let deep = "<Response><Gather><Say><a><b/></a></Say></Gather></Response>";
    let large = format!("<Response><Say>{}</Say></Response>", "x".repeat(70_000));
    let many = format!("<Response>{}</Response>", "<Hangup/>".repeat(1_000));
    for (xml, error) in [
        ("", TwimlError::NotWellFormed),
        ("hello", TwimlError::NotWellFormed),
        ("<Response>", TwimlError::NotWellFormed),
        ("<Response></Say>", TwimlError::NotWellFormed),
        ("<Response/><Response/>", TwimlError::NotWellFormed),
        ("<Response/>x", TwimlError::NotWellFormed),
        ("<Response/>&amp;", TwimlError::NotWellFormed),
        ("<Response><Say>&e;</Say></Response>", TwimlError::NotWellFormed),
        ("<Response><Say>&#0;</Say></Response>", TwimlError::NotWellFormed),
        ("<Response><Say>&#x1F;</Say></Response>", TwimlError::NotWellFormed),
        ("<Response><Say>\u{1}</Say></Response>", TwimlError::NotWellFormed),
        ("<Response><Say voice='a' voice='b'/></Response>", TwimlError::NotWellFormed),
        ("<!DOCTYPE r [<!ENTITY e 'x'>]><Response><Say>&e;</Say></Response>", TwimlError::DocType),
        ("<?xml version=\"1.0\"?><!DOCTYPE Response><Response/>", TwimlError::DocType),
        ("<?xml version=\"1.1\"?><Response/>", TwimlError::NotPlain),
        ("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><Response/>", TwimlError::NotPlain),
        ("<Response><?php ?></Response>", TwimlError::NotPlain),
        ("<response/>", TwimlError::NotAResponse),
        ("<Response><Record/></Response>", TwimlError::UnknownVerb),
        ("<Response><Gather><Dial>+81352113641</Dial></Gather></Response>", TwimlError::UnknownVerb),
        ("<Response><Say>a<b/></Say></Response>", TwimlError::UnknownVerb),
        ("<Response><Say loud='1'>a</Say></Response>", TwimlError::UnknownAttribute),
        ("<Response a='1'/>", TwimlError::UnknownAttribute),
        ("<Response><Gather numDigits='0'/></Response>", TwimlError::BadValue),
        ("<Response><Gather timeout='-1'/></Response>", TwimlError::BadValue),
        ("<Response><Gather input='speech'/></Response>", TwimlError::BadValue),
        ("<Response><Gather finishOnKey='ab'/></Response>", TwimlError::BadValue),
        ("<Response><Gather method='GET'/></Response>", TwimlError::BadValue),
        ("<Response><Redirect>ftp://x</Redirect></Response>", TwimlError::BadValue),
        ("<Response><Dial><Number>110</Number></Dial></Response>", TwimlError::BadValue),
        ("<Response><Dial callerId='anonymous'>+81352113641</Dial></Response>", TwimlError::BadValue),
        ("<Response>hello<Hangup/></Response>", TwimlError::StrayText),
        (deep, TwimlError::TooDeep),
        (&large, TwimlError::TooLarge),
        (&many, TwimlError::TooMany),
    ] {
        assert_eq!(Document::parse(xml).err(), Some(error), "{}", &xml[..xml.len().min(80)]);
    }
}

#[test]
fn what_other_writers_write_is_read() {
    let xml = "\u{FEFF}<?xml version='1.0' encoding='utf-8'?>\n<!-- hello -->\n<Response>\r\n  \
               <Say>a &amp; b<![CDATA[ <c>]]>&#x20;&#100;</Say>\n  <Gather/><Reject reason=\"busy\"/><Pause/>\
               <Play>/a.wav</Play><Dial>+81352113641</Dial>\n</Response>\n";
    let document = Document::parse(xml).expect("TwiML");
    assert_eq!(said(&document.verbs), ["a & b <c> d"]);
    assert_eq!(document.verbs.len(), 6);
    let Verb::Gather(gather) = &document.verbs[1] else { panic!("{document:?}") };
    assert_eq!((gather.finish_on_key, gather.timeout_seconds, gather.max_keys), (Some('#'), 5, None));
    assert!(!format!("{document:?}").contains("352113641"), "numbers don't print themselves");
}

fn sentence() -> impl Strategy<Value = Sentence> {
    let hostile = prop::sample::select(vec![
        "</Say>",
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&#0;",
        "\u{0}\u{b}\u{FFFF}\r",
        "<!--",
        "<?x?>",
        "\"'><",
    ]);
    let text =
        prop_oneof![any::<String>(), (any::<String>(), hostile).prop_map(|(text, evil)| format!("{text}{evil}{text}"))];
    (text, prop::sample::select(Language::ALL.to_vec()), any::<bool>())
        .prop_map(|(text, language, barge_in)| Sentence { text: text.into(), language, barge_in })
}

fn then() -> impl Strategy<Value = NextAction> {
    prop_oneof![
        Just(NextAction::HangUp),
        Just(transfer()),
        (any::<u8>(), any::<bool>(), any::<u8>(), any::<u8>()).prop_map(
            |(max_keys, ends_with_hash, first, between)| {
                NextAction::Gather { max_keys, ends_with_hash, first_key_seconds: first, between_keys_seconds: between }
            }
        ),
    ]
}

/// The part of a text that reaches the voice.
fn heard(text: &str) -> String {
    let forbidden = |c: &char| matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{FFFE}' | '\u{FFFF}');
    text.chars().filter(|c| !forbidden(c)).collect::<String>().trim().to_owned()
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(sentences in proptest::collection::vec(sentence(), 0..6), then in then()) {
        let document = Document::parse(&write(&sentences, &then)).expect("TwiML that we can read");
        let expected = sentences.iter().map(|sentence| heard(&sentence.text)).filter(|text| !text.is_empty());
        let expected: Vec<_> = expected.collect();
        prop_assert_eq!(said(&document.verbs), expected);
        let inside = document.verbs.iter().find_map(|verb| match verb {
            Verb::Gather(gather) => Some(gather),
            _ => None,
        });
        match then {
            NextAction::Gather { max_keys, .. } => {
                let gather = inside.expect("a Gather");
                prop_assert_eq!(gather.max_keys, Some(u32::from(max_keys.max(1))));
                prop_assert_eq!(gather.action.as_ref(), Some(&action()));
                let interruptible = sentences.iter().rev().take_while(|sentence| sentence.barge_in);
                let audible = interruptible.filter(|sentence| !heard(&sentence.text).is_empty()).count();
                prop_assert_eq!(said(&gather.nested).len(), audible);
            }
            NextAction::Transfer { .. } | NextAction::HangUp => prop_assert!(inside.is_none()),
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(xml in any::<String>()) {
        let _ = Document::parse(&xml);
    }

    #[test]
    fn no_pieces_of_twiml_make_the_reader_panic(pieces in proptest::collection::vec(prop::sample::select(vec![
        "<Response>", "</Response>", "<Say>", "</Say>", "<Gather ", "numDigits=\"", "\"", ">", "/>", "<![CDATA[", "]]>",
        "<!--", "-->", "&#x", ";", "&", "<?xml version=\"1.0\"?>", "<!DOCTYPE", "é", "\u{0}",
        "<Dial>", "'", "=", "<", "9",
    ]), 0..30)) {
        let _ = Document::parse(&pieces.concat());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Document::parse(&String::from_utf8_lossy(&bytes));
    }
}
