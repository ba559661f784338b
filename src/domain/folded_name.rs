//! Names of people as they are compared: people search by the characters that their keyboard offers first.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::lookalike::{is_invisible, is_variation};
use super::width;

/// A name without what doesn't tell people apart: width, case, blanks, hiragana or katakana, and the old and
/// variant forms of characters (髙橋 and 高橋, 﨑 and 崎, 齋藤 and 斉藤). For searching, never for showing.
///
/// The database stores it: after a change of the rules, stored names must be folded again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FoldedName(String);

impl FoldedName {
    /// Folds a name, or a part of one.
    pub fn of(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        for c in width::fold(text).chars().flat_map(char::to_lowercase).filter(|c| !is_left_out(*c)) {
            push(&mut folded, c);
        }
        Self(folded)
    }

    /// Folds a family name and a given name, in this order.
    pub fn of_names(family: &str, given: &str) -> Self {
        Self(Self::of(family).0 + &Self::of(given).0)
    }

    /// The text: for the database. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns `true` if nothing is left to search for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for FoldedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FoldedName(personal)")
    }
}

/// Blanks, and the signs between the parts of foreign names.
fn is_left_out(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || is_variation(c)
        || matches!(c, '・' | '·' | '•' | '=' | '＝' | '゠' | '-' | '‐' | '’' | '\'' | '.' | ',' | '、')
}

fn push(folded: &mut String, c: char) {
    match c {
        // Hiragana, to the katakana 0x60 further on. The long-vowel sign belongs to both.
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => folded.extend(char::from_u32(u32::from(c).saturating_add(0x60)).map(large)),
        'ァ'..='ヶ' => folded.push(large(c)),
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            decompose_canonical(c, |part| {
                if !is_combining_mark(part) {
                    folded.push(part);
                }
            });
        }
        c if is_combining_mark(c) => {}
        c => folded.push(USUAL.get(&c).copied().unwrap_or(c)),
    }
}

/// Small kana as large ones: 三ヶ島 is also written 三ケ島.
const fn large(c: char) -> char {
    match c {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        c => c,
    }
}

/// The usual form of each variant.
static USUAL: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let each = VARIANTS.iter().flat_map(|(usual, variants)| variants.chars().map(|variant| (variant, *usual)));
    each.collect()
});

/// The usual form of a character, and the forms that registers of names have for it besides. Forms that Unicode calls
/// compatibility ideographs are folded with the width.
const VARIANTS: &[(char, &str)] = &[
    ('万', "萬"),
    ('与', "與"),
    ('亜', "亞"),
    ('会', "會"),
    ('内', "內"),
    ('円', "圓"),
    ('凛', "凜"),
    ('剣', "劍劒"),
    ('勲', "勳"),
    ('卯', "夘"),
    ('吉', "𠮷"),
    ('呉', "吳"),
    ('国', "國囯"),
    ('塩', "鹽"),
    ('増', "增"),
    ('学', "學"),
    ('実', "實"),
    ('富', "冨"),
    ('寛', "寬"),
    ('寿', "壽"),
    ('将', "將"),
    ('尭', "堯"),
    ('岳', "嶽"),
    ('峰', "峯"),
    ('島', "嶋嶌㠀"),
    ('崎', "﨑嵜碕"),
    ('巌', "巖"),
    ('巻', "卷"),
    ('広', "廣"),
    ('弥', "彌"),
    ('彦', "彥"),
    ('徳', "德"),
    ('応', "應"),
    ('恒', "恆"),
    ('恵', "惠"),
    ('慎', "愼"),
    ('戸', "戶"),
    ('斉', "斎齊齋"),
    ('晋', "晉"),
    ('暁', "曉"),
    ('曽', "曾"),
    ('条', "條"),
    ('来', "來"),
    ('柳', "栁"),
    ('栄', "榮"),
    ('桑', "桒"),
    ('桜', "櫻"),
    ('桧', "檜"),
    ('梅', "楳"),
    ('楽', "樂"),
    ('槙', "槇"),
    ('横', "橫"),
    ('橋', "槗"),
    ('歩', "步"),
    ('沢', "澤"),
    ('浜', "濱濵"),
    ('涼', "凉"),
    ('清', "淸"),
    ('渋', "澁澀"),
    ('渓', "溪谿"),
    ('温', "溫"),
    ('滝', "瀧"),
    ('瀬', "瀨"),
    ('県', "縣"),
    ('真', "眞"),
    ('礼', "禮"),
    ('稲', "稻"),
    ('穂', "穗"),
    ('竜', "龍"),
    ('篭', "籠"),
    ('総', "總"),
    ('緑', "綠"),
    ('緒', "緖"),
    ('聡', "聰"),
    ('芸', "藝"),
    ('荘', "莊"),
    ('蔵', "藏"),
    ('薫', "薰"),
    ('薮', "藪"),
    ('衛', "衞"),
    ('豊', "豐"),
    ('辺', "邊邉"),
    ('遥', "遙"),
    ('郷', "鄕"),
    ('野', "埜"),
    ('鉄', "鐵鐡"),
    ('関', "關"),
    ('青', "靑"),
    ('静', "靜"),
    ('頼', "賴"),
    ('顕', "顯"),
    ('館', "舘"),
    ('高', "髙"),
    ('鴎', "鷗"),
    ('黄', "黃"),
    ('黒', "黑"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        FoldedName::of(text).expose().to_owned()
    }

    #[test]
    fn forms_that_people_dont_tell_apart_are_the_same() {
        for (one, other) in [
            ("高橋", "髙橋"),
            ("崎", "﨑"),
            ("山崎", "山﨑"),
            ("斎藤", "齋藤"),
            ("斉藤", "齊藤"),
            ("渡辺", "渡邊"),
            ("渡辺", "渡邉"),
            ("吉田", "𠮷田"),
            ("神", "\u{fa19}"),
            ("葛", "葛\u{e0100}"),
            ("小島", "小嶋"),
            ("みほん はなこ", "ミホンハナコ"),
            ("ﾐﾎﾝ", "みほん"),
            ("がく", "ｶﾞｸ"),
            ("三ヶ島", "三ケ島"),
            ("Ｎｇｕｙｅｎ Van", "nguyễn·văn"),
            ("JOSÉ", "jose"),
            ("O'Brien", "o’brien"),
            ("見本　花子", "見本 花子"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [("かさ", "がさ"), ("はな", "ばな"), ("見本", "見木"), ("一ノ瀬", "一ソ瀬")]
        {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
        assert!(FoldedName::of(" ・　").is_empty());
    }

    #[test]
    fn a_usual_form_is_no_variant_of_another_one() {
        for (usual, variants) in VARIANTS {
            for variant in variants.chars() {
                let found = VARIANTS.iter().filter(|(_, others)| others.contains(variant)).count();
                assert_eq!(found, 1, "{variant} is a variant of {found} characters");
                assert_ne!(variant, *usual, "{usual} is its own variant");
                assert!(VARIANTS.iter().all(|(other, _)| *other != variant), "{variant} is usual and a variant");
            }
        }
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing_and_parts_are_found(name in "\\PC{0,12}", part in "\\PC{0,4}") {
            let once = folded(&name);
            prop_assert_eq!(folded(&once), once.clone());
            let both = FoldedName::of_names(&part, &name);
            prop_assert!(both.expose().contains(&once));
            prop_assert!(both.expose().starts_with(&folded(&part)));
        }
    }
}
