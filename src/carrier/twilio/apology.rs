//! What the carrier says if the program can't: the fixed wording of the fallback URL. It depends on neither the
//! database nor a flow document. It never thanks for a report, which may not have been stored (fault 11).

use std::sync::Arc;

use super::twiml::{document, hang_up, redirect, say};
use super::urls::ActionUrl;
use super::voices::Voices;
use crate::carrier::speech::Sentence;
use crate::domain::Language;

/// What follows the apology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterApology {
    /// The caller is asked to call again, and the call ends.
    HangUp,
    /// The caller is asked to wait, and the turn is retried at this URL. The handler must count the retries.
    TryAgain(ActionUrl),
}

/// Writes the apology in one language. At the fallback URL the language of the call may be unknown, so it is usually
/// Japanese.
pub fn apology(language: Language, after: &AfterApology, voices: &Voices) -> String {
    let text = match after {
        AfterApology::HangUp => call_again(language),
        AfterApology::TryAgain(_) => please_wait(language),
    };
    document(|xml| {
        say(xml, &Sentence { text: Arc::from(text), language, barge_in: false }, voices)?;
        match after {
            AfterApology::HangUp => hang_up(xml),
            AfterApology::TryAgain(url) => redirect(xml, url),
        }
    })
}

const fn call_again(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "申し訳ございません。ただいまシステムの不具合により、ご案内できません。\
             しばらくたってから、もう一度おかけ直しください。お急ぎのときは、保健所にお電話ください。"
        }
        Language::English => {
            "We are sorry. Because of a technical problem, we can't help you at the moment. \
             Please call again a little later. If it is urgent, please call your health centre."
        }
        Language::ChineseSimplified => {
            "非常抱歉。由于系统故障，目前无法为您服务。请稍后再拨。如有紧急情况，请致电保健所。"
        }
        Language::ChineseTraditional => {
            "非常抱歉。由於系統故障，目前無法為您服務。請稍後再撥。如有緊急情況，請致電保健所。"
        }
        Language::Korean => {
            "죄송합니다. 시스템 장애로 지금은 안내해 드릴 수 없습니다. \
             잠시 후 다시 전화해 주십시오. 급하신 경우에는 보건소로 전화해 주십시오."
        }
        Language::Spanish => {
            "Lo sentimos. Por un problema técnico no podemos atenderle en este momento. \
             Vuelva a llamar un poco más tarde. Si es urgente, llame al centro de salud."
        }
        Language::Portuguese => {
            "Pedimos desculpas. Por um problema técnico, não podemos atender no momento. \
             Ligue novamente um pouco mais tarde. Se for urgente, ligue para o centro de saúde."
        }
    }
}

const fn please_wait(language: Language) -> &'static str {
    match language {
        Language::Japanese => "申し訳ございません。そのまま少々お待ちください。",
        Language::English => "We are sorry. Please hold the line for a moment.",
        Language::ChineseSimplified => "非常抱歉。请稍等，不要挂断。",
        Language::ChineseTraditional => "非常抱歉。請稍候，不要掛斷。",
        Language::Korean => "죄송합니다. 끊지 말고 잠시만 기다려 주십시오.",
        Language::Spanish => "Lo sentimos. No cuelgue y espere un momento.",
        Language::Portuguese => "Pedimos desculpas. Aguarde um momento na linha.",
    }
}
