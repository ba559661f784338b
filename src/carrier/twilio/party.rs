//! The number in `From` and `To`. Networks and exchanges write many formats there, and no caller may be refused
//! because of them. A value that is clearly a phone number is read as one. Any other value is a hidden number.

use crate::domain::PhoneNumber;

/// Longer than any phone number or SIP address worth reading.
const MAX_BYTES: usize = 256;
/// What carriers write if the caller's number isn't shown. Some write the phone keys that spell the word:
/// `+266696687` is "anonymous". Source: Twilio, "Why do I get calls from these strange numbers?". The list has only
/// words whose keys aren't anybody's number.
const HIDDEN_WORDS: [&str; 8] =
    ["anonymous", "blocked", "payphone", "private", "restricted", "unavailable", "unknown", "withheld"];

/// Reads a number. `None` if the text isn't clearly a number.
pub(super) fn number_in(text: &str) -> Option<PhoneNumber> {
    if is_e164(text) && !spells_hidden(text) {
        return PhoneNumber::from_e164(text).ok();
    }
    if text.len() > MAX_BYTES || text.contains(char::is_control) {
        return None;
    }
    let address = in_brackets(text.trim())?;
    match address.split_once(':').map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
        Some((scheme, rest)) => match scheme.as_str() {
            "sip" | "sips" => sip_user(rest),
            "tel" => written(before_parameters(rest)),
            _ => None,
        },
        None => written(before_parameters(address)),
    }
}

/// The address in `"Name" <address>`, or the whole text if it has no brackets (RFC 3261 section 25.1, `name-addr`).
fn in_brackets(text: &str) -> Option<&str> {
    let after_name = match text.strip_prefix('"') {
        Some(quoted) => after_quotation(quoted)?.trim_start(),
        None => text,
    };
    let Some((before, rest)) = after_name.split_once('<') else { return (after_name == text).then_some(text) };
    let named = after_name != text && !before.is_empty();
    let (address, after) = rest.split_once('>')?;
    let ends = after.is_empty() || after.starts_with(';');
    (!named && ends && !after.contains(['<', '>'])).then(|| address.trim())
}

/// The text after the closing quotation mark. A backslash escapes the next character.
fn after_quotation(quoted: &str) -> Option<&str> {
    let mut escaped = false;
    let end = quoted.find(|character| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes
    })?;
    quoted.get(end..)?.strip_prefix('"')
}

fn before_parameters(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// The user part of a SIP address, if it is a full number. An extension or a name isn't a phone number.
fn sip_user(rest: &str) -> Option<PhoneNumber> {
    let (user, host) = rest.split_once('@')?;
    let user = user.split(';').next().unwrap_or_default();
    let digits = user.strip_prefix('+').unwrap_or(user);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let one_host = !host.trim().is_empty() && !host.contains('@');
    if plain && one_host { written(user) } else { None }
}

/// A number as dialled or printed: E.164, or national in Japan.
fn written(text: &str) -> Option<PhoneNumber> {
    let digits = |character: char| character.is_ascii_digit() || ('０'..='９').contains(&character);
    let separators = |character| " -.()/\u{3000}\u{2010}\u{2011}\u{2212}－（）".contains(character);
    let body = text.strip_prefix(['+', '＋']).unwrap_or(text);
    let plain = body.chars().all(|character| digits(character) || separators(character));
    if !plain || body.chars().filter(|character| digits(*character)).count() < 7 || spells_hidden(text) {
        return None;
    }
    let number = PhoneNumber::parse(text).ok();
    number.or_else(|| PhoneNumber::from_e164(text).ok().filter(|_| is_e164(text)))
}

/// `+`, a country code, which doesn't begin with 0, and 7 to 15 digits in all. A 0 after Japan's code belongs to a
/// national number, so the text isn't E.164.
fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let of_digits = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    of_digits && !digits.starts_with('0') && !digits.starts_with("810")
}

/// Returns `true` if the digits spell a word for "hidden" on a phone's keys.
fn spells_hidden(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    HIDDEN_WORDS.iter().any(|word| digits.len() == word.len() && digits.bytes().eq(word.bytes().map(key_of)))
}

/// The key of a letter (ITU-T E.161).
const fn key_of(letter: u8) -> u8 {
    match letter {
        b'a'..=b'c' => b'2',
        b'd'..=b'f' => b'3',
        b'g'..=b'i' => b'4',
        b'j'..=b'l' => b'5',
        b'm'..=b'o' => b'6',
        b'p'..=b's' => b'7',
        b't'..=b'v' => b'8',
        _ => b'9',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        number_in(text).map(|number| number.expose().to_owned())
    }

    #[test]
    fn what_plainly_is_a_number_is_read() {
        for text in [
            "+819012345678",
            " 819012345678",
            "819012345678",
            "09012345678",
            "090-1234-5678",
            "(090) 1234-5678",
            "０９０１２３４５６７８",
            "０９０－１２３４－５６７８",
            "+81 90 1234 5678",
            "+81-90-1234-5678",
            "+8109012345678",
            "010819012345678",
            "tel:+819012345678",
            "TEL:+81-90-1234-5678",
            "tel:+819012345678;ext=5",
            "tel:09012345678;phone-context=+81",
            "+819012345678;ext=1234",
            "sip:+819012345678@pbx.example",
            "SIP:+819012345678@pbx.example;transport=tcp",
            "sips:09012345678@[2001:db8::1]:5061",
            "sip:+819012345678;npdi@pbx.example;user=phone",
            "<sip:+819012345678@pbx.example>",
            "\"Name\" <sip:+819012345678@pbx.example>",
            "\"非通知 \\\" <b>\" <sip:+819012345678@pbx.example>;tag=1",
            "Name <tel:+819012345678>",
        ] {
            assert_eq!(read(text).as_deref(), Some("+819012345678"), "{text}");
        }
        assert_eq!(read("+12025550123").as_deref(), Some("+12025550123"));
    }

    #[test]
    fn anything_else_is_hidden() {
        for text in [
            "",
            " ",
            "anonymous",
            "Private Number",
            "Coin line/payphone",
            "非通知",
            "通知不可能",
            "公衆電話",
            "+266696687",
            "266696687",
            "+7378742833",
            "+2562533",
            "+8656696",
            "+86282452253",
            "7748283",
            "+72974663",
            "201",
            "+1",
            "*67",
            "*6709012345678",
            "#09012345678",
            "18409012345678",
            "+00000000000",
            "0000000000",
            "client:nurse",
            "whatsapp:+819012345678",
            "mailto:09012345678@example.jp",
            "09012345678@example.jp",
            "sip:alice@pbx.example",
            "sip:201@pbx.example",
            "sip:anonymous@anonymous.invalid",
            "sip:+819012345678",
            "sip:+819012345678@",
            "sip:+819012345678@a@b",
            "sip:+819012345678:secret@pbx.example",
            "sip:a+819012345678@pbx.example",
            "\"+819012345678\" <sip:201@pbx.example>",
            "\"<sip:+819012345678@pbx.example>\" <sip:201@pbx.example>",
            "\"Name\" +819012345678",
            "\"Name <sip:+819012345678@pbx.example>",
            "<sip:+819012345678@pbx.example",
            "<sip:+819012345678@a> <sip:+819012345679@a>",
            "Private 09012345678",
            "09012345678 ext. 5",
            "090-1234-5678, 090-1234-5679",
            "+81+9012345678",
            "+819012345678\0",
            "+81901234\n5678",
            "\u{202e}+819012345678",
            "<script>",
            &"+81".repeat(200),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
