//! Characters that look like the intended ones: invisible marks, as pasted by chats and PDF readers, and the radicals
//! and compatibility ideographs that PDF readers yield for 日, 月 and 年.

use unicode_normalization::char::{decompose_canonical, decompose_compatible};

/// Returns `true` for invisible characters: direction marks, joiners, variation selectors, soft hyphens, fillers,
/// tags.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns `true` for a variation selector, which chooses the shape of the preceding character. Names contain them (葛
/// with U+E0100).
pub(super) const fn is_variation(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The intended character of a radical or a compatibility ideograph. Other characters are returned unchanged.
pub(super) fn meant(c: char) -> char {
    match c {
        '\u{2e80}'..='\u{2ef3}' => {
            let place = u32::from(c).saturating_sub(0x2e80);
            usize::try_from(place).ok().and_then(|place| SUPPLEMENT.chars().nth(place)).unwrap_or(c)
        }
        '\u{2f00}'..='\u{2fd5}' => only(c, |keep| decompose_compatible(c, keep)),
        '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' => only(c, |keep| decompose_canonical(c, keep)),
        _ => c,
    }
}

/// The single character of a decomposition.
fn only(c: char, decompose: impl FnOnce(&mut dyn FnMut(char))) -> char {
    let (mut found, mut count) = (c, 0_u8);
    decompose(&mut |part| {
        found = part;
        count = count.saturating_add(1);
    });
    if count == 1 { found } else { c }
}

/// CJK Radicals Supplement, U+2E80 to U+2EF3, from `EquivalentUnifiedIdeograph.txt` of Unicode 14.
const SUPPLEMENT: &str = "\
    ⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂\
    肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_are_the_ideographs_that_they_look_like() {
        let seen: String = "⽣年⽉⽇⾔語⺟⺠⻄⻑⻘⻲\u{f98e}\u{2e9c}\u{2e9d}".chars().map(meant).collect();
        assert_eq!(seen, "生年月日言語母民西長青亀年日月");
        assert_eq!(SUPPLEMENT.chars().count(), 0x74);
        assert_eq!(meant('見'), '見');
    }
}
