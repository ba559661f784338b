//! Keys in the sound: two tones at once (ITU-T Q.23), of at least 40 ms, with pauses of at least 40 ms.
//!
//! Every 5 ms the last 20 ms are compared with the eight tones. A key needs five such windows in a row in which one low
//! and one high tone have nearly all the energy, and frequencies within 2.1 %: the turn of their phase from window to
//! window tells. That is a tone of about 30 ms. Six windows without the key end it,
//! so that a dropout of 10 ms doesn't.

use std::f32::consts::PI;
use std::sync::LazyLock;

use super::presses::Place;

/// Samples of a window, and from one window to the next.
const WINDOW: usize = 160;
const HOP: usize = 40;
const RATE: f32 = 8_000.0;
/// The four low tones, then the four high ones, in hertz.
const TONES: [f32; 8] = [697.0, 770.0, 852.0, 941.0, 1_209.0, 1_336.0, 1_477.0, 1_633.0];
const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];
/// How far a frequency may be off. 1.5 % must be heard, 3.5 % mustn't.
const MOST_OFF: f32 = 0.021;
/// The share of the energy that the two tones must have.
const LEAST_SHARE: f32 = 0.9;
/// The ratio of the energies of the tones: 9 dB.
const MOST_TWIST: f32 = 7.94;
/// The amplitude of a tone of 0 dBm0.
const ZERO_DBM0: f32 = 22_300.0;
/// The least energy of the stronger tone, −36 dBm0, and of the weaker one, −42 dBm0, as squares of amplitudes.
const LEAST_STRONGER: f32 = ZERO_DBM0 * ZERO_DBM0 * 2.5e-4;
const LEAST_WEAKER: f32 = ZERO_DBM0 * ZERO_DBM0 * 6.3e-5;
/// Windows in a row that make a press, and end it.
const MAKE: u32 = 5;
const END: u32 = 6;

/// For each sample of a window, the cosine and the sine of each tone under a Hann window, and the Hann window.
static TABLE: LazyLock<([[f32; 16]; WINDOW], [f32; WINDOW])> = LazyLock::new(|| {
    let mut waves = [[0.0; 16]; WINDOW];
    let mut hann = [0.0; WINDOW];
    let samples = waves.iter_mut().zip(hann.iter_mut()).zip(0_u16..);
    for ((row, hann), nth) in samples {
        let nth = f32::from(nth);
        *hann = 0.5 - 0.5 * (2.0 * PI * nth / 160.0).cos();
        let (cosines, sines) = row.split_at_mut(8);
        for ((cosine, sine), tone) in cosines.iter_mut().zip(sines).zip(TONES) {
            let (s, c) = (2.0 * PI * tone * nth / RATE).sin_cos();
            (*cosine, *sine) = (*hann * c, *hann * s);
        }
    }
    (waves, hann)
});

/// A key that is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tone {
    pub key: char,
    /// Whether the press is a new one.
    pub new: bool,
    pub began: Place,
    pub until: Place,
}

/// The sums of the eight tones over one window.
type Sums = [f32; 16];

/// The detector of one call.
#[derive(Debug)]
pub struct InBand {
    window: [f32; WINDOW],
    /// Samples in the window, and those that came since the last comparison.
    filled: usize,
    fresh: usize,
    place: Place,
    before: Option<Sums>,
    /// The key of the last windows, and how many they are.
    run: Option<(char, u32)>,
    down: Option<Down>,
}

#[derive(Debug, Clone, Copy)]
struct Down {
    key: char,
    began: Place,
    until: Place,
    misses: u32,
}

impl Default for InBand {
    fn default() -> Self {
        Self { window: [0.0; WINDOW], filled: 0, fresh: 0, place: 0, before: None, run: None, down: None }
    }
}

impl InBand {
    /// The next sample is at this place: what is between wasn't sent, or was lost. A key that is down stays down over a
    /// loss.
    pub fn jump(&mut self, place: Place, lost: bool) {
        (self.filled, self.fresh, self.before, self.run, self.place) = (0, 0, None, None, place);
        if !lost {
            self.down = None;
        }
    }

    /// Listens to samples.
    pub fn listen(&mut self, samples: &[f32], tell: &mut impl FnMut(Tone)) {
        for sample in samples {
            if self.filled == WINDOW {
                self.window.copy_within(HOP.., 0);
                self.filled = WINDOW.saturating_sub(HOP);
            }
            if let Some(place) = self.window.get_mut(self.filled) {
                *place = *sample;
            }
            self.filled = self.filled.saturating_add(1);
            self.place = self.place.saturating_add(1);
            if self.filled == WINDOW {
                self.compare(tell);
            }
        }
    }

    fn compare(&mut self, tell: &mut impl FnMut(Tone)) {
        let key = self.key_of_window();
        self.run = key.map(|key| match self.run {
            Some((of, windows)) if of == key => (key, windows.saturating_add(1)),
            _ => (key, 1),
        });
        if let Some(down) = &mut self.down {
            if key == Some(down.key) {
                (down.misses, down.until) = (0, self.place);
                tell(Tone { key: down.key, new: false, began: down.began, until: down.until });
                return;
            }
            down.misses = down.misses.saturating_add(1);
            if down.misses >= END {
                self.down = None;
            }
        }
        if let Some((key, windows)) = self.run.filter(|(_, windows)| *windows >= MAKE) {
            let length = (windows as Place).saturating_mul(HOP as Place).saturating_add(100);
            let began = self.place.saturating_sub(length);
            self.down = Some(Down { key, began, until: self.place, misses: 0 });
            tell(Tone { key, new: true, began, until: self.place });
        }
    }

    fn key_of_window(&mut self) -> Option<char> {
        let (waves, hann) = &*TABLE;
        let energy: f32 = self.window.iter().zip(hann).map(|(sample, hann)| (sample * hann).powi(2)).sum();
        // The energy of a tone under the window is 3/16 of its length, times the amplitude squared.
        if energy < LEAST_STRONGER * 30.0 {
            self.before = None;
            return None;
        }
        let mut sums = [0.0; 16];
        for (sample, row) in self.window.iter().zip(waves) {
            for (sum, wave) in sums.iter_mut().zip(row) {
                *sum += sample * wave;
            }
        }
        let before = self.before.replace(sums)?;
        let low = strongest(&sums, 0)?;
        let high = strongest(&sums, 4)?;
        let (low_energy, high_energy) = (corrected(&sums, &before, low)?, corrected(&sums, &before, high)?);
        let (weaker, stronger) = (low_energy.min(high_energy), low_energy.max(high_energy));
        let loud = stronger >= LEAST_STRONGER && weaker >= LEAST_WEAKER && stronger <= weaker * MOST_TWIST;
        let pure = (low_energy + high_energy) * 30.0 >= LEAST_SHARE * energy;
        let row = KEYS.get(low)?;
        row.get(high.checked_sub(4)?).copied().filter(|_| loud && pure)
    }
}

fn power(sums: &Sums, tone: usize) -> f32 {
    let part = |nth: Option<&f32>| nth.copied().unwrap_or_default();
    part(sums.get(tone)).powi(2) + part(sums.get(tone.saturating_add(8))).powi(2)
}

/// The strongest of four tones.
fn strongest(sums: &Sums, first: usize) -> Option<usize> {
    let four = first..first.saturating_add(4);
    four.max_by(|one, other| power(sums, *one).total_cmp(&power(sums, *other)))
}

/// The square of the amplitude of a tone, or `None` if its frequency is too far off. What the window loses because the
/// frequency is a little off is given back.
fn corrected(sums: &Sums, before: &Sums, tone: usize) -> Option<f32> {
    let sine = tone.saturating_add(8);
    let frequency = *TONES.get(tone)?;
    // The sums are of cosines and of sines: the phase is minus the angle.
    let (re, im) = (*sums.get(tone)?, -*sums.get(sine)?);
    let (re_before, im_before) = (*before.get(tone)?, -*before.get(sine)?);
    let turned = (im * re_before - re * im_before).atan2(re * re_before + im * im_before);
    let expected = 2.0 * PI * frequency * HOP as f32 / RATE;
    let excess = (turned - expected + PI).rem_euclid(2.0 * PI) - PI;
    let off = excess * RATE / (2.0 * PI * HOP as f32);
    if off.abs() > MOST_OFF * frequency {
        return None;
    }
    let bins = off * WINDOW as f32 / RATE;
    let response = if bins.abs() < 0.01 { 1.0 } else { (PI * bins).sin() / (PI * bins) / (1.0 - bins * bins) };
    // The sum of the window is half its length; a tone has half its amplitude there.
    Some(power(sums, tone) / (40.0 * response).powi(2))
}

#[cfg(test)]
mod tests;
