//! How many parts an SMS is sent and charged in. Source: 3GPP TS 23.038 and 23.040.

/// The characters of the default alphabet beside ASCII letters, digits and the signs of `PLAIN`.
const FOREIGN: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
const PLAIN: &str = " \n\r!\"#%&'()*+,-./:;<=>?";
/// Characters that take two places.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// The number of parts of a text. None is 0.
pub fn sms_segments(text: &str) -> usize {
    let places: Option<usize> = text.chars().map(places_of).sum();
    match places {
        Some(0) => 0,
        Some(places) if places <= 160 => 1,
        Some(places) => places.div_ceil(153),
        None => match text.encode_utf16().count() {
            units if units <= 70 => 1,
            units => units.div_ceil(67),
        },
    }
}

/// The places that a character takes in the default alphabet. `None` if it isn't in it: then the whole text is UTF-16.
fn places_of(character: char) -> Option<usize> {
    match character {
        _ if character.is_ascii_alphanumeric() || PLAIN.contains(character) || FOREIGN.contains(character) => Some(1),
        _ if EXTENDED.contains(character) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn japanese_has_70_characters_in_one_part_and_67_in_each_of_several() {
        for (text, parts) in [
            (String::new(), 0),
            ("あ".repeat(70), 1),
            ("あ".repeat(71), 2),
            ("あ".repeat(134), 2),
            ("あ".repeat(135), 3),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            (format!("{}あ", "a".repeat(70)), 2),
        ] {
            assert_eq!(sms_segments(&text), parts, "{} characters", text.chars().count());
        }
    }

    proptest! {
        #[test]
        fn a_longer_text_never_has_fewer_parts(text in "[a-zあ-ん€𠮷]{0,300}", more in "[a-zあ-ん€𠮷]{0,9}") {
            let longer = format!("{text}{more}");
            prop_assert!(sms_segments(&text) <= sms_segments(&longer));
        }
    }
}
