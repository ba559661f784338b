//! The certificate (療養証明書): its code for third parties, why it ends, and the passport number.

use super::width;

/// Characters of a code: 100 bits.
const CHARACTERS: usize = 20;
/// Characters of a group, as a code is printed.
const GROUP: usize = 4;
/// Crockford's base 32: without I, L, O and U, which are mistaken for 1, 0 and V.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code by which a third party sees the certificate as it stands. Anyone with it sees health data, so its `Debug`
/// never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateCode(String);

impl CertificateCode {
    /// Random bytes that make a code: 5 bits of each are used.
    pub const RANDOM_BYTES: usize = CHARACTERS;

    /// The code that random bytes make.
    pub fn of_random(bytes: [u8; Self::RANDOM_BYTES]) -> Self {
        let character = |byte: u8| ALPHABET.get(usize::from(byte & 31)).copied().map_or('0', char::from);
        Self(bytes.into_iter().map(character).collect())
    }

    /// Reads a code as people type it: in lower case, full width, with hyphens, blanks or neither; O is 0, and I and L
    /// are 1. `None` if it can't be a code.
    pub fn parse(text: &str) -> Option<Self> {
        // Longer texts aren't even folded.
        let text = text.get(..text.len().min(200)).filter(|part| part.len() == text.len())?;
        let mut read = String::with_capacity(CHARACTERS);
        for character in width::fold(text).chars() {
            match character.to_ascii_uppercase() {
                ' ' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' => {}
                'O' => read.push('0'),
                'I' | 'L' => read.push('1'),
                other if other.is_ascii() && ALPHABET.contains(&(other as u8)) => read.push(other),
                _ => return None,
            }
        }
        (read.len() == CHARACTERS).then_some(Self(read))
    }

    /// The code, without hyphens.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The code in groups of four, as it is printed: `7K3M-Q2XV-9RBT-4HNC-0D8W`.
    pub fn grouped(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = characters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }
}

impl std::fmt::Debug for CertificateCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Why a certificate no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificateEnd {
    /// 差し替え: what it says was corrected. A new one holds.
    Replaced,
    /// 取り消し: the person isn't entitled to one.
    Withdrawn,
}

impl CertificateEnd {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Replaced, Self::Withdrawn];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`CertificateEnd::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.code() == code)
    }
}

/// 旅券番号: asked of people who were diagnosed soon after entering the country. Its `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct PassportNumber(String);

impl PassportNumber {
    /// The fewest and the most characters. ICAO Doc 9303 has up to 9; some documents have more.
    const LENGTH: std::ops::RangeInclusive<usize> = 5..=12;

    /// Reads a number as people type it: in lower case, full width, with blanks or hyphens. `None` if it can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = width::fold(text);
        let kept = folded.chars().filter(|character| !matches!(character, ' ' | '-'));
        let read: String = kept.map(|character| character.to_ascii_uppercase()).collect();
        let is_one = Self::LENGTH.contains(&read.len())
            && read.chars().all(|character| character.is_ascii_alphanumeric())
            && read.chars().any(|character| character.is_ascii_digit());
        is_one.then_some(Self(read))
    }

    /// The number, for the database and for people who may see the patient.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PassportNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "7K3MQ2XV9RBT4HNC0D8W";

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in [
            CODE,
            "7K3M-Q2XV-9RBT-4HNC-0D8W",
            "7k3m q2xv 9rbt 4hnc 0d8w",
            "７Ｋ３Ｍ－Ｑ２ＸＶ－９ＲＢＴ－４ＨＮＣ－０Ｄ８Ｗ",
            "7K3M-Q2XV-9RBT-4HNC-OD8W",
            " 7K3MQ2XV9RBT4HNCoD8W\u{3000}",
            "7K3M‐Q2XV‐9RBT‐4HNC‐0D8W",
        ] {
            assert_eq!(CertificateCode::parse(typed).unwrap().expose(), CODE, "{typed}");
        }
        let long = "0".repeat(1_000_000);
        for wrong in ["", "7K3M", "7K3M-Q2XV-9RBT-4HNC-0D8", "7K3M-Q2XV-9RBT-4HNC-0D8WW", "7K3MQ2XV9RBT4HNC0D8U", &long]
        {
            assert_eq!(CertificateCode::parse(wrong), None);
        }
    }

    #[test]
    fn a_code_of_random_bytes_is_printed_in_groups_and_read_back() {
        let code = CertificateCode::of_random(std::array::from_fn(|nth| u8::try_from(nth * 13).unwrap()));
        assert_eq!(CertificateCode::parse(&code.grouped()), Some(code.clone()));
        assert_eq!((code.grouped().len(), format!("{code:?}").as_str()), (24, "(secret)"));
        let all: String = (0..32)
            .map(|byte| CertificateCode::of_random([byte; 20]).expose().chars().take(1).collect::<String>())
            .collect();
        assert_eq!(all.as_bytes(), ALPHABET, "each of 32 characters is as likely");
    }

    #[test]
    fn ends_are_read_as_they_are_written() {
        for end in CertificateEnd::ALL {
            assert_eq!(CertificateEnd::from_code(end.code()), Some(end));
        }
    }

    #[test]
    fn a_passport_number_is_read_as_people_type_it() {
        for (typed, read) in
            [("TK1234567", Some("TK1234567")), ("ｔｋ 123-4567", Some("TK1234567")), ("12345", Some("12345"))]
        {
            assert_eq!(PassportNumber::parse(typed).as_ref().map(PassportNumber::expose), read, "{typed}");
        }
        for wrong in ["", "1234", "TK12345678901", "ABCDEFG", "旅券1234567", "TK12345<"] {
            assert_eq!(PassportNumber::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{:?}", PassportNumber::parse("TK1234567").unwrap()), "(personal)");
    }
}
