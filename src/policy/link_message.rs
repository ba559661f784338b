//! The SMS with a report link. It names neither the patient nor the illness: others may read the phone's screen.

use crate::domain::Language;

/// The message, in the patient's language. Who gets it must be able to check that it is real: it names the health
/// centre and its number.
pub fn link_message(language: Language, centre: &str, phone: &str, url: &str) -> String {
    let text = match language {
        Language::Japanese => {
            "{centre}です。今日の健康状態は、次のリンクから生年月日を入れて報告できます（今日だけ使えます）。{url} お問い合わせ: {phone}"
        }
        Language::English => {
            "{centre}: report today's health at this link with your birth date. It works today only. {url} Questions: {phone}"
        }
        Language::ChineseSimplified => {
            "{centre}：请通过以下链接输入出生日期，报告今天的健康状况（仅限今天有效）。{url} 咨询：{phone}"
        }
        Language::ChineseTraditional => {
            "{centre}：請由以下連結輸入出生日期，回報今天的健康狀況（僅限今天有效）。{url} 洽詢：{phone}"
        }
        Language::Korean => {
            "{centre}입니다. 아래 링크에서 생년월일을 입력하고 오늘의 건강 상태를 알려 주십시오(오늘만 사용 가능). {url} 문의: {phone}"
        }
        Language::Spanish => {
            "{centre}: informe hoy de su salud en este enlace con su fecha de nacimiento. Solo sirve hoy. {url} Consultas: {phone}"
        }
        Language::Portuguese => {
            "{centre}: informe hoje sua saúde neste link com sua data de nascimento. Só vale hoje. {url} Dúvidas: {phone}"
        }
    };
    // A name with braces is a name: it is put in last.
    text.replace("{url}", url).replace("{phone}", phone).replace("{centre}", centre)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_the_link_the_centre_and_its_number() {
        for language in Language::ALL {
            let text = link_message(language, "見本{url}保健所", "03-0000-0100", "https://x.example/portal/r/T");
            for part in ["見本{url}保健所", "03-0000-0100", "https://x.example/portal/r/T"] {
                assert!(text.contains(part), "{language:?} {text}");
            }
        }
    }
}
