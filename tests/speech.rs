//! The estimate of speech against real voices, and what the Japanese voice reads.
//!
//! A prompt counts as a caller hears it: with its reading, and with its gaps filled. How the voices are set, and why,
//! is in `src/flow/speech_time.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use kenkocall::domain::{Language, PhoneNumber};
use kenkocall::engine::{Fill, Utterance, spoken};
use kenkocall::flow::{FlowSet, PromptId, ReadAs, speech_time};
use serde_json::{Value, json};

#[path = "flows/built_in.rs"]
#[allow(dead_code, reason = "tests/flows also breaks the documents")]
mod built_in;

/// How far the estimate of all prompts of a language may be off. It was 0.1 to 0.8 % for the wording with which the
/// pace of each language was chosen. Single prompts are off by up to 15 %, so other wording moves the sum a little;
/// 5 % is more than that, and less than a voice that is set to another pace, or a text that a voice can't read.
const MOST_PERCENT: f64 = 5.0;

/// What is spoken in one language as one piece.
struct Piece {
    prompt: PromptId,
    language: Language,
    words: String,
}

/// What a voice did with a piece.
struct Heard {
    seconds: f64,
    /// The Japanese voice's pronunciation, word by word.
    reads: Option<String>,
}

fn pieces() -> Vec<Piece> {
    let flow_set = FlowSet::checked(built_in::files()).expect("the documents are sound");
    let mut pieces = Vec::new();
    // Digits and values are spoken as parts of others.
    let part = |id: &PromptId| id.as_str().contains(".digit_") || id.as_str().contains(".spoken_");
    for (id, prompt) in flow_set.prompts.iter().filter(|(id, _)| !part(id)) {
        for language in prompt.wording.keys() {
            let said = Utterance { prompt: id.clone(), language: *language, barge_in: true, fill: filled(id) };
            for (language, words) in spoken(&flow_set, &said) {
                pieces.push(Piece { prompt: id.clone(), language, words });
            }
        }
    }
    pieces
}

fn filled(prompt: &PromptId) -> Vec<Fill> {
    let phone = PhoneNumber::from_e164("+81352113641").unwrap();
    let value = if prompt.as_str().contains("spo2") {
        Fill::Value(ReadAs::Percent, "098".into())
    } else {
        Fill::Value(ReadAs::Temperature, "365".into())
    };
    let (centre, until) = (Fill::Centre("見本保健所".into()), Fill::Until([12, 1, 5, 30]));
    vec![value, centre, Fill::CentrePhone(phone.clone()), Fill::CallBackNumber(phone), until]
}

/// Makes the voices speak.
fn heard(pieces: &[Piece]) -> Vec<Heard> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = house.join("target/voices/venv/bin/python3");
    let programs = ["/usr/bin/espeak-ng", "/usr/bin/open_jtalk"].map(Path::new);
    let missing = programs.into_iter().chain([&*python]).find(|needed| !needed.exists());
    assert!(missing.is_none(), "the voices aren't installed ({}): run dev/setup", missing.unwrap().display());
    let mut child = Command::new(python)
        .arg("tests/voices/speak.py")
        .current_dir(house)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let texts = pieces.iter().map(|piece| json!({ "language": piece.language.tag(), "text": piece.words }));
    let texts = Value::from(texts.collect::<Vec<_>>()).to_string();
    child.stdin.take().expect("a pipe").write_all(texts.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the voices don't speak; are they up to date? run dev/setup");
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answers.len(), pieces.len());
    let one = |answer: &Value| Heard {
        seconds: answer["seconds"].as_f64().expect("a number"),
        reads: answer["reads"].as_str().map(str::to_owned),
    };
    answers.iter().map(one).collect()
}

/// The sums of one language.
#[derive(Default)]
struct Sums {
    pieces: usize,
    estimate: f64,
    speech: f64,
    /// The piece whose estimate is off most, and by how many seconds.
    worst: (f64, String),
}

#[test]
fn the_estimate_is_as_long_as_speech() {
    let pieces = pieces();
    let mut sums = BTreeMap::<Language, Sums>::new();
    for (piece, heard) in pieces.iter().zip(heard(&pieces)) {
        let estimate = speech_time::seconds(&piece.words, piece.language);
        let off = estimate - heard.seconds;
        let sums = sums.entry(piece.language).or_default();
        sums.pieces += 1;
        sums.estimate += estimate;
        sums.speech += heard.seconds;
        if off.abs() > sums.worst.0.abs() {
            sums.worst = (off, piece.prompt.to_string());
        }
    }
    assert_eq!(sums.len(), Language::ALL.len());
    let mut far_off = Vec::new();
    for (language, Sums { pieces, estimate, speech, worst: (off, prompt) }) in &sums {
        let percent = (estimate / speech - 1.0) * 100.0;
        let most = format!("{prompt} {off:+.1} s");
        println!("{language}: {pieces} pieces, {speech:.0} s of speech, estimate {percent:+.1} %; most: {most}");
        if percent.abs() > MOST_PERCENT {
            far_off.push(format!("{language} {percent:+.1} %"));
        }
    }
    assert!(far_off.is_empty(), "the estimate is off by more than {MOST_PERCENT} %: {}", far_off.join(", "));
}

/// The snapshot is what callers hear: a changed line must be read aloud before it is kept. The engine's own prompts,
/// such as digits, are in it as parts of others.
#[test]
fn what_the_japanese_voice_reads_is_known() {
    let mut pieces = pieces();
    pieces.retain(|piece| piece.language == Language::Japanese && !piece.words.is_empty());
    // In other languages, the Japanese voice says the centre's name only.
    pieces.retain(|piece| piece.words != "見本保健所");
    let heard = heard(&pieces);
    let mut lines = String::new();
    for (piece, heard) in pieces.iter().zip(&heard) {
        let reads = heard.reads.as_deref().expect("the Japanese voice says what it reads");
        lines.push_str(&format!("{}: {}\n", piece.prompt, reads.trim_end_matches('、')));
        // 119, as the name of a tree and the earth.
        assert!(!reads.contains("イチイ/チキュー"), "{} misreads 119", piece.prompt);
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(lines) });
}
