//! The recordings of `voices/`: each sentence is recorded as it is worded, sounds right on a phone, and values join.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kenkocall::carrier::voices::{
    MANIFEST_FILE, MissingVoice, Part, Recording, VoiceLibrary, VoicesError, entries, keep, parts, texts,
};
use kenkocall::carrier::wav::{self, WavError};
use kenkocall::domain::{Language, PhoneNumber};
use kenkocall::engine::{Fill, NextAction, Reply, SaidAs, Utterance};
use kenkocall::flow::{FlowSet, PromptId, ReadAs, speech_time};
use proptest::prelude::*;

#[path = "flows/built_in.rs"]
#[allow(dead_code, reason = "tests/flows also breaks the documents")]
mod built_in;

static FLOW_SET: LazyLock<FlowSet> = LazyLock::new(|| FlowSet::checked(built_in::files()).expect("sound documents"));
static LIBRARY: LazyLock<VoiceLibrary> = LazyLock::new(|| VoiceLibrary::load(&[&folder()]).expect("sound recordings"));

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("voices")
}

fn said(prompt: &str, language: Language, fill: Vec<Fill>) -> Utterance {
    Utterance { prompt: PromptId::from(prompt), language, barge_in: true, fill }
}

fn reply(say: Vec<Utterance>) -> Reply {
    Reply { say, while_waiting: None, then: NextAction::HangUp }
}

#[test]
fn each_sentence_is_recorded_as_it_is_worded() {
    let recorded = entries(&folder()).unwrap();
    let wanted = texts(&FLOW_SET);
    let ids: BTreeSet<_> = wanted.iter().map(|one| (one.language, &one.id)).collect();
    assert_eq!(ids.len(), wanted.len(), "each id says one thing");
    let known: BTreeMap<_, _> = recorded.iter().map(|one| ((one.language, &one.text), one)).collect();
    let words: BTreeSet<_> = wanted.iter().map(|one| (one.language, &one.text)).collect();
    let unrecorded = wanted.iter().filter(|one| !known.contains_key(&(one.language, &one.text)));
    let unrecorded: Vec<_> =
        unrecorded.map(|one| format!("{} {}: \"{}\" isn't recorded", one.language, one.id, one.text)).collect();
    let unused = recorded.iter().filter(|one| !words.contains(&(one.language, &one.text)));
    let unused: Vec<_> =
        unused.map(|one| format!("{} {}: nobody says \"{}\"", one.language, one.id, one.text)).collect();
    let all = [unrecorded, unused].concat();
    assert!(all.is_empty(), "wording and voice differ; run dev/voices make:\n{}", all.join("\n"));
    assert_eq!(LIBRARY.missing(&FLOW_SET), []);
    for one in &recorded {
        let empty = [&one.reading, &one.engine, &one.voice, &one.licence].into_iter().any(String::is_empty);
        assert!(!empty, "{} {} has no reading, engine, voice or licence", one.language, one.id);
    }
}

/// G.711: from µ-law to a part of the full scale.
fn linear(byte: u8) -> f64 {
    let bits = !byte;
    let magnitude = (((i32::from(bits & 0x0F) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
    f64::from(if bits & 0x80 == 0 { magnitude } else { -magnitude }) / 32_768.0
}

/// The loudness of every 20 ms.
fn loudness(samples: &[f64]) -> Vec<f64> {
    let mean = |part: &[f64]| (part.iter().map(|sample| sample * sample).sum::<f64>() / part.len() as f64).sqrt();
    samples.chunks(160).map(mean).collect()
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-9).log10()
}

struct Heard {
    recording: Recording,
    samples: Vec<f64>,
}

impl Heard {
    fn name(&self) -> String {
        format!("{} {}", self.recording.language, self.recording.id)
    }

    /// The level of what is spoken, without pauses, in dB of the full scale.
    fn level(&self) -> f64 {
        let loud = loudness(&self.samples);
        let most = loud.iter().copied().fold(0.0, f64::max);
        let spoken: Vec<f64> = loud.into_iter().filter(|part| *part > most * 0.1).map(|part| part * part).collect();
        decibels((spoken.iter().sum::<f64>() / spoken.len() as f64).sqrt())
    }
}

fn heard() -> Vec<Heard> {
    let all = entries(&folder()).unwrap();
    let hear = |recording: Recording| {
        let samples = recording.samples(&folder()).unwrap().iter().map(|byte| linear(*byte)).collect();
        Heard { recording, samples }
    };
    all.into_iter().map(hear).collect()
}

#[test]
fn levels_are_within_2_db_and_nothing_clips() {
    let mut wrong = Vec::new();
    let levels: Vec<_> = heard().into_iter().map(|heard| (heard.level(), heard)).collect();
    let mut sorted: Vec<f64> = levels.iter().map(|(level, _)| *level).collect();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted[sorted.len() / 2];
    println!("level {usual:.1} dB, from {:.1} to {:.1}", sorted[0], sorted[sorted.len() - 1]);
    for (level, heard) in levels {
        let peak = heard.samples.iter().fold(0.0, |most: f64, sample| most.max(sample.abs()));
        if (level - usual).abs() > 1.0 {
            wrong.push(format!("{}: {level:.1} dB, and the others have {usual:.1}", heard.name()));
        }
        if peak > 0.97 {
            wrong.push(format!("{} clips", heard.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn speech_begins_within_100_ms_and_lasts_as_long_as_its_words() {
    let mut wrong = Vec::new();
    for heard in heard() {
        let loud = loudness(&heard.samples);
        let most = loud.iter().copied().fold(0.0, f64::max);
        let silent = loud.iter().take_while(|part| **part < most * 0.03).count() * 20;
        if silent >= 100 {
            wrong.push(format!("{} begins after {silent} ms", heard.name()));
        }
        let (seconds, words) = (heard.samples.len() as f64 / 8_000.0, &heard.recording.text);
        let estimate = speech_time::seconds(words, heard.recording.language);
        // Engines speak single words slowly, and digits of other lengths than the estimate.
        if seconds > estimate * 1.6 + 0.9 || seconds < estimate * 0.55 - 0.3 || seconds < 0.1 {
            wrong.push(format!("{} lasts {seconds:.2} s, and \"{words}\" {estimate:.2}", heard.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_recordings_have_at_most_30_mb() {
    let bytes: u64 =
        entries(&folder()).unwrap().iter().map(|one| std::fs::metadata(one.file(&folder())).unwrap().len()).sum();
    assert!(bytes <= 30_000_000, "{bytes} bytes");
}

/// The prompts with values, each with a value.
fn with_values(tenths: u16, percent: u16, phone: &PhoneNumber, until: [u8; 4], alerts: u32) -> Vec<(String, Fill)> {
    let value = |read_as, entry: u16| Fill::Value(read_as, format!("{entry:03}").into());
    let number = Some(phone.clone());
    let all = [
        ("questionnaire.read_back_body_temperature", value(ReadAs::Temperature, tenths)),
        ("questionnaire.noted_body_temperature", value(ReadAs::Temperature, tenths)),
        ("questionnaire.read_back_spo2", value(ReadAs::Percent, percent)),
        ("questionnaire.noted_spo2", value(ReadAs::Percent, percent)),
        ("red_answer.staff", Fill::CentrePhone(phone.clone())),
        ("automated_call.voicemail_number", Fill::CallBackNumber(phone.clone())),
        ("shared.gave_up", Fill::HealthCallNumber(number)),
        ("shared.system_failure", Fill::HealthCallNumber(None)),
        ("maintenance.closed_until", Fill::Until(until)),
        ("staff_alert.greeting", Fill::OpenAlerts(alerts)),
    ];
    all.into_iter().map(|(prompt, fill)| (prompt.to_owned(), fill)).collect()
}

proptest! {
    #[test]
    fn every_value_joins_from_recordings(
        tenths in 340_u16..=420,
        percent in 70_u16..=100,
        digits in prop::sample::select(vec!["+8131234567", "+8190876543", "+8112055544", "+8150339900", "+1650253000"]),
        last in 0_u8..10,
        month in 1_u8..=12,
        day in 1_u8..=31,
        hour in 0_u8..24,
        minute in 0_u8..60,
        alerts in prop_oneof![0_u32..=120, any::<u32>()],
    ) {
        let phone = PhoneNumber::from_e164(&format!("{digits}{last}")).unwrap();
        for language in Language::ALL {
            for (prompt, fill) in with_values(tenths, percent, &phone, [month, day, hour, minute], alerts) {
                let centre = Fill::Centre("見本保健所".into());
                let said = said(&prompt, language, vec![fill, centre]);
                let spoken = LIBRARY.clips(&FLOW_SET, &reply(vec![said]));
                let missing: Vec<_> =
                    spoken.missing.into_iter().filter(|one| matches!(one, MissingVoice::Prompt(..))).collect();
                prop_assert_eq!(missing, []);
            }
        }
    }
}

/// What a Japanese voice reads: the readings of the recordings, with a comma for a pause.
fn read(prompt: &str, fill: Fill) -> String {
    let all = entries(&folder()).unwrap();
    let readings: BTreeMap<&str, &str> = all
        .iter()
        .filter(|one| one.language == Language::Japanese)
        .map(|one| (one.text.as_str(), one.reading.as_str()))
        .collect();
    let mut read = String::new();
    for part in parts(&FLOW_SET, &said(prompt, Language::Japanese, vec![fill])) {
        match part {
            Part::Words { text, .. } => read.push_str(readings[text.as_str()]),
            Part::Pause(_) => read.push(' '),
            Part::Centre(names) => read.push_str(&names[0].1),
        }
    }
    read
}

#[test]
fn japanese_values_are_read_with_their_counters() {
    let temperature = |entry: &str| Fill::Value(ReadAs::Temperature, entry.into());
    let degrees = "questionnaire.read_back_body_temperature";
    assert_eq!(read(degrees, temperature("375")), "サンジューナナド ゴブ デスネ。");
    assert_eq!(read(degrees, temperature("364")), "サンジューロクド ヨンブ デスネ。");
    assert_eq!(read(degrees, temperature("399")), "サンジューキュード キューブ デスネ。");
    assert_eq!(read(degrees, temperature("380")), "サンジューハチドチョード デスネ。");
    let percent = |entry: &str| Fill::Value(ReadAs::Percent, entry.into());
    assert_eq!(read("questionnaire.read_back_spo2", percent("098")), "キュージューハチパーセント デスネ。");
    assert_eq!(read("questionnaire.read_back_spo2", percent("100")), "ヒャクパーセント デスネ。");
    let until = |until| read("maintenance.closed_until", Fill::Until(until));
    let begin = "タダイマメンテナンスチューデス。 ";
    for (time, reads) in [
        ([4, 1, 4, 0], "シガツ ツイタチ ゴゼン ヨジ マデ"),
        ([7, 20, 19, 30], "シチガツ ハツカ ゴゴ シチジ サンジュップン マデ"),
        ([9, 14, 9, 9], "クガツ ジューヨッカ ゴゼン クジ キューフン マデ"),
        ([12, 3, 12, 0], "ジューニガツ ミッカ ショーゴ マデ"),
        ([1, 31, 0, 0], "イチガツ サンジューイチニチ ゴゼンレージ マデ"),
    ] {
        let read = until(time);
        assert!(read.starts_with(&format!("{begin}{reads}")), "{time:?}: {read}");
    }
    let alerts = |count| read("staff_alert.greeting", Fill::OpenAlerts(count));
    for (count, reads) in [
        (1, "イッケン"),
        (3, "サンケン"),
        (6, "ロッケン"),
        (10, "ジュッケン"),
        (20, "ニジュッケン"),
        (300, "ニジュッケン イジョー"),
    ] {
        assert!(alerts(count).contains(&format!(" {reads} ")), "{}", alerts(count));
    }
    let phone = Fill::CentrePhone(PhoneNumber::from_e164("+81312345678").unwrap());
    let read = read("red_answer.staff", phone);
    assert!(read.contains("ゼロ サン イチ ニー サン ヨン ゴー ロク ナナ ハチ"), "{read}");
}

#[test]
fn words_that_are_easily_misread_are_right() {
    let all = entries(&folder()).unwrap();
    let japanese = all.iter().filter(|one| one.language == Language::Japanese);
    for one in japanese {
        for (words, reading, not) in [
            ("代わりに答えるカタ", "カタワ", "ホー"),
            ("ハーシス", "ハーシス", "エイチ"),
            ("ごぶ", "ゴブ", "ゴフン"),
            ("イチ、イチ、キュウばん", "イチ、イチ、キュウバン", "チキュー"),
            ("保健所", "ホケンジョ", "ホケンショ"),
            ("下痢", "ゲリ", "クダリ"),
            ("シャープ", "シャープ", "#"),
        ] {
            let read = one.reading.replace("キュー", "キュウ");
            let fits = !one.text.contains(words) || (read.contains(reading) && !read.contains(not));
            assert!(fits, "{}: {} is read {}", one.id, one.text, one.reading);
        }
    }
}

#[test]
fn a_key_cuts_what_follows_the_last_firm_utterance() {
    let firm = |prompt: &str, barge_in| Utterance { barge_in, ..said(prompt, Language::Japanese, Vec::new()) };
    let (first, second, third) =
        (firm("call_back.greeting", true), firm("questionnaire.advice", false), firm("red_answer.passed_on", true));
    let spoken = LIBRARY.clips(&FLOW_SET, &reply(vec![first, second, third]));
    let last = spoken.say.iter().rposition(|clip| clip.firm).unwrap();
    assert!(spoken.say[..last].iter().all(|clip| clip.firm));
    // A sentence and the pause after it.
    assert_eq!(spoken.say.len() - last - 1, 2);
    assert_eq!(spoken.missing, []);
}

/// A folder with the recordings of the house, to be broken.
fn copied(also: impl Fn(&Recording) -> bool) -> (tempfile::TempDir, Vec<Recording>) {
    let copy = tempfile::tempdir().unwrap();
    let own = |one: &Recording| one.id.as_str().starts_with("voices.");
    let kept: Vec<_> = entries(&folder()).unwrap().into_iter().filter(|one| own(one) || also(one)).collect();
    for one in &kept {
        let file = one.file(copy.path());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::copy(one.file(&folder()), file).unwrap();
    }
    std::fs::write(copy.path().join(MANIFEST_FILE), serde_json::to_string(&kept).unwrap()).unwrap();
    (copy, kept)
}

/// Row "voice file truncated or stereo" of the table.
#[test]
fn a_broken_recording_is_refused_at_start_by_name() {
    let (copy, kept) = copied(|_| false);
    let one = &kept[0];
    let (file, good) = (one.file(copy.path()), std::fs::read(one.file(&folder())).unwrap());
    let with = |at: usize, bytes: &[u8]| {
        let mut content = good.clone();
        content[at..at + bytes.len()].copy_from_slice(bytes);
        content
    };
    let load = || VoiceLibrary::load(&[copy.path()]);
    for (content, expected) in [
        (good[..good.len() / 2].to_vec(), "truncated"),
        (with(22, &[2, 0]), "2 channels"),
        (with(20, &[1, 0]), "its encoding is 1"),
        (with(24, &16_000_u32.to_le_bytes()), "16000 samples"),
        (with(100, &[0, 0, 0]), "isn't the file that manifest.json describes"),
    ] {
        std::fs::write(&file, content).unwrap();
        let said = load().unwrap_err().to_string();
        assert!(said.contains(&file.display().to_string()) && said.contains(expected), "{said}");
    }
    std::fs::remove_file(&file).unwrap();
    let said = load().unwrap_err().to_string();
    assert!(said.contains(&file.display().to_string()), "{said}");
    std::fs::write(&file, &good).unwrap();
    load().unwrap();
    std::fs::write(copy.path().join(MANIFEST_FILE), "[").unwrap();
    assert!(matches!(load(), Err(VoicesError::Manifest { .. })));
    let other = Recording { text: "ほかの言葉".into(), ..one.clone() };
    std::fs::write(copy.path().join(MANIFEST_FILE), serde_json::to_string(&[other]).unwrap()).unwrap();
    assert!(matches!(load(), Err(VoicesError::OtherWords { .. })));
    std::fs::write(copy.path().join(MANIFEST_FILE), "[]").unwrap();
    assert!(matches!(load(), Err(VoicesError::NoFallback { .. })));
    let outside = serde_json::to_string(&[one]).unwrap().replace(one.id.as_str(), "../../etc/passwd");
    std::fs::write(copy.path().join(MANIFEST_FILE), outside).unwrap();
    assert!(matches!(load(), Err(VoicesError::Manifest { .. })));
}

#[test]
fn a_missing_recording_is_replaced_and_noted_and_never_silence() {
    let (copy, _) = copied(|one| one.text == "わかりました。");
    let library = VoiceLibrary::load(&[copy.path()]).unwrap();
    for language in Language::ALL {
        let both = vec![said("shared.goodbye", language, vec![]), said("shared.no_input_1", language, vec![])];
        let spoken = library.clips(&FLOW_SET, &reply(both));
        let fallback = entries(&folder())
            .unwrap()
            .into_iter()
            .find(|one| one.language == language && one.id.as_str() == "voices.fallback");
        let fallback = fallback.unwrap().samples(&folder()).unwrap();
        // Once, with the pause after it.
        assert_eq!(spoken.say.iter().filter(|clip| clip.audio == fallback).count(), 1);
        assert_eq!(spoken.say.len(), 2);
        let missing =
            ["shared.goodbye", "shared.no_input_1"].map(|id| MissingVoice::Prompt(PromptId::from(id), language));
        assert_eq!(spoken.missing, missing);
    }
    // Half of a prompt could mean something else than the whole.
    let spoken = library.clips(&FLOW_SET, &reply(vec![said("person.call_back_noted", Language::Japanese, vec![])]));
    assert_eq!(spoken.missing.len(), 1);
    // A prompt that the documents lack.
    let spoken = library.clips(&FLOW_SET, &reply(vec![said("shared.nothing", Language::English, vec![])]));
    assert_eq!(spoken.say.len(), 2);
}

#[test]
fn a_recording_of_ones_own_replaces_one_and_names_a_centre() {
    let own = tempfile::tempdir().unwrap();
    let tone = wav::write(&[0x55; 800]).unwrap();
    let wanted = texts(&FLOW_SET).into_iter().find(|one| one.id == "shared.take_your_time.1").unwrap();
    let keep = |id: &str, text: &str, content: &[u8]| {
        keep(own.path(), Language::Japanese, id.parse().unwrap(), text.to_owned(), "見本 花子", "own", content)
    };
    assert!(matches!(keep(&wanted.id, &wanted.text, b"RIFF"), Err(VoicesError::Form { source: WavError::NotWav, .. })));
    keep(&wanted.id, &wanted.text, &tone).unwrap();
    keep(&wanted.id, &wanted.text, &tone).unwrap();
    keep("centre.13101", "みほんほけんじょ", &tone).unwrap();
    assert_eq!(entries(own.path()).unwrap().len(), 2);
    let library = VoiceLibrary::load(&[&folder(), own.path()]).unwrap();
    assert_eq!(library.recording(Language::Japanese, &wanted.text).unwrap().len(), 800);
    let said_as = SaidAs { reading: Some("みほんほけんじょ".into()), latin_name: None };
    for language in Language::ALL {
        let fill = vec![Fill::CentreSaidAs("見本保健所".into(), said_as.clone())];
        let spoken = library.clips(&FLOW_SET, &reply(vec![said("withdrawn.goodbye", language, fill)]));
        assert_eq!(spoken.missing, [], "{language}");
        assert!(spoken.say.iter().any(|clip| *clip.audio == [0x55; 800]), "{language}");
        let fill = vec![Fill::Centre("別の保健所".into())];
        let spoken = library.clips(&FLOW_SET, &reply(vec![said("withdrawn.goodbye", language, fill)]));
        assert_eq!(spoken.missing, [MissingVoice::CentreName(PromptId::from("withdrawn.goodbye"), language)]);
        assert!(spoken.say.len() > 2, "{language}");
    }
}
