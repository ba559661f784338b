//! Writes TwiML: what the carrier says and does next. Source: Twilio, "TwiML for Programmable Voice".

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::urls::ActionUrl;
use super::voices::Voices;
use super::xml::legal_text;
use crate::carrier::speech::{NextAction, Sentence, Speech, silences};
use crate::domain::PhoneNumber;

/// Writes a reply. The keys, the silence or the end of the transfer are posted to `action`.
///
/// Barge-in is possible only inside the `<Gather>`. So the sentences up to the last one without barge-in are before
/// it, and the following sentences are inside it.
///
/// `caller_id` is the number that staff see when a caller is transferred. It must be one of the account's numbers.
/// Without it the carrier shows the caller's own number, and refuses to connect a caller who hides it (Twilio, error
/// 13214).
pub fn response(
    speech: &Speech,
    then: &NextAction,
    action: &ActionUrl,
    voices: &Voices,
    caller_id: Option<&PhoneNumber>,
) -> String {
    let sentences = speech.say.as_slice();
    document(|xml| match then {
        NextAction::Gather { max_keys, ends_with_hash, first_key_seconds, between_keys_seconds } => {
            let firm =
                sentences.iter().rposition(|sentence| !sentence.barge_in).map_or(0, |last| last.saturating_add(1));
            let (before, inside) = sentences.split_at(firm);
            let max_keys = (*max_keys).max(1);
            // Nothing comes between the keys of an entry that one key completes.
            let patience =
                if max_keys == 1 { first_key_seconds.min(between_keys_seconds) } else { between_keys_seconds };
            let timeout = (*patience).max(1);
            say_all(xml, before, voices)?;
            xml.create_element("Gather")
                .with_attribute(("input", "dtmf"))
                .with_attribute(("timeout", &*timeout.to_string()))
                .with_attribute(("numDigits", &*max_keys.to_string()))
                // Empty: `#` is delivered as a key, because a menu may have it.
                .with_attribute(("finishOnKey", if *ends_with_hash && max_keys > 1 { "#" } else { "" }))
                .with_attribute(("actionOnEmptyResult", "true"))
                .with_attribute(("method", "POST"))
                .with_attribute(("action", action.as_str()))
                .write_inner_content(|xml| {
                    say_all(xml, inside, voices)?;
                    wait(xml, *first_key_seconds, timeout, &speech.while_waiting, voices)
                })?;
            // For carriers that ignore actionOnEmptyResult: after silence, they continue here.
            redirect(xml, action)
        }
        NextAction::Transfer { number, ring_seconds } => {
            say_all(xml, sentences, voices)?;
            xml.create_element("Dial")
                .with_attribute(("timeout", &*(*ring_seconds).max(MIN_RING_SECONDS).to_string()))
                .with_attribute(("action", action.as_str()))
                .with_attribute(("method", "POST"))
                // The caller hears ringing, not silence, until staff answer.
                .with_attribute(("answerOnBridge", "true"))
                .with_attributes(caller_id.map(|number| ("callerId", number.expose())))
                .write_inner_content(|xml| {
                    // Reports whether staff answered, whichever side hangs up first and whether or not the program is
                    // running then.
                    xml.create_element("Number")
                        .with_attribute(("statusCallback", action.of_staff().as_str()))
                        .with_attribute(("statusCallbackEvent", STAFF_EVENTS))
                        .with_attribute(("statusCallbackMethod", "POST"))
                        .write_text_content(BytesText::new(number.expose()))?;
                    Ok(())
                })?;
            Ok(())
        }
        NextAction::HangUp => {
            say_all(xml, sentences, voices)?;
            hang_up(xml)
        }
    })
}

/// The status callbacks of the staff's phone that we request (Twilio, "TwiML Number: statusCallbackEvent").
const STAFF_EVENTS: &str = "answered completed";
/// The shortest ringing that Twilio's `<Dial timeout>` accepts, in seconds.
const MIN_RING_SECONDS: u8 = 5;
/// The longest text of one `<Say>`. Twilio accepts 3,000 characters for a Polly voice, and 4,500 after URL encoding
/// (error 13521), which triples a byte. In Japanese that is 500 characters.
const MAX_SAY_BYTES: usize = 1_500;

/// The elements of a `<Response>` as they are written.
pub(super) type Elements = Writer<Vec<u8>>;

/// Writes a document around its elements.
pub(super) fn document(content: impl FnOnce(&mut Elements) -> io::Result<()>) -> String {
    let mut xml = Writer::new(Vec::with_capacity(1_024));
    // Neither fails: memory takes every write, and all that is written is text.
    let _written = xml
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| xml.create_element("Response").write_inner_content(content).map(|_| ()));
    String::from_utf8(xml.into_inner()).unwrap_or_default()
}

/// Waits for the first key. TwiML has one timeout for the first key and the later ones. The extra time for the first
/// key is a silence inside the Gather, which a key cuts short like a sentence. A long silence is divided by `said`.
fn wait(xml: &mut Elements, seconds: u8, timeout: u8, said: &[Sentence], voices: &Voices) -> io::Result<()> {
    let mut silences = if said.is_empty() { vec![seconds] } else { silences(seconds) };
    let last = silences.pop().unwrap_or_default().saturating_sub(timeout);
    for silence in silences {
        pause(xml, silence)?;
        say_all(xml, said, voices)?;
    }
    pause(xml, last)
}

fn pause(xml: &mut Elements, seconds: u8) -> io::Result<()> {
    if seconds > 0 {
        xml.create_element("Pause").with_attribute(("length", &*seconds.to_string())).write_empty()?;
    }
    Ok(())
}

pub(super) fn say_all(xml: &mut Elements, sentences: &[Sentence], voices: &Voices) -> io::Result<()> {
    sentences.iter().try_for_each(|sentence| say(xml, sentence, voices))
}

pub(super) fn say(xml: &mut Elements, sentence: &Sentence, voices: &Voices) -> io::Result<()> {
    let text = legal_text(&sentence.text);
    let voice = voices.of(sentence.language);
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, later) = rest.split_at(say_length(rest));
        xml.create_element("Say")
            .with_attribute(("language", voice.language()))
            .with_attributes(voice.name().map(|name| ("voice", name)))
            .write_text_content(BytesText::new(part))?;
        rest = later.trim_start();
    }
    Ok(())
}

pub(super) fn redirect(xml: &mut Elements, to: &ActionUrl) -> io::Result<()> {
    xml.create_element("Redirect")
        .with_attribute(("method", "POST"))
        .write_text_content(BytesText::new(to.as_str()))
        .map(|_| ())
}

pub(super) fn hang_up(xml: &mut Elements) -> io::Result<()> {
    xml.create_element("Hangup").write_empty().map(|_| ())
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
