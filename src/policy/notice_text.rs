//! The words of notices: the daily one, a health centre's own or the default of the language, and the invitation (M14).
//! They name no illness: others may read the phone's screen.

use serde::{Deserialize, Serialize};

use crate::domain::{HiddenCharacter, Language, all_visible_in_lines};

/// A health centre's own text of the daily notice in one language. It may contain `{centre}`, the centre's name,
/// `{phone}`, its number, and `{link}`, the address at which the person reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeText(String);

/// Why a text can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeTextError {
    /// It is empty, or longer than [`NoticeText::MOST_CHARACTERS`].
    #[error("the text of a notice has 1 to {} characters", NoticeText::MOST_CHARACTERS)]
    Length,
    /// A brace isn't part of a placeholder.
    #[error("the text of a notice may hold {{centre}}, {{phone}} and {{link}}, and no other braces")]
    UnknownGap,
    /// `{link}` is missing: nobody could report by it.
    #[error("the text of a notice holds {{link}}, the address at which the person reports")]
    NoLink,
    /// It contains a character that a phone doesn't show, other than a line break.
    #[error("the text of a notice: {0}")]
    Hidden(#[from] HiddenCharacter),
}

/// What is put into the gaps.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a personal link")]
pub struct NoticeParts<'a> {
    /// The health centre's name.
    pub centre: &'a str,
    /// Its number, as people write it.
    pub phone: &'a str,
    /// The address at which the person reports.
    pub link: &'a str,
}

const GAPS: [&str; 3] = ["{centre}", "{phone}", "{link}"];

impl NoticeText {
    /// The maximum length of the text with its placeholders.
    pub const MOST_CHARACTERS: usize = 500;

    /// The text to send.
    pub fn filled(&self, parts: NoticeParts<'_>) -> String {
        filled(&self.0, parts)
    }
}

/// The daily notice of a health centre that has no words of its own in this language.
pub fn default_notice(language: Language, parts: NoticeParts<'_>) -> String {
    filled(default_text(language), parts)
}

const fn default_text(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "{centre}です。今日の健康状態を次のページで報告してください。{link} お問い合わせ: {phone}"
        }
        Language::English => "{centre}: please report today's health here: {link} Questions: {phone}",
        Language::ChineseSimplified => "{centre}：请在此页面报告今天的健康状况。{link} 咨询：{phone}",
        Language::ChineseTraditional => "{centre}：請在此頁面回報今天的健康狀況。{link} 洽詢：{phone}",
        Language::Korean => "{centre}입니다. 다음 페이지에서 오늘의 건강 상태를 알려 주십시오. {link} 문의: {phone}",
        Language::Spanish => "{centre}: informe hoy de su salud en esta página: {link} Consultas: {phone}",
        Language::Portuguese => "{centre}: informe hoje sua saúde nesta página: {link} Dúvidas: {phone}",
    }
}

/// Fills the gaps in one pass: a name with braces is a name.
fn filled(text: &str, parts: NoticeParts<'_>) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (words, gap) = rest.split_at(at);
        whole.push_str(words);
        let found =
            GAPS.into_iter().zip([parts.centre, parts.phone, parts.link]).find(|(name, _)| gap.starts_with(name));
        let (name, value) = found.unwrap_or(("{", "{"));
        whole.push_str(value);
        rest = gap.get(name.len()..).unwrap_or_default();
    }
    whole.push_str(rest);
    whole
}

impl std::str::FromStr for NoticeText {
    type Err = NoticeTextError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !(1..=Self::MOST_CHARACTERS).contains(&text.chars().count()) {
            return Err(NoticeTextError::Length);
        }
        all_visible_in_lines(text)?;
        let without = GAPS.into_iter().fold(text.to_owned(), |text, gap| text.replace(gap, ""));
        if without.contains(['{', '}']) {
            return Err(NoticeTextError::UnknownGap);
        }
        if text.contains("{link}") { Ok(Self(text.to_owned())) } else { Err(NoticeTextError::NoLink) }
    }
}

impl std::fmt::Display for NoticeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for NoticeText {
    type Error = NoticeTextError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NoticeText> for String {
    fn from(text: NoticeText) -> Self {
        text.0
    }
}

/// A health centre's own words at the end of its invitations (独自文言).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnWords(String);

/// Why words can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnWordsError {
    /// They are empty, or longer than [`OwnWords::MOST_CHARACTERS`].
    #[error("the centre's own words in an invitation have 1 to {} characters", OwnWords::MOST_CHARACTERS)]
    Length,
    /// They contain a character that a phone doesn't show, other than a line break.
    #[error("the centre's own words in an invitation: {0}")]
    Hidden(#[from] HiddenCharacter),
}

impl OwnWords {
    /// The maximum length.
    pub const MOST_CHARACTERS: usize = 300;
}

impl std::str::FromStr for OwnWords {
    type Err = OwnWordsError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !(1..=Self::MOST_CHARACTERS).contains(&text.chars().count()) {
            return Err(OwnWordsError::Length);
        }
        all_visible_in_lines(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Display for OwnWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for OwnWords {
    type Error = OwnWordsError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OwnWords> for String {
    fn from(words: OwnWords) -> Self {
        words.0
    }
}

/// The address of the leaflet that invitations name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LeafletUrl(String);

/// The text isn't an address of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the leaflet's address begins with https:// and has at most {} characters", LeafletUrl::MOST_CHARACTERS)]
pub struct LeafletUrlError;

impl LeafletUrl {
    /// The maximum length. A longer one would cost several parts of each SMS.
    pub const MOST_CHARACTERS: usize = 200;
}

impl std::str::FromStr for LeafletUrl {
    type Err = LeafletUrlError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let host = text.strip_prefix("https://").filter(|host| !host.is_empty() && !host.starts_with('/'));
        let fits = text.len() <= Self::MOST_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_graphic());
        if host.is_some() && fits { Ok(Self(text.to_owned())) } else { Err(LeafletUrlError) }
    }
}

impl std::fmt::Display for LeafletUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LeafletUrl {
    type Error = LeafletUrlError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LeafletUrl> for String {
    fn from(url: LeafletUrl) -> Self {
        url.0
    }
}

/// What an invitation says besides its fixed words.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a HER-SYS ID")]
pub struct InvitationParts<'a> {
    /// The health centre's name.
    pub centre: &'a str,
    /// The portal's address.
    pub url: &'a str,
    /// The HER-SYS ID.
    pub hersys_id: &'a str,
    /// The leaflet's address.
    pub leaflet: Option<&'a LeafletUrl>,
    /// The health centre's own words.
    pub own_words: Option<&'a OwnWords>,
}

/// The fixed words of an invitation.
struct Fixed {
    title: &'static str,
    ask: &'static str,
    leaflet: &'static str,
    provided: &'static str,
    from_centre: &'static str,
}

/// The invitation, line by line as the FAQ shows it (M14).
pub fn invitation_message(language: Language, parts: InvitationParts<'_>) -> String {
    let words = fixed(language);
    let mut lines = vec![
        format!("{} {}", parts.centre, words.title),
        words.ask.to_owned(),
        format!("URL: {}", parts.url),
        format!("HER-SYS ID: {}", parts.hersys_id),
    ];
    lines.extend(parts.leaflet.map(|leaflet| format!("{}: {leaflet}", words.leaflet)));
    lines.push(words.provided.to_owned());
    lines.extend(parts.own_words.map(|own| format!("{}\n{own}", words.from_centre)));
    lines.join("\n")
}

const fn fixed(language: Language) -> Fixed {
    match language {
        Language::Japanese => Fixed {
            title: "My HER-SYS（健康状態入力フォーム）のご案内",
            ask: "以下URLよりご入力ください",
            leaflet: "リーフレット",
            provided: "本システムは厚生労働省の提供です",
            from_centre: "※保健所からのメッセージ",
        },
        Language::English => Fixed {
            title: "My HER-SYS (health report form)",
            ask: "Please report your health here:",
            leaflet: "Leaflet",
            provided: "Provided by Japan's Ministry of Health, Labour and Welfare",
            from_centre: "From the health centre:",
        },
        Language::ChineseSimplified => Fixed {
            title: "My HER-SYS（健康状况填报表）通知",
            ask: "请通过以下网址填报",
            leaflet: "宣传单",
            provided: "本系统由厚生劳动省提供",
            from_centre: "※来自保健所的信息",
        },
        Language::ChineseTraditional => Fixed {
            title: "My HER-SYS（健康狀況填報表）通知",
            ask: "請由以下網址填報",
            leaflet: "宣傳單",
            provided: "本系統由厚生勞動省提供",
            from_centre: "※來自保健所的訊息",
        },
        Language::Korean => Fixed {
            title: "My HER-SYS(건강 상태 입력 양식) 안내",
            ask: "아래 URL에서 입력해 주십시오",
            leaflet: "안내문",
            provided: "본 시스템은 후생노동성이 제공합니다",
            from_centre: "※보건소에서 보내는 메시지",
        },
        Language::Spanish => Fixed {
            title: "My HER-SYS (formulario de salud)",
            ask: "Informe de su salud aquí:",
            leaflet: "Folleto",
            provided: "Servicio del Ministerio de Salud, Trabajo y Bienestar de Japón",
            from_centre: "Mensaje del centro de salud:",
        },
        Language::Portuguese => Fixed {
            title: "My HER-SYS (formulário de saúde)",
            ask: "Informe sua saúde aqui:",
            leaflet: "Folheto",
            provided: "Serviço do Ministério da Saúde, Trabalho e Bem-Estar do Japão",
            from_centre: "Mensagem do centro de saúde:",
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARTS: NoticeParts<'_> =
        NoticeParts { centre: "見本{link}保健所", phone: "03-0000-0100", link: "https://x.example/portal/r/T" };

    #[test]
    fn each_language_has_the_centre_its_number_and_the_link() {
        for language in Language::ALL {
            let text = default_notice(language, PARTS);
            for part in [PARTS.centre, PARTS.phone, PARTS.link] {
                assert!(text.contains(part), "{language:?} {text}");
            }
            assert!(default_text(language).parse::<NoticeText>().is_ok(), "{language:?}");
        }
    }

    #[test]
    fn a_text_needs_the_link_and_has_no_other_braces() {
        let read = |text: &str| text.parse::<NoticeText>();
        assert_eq!(read(" {link} \n").map(String::from).as_deref(), Ok("{link}"));
        for (text, why) in [
            ("", NoticeTextError::Length),
            ("本日も報告を", NoticeTextError::NoLink),
            ("{name}様 {link}", NoticeTextError::UnknownGap),
            ("{link} {", NoticeTextError::UnknownGap),
            (&"あ".repeat(501), NoticeTextError::Length),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
        assert!(matches!(read("{link}\u{202e}"), Err(NoticeTextError::Hidden(_))));
    }

    #[test]
    fn m14_an_invitation_has_every_line_of_the_faq() {
        let (leaflet, own) = ("https://leaflet.example/a".parse().unwrap(), "不明な点はお電話を".parse().unwrap());
        let parts = InvitationParts {
            centre: "見本保健所",
            url: "https://x.example/portal",
            hersys_id: "0123456",
            leaflet: Some(&leaflet),
            own_words: Some(&own),
        };
        assert_eq!(
            invitation_message(Language::Japanese, parts),
            "見本保健所 My HER-SYS（健康状態入力フォーム）のご案内\n以下URLよりご入力ください\n\
             URL: https://x.example/portal\nHER-SYS ID: 0123456\nリーフレット: https://leaflet.example/a\n\
             本システムは厚生労働省の提供です\n※保健所からのメッセージ\n不明な点はお電話を"
        );
        for language in Language::ALL {
            let text = invitation_message(language, InvitationParts { leaflet: None, own_words: None, ..parts });
            assert_eq!(text.lines().count(), 5, "{text}");
            assert!(text.contains("HER-SYS ID: 0123456") && text.contains("URL: https://x.example/portal"), "{text}");
        }
    }

    #[test]
    fn a_leaflet_is_on_the_web() {
        for wrong in ["", "http://x.example", "https://", "https:///x", "https://x y", "javascript:alert(1)"] {
            assert_eq!(wrong.parse::<LeafletUrl>(), Err(LeafletUrlError), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reading_is_total_and_only_gaps_change(text in "([a-zあ {}\n]|\\{centre\\}|\\{phone\\}|\\{link\\}){0,40}") {
            if let Ok(read) = text.parse::<NoticeText>() {
                let same = NoticeParts { centre: "{centre}", phone: "{phone}", link: "{link}" };
                prop_assert_eq!(read.filled(same), text.trim());
                prop_assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }
}
