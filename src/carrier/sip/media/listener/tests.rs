//! One press is one key in however many ways it comes, over a line that loses and disorders packets.

use std::net::Ipv4Addr;

use super::super::signals::{babble, coded, silence, tones};
use super::*;

const EVENT: u8 = 101;

fn settings(in_band: bool) -> MediaSettings {
    MediaSettings {
        remote: Some((Ipv4Addr::LOCALHOST, 4_000).into()),
        sources: Vec::new(),
        payload: Payload::Pcmu,
        telephone_event: Some(EVENT),
        in_band,
        dscp: 0,
    }
}

/// A packet of a caller, and when it arrives.
#[derive(Clone)]
struct Arriving {
    ms: u64,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    payload: Vec<u8>,
}

/// What is heard of packets that arrive.
fn heard(listener: &mut Listener, packets: &[Arriving]) -> String {
    let mut found = String::new();
    let mut tell = |event| match event {
        MediaEvent::Key(key) => found.push(key),
        MediaEvent::Beep => found.push('b'),
        MediaEvent::Fax => found.push('f'),
        _ => {}
    };
    let mut packets = packets.to_vec();
    packets.sort_by_key(|packet| packet.ms);
    for arriving in packets {
        let packet = Packet {
            payload_type: arriving.payload_type,
            marker: false,
            sequence: arriving.sequence,
            timestamp: arriving.timestamp,
            ssrc: 3,
            payload: &arriving.payload,
        };
        let now = Duration::from_millis(arriving.ms);
        listener.packet(&packet, now, &mut tell);
        listener.tick(now, &mut tell);
    }
    listener.tick(Duration::from_secs(9_999), &mut tell);
    found
}

fn key_5(ms: usize) -> Vec<f32> {
    tones(ms, &[(770.0, -10.0, 0.0), (1_336.0, -10.0, 1.0)])
}

/// A sound as packets of 20 ms, from a time on.
fn sound(from_ms: u64, sequence: u16, sound: &[f32]) -> Vec<Arriving> {
    let packets = sound.chunks(160).zip(0_u16..).map(|(chunk, nth)| Arriving {
        ms: from_ms + u64::from(nth) * 20,
        payload_type: 0,
        sequence: sequence.wrapping_add(nth),
        timestamp: u32::try_from(from_ms * 8).unwrap() + u32::from(nth) * 160,
        payload: coded(chunk),
    });
    packets.collect()
}

/// The key 5 by RFC 4733, with timestamps from the same clock as the sound.
fn event(from_ms: u64, timestamp: u32, lasts_ms: u16) -> Vec<Arriving> {
    let packets = (1..=lasts_ms / 20 + 3).map(|nth| {
        let lasted = (nth * 160).min(lasts_ms * 8);
        let end = nth > lasts_ms / 20;
        let [high, low] = lasted.to_be_bytes();
        Arriving {
            ms: from_ms + u64::from(nth) * 20,
            payload_type: EVENT,
            sequence: 0,
            timestamp,
            payload: vec![5, if end { 0x8A } else { 10 }, high, low],
        }
    });
    packets.collect()
}

/// Numbers packets in their order of arrival, as one sender does.
fn numbered(mut packets: Vec<Arriving>) -> Vec<Arriving> {
    packets.sort_by_key(|packet| packet.ms);
    for (packet, nth) in packets.iter_mut().zip(900_u16..) {
        packet.sequence = nth;
    }
    packets
}

#[test]
fn t2_a_key_as_an_event_and_as_a_tone_is_one_key_whichever_is_first() {
    for (event_at, tone_at) in [(1_000, 1_040), (1_040, 1_000), (1_000, 1_000), (1_080, 1_000)] {
        for length in [60, 100, 400] {
            let mut packets = Vec::new();
            for press in 0..4_u64 {
                let later = press * 900;
                let timestamp = u32::try_from((event_at + later) * 8).unwrap();
                packets.extend(event(event_at + later, timestamp, length));
                packets.extend(sound(tone_at + later, 0, &key_5(length.into())));
                packets.extend(sound(tone_at + later + u64::from(length), 0, &silence(200)));
            }
            let found = heard(&mut Listener::new(&settings(true)), &numbered(packets));
            assert_eq!(found, "5555", "event at {event_at}, tone at {tone_at}, for {length} ms");
        }
    }
}

#[test]
fn events_whose_timestamps_have_nothing_to_do_with_the_sound_are_compared_by_arrival() {
    let mut packets = sound(1_000, 0, &[key_5(120), silence(400), key_5(120), silence(200)].concat());
    packets.extend(event(1_020, 4_000_000_000, 120));
    packets.extend(event(1_540, 4_000_004_000, 120));
    assert_eq!(heard(&mut Listener::new(&settings(true)), &numbered(packets)), "55");
}

#[test]
fn an_info_is_the_same_press_or_another_one() {
    let mut listener = Listener::new(&settings(true));
    let packets = sound(0, 0, &[silence(100), key_5(100), silence(100)].concat());
    assert_eq!(heard(&mut listener, &packets), "5");
    let mut keys = Vec::new();
    for ms in [400, 450, 1_500] {
        listener.info('5', Duration::from_millis(ms), &mut |event| keys.push(event));
    }
    assert_eq!(keys.len(), 2, "the first is the tone's");
}

#[test]
fn tones_in_disordered_packets_are_heard_and_lost_packets_make_no_second_key() {
    let mut rng = fastrand::Rng::with_seed(11);
    for _ in 0..50 {
        let mut packets = Vec::new();
        for nth in 0..6_u64 {
            packets.extend(sound(nth * 500, 0, &[key_5(200), silence(300)].concat()));
        }
        let mut packets = numbered(packets);
        for packet in &mut packets {
            packet.ms += 60 + if rng.u8(0..4) == 0 { rng.u64(0..50) } else { 0 };
        }
        let lost = rng.usize(0..packets.len());
        packets.remove(lost);
        let twice = packets[rng.usize(0..packets.len())].clone();
        packets.push(twice);
        assert_eq!(heard(&mut Listener::new(&settings(true)), &packets), "555555");
    }
}

#[test]
fn a_line_that_sends_nothing_in_silence_has_two_keys_in_two_presses() {
    let mut packets = sound(0, 0, &key_5(100));
    packets.extend(sound(180, 5, &key_5(100)));
    assert_eq!(heard(&mut Listener::new(&settings(true)), &packets), "55");
}

#[test]
fn a_re_invite_changes_the_way() {
    let mut listener = Listener::new(&MediaSettings { telephone_event: None, ..settings(true) });
    assert!(listener.takes(0) && !listener.takes(EVENT) && !listener.takes(8));
    let tone = [key_5(100), silence(100)].concat();
    assert_eq!(heard(&mut listener, &sound(0, 0, &tone)), "5");
    listener.update(&settings(false));
    let mut packets = event(300, 2_400, 100);
    packets.extend(sound(600, 0, &tone));
    assert_eq!(heard(&mut listener, &numbered(packets)), "5", "only the event");
}

#[test]
fn a_voicemail_is_told_by_its_beep() {
    let mut rng = fastrand::Rng::with_seed(12);
    let beep = tones(400, &[(1_000.0, -12.0, 0.0)]);
    let all = [babble(8, &mut rng), silence(500), beep, silence(1_000)].concat();
    assert_eq!(heard(&mut Listener::new(&settings(true)), &sound(0, 0, &all)), "b");
}

/// What the listener makes of a recording that arrives in packets of 20 ms.
fn heard_of(recording: &[u8]) -> String {
    let mut listener = Listener::new(&MediaSettings { telephone_event: None, ..settings(true) });
    let packets = recording.chunks(160).zip(0_u16..).map(|(samples, nth)| Arriving {
        ms: u64::from(nth) * 20,
        payload_type: 0,
        sequence: nth,
        timestamp: u32::from(nth) * 160,
        payload: samples.to_vec(),
    });
    heard(&mut listener, &packets.collect::<Vec<_>>())
}

/// `tests/fixtures/sixteen_keys.wav` was made by SoX: tones of 50 ms at −15 dB, pauses of 50 ms.
#[test]
fn tones_of_another_program_are_heard() {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sixteen_keys.wav")).unwrap();
    assert_eq!(heard_of(crate::carrier::wav::read(&file).unwrap()), "123A456B789C*0#D");
}

#[test]
fn bad_input_our_own_prompts_as_echo_are_no_keys() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("voices");
    let languages = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = languages.filter(|path| path.is_dir()).flat_map(|path| std::fs::read_dir(path).unwrap());
    let mut played = 0;
    for path in files.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "wav") {
            let file = std::fs::read(&path).unwrap();
            let found = heard_of(crate::carrier::wav::read(&file).unwrap());
            assert_eq!(found, "", "{}", path.display());
            played += 1;
        }
    }
    assert!(played > 1_000, "only {played} recordings");
}
