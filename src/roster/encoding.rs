//! Which encoding a text file is in. A wrong guess would register people under garbled names, so a file that could be
//! read in two ways is refused instead.

use super::finding::Fault;
use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Decodes UTF-8 (with or without a byte-order mark), UTF-16 with one, or Shift_JIS as Windows writes it (CP932).
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let strict = |encoding: &'static Encoding, bytes| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(Fault::Encoding("damaged UTF-16"))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return strict(UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => return strict(UTF_16BE, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| Fault::Encoding("damaged UTF-8"));
        }
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        // ISO-2022-JP hides behind escape sequences of plain ASCII; UTF-16 without its mark is every other byte NUL.
        if text.contains("\u{1b}$") {
            return Err(Fault::Encoding("ISO-2022-JP"));
        }
        if mostly_nul(bytes) {
            return Err(Fault::Encoding("UTF-16 without a byte-order mark"));
        }
        return Ok(Cow::Borrowed(text));
    }
    let japanese = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    let euc = EUC_JP.decode_without_bom_handling_and_without_replacement(bytes);
    match (japanese, euc) {
        // Real Shift_JIS kanji are almost never valid EUC-JP, while EUC-JP and its Chinese and Korean relatives often
        // pass for Shift_JIS, as a jumble of half-width katakana.
        (Some(_), Some(_)) | (None, Some(_)) => Err(Fault::Encoding("EUC-JP or a relative of it")),
        (Some(text), None) if mostly_nul(bytes) || text.contains('\u{80}') => {
            Err(Fault::Encoding("an encoding that can't be told"))
        }
        (Some(text), None) => Ok(text),
        (None, None) if mostly_nul(bytes) => Err(Fault::Encoding("UTF-16 without a byte-order mark")),
        (None, None) => Err(Fault::Encoding("an encoding that can't be told")),
    }
}

/// How much of the beginning is looked at for NUL bytes.
const LOOKED_AT: usize = 1024;

fn mostly_nul(bytes: &[u8]) -> bool {
    let seen = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    seen.iter().filter(|&&byte| byte == 0).count().saturating_mul(4) > seen.len()
}
