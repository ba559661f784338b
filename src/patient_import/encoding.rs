//! Detects the encoding of a text file. A wrong guess would register people with garbled names, so an ambiguous file
//! is refused.

use super::finding::{Fault, Finding, Place};
use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Decodes UTF-8 (with or without a byte-order mark), UTF-16 with a byte-order mark, or Shift_JIS as Windows writes
/// it (CP932).
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Finding> {
    if is_utf_32(bytes) {
        return Err(Fault::Encoding("UTF-32").into());
    }
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf_16(UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => return utf_16(UTF_16BE, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => return utf_8(rest),
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        // ISO-2022-JP consists of ASCII with escape sequences. In UTF-16 without a mark, every other byte of ASCII
        // text is NUL.
        if text.contains("\u{1b}$") {
            return Err(Fault::Encoding("ISO-2022-JP").into());
        }
        if mostly_nul(bytes) {
            return Err(Fault::Encoding("UTF-16 without a byte-order mark").into());
        }
        return Ok(Cow::Borrowed(text));
    }
    if mostly_utf_8(bytes) {
        return utf_8(bytes);
    }
    if mostly_nul(bytes) {
        return Err(Fault::Encoding("UTF-16 without a byte-order mark").into());
    }
    let euc = strict(EUC_JP, bytes).is_some();
    match (strict(SHIFT_JIS, bytes), euc) {
        // Real Shift_JIS kanji are almost never valid EUC-JP. But EUC-JP and its Chinese and Korean relatives often
        // are valid Shift_JIS, as meaningless half-width katakana.
        (Some(text), true) => match katakana(&text) {
            Katakana::Written => Ok(text),
            Katakana::Possible => Err(Fault::Katakana.into()),
            Katakana::Jumble => Err(Fault::Encoding("EUC-JP or a relative of it").into()),
        },
        (None, true) => Err(Fault::Encoding("EUC-JP or a relative of it").into()),
        (Some(text), false) if !text.contains('\u{80}') => Ok(text),
        (Some(_), false) => Err(Fault::Encoding("an encoding that can't be told").into()),
        (None, false) => Err(cut_shift_jis(bytes).unwrap_or(Fault::Encoding("an encoding that can't be told").into())),
    }
}

fn strict<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Option<Cow<'b, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

fn utf_16<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Result<Cow<'b, str>, Finding> {
    let whole = strict(encoding, bytes);
    let cut = || {
        // Half a character, or half a surrogate pair.
        let even = bytes.len().saturating_sub(bytes.len() % 2);
        let shorter = [even, even.saturating_sub(2)].into_iter().filter(|length| *length < bytes.len());
        shorter.into_iter().find_map(|length| strict(encoding, bytes.get(..length)?))
    };
    whole.ok_or_else(|| match cut() {
        Some(text) => cut_off(&text),
        None => Fault::Encoding("damaged UTF-16").into(),
    })
}

fn utf_8(bytes: &[u8]) -> Result<Cow<'_, str>, Finding> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).and_then(|begin| std::str::from_utf8(begin).ok());
        let cut = cut_off(before.unwrap_or_default());
        if error.error_len().is_none() { cut } else { Finding { fault: Fault::Encoding("damaged UTF-8"), ..cut } }
    })
}

/// A file that ends in the middle of a character, after this text.
fn cut_off(before: &str) -> Finding {
    Finding { place: Place::Row(super::records::lines(before).saturating_add(1)), fault: Fault::CutOff }
}

/// Returns `true` if the bytes outside ASCII are mostly UTF-8, with some damage. Multi-byte characters are rarely
/// valid by chance.
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut valid, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid = valid.saturating_add(chunk.valid().chars().filter(|c| !c.is_ascii()).count());
        broken = broken.saturating_add(usize::from(!chunk.invalid().is_empty()));
    }
    valid > broken.saturating_mul(2)
}

/// Detects Shift_JIS that ends with the first half of a character. Other Japanese text must precede it: a single such
/// byte may be a letter of an unknown encoding.
fn cut_shift_jis(bytes: &[u8]) -> Option<Finding> {
    let (last, before) = bytes.split_last()?;
    let text = strict(SHIFT_JIS, before)?;
    let leads = matches!(last, 0x81..=0x9f | 0xe0..=0xfc);
    let japanese = text.chars().any(|c| !c.is_ascii() && !is_half_katakana(c) && !c.is_control());
    (leads && japanese && strict(EUC_JP, before).is_none()).then(|| cut_off(&text))
}

/// How plausible a text of half-width katakana is, which may be kanji of another encoding.
enum Katakana {
    /// Plausible, with voicing marks in the right places.
    Written,
    /// Possible.
    Possible,
    /// Meaningless.
    Jumble,
}

fn katakana(text: &str) -> Katakana {
    let (mut before, mut letters, mut voiced) = (' ', 0_usize, 0_usize);
    for c in text.chars() {
        if !c.is_ascii() && !is_half_katakana(c) {
            return Katakana::Jumble;
        }
        letters = letters.saturating_add(usize::from(!c.is_ascii()));
        let fits = match c {
            'ﾞ' => matches!(before, 'ｳ' | 'ｶ'..='ﾄ' | 'ﾊ'..='ﾎ'),
            'ﾟ' => matches!(before, 'ﾊ'..='ﾎ'),
            'ｬ' | 'ｭ' | 'ｮ' => matches!(before, 'ｷ' | 'ｼ' | 'ﾁ' | 'ﾆ' | 'ﾋ' | 'ﾐ' | 'ﾘ' | 'ﾃ' | 'ﾌ' | 'ﾞ' | 'ﾟ'),
            'ｧ' | 'ｨ' | 'ｩ' | 'ｪ' | 'ｫ' | 'ｯ' | 'ｰ' | 'ﾝ' => is_half_katakana(before),
            // Brackets, full stops and ｦ don't occur in names.
            '｡'..='､' | 'ｦ' => false,
            _ => true,
        };
        if !fits {
            return Katakana::Jumble;
        }
        voiced = voiced.saturating_add(usize::from(matches!(c, 'ﾞ' | 'ﾟ')));
        before = c;
    }
    // In names, about one letter in ten is voiced. In kanji misread as katakana, it is about one in a hundred.
    if voiced > 0 && voiced.saturating_mul(24) >= letters { Katakana::Written } else { Katakana::Possible }
}

const fn is_half_katakana(c: char) -> bool {
    matches!(c, '\u{ff61}'..='\u{ff9f}')
}

/// Returns `true` for UTF-32: in each four bytes, the highest is NUL, and the two lowest aren't both NUL.
fn is_utf_32(bytes: &[u8]) -> bool {
    let seen = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let all = |holds: fn(&[u8]) -> bool| seen.len() >= 8 && seen.chunks_exact(4).all(holds);
    // No character lies above U+10FFFF. In UTF-16, a byte of a letter is in that place.
    all(|four| matches!(four, [a, b, 0..=0x10, 0] if (*a, *b) != (0, 0)))
        || all(|four| matches!(four, [0, 0..=0x10, c, d] if (*c, *d) != (0, 0)))
}

/// The possible originals of a short text that was read in a wrong encoding.
pub(super) fn ungarbled(text: &str) -> impl Iterator<Item = String> {
    const LONGEST: usize = 200;
    let text = if text.len() > LONGEST || text.is_ascii() { "" } else { text };
    let bytes = |encoding: &'static Encoding| {
        let (bytes, _, lossy) = encoding.encode(text);
        (!lossy).then(|| bytes.into_owned())
    };
    // Programs that follow no standard use bytes as the characters with these numbers.
    let plain: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let read = |bytes: Option<Vec<u8>>, right: &'static Encoding| {
        bytes.map(|bytes| right.decode_without_bom_handling(&bytes).0.into_owned())
    };
    [
        read(bytes(SHIFT_JIS), UTF_8),
        read(bytes(WINDOWS_1252), UTF_8),
        read(plain.clone(), UTF_8),
        read(bytes(WINDOWS_1252), SHIFT_JIS),
        read(plain, SHIFT_JIS),
    ]
    .into_iter()
    .flatten()
}

/// How many bytes from the start are searched for NUL bytes.
const LOOKED_AT: usize = 1024;

fn mostly_nul(bytes: &[u8]) -> bool {
    let seen = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    seen.iter().filter(|&&byte| byte == 0).count().saturating_mul(4) > seen.len()
}
