//! Parses the text of a number format.

use super::{Condition, Part, Section};

/// A parser that reads a format from left to right.
pub(super) struct Parser<'f> {
    rest: &'f str,
}

impl<'f> Parser<'f> {
    pub fn new(code: &'f str) -> Self {
        Self { rest: code }
    }

    /// All sections, each with `true` if it contains an `@`.
    pub fn sections(mut self) -> Vec<(Section, bool)> {
        let mut sections = vec![(Section::default(), false)];
        while !self.rest.is_empty() {
            if self.take(";") {
                sections.push((Section::default(), false));
            } else if let Some((section, text)) = sections.last_mut() {
                self.part(section, text);
            }
        }
        sections
    }

    fn part(&mut self, section: &mut Section, text: &mut bool) {
        if self.take_word("General") || self.take("G/標準") {
            return section.parts.push(Part::General);
        }
        let Some(c) = self.next() else { return };
        match c {
            '"' => {
                while let Some(c) = self.next().filter(|&c| c != '"') {
                    section.parts.push(Part::Always(c));
                }
            }
            '[' => self.bracket(section),
            '\\' | '!' => section.parts.extend(self.next().map(Part::Always)),
            // A blank as wide as the following character.
            '_' => {
                self.next();
                section.parts.push(Part::Always(' '));
            }
            // Fills the cell's width. Blanks change nothing; with any other character the result is unknown.
            '*' => section.otherwise |= self.next() != Some(' '),
            '0' => section.parts.push(Part::Zero),
            '#' => section.parts.push(Part::Digit),
            '?' => section.parts.push(Part::Blank),
            '@' => {
                *text = true;
                section.parts.push(Part::General);
            }
            'e' | 'E' if self.rest.starts_with(['+', '-']) => section.otherwise = true,
            '.' | ',' | '%' | '/' if !section.moment => section.otherwise = true,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'g' | 'G' | 'e' | 'E' | 'a' | 'A' | 'b'
            | 'B' | 'r' | 'R' => section.moment = true,
            c => section.parts.push(Part::Always(c)),
        }
    }

    /// A colour, a condition, a locale with a preceding currency, a duration, or other digits.
    fn bracket(&mut self, section: &mut Section) {
        let (inside, rest) = self.rest.split_once(']').unwrap_or((self.rest, ""));
        self.rest = rest;
        if let Some(locale) = inside.strip_prefix('$') {
            let currency = locale.split_once('-').map_or(locale, |(currency, _)| currency);
            section.parts.extend(currency.chars().map(Part::Always));
        } else if let Some(condition) = Condition::read(inside) {
            section.condition = Some(condition);
        } else if inside.starts_with(['<', '>', '=']) || inside.to_ascii_lowercase().starts_with("dbnum") {
            section.otherwise = true;
        } else if !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S')) {
            section.moment = true;
        }
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next();
        self.rest = characters.as_str();
        next
    }

    fn take(&mut self, begin: &str) -> bool {
        let rest = self.rest.strip_prefix(begin);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Consumes a word in any case.
    fn take_word(&mut self, word: &str) -> bool {
        let begins = self.rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
        if begins {
            self.rest = self.rest.get(word.len()..).unwrap_or_default();
        }
        begins
    }
}
