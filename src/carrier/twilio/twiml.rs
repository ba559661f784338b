//! Writes TwiML: what the carrier says and does next. Source: Twilio, "TwiML for Programmable Voice".

use quick_xml::escape::escape;

use super::urls::ActionUrl;
use super::voices::Voices;
use super::xml::legal_text;
use crate::carrier::speech::{NextAction, Sentence};

/// Writes a reply. The keys, the silence or the end of the transfer are posted to `action`.
///
/// Barge-in is possible only inside the `<Gather>`. So the sentences up to the last one without barge-in are before
/// it, and the following sentences are inside it.
pub fn response(sentences: &[Sentence], then: &NextAction, action: &ActionUrl, voices: &Voices) -> String {
    let mut xml = Xml::new();
    match then {
        NextAction::Gather { max_keys, ends_with_hash, first_key_seconds, between_keys_seconds } => {
            let firm =
                sentences.iter().rposition(|sentence| !sentence.barge_in).map_or(0, |last| last.saturating_add(1));
            let (before, inside) = sentences.split_at(firm);
            let (max_keys, timeout) = ((*max_keys).max(1), (*between_keys_seconds).max(1));
            xml.say_all(before, voices);
            xml.open("Gather");
            xml.attribute("input", "dtmf");
            xml.attribute("timeout", &timeout.to_string());
            xml.attribute("numDigits", &max_keys.to_string());
            // Empty: `#` is delivered as a key, because a menu may have it.
            xml.attribute("finishOnKey", if *ends_with_hash && max_keys > 1 { "#" } else { "" });
            xml.attribute("actionOnEmptyResult", "true");
            xml.attribute("method", "POST");
            xml.attribute("action", action.as_str());
            xml.inside();
            xml.say_all(inside, voices);
            // TwiML has one timeout for the first key and the later ones. The extra time for the first key is a
            // silence inside the Gather, which a key cuts short like a sentence.
            if let extra @ 1.. = first_key_seconds.saturating_sub(timeout) {
                xml.open("Pause");
                xml.attribute("length", &extra.to_string());
                xml.end_empty();
            }
            xml.close("Gather");
            // For carriers that ignore actionOnEmptyResult: after silence, they continue here.
            xml.open("Redirect");
            xml.attribute("method", "POST");
            xml.inside();
            xml.text(action.as_str());
            xml.close("Redirect");
        }
        NextAction::Transfer { number, ring_seconds } => {
            xml.say_all(sentences, voices);
            xml.open("Dial");
            xml.attribute("timeout", &(*ring_seconds).max(MIN_RING_SECONDS).to_string());
            xml.attribute("action", action.as_str());
            xml.attribute("method", "POST");
            // The caller hears ringing, not silence, until staff answer.
            xml.attribute("answerOnBridge", "true");
            xml.inside();
            xml.open("Number");
            // Reports whether staff answered, whichever side hangs up first and whether or not the program is running
            // then.
            xml.attribute("statusCallback", action.of_staff().as_str());
            xml.attribute("statusCallbackEvent", STAFF_EVENTS);
            xml.attribute("statusCallbackMethod", "POST");
            xml.inside();
            xml.text(number.expose());
            xml.close("Number");
            xml.close("Dial");
        }
        NextAction::HangUp => {
            xml.say_all(sentences, voices);
            xml.open("Hangup");
            xml.end_empty();
        }
    }
    xml.finish()
}

/// The status callbacks of the staff's phone that we request (Twilio, "TwiML Number: statusCallbackEvent").
const STAFF_EVENTS: &str = "answered completed";
/// The shortest ringing that Twilio's `<Dial timeout>` accepts, in seconds.
const MIN_RING_SECONDS: u8 = 5;
/// The longest text of one `<Say>`. Twilio accepts 3,000 characters for a Polly voice, and 4,500 after URL encoding
/// (error 13521), which triples a byte. In Japanese that is 500 characters.
const MAX_SAY_BYTES: usize = 1_500;

/// The text of a document that is being written. Element names are constants, and every value goes through `escape`.
pub(super) struct Xml(String);

impl Xml {
    pub(super) fn new() -> Self {
        let mut xml = Self(String::with_capacity(1_024));
        xml.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
        xml
    }

    pub(super) fn finish(mut self) -> String {
        self.close("Response");
        self.0
    }

    pub(super) fn open(&mut self, name: &'static str) {
        self.0.push('<');
        self.0.push_str(name);
    }

    pub(super) fn attribute(&mut self, name: &'static str, value: &str) {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        self.0.push_str(&escape(value));
        self.0.push('"');
    }

    pub(super) fn inside(&mut self) {
        self.0.push('>');
    }

    pub(super) fn end_empty(&mut self) {
        self.0.push_str("/>");
    }

    pub(super) fn close(&mut self, name: &'static str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    pub(super) fn text(&mut self, text: &str) {
        self.0.push_str(&escape(text));
    }

    fn say_all(&mut self, sentences: &[Sentence], voices: &Voices) {
        for sentence in sentences {
            self.say(sentence, voices);
        }
    }

    pub(super) fn say(&mut self, sentence: &Sentence, voices: &Voices) {
        let text = legal_text(&sentence.text);
        let voice = voices.of(sentence.language);
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (part, later) = rest.split_at(say_length(rest));
            self.open("Say");
            self.attribute("language", voice.language());
            if let Some(name) = voice.name() {
                self.attribute("voice", name);
            }
            self.inside();
            self.text(part);
            self.close("Say");
            rest = later.trim_start();
        }
    }
}

/// How many bytes of a text fit into one `<Say>`. The cut is after a sentence or a word if possible.
fn say_length(text: &str) -> usize {
    if text.len() <= MAX_SAY_BYTES {
        return text.len();
    }
    let most = (0..=MAX_SAY_BYTES).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let after = |stops: &[char]| {
        text.get(..most)?
            .char_indices()
            .rev()
            .find(|(_, c)| stops.contains(c))
            .map(|(at, c)| at.saturating_add(c.len_utf8()))
    };
    after(&['。', '！', '？', '.', '!', '?']).or_else(|| after(&['、', '，', ',', ' ', '\n'])).unwrap_or(most)
}
