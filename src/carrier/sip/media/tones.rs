//! Beeps of voicemail and tones of fax machines.
//!
//! The sound is looked at in blocks of 20 ms. A block is a tone if one frequency has most of its energy; a frequency
//! that stays for several blocks is a beep, a fax machine that answers (2,100 Hz) or one that calls (1,100 Hz, half a
//! second in every three and a half).

use std::f32::consts::PI;

/// Samples of a block.
const BLOCK: usize = 160;
const RATE: f32 = 8_000.0;
/// The share of a block's energy that one frequency must have.
const LEAST_SHARE: f32 = 0.85;
/// The least mean square of a block: −35 dBm0.
const LEAST_LEVEL: f32 = 22_300.0 * 22_300.0 / 2.0 * 3.2e-4;
/// How far the frequency of a tone may wander.
const WANDER: f32 = 0.025;
/// Blocks of a beep: 160 ms to 3 s.
const BEEP: std::ops::RangeInclusive<u32> = 8..=150;
/// Frequencies of beeps. 400 Hz is the network's, as busy and ringing tones.
const BEEPS: std::ops::RangeInclusive<f32> = 500.0..=2_050.0;
/// Blocks of an answering fax machine's tone: a second.
const ANSWER: u32 = 50;
/// Blocks of a calling fax machine's tone, and of the pause after it.
const CALLING: std::ops::RangeInclusive<u32> = 20..=31;
const PAUSE: std::ops::RangeInclusive<u32> = 125..=180;
/// Blocks without the tone that end it. A fax machine turns the phase of its tone, which spoils a block.
const END: u32 = 3;
/// How far the frequencies of fax machines may be off, in hertz.
const FAX_OFF: f32 = 40.0;

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A beep ended.
    Beep,
    /// A fax machine.
    Fax,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    frequency: f32,
    blocks: u32,
    misses: u32,
}

/// The detector of one call.
#[derive(Debug)]
pub struct Tones {
    block: [f32; BLOCK],
    filled: usize,
    run: Option<Run>,
    /// Blocks since a tone like a calling fax machine's ended.
    since_calling: Option<u32>,
    fax_told: bool,
}

impl Default for Tones {
    fn default() -> Self {
        Self { block: [0.0; BLOCK], filled: 0, run: None, since_calling: None, fax_told: false }
    }
}

impl Tones {
    /// Listens to samples.
    pub fn listen(&mut self, samples: &[f32], tell: &mut impl FnMut(Signal)) {
        for sample in samples {
            if let Some(place) = self.block.get_mut(self.filled) {
                *place = *sample;
            }
            self.filled = self.filled.saturating_add(1);
            if self.filled >= BLOCK {
                self.filled = 0;
                self.block_is_full(tell);
            }
        }
    }

    /// Silence, of which no packets were sent.
    pub fn pause(&mut self, samples: u64, tell: &mut impl FnMut(Signal)) {
        self.filled = 0;
        let blocks = (samples / 160).min(u64::from(*PAUSE.end()).saturating_add(1));
        for _ in 0..blocks {
            self.next(None, tell);
        }
    }

    fn block_is_full(&mut self, tell: &mut impl FnMut(Signal)) {
        let frequency = frequency(&self.block);
        self.next(frequency, tell);
    }

    fn next(&mut self, frequency: Option<f32>, tell: &mut impl FnMut(Signal)) {
        self.since_calling =
            self.since_calling.map(|blocks| blocks.saturating_add(1)).filter(|blocks| blocks <= PAUSE.end());
        let Some(mut run) = self.run else {
            self.run = frequency.map(|frequency| Run { frequency, blocks: 1, misses: 0 });
            return;
        };
        if frequency.is_some_and(|frequency| (frequency - run.frequency).abs() <= WANDER * run.frequency) {
            run.blocks = run.blocks.saturating_add(run.misses).saturating_add(1);
            run.misses = 0;
        } else {
            run.misses = run.misses.saturating_add(1);
        }
        self.run = Some(run);
        let near = |of: f32| (run.frequency - of).abs() <= FAX_OFF;
        if run.misses == 0 && run.blocks >= ANSWER && near(2_100.0) {
            self.fax(tell);
        }
        let calling = near(1_100.0);
        if calling && run.blocks >= 3 && self.since_calling.is_some_and(|blocks| PAUSE.contains(&blocks)) {
            self.fax(tell);
        }
        if run.misses < END {
            return;
        }
        self.run = frequency.map(|frequency| Run { frequency, blocks: 1, misses: 0 });
        if calling && CALLING.contains(&run.blocks) {
            self.since_calling = Some(END);
        }
        if BEEP.contains(&run.blocks) && BEEPS.contains(&run.frequency) && !self.fax_told {
            tell(Signal::Beep);
        }
    }

    fn fax(&mut self, tell: &mut impl FnMut(Signal)) {
        if !std::mem::replace(&mut self.fax_told, true) {
            tell(Signal::Fax);
        }
    }
}

/// The frequency of a block, in hertz, if it is a tone.
fn frequency(block: &[f32; BLOCK]) -> Option<f32> {
    let energy: f32 = block.iter().map(|sample| sample * sample).sum();
    if energy < LEAST_LEVEL * BLOCK as f32 {
        return None;
    }
    // In a tone, the sum of a sample's neighbours is the sample times twice the cosine of its step.
    let (mut product, mut square) = (0.0, 0.0);
    for three in block.windows(3) {
        if let [before, sample, after] = three {
            product += sample * (before + after);
            square += sample * sample;
        }
    }
    let step = (product / (2.0 * square)).clamp(-1.0, 1.0).acos();
    let (mut re, mut im) = (0.0, 0.0);
    for (sample, nth) in block.iter().zip(0_u16..) {
        let (sine, cosine) = (step * f32::from(nth)).sin_cos();
        re += sample * cosine;
        im += sample * sine;
    }
    let share = 2.0 * (re * re + im * im) / (BLOCK as f32 * energy);
    (share >= LEAST_SHARE).then_some(step * RATE / (2.0 * PI))
}

#[cfg(test)]
mod tests {
    use super::super::signals::{babble, noise, silence, tones};
    use super::*;

    /// What is heard, with the second in which it is.
    fn heard(sound: &[f32]) -> Vec<(usize, Signal)> {
        let mut detector = Tones::default();
        let mut all = Vec::new();
        for (block, nth) in sound.chunks(80).zip(0..) {
            detector.listen(block, &mut |signal| all.push((nth / 100, signal)));
        }
        all
    }

    fn mixed(sound: &[f32], under: &[f32]) -> Vec<f32> {
        sound.iter().zip(under).map(|(one, other)| one + other).collect()
    }

    #[test]
    fn a_beep_after_a_greeting_is_told_when_it_ends() {
        let mut rng = fastrand::Rng::with_seed(1);
        for (frequency, ms) in [(1_000.0, 300), (880.0, 1_000), (1_400.0, 500), (620.0, 250), (2_000.0, 2_000)] {
            let greeting = babble(8, &mut rng);
            let beep = tones(ms, &[(frequency, -12.0, 0.3)]);
            let sound = [greeting[..64_000].to_vec(), silence(300), beep, silence(1_700)].concat();
            let under = noise(sound.len() / 8, -38.0, &mut rng);
            let all = heard(&mixed(&sound, &under));
            assert_eq!(all, [(8 + (300 + ms + 60) / 1_000, Signal::Beep)], "{frequency} Hz for {ms} ms");
        }
    }

    #[test]
    fn voices_keys_and_tones_of_the_network_are_no_beeps() {
        let mut rng = fastrand::Rng::with_seed(2);
        for _ in 0..6 {
            assert_eq!(heard(&babble(10, &mut rng)), []);
        }
        assert_eq!(heard(&noise(5_000, -10.0, &mut rng)), []);
        for low in [697.0, 770.0, 852.0, 941.0] {
            for high in [1_209.0, 1_336.0, 1_477.0, 1_633.0] {
                let key = tones(500, &[(low, -10.0, 0.0), (high, -10.0, 1.0)]);
                assert_eq!(heard(&[key, silence(300)].concat()), [], "{low} and {high} Hz");
            }
        }
        let busy = [tones(500, &[(400.0, -12.0, 0.0)]), silence(500)].concat();
        assert_eq!(heard(&busy.repeat(5)), []);
        assert_eq!(heard(&[tones(100, &[(1_000.0, -12.0, 0.0)]), silence(200)].concat()), [], "too short");
        assert_eq!(heard(&[tones(5_000, &[(1_000.0, -12.0, 0.0)]), silence(200)].concat()), [], "too long");
        assert_eq!(heard(&[tones(500, &[(1_000.0, -45.0, 0.0)]), silence(200)].concat()), [], "too quiet");
    }

    #[test]
    fn fax_machines_are_known() {
        let answering = [silence(1_000), tones(3_000, &[(2_100.0, -12.0, 0.0)]), silence(500)].concat();
        assert_eq!(heard(&answering), [(1, Signal::Fax)]);
        // Its phase turns every 450 ms.
        let mut turning = answering;
        for (block, nth) in turning.chunks_mut(3_600).zip(0..) {
            if nth % 2 == 0 {
                block.iter_mut().for_each(|sample| *sample = -*sample);
            }
        }
        assert_eq!(heard(&turning), [(1, Signal::Fax)]);
        let calling = [tones(500, &[(1_100.0, -12.0, 0.0)]), silence(3_000)].concat();
        assert_eq!(heard(&calling.repeat(3)), [(0, Signal::Beep), (3, Signal::Fax)]);
    }
}
