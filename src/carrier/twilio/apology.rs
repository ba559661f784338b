//! What the carrier says if the program can't go on. It never thanks for a report, which may not have been stored
//! (fault 11).

use std::sync::Arc;

use super::twiml::{document, hang_up, redirect, say, say_all};
use super::urls::ActionUrl;
use super::voices::Voices;
use crate::carrier::speech::Sentence;
use crate::domain::Language;

/// Says these sentences, which ask the caller to call again, and ends the call.
pub fn apology(said: &[Sentence], voices: &Voices) -> String {
    document(|xml| {
        say_all(xml, said, voices)?;
        hang_up(xml)
    })
}

/// Asks the caller to wait, and has the turn retried at this URL. The handler must count the retries. At the fallback
/// URL the language of the call may be unknown, so it is usually Japanese.
pub fn try_again(language: Language, url: &ActionUrl, voices: &Voices) -> String {
    document(|xml| {
        say(xml, &Sentence { text: Arc::from(please_wait(language)), language, barge_in: false }, voices)?;
        redirect(xml, url)
    })
}

const fn please_wait(language: Language) -> &'static str {
    match language {
        Language::Japanese => "申し訳ありません。そのまま少々お待ちください。",
        Language::English => "We are sorry. Please hold the line for a moment.",
        Language::ChineseSimplified => "对不起。请稍等，不要挂断。",
        Language::ChineseTraditional => "對不起。請稍候，不要掛斷。",
        Language::Korean => "죄송합니다. 끊지 말고 잠시만 기다려 주십시오.",
        Language::Spanish => "Lo sentimos. No cuelgue y espere un momento.",
        Language::Portuguese => "Desculpe. Aguarde um momento na linha.",
    }
}
