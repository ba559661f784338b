//! Tests of the detector against ITU-T Q.24 and against sounds that aren't keys.

use super::super::signals::{amplitude, babble, coded, noise, silence, tones};
use super::super::{Payload, g711};
use super::*;

const LOW: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];

/// The keys in a sound, after µ-law.
fn keys(sound: &[f32]) -> String {
    let mut detector = InBand::default();
    let mut found = String::new();
    let heard: Vec<f32> = coded(sound).into_iter().map(|sample| g711::decode(Payload::Pcmu, sample)).collect();
    for packet in heard.chunks(160) {
        detector.listen(packet, &mut |tone| found.extend(Some(tone.key).filter(|_| tone.new)));
    }
    found
}

/// A key: how far its frequencies are off, the level of the stronger tone, and how much weaker the other one is
/// (negative: the low one).
#[derive(Clone, Copy)]
struct Press {
    key: (usize, usize),
    off: (f32, f32),
    level: f32,
    twist: f32,
    ms: usize,
}

impl Press {
    fn sound(self, rng: &mut fastrand::Rng) -> Vec<f32> {
        let (low, high) = self.key;
        let (low_level, high_level) = (self.level + self.twist.min(0.0), self.level - self.twist.max(0.0));
        tones(
            self.ms,
            &[
                (LOW[low] * (1.0 + self.off.0), low_level, rng.f32() * 6.0),
                (HIGH[high] * (1.0 + self.off.1), high_level, rng.f32() * 6.0),
            ],
        )
    }

    fn name(self) -> char {
        KEYS[self.key.0][self.key.1]
    }
}

/// The keys of all sixteen in a row, with pauses, and what should be found.
fn sixteen(press: Press, pause: usize, rng: &mut fastrand::Rng) -> (String, String) {
    let mut sound = silence(rng.usize(40..80));
    sound.extend(vec![0.0; rng.usize(0..160)]);
    let mut wanted = String::new();
    for key in (0..16).map(|nth| (nth / 4, nth % 4)) {
        let press = Press { key, ..press };
        wanted.push(press.name());
        sound.extend(press.sound(rng));
        sound.extend(silence(pause));
        sound.extend(vec![0.0; rng.usize(0..40)]);
    }
    sound.extend(silence(60));
    (keys(&sound), wanted)
}

const GOOD: Press = Press { key: (0, 0), off: (0.0, 0.0), level: -24.0, twist: 0.0, ms: 40 };

#[test]
fn t3_short_quiet_tones_that_are_off_and_twisted_are_all_found() {
    let mut rng = fastrand::Rng::with_seed(3);
    for off in [(0.0, 0.0), (0.015, 0.015), (-0.015, -0.015), (0.015, -0.015), (-0.015, 0.015)] {
        for twist in [-8.0, -4.0, 0.0, 4.0, 8.0] {
            for level in [-24.0, -12.0, -3.0] {
                let (found, wanted) = sixteen(Press { off, twist, level, ..GOOD }, 40, &mut rng);
                assert_eq!(found, wanted, "off by {off:?}, twist {twist}, level {level}");
            }
        }
    }
}

#[test]
fn the_same_key_twice_is_two() {
    let mut rng = fastrand::Rng::with_seed(4);
    for key in (0..16).map(|nth| (nth / 4, nth % 4)) {
        let press = Press { key, ..GOOD };
        let mut sound = silence(50);
        for _ in 0..5 {
            sound.extend(press.sound(&mut rng));
            sound.extend(silence(40));
        }
        assert_eq!(keys(&sound), press.name().to_string().repeat(5));
    }
}

#[test]
fn a_long_press_and_one_with_a_dropout_of_10_ms_are_one() {
    let mut rng = fastrand::Rng::with_seed(5);
    let long = Press { ms: 4_000, ..GOOD };
    let mut sound = [silence(50), long.sound(&mut rng), silence(50)].concat();
    assert_eq!(keys(&sound), "1");
    sound[8_000..8_080].fill(0.0);
    assert_eq!(keys(&sound), "1");
}

#[test]
fn bad_input_tones_of_20_ms_off_by_3_5_percent_or_45_db_down_are_no_keys() {
    let mut rng = fastrand::Rng::with_seed(6);
    for level in [-3.0, -12.0, -24.0] {
        for twist in [-8.0, 0.0, 8.0] {
            let short = Press { ms: 20, level, twist, ..GOOD };
            assert_eq!(sixteen(short, 60, &mut rng).0, "", "20 ms, level {level}, twist {twist}");
            for off in [(0.035, 0.0), (0.0, 0.035), (-0.035, 0.0), (0.0, -0.035), (0.035, 0.035), (-0.035, 0.035)] {
                let wrong = Press { ms: 200, level, twist, off, ..GOOD };
                assert_eq!(sixteen(wrong, 60, &mut rng).0, "", "off by {off:?}, level {level}, twist {twist}");
            }
        }
    }
    for level in [-45.0, -50.0] {
        assert_eq!(sixteen(Press { ms: 200, level, ..GOOD }, 60, &mut rng).0, "", "level {level}");
    }
}

#[test]
fn good_tones_from_5_to_30_db_down_with_8_db_of_twist_are_all_found() {
    let mut rng = fastrand::Rng::with_seed(7);
    for round in 0..625 {
        let level = -5.0 - rng.f32() * 25.0;
        let off = (rng.f32() * 0.03 - 0.015, rng.f32() * 0.03 - 0.015);
        let twist = rng.f32() * 16.0 - 8.0;
        let press = Press { level, off, twist, ms: rng.usize(40..120), ..GOOD };
        let (found, wanted) = sixteen(press, rng.usize(40..80), &mut rng);
        assert_eq!(found, wanted, "round {round}: level {level}, off by {off:?}, twist {twist}");
    }
}

#[test]
fn tones_over_noise_and_over_an_echo_15_db_below_are_found() {
    let mut rng = fastrand::Rng::with_seed(8);
    for round in 0..10 {
        let (mut sound, mut wanted) = (silence(50), String::new());
        for key in (0..16).map(|nth| (nth / 4, nth % 4)) {
            let press = Press { key, level: -12.0, ms: 100, ..GOOD };
            wanted.push(press.name());
            sound.extend(press.sound(&mut rng));
            sound.extend(silence(80));
        }
        let under = if round % 2 == 0 { noise(sound.len() / 8, -30.0, &mut rng) } else { babble(4, &mut rng) };
        let loudest = under.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        for (sample, under) in sound.iter_mut().zip(&under) {
            *sample += under * (amplitude(-27.0) / loudest).min(1.0);
        }
        assert_eq!(keys(&sound), wanted, "round {round}");
    }
}

#[test]
fn noise_babble_and_single_tones_are_no_keys() {
    let mut rng = fastrand::Rng::with_seed(9);
    assert_eq!(keys(&noise(20_000, -12.0, &mut rng)), "");
    for _ in 0..12 {
        assert_eq!(keys(&babble(10, &mut rng)), "");
    }
    for frequency in LOW.iter().chain(&HIGH).chain(&[400.0, 1_000.0, 1_100.0, 2_100.0]) {
        assert_eq!(keys(&tones(500, &[(*frequency, -6.0, 0.0)])), "");
    }
    assert_eq!(keys(&tones(500, &[(697.0, -10.0, 0.0), (852.0, -10.0, 0.0)])), "");
    assert_eq!(keys(&tones(500, &[(697.0, -10.0, 0.0), (1_209.0, -10.0, 0.0), (1_477.0, -10.0, 0.0)])), "");
}

#[test]
fn a_lost_packet_doesnt_make_two_of_one() {
    let mut rng = fastrand::Rng::with_seed(10);
    let sound = Press { ms: 300, ..GOOD }.sound(&mut rng);
    let mut detector = InBand::default();
    let mut new = 0;
    for (packet, nth) in sound.chunks(160).zip(0..) {
        if nth == 6 || nth == 10 {
            continue;
        }
        if nth == 7 || nth == 11 {
            detector.jump(nth * 160, true);
        }
        detector.listen(packet, &mut |tone| new += u32::from(tone.new));
    }
    assert_eq!(new, 1);
    detector.jump(40_000, false);
    detector.listen(&sound, &mut |tone| new += u32::from(tone.new));
    assert_eq!(new, 2, "after a pause of which nothing was sent");
}
