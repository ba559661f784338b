//! G.711, by `audio-codec-algorithms`.

use audio_codec_algorithms::{convert_ulaw_to_alaw, decode_alaw, decode_ulaw};

use super::Payload;

/// Silence in µ-law.
pub const SILENCE: u8 = 0xFF;

/// A sample as a number from -32,768 to 32,767.
pub fn decode(payload: Payload, sample: u8) -> f32 {
    f32::from(match payload {
        Payload::Pcmu => decode_ulaw(sample),
        Payload::Pcma => decode_alaw(sample),
    })
}

/// Converts µ-law to what the line speaks.
pub fn to_line(payload: Payload, samples: &mut [u8]) {
    if payload == Payload::Pcma {
        for sample in samples {
            *sample = convert_ulaw_to_alaw(*sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converted_samples_are_within_a_step() {
        for sample in 0..=255_u8 {
            let mut converted = [sample];
            to_line(Payload::Pcma, &mut converted);
            let (was, is) = (decode(Payload::Pcmu, sample), decode(Payload::Pcma, converted[0]));
            assert!((was - is).abs() <= was.abs() / 16.0 + 16.0, "{sample}: {was} became {is}");
        }
        assert!(decode(Payload::Pcmu, SILENCE).abs() < 1.0);
        assert!(decode(Payload::Pcmu, 0x80) > 30_000.0 && decode(Payload::Pcma, 0xAA) > 30_000.0);
    }
}
