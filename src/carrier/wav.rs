//! Recordings as WAV files: µ-law, 8 kHz, mono. Nothing else is read or written.

/// Samples, and bytes, a second.
pub const SAMPLE_RATE: u32 = 8_000;
/// The longest recording, in bytes: ten minutes.
pub const MAX_BYTES: usize = 4_800_000;
/// The format code of µ-law.
const MU_LAW: u16 = 7;

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// It doesn't begin as a WAV file does.
    #[error("it isn't a WAV file")]
    NotWav,
    /// It ends in the middle of something.
    #[error("it is truncated: {missing} bytes are missing")]
    Truncated {
        /// How many.
        missing: usize,
    },
    /// It has no `fmt ` chunk before its samples, or a chunk that is too short.
    #[error("it doesn't say which format it has")]
    NoFormat,
    /// It isn't µ-law.
    #[error("its encoding is {0}, and must be µ-law (7)")]
    Encoding(u16),
    /// It isn't mono.
    #[error("it has {0} channels, and must have one")]
    Channels(u16),
    /// Its rate differs.
    #[error("it has {0} samples a second, and must have 8,000")]
    Rate(u32),
    /// Its samples have another size.
    #[error("its samples have {0} bits, and must have 8")]
    Bits(u16),
    /// It has no samples.
    #[error("it is empty")]
    Empty,
    /// It has more samples than a prompt can have.
    #[error("it is longer than ten minutes")]
    TooLong,
}

/// The next chunk: its name, the length that it says, and the bytes from its content on.
fn chunk(bytes: &[u8]) -> Option<([u8; 4], usize, &[u8])> {
    let (name, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    Some((*name, usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX), rest))
}

fn short(bytes: &[u8], at: usize) -> Result<u16, WavError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
    field.map(|field| u16::from_le_bytes(*field)).ok_or(WavError::NoFormat)
}

fn check_format(format: &[u8]) -> Result<(), WavError> {
    let (encoding, channels, bits) = (short(format, 0)?, short(format, 2)?, short(format, 14)?);
    let rate = format.get(4..).and_then(|rest| rest.first_chunk::<4>()).ok_or(WavError::NoFormat)?;
    match (encoding, channels, u32::from_le_bytes(*rate), bits) {
        (MU_LAW, 1, SAMPLE_RATE, 8) => Ok(()),
        (MU_LAW, 1, SAMPLE_RATE, bits) => Err(WavError::Bits(bits)),
        (MU_LAW, 1, rate, _) => Err(WavError::Rate(rate)),
        (MU_LAW, channels, ..) => Err(WavError::Channels(channels)),
        (encoding, ..) => Err(WavError::Encoding(encoding)),
    }
}

/// The samples of a file.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(bytes: &[u8]) -> Result<&[u8], WavError> {
    let (riff, length, mut rest) = chunk(bytes).ok_or(WavError::NotWav)?;
    if &riff != b"RIFF" {
        return Err(WavError::NotWav);
    }
    if let Some(missing) = length.checked_sub(rest.len()).filter(|missing| *missing > 0) {
        return Err(WavError::Truncated { missing });
    }
    rest = rest.get(..length).and_then(|rest| rest.strip_prefix(b"WAVE")).ok_or(WavError::NotWav)?;
    let mut formatted = false;
    while !rest.is_empty() {
        let (name, length, content) = chunk(rest).ok_or(WavError::Truncated { missing: 1 })?;
        let missing = length.saturating_sub(content.len());
        let (content, after) = content.split_at_checked(length).ok_or(WavError::Truncated { missing })?;
        match &name {
            b"fmt " => {
                check_format(content)?;
                formatted = true;
            }
            b"data" if !formatted => return Err(WavError::NoFormat),
            b"data" if content.is_empty() => return Err(WavError::Empty),
            b"data" if content.len() > MAX_BYTES => return Err(WavError::TooLong),
            b"data" => return Ok(content),
            _ => {}
        }
        // Chunks begin at even places.
        rest = if length % 2 == 1 { after.get(1..).unwrap_or_default() } else { after };
    }
    Err(if formatted { WavError::Empty } else { WavError::NoFormat })
}

/// A file with these µ-law samples.
///
/// # Errors
/// [`WavError::Empty`] and [`WavError::TooLong`].
pub fn write(samples: &[u8]) -> Result<Vec<u8>, WavError> {
    if samples.is_empty() {
        return Err(WavError::Empty);
    }
    let count = u32::try_from(samples.len()).ok().filter(|_| samples.len() <= MAX_BYTES).ok_or(WavError::TooLong)?;
    let padded = count.saturating_add(count % 2);
    let mut file = Vec::with_capacity(samples.len().saturating_add(59));
    file.extend(b"RIFF");
    file.extend(padded.saturating_add(50).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(18_u32.to_le_bytes());
    file.extend(MU_LAW.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(SAMPLE_RATE.to_le_bytes());
    file.extend(SAMPLE_RATE.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(8_u16.to_le_bytes());
    file.extend(0_u16.to_le_bytes());
    file.extend(b"fact");
    file.extend(4_u32.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(b"data");
    file.extend(count.to_le_bytes());
    file.extend(samples);
    if padded > count {
        file.push(0);
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
        let mut file = write(&[0xFF; 160]).unwrap();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    }

    #[test]
    fn each_fault_is_named() {
        let good = write(&[0xFF; 160]).unwrap();
        assert_eq!(read(&good), Ok(&[0xFF; 160][..]));
        assert_eq!(read(&good[..100]), Err(WavError::Truncated { missing: 118 }));
        assert_eq!(read(b""), Err(WavError::NotWav));
        assert_eq!(read(b"ID3\x04 an MP3 file"), Err(WavError::NotWav));
        assert_eq!(read(&with(8, b"AVI ")), Err(WavError::NotWav));
        assert_eq!(read(&with(20, &[1, 0])), Err(WavError::Encoding(1)));
        assert_eq!(read(&with(22, &[2, 0])), Err(WavError::Channels(2)));
        assert_eq!(read(&with(24, &16_000_u32.to_le_bytes())), Err(WavError::Rate(16_000)));
        assert_eq!(read(&with(34, &[16, 0])), Err(WavError::Bits(16)));
        assert_eq!(read(&with(12, b"junk")), Err(WavError::NoFormat));
        assert_eq!(read(&with(50, b"junk")), Err(WavError::Empty));
        assert_eq!(read(&with(54, &0_u32.to_le_bytes())), Err(WavError::Empty));
        assert_eq!(write(&[]), Err(WavError::Empty));
        assert_eq!(write(&vec![0; MAX_BYTES + 1]), Err(WavError::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(samples in prop::collection::vec(any::<u8>(), 1..2_000)) {
            let file = write(&samples).unwrap();
            prop_assert_eq!(read(&file), Ok(&samples[..]));
        }

        #[test]
        fn a_truncated_file_is_never_taken(samples in prop::collection::vec(any::<u8>(), 1..500), cut in 1_usize..60) {
            let file = write(&samples).unwrap();
            prop_assert!(read(&file[..file.len().saturating_sub(cut)]).is_err());
        }

        #[test]
        fn nothing_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0_usize..60) {
            _ = read(&bytes);
            let mut file = write(&[0; 200]).unwrap();
            for (place, byte) in file.iter_mut().skip(at).zip(&bytes) {
                *place = *byte;
            }
            _ = read(&file);
        }
    }
}
