//! Sounds for tests, made from a seed.

use std::f32::consts::PI;

use audio_codec_algorithms::encode_ulaw;

/// The amplitude of a tone of so many dBm0.
pub fn amplitude(level: f32) -> f32 {
    22_300.0 * 10_f32.powf(level / 20.0)
}

/// Tones at once: (hertz, dBm0, phase).
pub fn tones(ms: usize, tones: &[(f32, f32, f32)]) -> Vec<f32> {
    let sample = |nth: usize| {
        let waves = tones.iter().map(|(frequency, level, phase)| {
            amplitude(*level) * (2.0 * PI * frequency * nth as f32 / 8_000.0 + phase).sin()
        });
        waves.sum()
    };
    (0..ms * 8).map(sample).collect()
}

pub fn silence(ms: usize) -> Vec<f32> {
    vec![0.0; ms * 8]
}

/// White noise of so many dBm0.
pub fn noise(ms: usize, level: f32, rng: &mut fastrand::Rng) -> Vec<f32> {
    let peak = amplitude(level) * 1.22;
    (0..ms * 8).map(|_| (rng.f32() * 2.0 - 1.0) * peak).collect()
}

/// What a voice is to a detector: harmonics of a gliding pitch, under formants that move, with breaks and hisses.
pub fn babble(seconds: usize, rng: &mut fastrand::Rng) -> Vec<f32> {
    let mut sound = Vec::with_capacity(seconds * 8_000);
    let mut phases = [0.0_f32; 24];
    while sound.len() < seconds * 8_000 {
        let length = 400 + rng.usize(0..2_000);
        match rng.u8(0..10) {
            0 | 1 => sound.extend(vec![0.0; length / 2]),
            2 => sound.extend(noise(length / 16, -25.0, rng)),
            _ => {
                let (from, to) = (90.0 + rng.f32() * 260.0, 90.0 + rng.f32() * 260.0);
                let formants = [300.0 + rng.f32() * 600.0, 800.0 + rng.f32() * 1_400.0, 2_300.0 + rng.f32() * 700.0];
                let loudness = amplitude(-8.0 - rng.f32() * 14.0);
                for nth in 0..length {
                    let along = nth as f32 / length as f32;
                    let pitch = from + (to - from) * along;
                    let mut sample = 0.0;
                    for (phase, harmonic) in phases.iter_mut().zip(1_u8..) {
                        let frequency = pitch * f32::from(harmonic);
                        if frequency > 3_500.0 {
                            break;
                        }
                        *phase = (*phase + 2.0 * PI * frequency / 8_000.0) % (2.0 * PI);
                        let resonance: f32 =
                            formants.iter().map(|formant| 1.0 / (1.0 + ((frequency - formant) / 80.0).powi(2))).sum();
                        sample += (resonance + 0.02) * phase.sin();
                    }
                    sound.push(sample * loudness * (PI * along).sin());
                }
            }
        }
    }
    sound
}

/// As it arrives: in µ-law.
pub fn coded(sound: &[f32]) -> Vec<u8> {
    sound.iter().map(|sample| encode_ulaw(sample.clamp(-32_000.0, 32_000.0) as i16)).collect()
}
