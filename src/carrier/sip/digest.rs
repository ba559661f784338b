//! Digest authentication (RFC 7616, RFC 8760): which challenge is answered, and how the answer is written.

/// How a challenge wants its answer to be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5.
    Md5,
    /// SHA-256.
    Sha256,
}

/// The question who we are.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Whose users are asked for.
    pub realm: String,
    /// What the answer is for.
    pub nonce: String,
    /// Given back as it came.
    pub opaque: Option<String>,
    /// How the answer is hashed.
    pub algorithm: Algorithm,
    /// Whether the answer has a number of ours (`qop=auth`).
    pub counted: bool,
    /// Whether only the nonce was too old.
    pub stale: bool,
    /// Whether a proxy asks.
    pub proxy: bool,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge")
            .field("algorithm", &self.algorithm)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

impl Challenge {
    /// Reads the value of `WWW-Authenticate`, or of `Proxy-Authenticate`. `None` if it can't be answered.
    pub fn read(value: &str, proxy: bool) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let fields = fields(rest);
        let field =
            |name: &str| fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let algorithm = match field("algorithm").map(|name| name.to_ascii_lowercase()).as_deref() {
            None | Some("md5") => Algorithm::Md5,
            Some("sha-256") => Algorithm::Sha256,
            Some(_) => return None,
        };
        let counted = match field("qop") {
            None => false,
            Some(kinds) => kinds.split(',').any(|kind| kind.trim().eq_ignore_ascii_case("auth")).then_some(true)?,
        };
        Some(Self {
            realm: field("realm")?.clone(),
            nonce: field("nonce").filter(|nonce| !nonce.is_empty())?.clone(),
            opaque: field("opaque").cloned(),
            algorithm,
            counted,
            stale: field("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            proxy,
        })
    }

    /// The strongest of several challenges; the first of equals.
    pub fn strongest(challenges: Vec<Self>) -> Option<Self> {
        challenges.into_iter().rev().max_by_key(|challenge| challenge.algorithm)
    }

    /// The header with our answer. `response` is the hash, `cnonce` our own number.
    pub fn answer(&self, user: &str, uri: &str, cnonce: &str, response: &str) -> String {
        let name = if self.proxy { "Proxy-Authorization" } else { "Authorization" };
        let algorithm = match self.algorithm {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        };
        let opaque = self.opaque.as_ref().map(|opaque| format!(", opaque={}", quoted(opaque))).unwrap_or_default();
        let counted =
            if self.counted { format!(", qop=auth, nc=00000001, cnonce={}", quoted(cnonce)) } else { String::new() };
        format!(
            "{name}: Digest username={user}, realm={realm}, nonce={nonce}, uri=\"{uri}\", response=\"{response}\", \
             algorithm={algorithm}{counted}{opaque}\r\n",
            user = quoted(user),
            realm = quoted(&self.realm),
            nonce = quoted(&self.nonce),
        )
    }
}

fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|sign| !sign.is_control()).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The fields of a challenge, without their quotation marks.
fn fields(text: &str) -> Vec<(String, String)> {
    let (mut fields, mut name, mut value) = (Vec::new(), String::new(), None::<String>);
    let (mut is_quoted, mut escaped) = (false, false);
    for sign in text.chars().chain([',']) {
        match (sign, &mut value) {
            (_, Some(value)) if escaped => {
                value.push(sign);
                escaped = false;
            }
            ('\\', Some(_)) if is_quoted => escaped = true,
            ('"', Some(_)) => is_quoted = !is_quoted,
            (',', _) if !is_quoted => {
                let value = value.take().map(|value| value.trim().to_owned()).unwrap_or_default();
                fields.push((std::mem::take(&mut name).trim().to_owned(), value));
            }
            ('=', None) => value = Some(String::new()),
            (_, Some(value)) => value.push(sign),
            (_, None) => name.push(sign),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn challenges_are_read_as_registrars_write_them() {
        let kamailio = Challenge::read("Digest realm=\"kenko.example\", nonce=\"Y,=x\", qop=\"auth,auth-int\"", false);
        let kamailio = kamailio.unwrap();
        assert_eq!((&*kamailio.realm, &*kamailio.nonce), ("kenko.example", "Y,=x"));
        assert!(kamailio.counted && !kamailio.stale && kamailio.algorithm == Algorithm::Md5);
        let asterisk = "digest algorithm=SHA-256,realm=\"a \\\"b\\\"\",nonce=\"n\",opaque=\"o\",stale=TRUE";
        let asterisk = Challenge::read(asterisk, true).unwrap();
        assert_eq!((&*asterisk.realm, asterisk.opaque.as_deref()), ("a \"b\"", Some("o")));
        assert!(asterisk.stale && !asterisk.counted && asterisk.proxy && asterisk.algorithm == Algorithm::Sha256);
    }

    #[test]
    fn what_cannot_be_answered_is_no_challenge() {
        for value in [
            "",
            "Digest",
            "Basic realm=\"x\"",
            "Digest realm=\"x\"",
            "Digest realm=\"x\", nonce=\"\"",
            "Digest realm=\"x\", nonce=\"n\", algorithm=MD5-sess",
            "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"",
        ] {
            assert_eq!(Challenge::read(value, false), None, "{value}");
        }
    }

    #[test]
    fn the_strongest_challenge_is_answered() {
        let of = |algorithm: &str| {
            Challenge::read(&format!("Digest realm=\"x\", nonce=\"{algorithm}\", algorithm={algorithm}"), false)
                .unwrap()
        };
        let strongest = Challenge::strongest(vec![of("MD5"), of("SHA-256")]).unwrap();
        assert_eq!(strongest.algorithm, Algorithm::Sha256);
        assert_eq!(Challenge::strongest(vec![of("SHA-256"), of("MD5")]).unwrap().algorithm, Algorithm::Sha256);
    }

    #[test]
    fn an_answer_says_what_it_answers() {
        let challenge = Challenge::read("Digest realm=\"x\", nonce=\"n\", qop=\"auth\", opaque=\"o\"", true).unwrap();
        assert_eq!(
            challenge.answer("user", "sip:x", "c", "abc"),
            "Proxy-Authorization: Digest username=\"user\", realm=\"x\", nonce=\"n\", uri=\"sip:x\", response=\"abc\", \
             algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c\", opaque=\"o\"\r\n"
        );
    }

    proptest! {
        /// Whatever a registrar sends: no header of its own making gets into ours.
        #[test]
        fn an_answer_is_one_line(value in "Digest realm=\"\\PC*\r\n\\PC*\", nonce=\"[^\"]+\"") {
            if let Some(challenge) = Challenge::read(&value, false) {
                let answer = challenge.answer("user", "sip:x", "c", "abc");
                prop_assert_eq!(answer.matches('\n').count(), 1);
            }
        }
    }
}
