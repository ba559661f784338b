//! The message by SMS to staff who are rung about red alerts. It names no patient.

use crate::domain::Language;

/// How many red alerts wait at a health centre, and what to do, in the reader's language.
pub fn staff_message(language: Language, centre: &str, lines: usize, console: &str) -> String {
    let text = match language {
        Language::Japanese => {
            "Kenko Call: {centre}で、引き受けた人のいない緊急が{lines}件あります。コンソールを開いてください。{console}"
        }
        Language::English => "Kenko Call: red alerts waiting at {centre}: {lines}. Open the console: {console}",
        Language::ChineseSimplified => "Kenko Call：{centre}有{lines}件紧急警报无人处理。请打开控制台：{console}",
        Language::ChineseTraditional => "Kenko Call：{centre}有{lines}件緊急警報無人處理。請開啟主控台：{console}",
        Language::Korean => {
            "Kenko Call: {centre}에 담당자가 없는 긴급 알림이 {lines}건 있습니다. 콘솔을 열어 주십시오. {console}"
        }
        Language::Spanish => "Kenko Call: alertas rojas sin atender en {centre}: {lines}. Abra la consola: {console}",
        Language::Portuguese => {
            "Kenko Call: alertas vermelhos sem responsável em {centre}: {lines}. Abra o console: {console}"
        }
    };
    // A name with braces is a name: it is put in last.
    text.replace("{lines}", &lines.to_string()).replace("{console}", console).replace("{centre}", centre)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::sms_segments;

    #[test]
    fn the_message_says_where_and_how_many_in_each_language() {
        for language in Language::ALL {
            let text = staff_message(language, "見本{lines}保健所", 3, "https://kenko.example/console");
            assert!(text.contains("見本{lines}保健所") && text.contains('3'), "{text}");
            assert!(text.ends_with("https://kenko.example/console") && !text.contains("{centre}"), "{text}");
            assert!(sms_segments(&text) <= 3, "{text}");
        }
    }
}
