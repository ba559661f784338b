//! Words that the flow documents don't have, because only recordings need them.

use crate::domain::Language;

/// The recording for a prompt without one.
pub(super) const FALLBACK: &str = "voices.fallback";
/// The recording for a health centre whose name isn't recorded.
pub(super) const CENTRE: &str = "voices.centre";
/// What follows the largest number that is recorded.
pub(super) const OR_MORE: &str = "voices.or_more";

/// What a recording says in a language.
type Words = fn(Language) -> &'static str;

/// All of them.
pub(super) const ALL: [(&str, Words); 3] = [(FALLBACK, fallback), (CENTRE, centre), (OR_MORE, or_more)];

/// Said instead of a prompt whose recording is missing. At every question, 0 leads to a person.
pub(super) const fn fallback(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "申し訳ありません。ご案内の音声が、用意できていません。職員と話すときは、ゼロを押してください。"
        }
        Language::English => "We are sorry. This part of the call can't be played. To talk to a person, press 0.",
        Language::ChineseSimplified => "对不起。这段语音暂时无法播放。找工作人员请按0。",
        Language::ChineseTraditional => "對不起。這段語音暫時無法播放。找工作人員請按0。",
        Language::Korean => "죄송합니다. 안내 음성이 준비되지 않았습니다. 직원과 통화하시려면 공번을 눌러 주세요.",
        Language::Spanish => {
            "Lo sentimos. Esta parte de la llamada no está grabada. Para hablar con una persona, presione 0."
        }
        Language::Portuguese => {
            "Desculpe. Esta parte da ligação não está gravada. Para falar com uma pessoa, digite 0."
        }
    }
}

/// Said instead of a health centre's name. In Spanish and Portuguese the words "health centre" are in the prompts.
pub(super) const fn centre(language: Language) -> &'static str {
    match language {
        Language::Japanese => "保健所",
        Language::English => "your public health centre",
        Language::ChineseSimplified | Language::ChineseTraditional => "保健所",
        Language::Korean => "보건소",
        Language::Spanish => "de su zona",
        Language::Portuguese => "da sua região",
    }
}

/// Said after a number that stands for itself and all larger ones.
pub(super) const fn or_more(language: Language) -> &'static str {
    match language {
        Language::Japanese => "以上",
        Language::English => "or more",
        Language::ChineseSimplified | Language::ChineseTraditional => "以上",
        Language::Korean => "이상",
        Language::Spanish => "o más",
        Language::Portuguese => "ou mais",
    }
}
