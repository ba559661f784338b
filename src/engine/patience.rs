//! How the wait for a key is divided: a sentence is repeated, so that the caller never hears nothing for long.

/// The longest silence while a key is waited for, in seconds. After about ten seconds people ask whether anybody is
/// there, and hang up.
pub const LONGEST_SILENCE_SECONDS: u8 = 15;

/// The silences of a wait, in seconds. Between two of them the sentence is said.
pub fn silences(wait_seconds: u8) -> Vec<u8> {
    let parts = wait_seconds.div_ceil(LONGEST_SILENCE_SECONDS).max(1);
    let each = wait_seconds.checked_div(parts).unwrap_or(wait_seconds);
    let longer = wait_seconds.checked_rem(parts).unwrap_or(0);
    (0..parts).map(|nth| each.saturating_add(u8::from(nth < longer))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_silence_is_longer_than_the_longest_and_none_is_lost() {
        assert_eq!(silences(10), [10]);
        assert_eq!(silences(15), [15]);
        assert_eq!(silences(16), [8, 8]);
        assert_eq!(silences(60), [15; 4]);
        for wait in 0..=u8::MAX {
            let parts = silences(wait);
            assert!(parts.iter().all(|part| *part <= LONGEST_SILENCE_SECONDS), "{parts:?}");
            assert_eq!(parts.iter().copied().map(u32::from).sum::<u32>(), u32::from(wait));
        }
    }
}
