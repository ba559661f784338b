//! Number formats of spreadsheets: how a whole number is shown, and whether a number is a date or a time. Excel may
//! store an ID that it shows as 01234567 as the number 1234567, with many formats besides `00000000`.

mod parser;

use super::cell::Shown;
use parser::Parser;

/// A number format, parsed.
pub(super) struct NumberFormat {
    /// The sections for numbers, without the one for texts.
    sections: Vec<Section>,
}

/// One of the sections between semicolons. Each applies to some numbers.
#[derive(Default)]
struct Section {
    condition: Option<Condition>,
    parts: Vec<Part>,
    /// `true` if it contains letters of dates and times.
    moment: bool,
    /// `true` if it shows numbers in an unsupported way.
    otherwise: bool,
}

#[derive(Clone, Copy)]
struct Condition {
    sign: Sign,
    bound: f64,
}

#[derive(Clone, Copy)]
enum Sign {
    Less,
    LessOrEqual,
    Equal,
    Unequal,
    GreaterOrEqual,
    Greater,
}

/// A part of a section, from left to right.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// A literal character.
    Always(char),
    /// `0`: a digit, or a zero if there is none.
    Zero,
    /// `#`: a digit, or nothing.
    Digit,
    /// `?`: a digit, or a blank.
    Blank,
    /// `General` or `@`: the number as it is.
    General,
}

/// The meaning of a number by its format.
pub(super) enum Kind {
    /// A date, a time or both.
    Moment,
    /// A number.
    Number,
}

/// Excel allows 255 characters.
const MOST_CHARACTERS: usize = 1_024;

impl NumberFormat {
    /// Parses a format as stored in workbooks, in its English form.
    pub fn parse(code: &str) -> Self {
        if code.chars().nth(MOST_CHARACTERS).is_some() {
            return Self::unknown();
        }
        let mut parsed: Vec<(Section, bool)> = Parser::new(code).sections();
        // A last section with `@` is the one for texts.
        if parsed.len() > 1 && parsed.last().is_some_and(|(_, text)| *text) {
            parsed.pop();
        }
        // The fourth section is always the one for texts.
        parsed.truncate(3);
        Self { sections: parsed.into_iter().map(|(section, _)| section).collect() }
    }

    /// The format of an id that the workbook doesn't define; `None` if the id isn't built in either.
    pub fn built_in(id: u32) -> Option<Self> {
        let code = match id {
            0 => "General",
            1 => "0",
            2 => "0.00",
            3..=8 | 37..=44 => "#,##0",
            9 | 10 => "0%",
            11 | 48 => "0.00E+00",
            12 | 13 => "# ?/?",
            14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 | 71..=75 | 81 => "yyyy/m/d",
            18..=21 | 32 | 33 | 45 | 47 | 76..=78 | 80 => "h:mm",
            46 | 79 => "[h]:mm:ss",
            49 => "@",
            _ => return None,
        };
        Some(Self::parse(code))
    }

    /// An unknown format.
    pub fn unknown() -> Self {
        Self { sections: vec![Section { otherwise: true, ..Section::default() }] }
    }

    /// The meaning of a number.
    pub fn kind(&self, number: f64) -> Kind {
        if self.section(number).is_some_and(|section| section.moment) { Kind::Moment } else { Kind::Number }
    }

    /// How a whole number is shown.
    pub fn show(&self, number: u64) -> Shown {
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets keep 15 digits")]
        let section = self.section(number as f64);
        match section {
            Some(section) if !section.moment && !section.otherwise => section.show(number),
            _ => Shown::Otherwise,
        }
    }

    /// The section for a number of 0 or more.
    fn section(&self, number: f64) -> Option<&Section> {
        let conditional = self.sections.iter().any(|section| section.condition.is_some());
        let place = match (conditional, self.sections.len()) {
            (false, 3..) if number == 0.0 => 2,
            (false, 2..) if number < 0.0 => 1,
            (false, _) => 0,
            (true, all) => {
                let holds = |(place, section): (usize, &Section)| match (section.condition, place) {
                    (Some(condition), _) => condition.holds(number),
                    (None, 0) => number > 0.0,
                    (None, _) => true,
                };
                let place = self.sections.iter().enumerate().position(holds)?;
                // If the first section has a condition, it isn't certain which numbers a middle section applies to.
                if place == 1 && all > 2 && self.sections.get(1)?.condition.is_none() {
                    return None;
                }
                place
            }
        };
        self.sections.get(place)
    }
}

impl Section {
    fn show(&self, number: u64) -> Shown {
        if self.parts == [Part::General] {
            return Shown::Bare;
        }
        let digits = number.to_string();
        let places = self.parts.iter().filter(|part| matches!(part, Part::Zero | Part::Digit | Part::Blank)).count();
        let generals = self.parts.iter().filter(|part| **part == Part::General).count();
        let general = generals > 0;
        // A format without a number shows a word (`"yes";;"no"`). A format that shows the number twice is
        // unsupported.
        if places == 0 && !general {
            let word: String =
                self.parts.iter().filter_map(|part| if let Part::Always(c) = part { Some(*c) } else { None }).collect();
            return if word.trim().is_empty() { Shown::Otherwise } else { Shown::As(word) };
        }
        if generals > 1 || (general && places > 0) {
            return Shown::Otherwise;
        }
        let (mut left, mut places_left, mut padded) = (digits.len(), places, false);
        let mut text = String::new();
        let mut shown = digits.chars();
        for part in &self.parts {
            match part {
                Part::Always(c) => text.push(*c),
                Part::General => text.push_str(&digits),
                Part::Zero | Part::Digit | Part::Blank if left >= places_left => {
                    // The first place takes all digits without a place of their own. A zero is shown only in `0`
                    // places.
                    let taken = left.saturating_sub(places_left).saturating_add(1);
                    let begin = shown.by_ref().take(taken);
                    text.extend(begin.filter(|_| number != 0 || *part == Part::Zero));
                    left = left.saturating_sub(taken);
                    places_left = places_left.saturating_sub(1);
                }
                Part::Zero => {
                    text.push('0');
                    padded = true;
                    places_left = places_left.saturating_sub(1);
                }
                // It isn't certain whether a digit-only place shows a zero to the right of another one.
                Part::Digit | Part::Blank if padded => return Shown::Otherwise,
                Part::Digit | Part::Blank => {
                    text.extend((*part == Part::Blank).then_some(' '));
                    places_left = places_left.saturating_sub(1);
                }
            }
        }
        if text.trim_matches(' ') == digits && self.parts.iter().filter(|part| **part == Part::Zero).count() < 2 {
            Shown::Bare
        } else {
            Shown::As(text)
        }
    }
}

impl Condition {
    fn read(text: &str) -> Option<Self> {
        let signs = [
            ("<=", Sign::LessOrEqual),
            (">=", Sign::GreaterOrEqual),
            ("<>", Sign::Unequal),
            ("<", Sign::Less),
            (">", Sign::Greater),
            ("=", Sign::Equal),
        ];
        let (bound, sign) = signs.into_iter().find_map(|(sign, kind)| Some((text.strip_prefix(sign)?, kind)))?;
        Some(Self { sign, bound: bound.trim().parse().ok()? })
    }

    fn holds(self, number: f64) -> bool {
        match self.sign {
            Sign::Less => number < self.bound,
            Sign::LessOrEqual => number <= self.bound,
            Sign::Equal => number == self.bound,
            Sign::Unequal => number != self.bound,
            Sign::GreaterOrEqual => number >= self.bound,
            Sign::Greater => number > self.bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, number: u64) -> String {
        match NumberFormat::parse(code).show(number) {
            Shown::Bare => "bare".into(),
            Shown::As(text) => text,
            Shown::Otherwise => "otherwise".into(),
        }
    }

    #[test]
    fn numbers_are_shown_as_excel_shows_them() {
        for (code, expected) in [
            ("General", "bare"),
            ("", "otherwise"),
            ("0", "bare"),
            ("0_ ", "bare"),
            ("#", "bare"),
            ("########", "bare"),
            ("0;-0;;@", "bare"),
            ("@", "bare"),
            ("[Red]0", "bare"),
            ("General_ ", "bare"),
            ("0000000", "1234567"),
            ("00000000", "01234567"),
            ("00000000;@", "01234567"),
            ("00000000_ ", "01234567 "),
            ("00000000;[Red]-00000000", "01234567"),
            ("\"0\"0000000", "01234567"),
            ("\"0\"#", "01234567"),
            ("\\0#######", "01234567"),
            ("!0General", "01234567"),
            ("\"0\"@", "01234567"),
            ("[$-411]00000000", "01234567"),
            ("[$-ja-JP]00000000", "01234567"),
            ("[$-ja-JP-x-gannen]00000000;@", "01234567"),
            ("[>=1000000]00000000;0", "01234567"),
            ("[<1000000]0;00000000", "01234567"),
            ("[<100]0;[<1000]00;00000000", "01234567"),
            ("[=5]0;00000000;0", "otherwise"),
            ("????????", "bare"),
            ("#00000000", "01234567"),
            ("0###0000", "01234567"),
            ("0####0000", "otherwise"),
            ("?00000000", " 01234567"),
            ("0\"-\"0000000", "0-1234567"),
            ("0000-0000", "0123-4567"),
            ("No.00000000", "otherwise"),
            ("\"No.\"00000000", "No.01234567"),
            ("00000000号", "01234567号"),
            ("General\"号\"", "1234567号"),
            ("[$¥-411]0", "¥1234567"),
            ("\"00000000\"", "00000000"),
            ("\"有\";;\"無\"", "有"),
            (";;;", "otherwise"),
            ("*0#", "otherwise"),
            ("* 00000000", "01234567"),
            ("00000000.0", "otherwise"),
            ("#,##0", "otherwise"),
            ("00,000,000", "otherwise"),
            ("0%", "otherwise"),
            ("0.00E+00", "otherwise"),
            ("# ?/?", "otherwise"),
            ("[DBNum1]00000000", "otherwise"),
            ("yyyy/m/d", "otherwise"),
            ("[<5]00000000", "otherwise"),
            ("0000\"年\"00\"月\"0\"日\"", "1234年56月7日"),
            ("\"unclosed", "unclosed"),
            ("[unclosed", "otherwise"),
            ("0\\", "bare"),
        ] {
            assert_eq!(shown(code, 1_234_567), expected, "{code}");
        }
        assert_eq!(shown("00000000", 0), "00000000");
        assert_eq!(shown("00000000;-0;@", 0), "00000000");
        assert_eq!(shown("#", 0), "");
        assert_eq!(shown("0;;", 0), "otherwise");
        assert_eq!(shown("000000", 12_345_678), "12345678");
        assert_eq!(shown("000-0000-0000", 9_012_345_678), "090-1234-5678");
        assert_eq!(shown(&"0".repeat(2_000), 5), "otherwise");
    }

    #[test]
    fn days_and_times_are_told_from_numbers() {
        let moment = |code: &str| matches!(NumberFormat::parse(code).kind(29_312.0), Kind::Moment);
        for code in
            ["yyyy/m/d", "[$-411]ggge\"年\"m\"月\"d\"日\";@", "h:mm", "[h]:mm:ss", "[$-F800]dddd, mmmm dd, yyyy", "aaa"]
        {
            assert!(moment(code), "{code}");
        }
        for code in ["General", "0", "\"day\"0", "0.00E+00", "[Red]0", "0_d", "[<1]h:mm;0"] {
            assert!(!moment(code), "{code}");
        }
        assert!(matches!(NumberFormat::built_in(57).map(|format| format.kind(1.0)), Some(Kind::Moment)));
        assert!(NumberFormat::built_in(99).is_none());
    }
}
