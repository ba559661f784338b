//! The carrier's own libraries check us: we accept their signatures, they accept ours, and the TwiML uses their
//! names.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kenkocall::carrier::twilio::{Form, VoiceRequest, Voices, response};
use kenkocall::domain::Language;
use serde_json::{Value, json};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::signature::key;
use super::twiml::{MENU, NUMBER, action, ours, say, speech, transfer};
use kenkocall::carrier::speech::NextAction;

const TOKEN: &str = "8f0e1c2d3b4a59687766554433221100";

/// The checking library.
#[derive(Debug, Clone, Copy)]
pub enum Library {
    Python,
    Node,
}

impl Library {
    const BOTH: [Self; 2] = [Self::Python, Self::Node];

    fn command(self, house: &Path, script: &str) -> Command {
        let (program, installed) = match self {
            Self::Python => (house.join("target/official/venv/bin/python3"), None),
            Self::Node => (PathBuf::from("node"), Some(house.join("target/official/node_modules/twilio"))),
        };
        let needed = installed.as_deref().unwrap_or(&program);
        assert!(needed.exists(), "the carrier's official libraries aren't installed in target/official: run dev/setup");
        let mut command = Command::new(program);
        command.arg(script).current_dir(house);
        command
    }

    /// Makes the library sign, check or write: it does `work` on each item.
    fn ask(self, work: &str, items: &[Value]) -> Vec<Value> {
        let script = match self {
            Self::Python => "tests/official/sign.py",
            Self::Node => "tests/official/sign.mjs",
        };
        self.run(script, work, items)
    }

    /// Makes the library do `work` of a script on each item.
    pub fn run(self, script: &str, work: &str, items: &[Value]) -> Vec<Value> {
        let house = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut child = self
            .command(house, script)
            .arg(work)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{self:?} doesn't start ({error}): run dev/setup"));
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(json!(items).to_string().as_bytes()).expect("it reads");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{self:?} {work} failed; is target/official up to date? run dev/setup");
        let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answers.len(), items.len());
        answers
    }
}

type Fields = Vec<(&'static str, &'static str)>;

fn urls() -> Vec<&'static str> {
    vec![
        "https://call.example/twilio/voice/health-call",
        "https://call.example/twilio/voice/health-call/",
        "https://call.example:8443/twilio/voice/turn?n=3&call=0197",
        "https://call.example:443/x?b=2&a=1&b=1",
        "http://call.example:80/x",
        "http://127.0.0.1:8080/x?q=%E4%BD%93%E6%B8%A9&plus=a+b&empty=",
        "https://call.example/x?path=/a/b:9&at=@",
        "https://call.example/x;v=1?a=1;b=2",
    ]
}

fn forms() -> Vec<Fields> {
    vec![
        vec![],
        vec![("CallSid", "CA0123456789abcdef0123456789abcdef"), ("Digits", "12#"), ("From", "+819012345678")],
        vec![("Digits", ""), ("CallSid", "CA0123456789abcdef0123456789abcdef")],
        vec![("b", "1"), ("A", "2"), ("a", "3"), ("_", "4"), ("B", "5"), ("aa", "6"), ("a1", "7")],
        vec![
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "ringing"),
        ],
        vec![("Same", "x"), ("Same", "x")],
        vec![("SpeechResult", "はい、熱があります"), ("CallerName", "O'Brien & <Söhne>"), ("Emoji", "🤒")],
        vec![("Sp", " a "), ("Plus", "a+b c%20d"), ("Tab", "\t"), ("Line", "a\r\nb"), ("=", "&")],
        vec![("Many", "b"), ("Many", ""), ("Many", "あ"), ("Many", "B"), ("Many", "a b")],
        vec![("1", "one"), ("10", "ten"), ("2", "two"), ("", "nameless")],
    ]
}

fn requests() -> Vec<(&'static str, Fields)> {
    urls().into_iter().flat_map(|url| forms().into_iter().map(move |form| (url, form))).collect()
}

/// Fields as networks, exchanges and other carriers write them.
fn odd_fields() -> Vec<Fields> {
    let odd = [
        ("From", "Coin line/payphone"),
        ("From", "Private Number"),
        ("From", "非通知"),
        ("From", "\"Name\" <sip:+819012345678@pbx.example>;tag=1"),
        ("From", "tel:+819012345678;ext=12"),
        ("From", "Téléphone"),
        ("CallerName", "Grüße, 100 % & ¥"),
        ("Digits", "12AD w"),
        ("CallStatus", "cancelled"),
        ("Odd", "a\u{7f}\u{1}\0b"),
    ];
    odd.map(|odd| vec![("CallSid", "CA0123456789abcdef0123456789abcdef"), odd]).to_vec()
}

/// The form in Latin-1, if that is possible and it isn't ASCII.
fn in_latin_1(fields: &Fields) -> Option<Vec<u8>> {
    let latin_1 = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
    let encoded = |text: &str| latin_1(text).map(|bytes| byte_serialize(&bytes).collect::<String>());
    let pairs = fields.iter().map(|(name, value)| Some(format!("{}={}", encoded(name)?, encoded(value)?)));
    let is_ascii = fields.iter().all(|(_, value)| value.is_ascii());
    let body = pairs.collect::<Option<Vec<String>>>()?.join("&").into_bytes();
    (!is_ascii).then_some(body)
}

#[test]
fn odd_fields_are_read_as_the_official_libraries_sign_them() {
    const URL: &str = "https://call.example/twilio/voice/health-call";
    let key = key(TOKEN);
    let forms = odd_fields();
    let items: Vec<_> = forms.iter().map(|form| json!({ "token": TOKEN, "url": URL, "form": form })).collect();
    let mut of_latin_1 = 0;
    for library in Library::BOTH {
        for (fields, signature) in forms.iter().zip(library.ask("sign", &items)) {
            let signature = signature.as_str().expect("a signature");
            let body = Serializer::new(String::new()).extend_pairs(fields).finish();
            let form = Form::read(body.as_bytes()).expect("a form");
            assert!(key.validate(URL, form.fields(), signature), "{library:?} {fields:?}");
            assert!(VoiceRequest::read(&form).is_ok(), "{fields:?}");
            let Some(body) = in_latin_1(fields) else { continue };
            // Signed as text but posted in Latin-1: the bytes have a different signature than the text.
            let form = Form::read(&body).expect("a form");
            assert!(!key.validate(URL, form.fields(), signature), "{library:?} {fields:?}");
            let text = form.fields_from_latin_1().expect("it isn't UTF-8");
            assert!(key.validate(URL, &text, signature), "{library:?} {fields:?}");
            assert!(VoiceRequest::read(&form).is_ok_and(|request| request.from.is_none()), "{fields:?}");
            of_latin_1 += 1;
        }
        // They accept our signature of the decoded bytes if they can decode the bytes.
        let checks: Vec<_> = forms
            .iter()
            .map(|fields| {
                let body = Serializer::new(String::new()).extend_pairs(fields).finish();
                let signature = key.sign(URL, Form::read(body.as_bytes()).expect("a form").fields());
                json!({ "token": TOKEN, "url": URL, "form": fields, "signature": signature })
            })
            .collect();
        for (fields, accepted) in forms.iter().zip(library.ask("check", &checks)) {
            assert_eq!(accepted, json!(true), "{library:?} {fields:?}");
        }
    }
    assert_eq!(of_latin_1, 4, "two forms, two libraries");
}

#[test]
fn what_the_official_libraries_sign_is_accepted_and_refused_when_altered() {
    let key = key(TOKEN);
    let requests = requests();
    let items: Vec<_> =
        requests.iter().map(|(url, form)| json!({ "token": TOKEN, "url": url, "form": form })).collect();
    for library in Library::BOTH {
        for ((url, form), signature) in requests.iter().zip(library.ask("sign", &items)) {
            let signature = signature.as_str().expect("a signature");
            assert!(key.validate(url, form, signature), "{library:?} {url} {form:?}");
            assert_eq!(key.sign(url, form), signature, "{library:?} {url} {form:?}");
            assert!(!key.validate(&format!("{url}x"), form, signature), "{library:?} {url}, a byte more");
            for place in 0..form.len() {
                let mut altered: Vec<(String, String)> =
                    form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
                altered[place].1.push('0');
                assert!(!key.validate(url, &altered, signature), "{library:?} {url} {altered:?}");
            }
        }
    }
}

#[test]
fn a_port_that_only_one_side_writes_is_bridged_as_the_official_validators_do() {
    let key = key(TOKEN);
    let form = [("Digits", "1")];
    let pairs = [
        ("https://call.example/x?a=1", "https://call.example:443/x?a=1"),
        ("https://call.example:443/x?a=1", "https://call.example/x?a=1"),
        ("https://call.example:8443/x?a=1", "https://call.example/x?a=1"),
        ("http://call.example/x?a=1", "http://call.example:80/x?a=1"),
        ("https://call.example/x?a=1", "https://call.example:8443/x?a=1"),
        ("https://call.example:8443/x?a=1", "https://call.example:443/x?a=1"),
        ("https://call.example/x?a=1", "http://call.example/x?a=1"),
        ("https://call.example/x?a=1", "https://calls.example/x?a=1"),
    ];
    let items = pairs.map(
        |(ours, theirs)| json!({ "token": TOKEN, "url": ours, "form": form, "signature": key.sign(theirs, &form) }),
    );
    let judged = pairs.map(|(ours, theirs)| json!(key.validate(ours, &form, &key.sign(theirs, &form))));
    for library in Library::BOTH {
        assert_eq!(library.ask("check", &items), judged, "{library:?}");
    }
}

#[test]
fn what_we_sign_the_official_libraries_accept() {
    let key = key(TOKEN);
    let mut items = Vec::new();
    for (url, form) in requests() {
        let signature = key.sign(url, &form);
        items.push(json!({ "token": TOKEN, "url": url, "form": form, "signature": signature }));
    }
    let mut forged = items.clone();
    for item in &mut forged {
        item["token"] = json!("another");
    }
    for library in Library::BOTH {
        for (item, accepted) in items.iter().zip(library.ask("check", &items)) {
            assert_eq!(accepted, json!(true), "{library:?} {item}");
        }
        for (item, accepted) in forged.iter().zip(library.ask("check", &forged)) {
            assert_eq!(accepted, json!(false), "{library:?} {item}");
        }
    }
}

#[test]
fn our_twiml_is_what_the_official_classes_write() {
    let url = action().as_str().to_owned();
    let said = |text: &str| json!(["Say", text, { "language": "ja-JP", "voice": "Polly.Kazuha-Neural" }, []]);
    let gather = |keys: &str, finish: &str, pause: &str, nested: Value| {
        json!(["Gather", null, {
            "input": "dtmf", "timeout": "4", "num_digits": keys, "finish_on_key": finish,
            "action_on_empty_result": true, "method": "POST", "action": url,
        }, [nested, ["Pause", null, { "length": pause }, []]]])
    };
    let redirect = json!(["Redirect", url, { "method": "POST" }, []]);
    let dial = json!(["Dial", null, { "timeout": "25", "action": url, "method": "POST", "answer_on_bridge": true,
        "caller_id": ours().expose() },
        [["Number", "+81352113641", {
            "status_callback": action().of_staff().as_str(), "status_callback_event": "answered completed",
            "status_callback_method": "POST",
        }, []]]]);
    let cases = [
        (vec![say("1か2を。<&>\"'", true)], MENU, vec![gather("1", "", "4", said("1か2を。<&>\"'")), redirect.clone()]),
        (
            vec![say("ちがいます。", false), say("番号を。", true)],
            NUMBER,
            vec![said("ちがいます。"), gather("8", "#", "6", said("番号を。")), redirect],
        ),
        (vec![say("おつなぎします。", true)], transfer(), vec![said("おつなぎします。"), dial]),
        (vec![say("では。", false)], NextAction::HangUp, vec![said("では。"), json!(["Hangup", null, {}, []])]),
    ];
    let items: Vec<_> = cases
        .iter()
        .map(|(sentences, then, verbs)| {
            let ours = response(&speech(sentences), then, &action(), &Voices::default(), Some(&ours()));
            json!({ "ours": ours, "verbs": verbs })
        })
        .collect();
    for pair in Library::Python.ask("twiml", &items) {
        assert_eq!(pair[0], pair[1]);
    }
}

#[test]
fn our_voices_are_in_the_official_lists() {
    let lists = Library::Node.ask("listed", &[json!("SayVoice"), json!("SayLanguage")]);
    let has = |list: &Value, word: &str| list.as_array().is_some_and(|words| words.contains(&json!(word)));
    for language in Language::ALL {
        let voices = Voices::default();
        let voice = voices.of(language);
        let name = voice.name().unwrap();
        assert!(has(&lists[0], name), "{name}");
        assert!(has(&lists[1], voice.language()), "{}", voice.language());
    }
}
