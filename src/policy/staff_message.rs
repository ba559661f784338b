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

/// A trial message to a person of a health centre's rota, in the reader's language.
pub fn trial_message(language: Language, centre: &str) -> String {
    let text = match language {
        Language::Japanese => {
            "Kenko Call: {centre}の当番の連絡テストです。緊急ではありません。何もしなくて大丈夫です。"
        }
        Language::English => "Kenko Call: a trial of the rota of {centre}. This is no alert; you needn't do anything.",
        Language::ChineseSimplified => "Kenko Call：这是{centre}值班联络的测试，不是紧急警报，无需处理。",
        Language::ChineseTraditional => "Kenko Call：這是{centre}值班聯絡的測試，不是緊急警報，無需處理。",
        Language::Korean => "Kenko Call: {centre} 당번 연락 시험입니다. 긴급이 아니며 아무것도 하지 않으셔도 됩니다.",
        Language::Spanish => "Kenko Call: prueba de la lista de guardia de {centre}. No es una alerta; no haga nada.",
        Language::Portuguese => "Kenko Call: teste da escala de {centre}. Não é um alerta; não precisa fazer nada.",
    };
    text.replace("{centre}", centre)
}

/// The words of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterWords {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The same by e-mail. It names no patient either.
pub fn staff_letter(language: Language, centre: &str, lines: usize, console: &str) -> LetterWords {
    let (subject, last) = match language {
        Language::Japanese => {
            ("Kenko Call: {centre} 緊急 {lines}件", "電話の案内でも引き受けられます。このメールには返信できません。")
        }
        Language::English => (
            "Kenko Call: {lines} red at {centre}",
            "You can also take them when the phone rings. Nobody reads replies to this message.",
        ),
        Language::ChineseSimplified => ("Kenko Call：{centre} 紧急 {lines}件", "也可以在来电中接手。请勿回复本邮件。"),
        Language::ChineseTraditional => ("Kenko Call：{centre} 緊急 {lines}件", "也可以在來電中接手。請勿回覆本郵件。"),
        Language::Korean => {
            ("Kenko Call: {centre} 긴급 {lines}건", "전화 안내에서도 맡을 수 있습니다. 이 메일에는 회신할 수 없습니다.")
        }
        Language::Spanish => (
            "Kenko Call: {lines} en rojo en {centre}",
            "También puede aceptarlas cuando suene el teléfono. Nadie lee las respuestas a este mensaje.",
        ),
        Language::Portuguese => (
            "Kenko Call: {lines} em vermelho em {centre}",
            "Também pode aceitá-los quando o telefone tocar. Ninguém lê as respostas a esta mensagem.",
        ),
    };
    LetterWords {
        subject: subject.replace("{lines}", &lines.to_string()).replace("{centre}", centre),
        text: format!("{}\n\n{last}\n", staff_message(language, centre, lines, console)),
    }
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
            let trial = trial_message(language, "見本{lines}保健所");
            assert!(trial.contains("見本{lines}保健所") && sms_segments(&trial) <= 2, "{trial}");
            let letter = staff_letter(language, "見本{lines}保健所", 3, "https://kenko.example/console");
            assert!(letter.subject.contains("見本{lines}保健所") && letter.subject.contains('3'), "{letter:?}");
            assert!(letter.text.starts_with(&format!("{text}\n")), "{letter:?}");
        }
    }
}
