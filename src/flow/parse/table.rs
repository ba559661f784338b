//! Reads TOML by hand rather than by serde, so that all problems are reported together, each with its line.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::flow::fault::{Fault, FieldFault, FileFault, Part, Required, Vocabulary};
use crate::flow::finding::{Finding, closest};

/// A file that is being read, and its findings.
pub(super) struct Source<'a> {
    pub file: &'a str,
    newlines: Vec<usize>,
    findings: RefCell<Vec<Finding>>,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a str, text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { file, newlines, findings: RefCell::default() }
    }

    /// The line of a position, counted from 1.
    pub fn line(&self, span: &Range<usize>) -> u32 {
        u32::try_from(self.newlines.partition_point(|newline| *newline < span.start))
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    pub fn find(&self, line: u32, fault: impl Into<Fault>) {
        self.find_word(line, fault, None);
    }

    /// Reports a wrong word, and the one that was probably meant.
    pub fn find_word(&self, line: u32, fault: impl Into<Fault>, meant: Option<String>) {
        self.findings.borrow_mut().push(Finding::new(self.file, line, fault).meant(meant));
    }

    pub fn into_findings(self) -> Vec<Finding> {
        self.findings.into_inner()
    }

    /// The parsed file, as far as it is TOML. `None` if there is nothing to report beyond the syntax.
    pub fn tree<'t>(&self, text: &'t str) -> Option<Spanned<DeTable<'t>>> {
        if let Some(at) = text.find(['\u{fffd}', '\0']) {
            self.find(self.line(&(at..at)), FileFault::NotUtf8);
            return None;
        }
        let (tree, errors) = DeTable::parse_recoverable(text);
        let mut readable = true;
        for error in errors {
            // What follows an unreadable place is read wrongly: only the first one is the author's.
            if !readable {
                break;
            }
            let line = self.line(&error.span().unwrap_or(0..0));
            if error.message().contains("duplicate key") {
                self.find(line, FieldFault::Repeated);
            } else {
                readable = false;
                let written = text.lines().nth(usize::try_from(line).unwrap_or(0).saturating_sub(1));
                match written.and_then(full_width) {
                    Some(character) => self.find(line, FileFault::FullWidth(character)),
                    None => self.find(line, FileFault::NotToml(error.message().to_owned())),
                }
            }
        }
        readable.then_some(tree)
    }
}

/// A full-width character of a line in the place of a sign of TOML, or of a letter or digit of a name: as a Japanese
/// keyboard writes them.
fn full_width(line: &str) -> Option<char> {
    let mut in_quotes = false;
    let found = line.chars().find(|character| {
        match character {
            '"' => in_quotes = !in_quotes,
            '“' | '”' | '＂' | '＇' => return true,
            '\u{3000}' | '！'..='～' | '「' | '」' | '。' | '、' => return !in_quotes,
            _ => {}
        }
        false
    });
    found.filter(|found| line.split('#').next().is_some_and(|read| read.contains(*found)))
}

/// A table whose fields are requested one by one. Fields that were never requested are unknown.
pub(super) struct Table<'a> {
    pub source: &'a Source<'a>,
    pub line: u32,
    /// What the table describes.
    pub part: Part,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    pub fn new(source: &'a Source<'a>, entries: &'a DeTable<'a>, line: u32, part: Part) -> Self {
        Self { source, line, part, entries, asked: RefCell::default() }
    }

    /// A field; `None` if it is absent.
    pub fn get(&self, field: &'static str) -> Option<Value<'a>> {
        if !self.asked.borrow().contains(&field) {
            self.asked.borrow_mut().push(field);
        }
        let (key, value) = self.entries.get_key_value(field)?;
        Some(self.value(key.span(), value))
    }

    /// A required field.
    pub fn need(&self, required: Required) -> Option<Value<'a>> {
        let value = self.get(required.field());
        if value.is_none() {
            self.find(FieldFault::Missing(self.part.clone(), required));
        }
        value
    }

    /// Reports a fault of the whole table.
    pub fn find(&self, fault: impl Into<Fault>) {
        self.source.find(self.line, fault);
    }

    /// The fields of a table with arbitrary names.
    pub fn rows(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.entries.iter().map(|(key, value)| (key.get_ref().as_ref(), self.value(key.span(), value)))
    }

    /// Reports the fields that weren't requested.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.entries.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let field: &str = key.get_ref();
            let fault = FieldFault::Unknown { part: self.part.clone(), field: field.into(), known: asked.clone() };
            let meant = closest(field, asked.iter().copied());
            self.source.find_word(self.source.line(&key.span()), fault, meant);
        }
    }

    fn value(&self, key: Range<usize>, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        Value { source: self.source, line: self.source.line(&key), value: value.get_ref() }
    }
}

/// A value and its line.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub source: &'a Source<'a>,
    pub line: u32,
    value: &'a DeValue<'a>,
}

impl<'a> Value<'a> {
    pub fn find(&self, fault: impl Into<Fault>) {
        self.source.find(self.line, fault);
    }

    pub fn text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.as_ref()),
            DeValue::String(_) => self.wrong(FieldFault::Empty),
            _ => self.wrong(FieldFault::NotText),
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.wrong(FieldFault::NotFlag),
        }
    }

    pub fn number<N: TryFrom<u32> + Copy + Into<u32>>(&self, range: RangeInclusive<N>) -> Option<N> {
        let (least, most) = ((*range.start()).into(), (*range.end()).into());
        let number = match self.value {
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| (least..=most).contains(number)).and_then(|number| N::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.wrong(FieldFault::NotNumber { least, most }),
        }
    }

    /// A list. A single value counts as a list of one.
    pub fn list(&self) -> Vec<Self> {
        match self.value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| Self { source: self.source, line: self.source.line(&item.span()), value: item.get_ref() })
                .collect(),
            _ => vec![*self],
        }
    }

    pub fn is_text(&self) -> bool {
        matches!(self.value, DeValue::String(_))
    }

    pub fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    pub fn table(&self, part: Part) -> Option<Table<'a>> {
        match self.value {
            DeValue::Table(entries) => Some(Table::new(self.source, entries, self.line, part)),
            _ => self.wrong(FieldFault::NotTable(part)),
        }
    }

    /// One word of a fixed list.
    pub fn word<T>(&self, of: Vocabulary, words: &[&'static str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text()?;
        if let Some(read) = read(text) {
            return Some(read);
        }
        let fault = FieldFault::UnknownWord { of, word: text.into(), known: words.to_vec() };
        self.source.find_word(self.line, fault, closest(text, words.iter().copied()));
        None
    }

    fn wrong<T>(&self, fault: FieldFault) -> Option<T> {
        self.find(fault);
        None
    }
}
