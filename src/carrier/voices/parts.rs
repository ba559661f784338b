//! An utterance as recordings and pauses. Pure: which recordings exist is the library's matter.

use super::own_words;
use crate::domain::{Language, PhoneNumber};
use crate::engine::{Fill, Utterance, time_words};
use crate::flow::{FlowSet, ReadAs};

/// A part of what is said.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// A recording of these words.
    Words {
        /// The recording's usual id. Another one has it if the words are the same.
        id: String,
        /// The words.
        text: String,
    },
    /// Silence.
    Pause(Pause),
    /// A health centre's name: the ways to say it, the best first.
    Centre(Vec<(Language, String)>),
}

/// Parts joined from values are personal.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Words { .. } => f.write_str("Words(personal)"),
            Self::Pause(pause) => write!(f, "Pause({pause:?})"),
            Self::Centre(_) => f.write_str("Centre"),
        }
    }
}

/// How long a silence is. The longer of two in a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pause {
    /// Between two words of a phrase.
    Word,
    /// Between two digits of a phone number.
    Digit,
    /// At a comma.
    Comma,
    /// After a prompt.
    Prompt,
    /// Between two groups of digits.
    Group,
    /// Between two sentences.
    Sentence,
}

impl Pause {
    /// All, the shortest first.
    pub const ALL: [Self; 6] = [Self::Word, Self::Digit, Self::Comma, Self::Prompt, Self::Group, Self::Sentence];

    /// The length.
    pub const fn milliseconds(self) -> usize {
        match self {
            Self::Word => 20,
            Self::Digit => 120,
            Self::Comma => 240,
            Self::Prompt => 300,
            Self::Group => 400,
            Self::Sentence => 450,
        }
    }
}

/// The largest number of alerts that is recorded. Beyond it, the exact number changes nothing for who is called.
pub(super) const MOST_COUNTED: u32 = 20;

/// The parts of an utterance, without a pause before or after it. Empty if the document lacks the prompt.
pub fn parts(flow_set: &FlowSet, utterance: &Utterance) -> Vec<Part> {
    let mut said = Said { flow_set, language: utterance.language, parts: Vec::new(), pause: None };
    let prompt = utterance.prompt.as_str();
    let wording = said.wording(prompt);
    let segments = segments(&wording);
    let whole = segments.iter().map(|segment| sentences(segment.literal()).count()).sum::<usize>() == 1;
    let mut nth = 0_usize;
    let mut counter = "";
    for (at, segment) in segments.iter().enumerate() {
        match *segment {
            Segment::Literal(text) => said.sentences(text.strip_prefix(counter).unwrap_or(text), || {
                nth = nth.saturating_add(1);
                if whole { prompt.to_owned() } else { format!("{prompt}.{nth}") }
            }),
            Segment::Gap(gap) => {
                let next = segments.get(at.saturating_add(1)).map_or("", |next| next.literal());
                counter = if gap == "open_alerts" { counter_of(next) } else { "" };
                if let Some(fill) = utterance.fill.iter().find(|fill| gap_of(fill) == gap) {
                    said.fill(prompt, fill, counter);
                }
                continue;
            }
        }
        counter = "";
    }
    said.parts
}

/// The name of the gap that a value fills.
const fn gap_of(fill: &Fill) -> &'static str {
    match fill {
        Fill::Value(..) => "value",
        Fill::Centre(_) | Fill::CentreSaidAs(..) => "centre",
        Fill::CentrePhone(_) => "centre_phone",
        Fill::CallBackNumber(_) => "call_back_number",
        Fill::HealthCallNumber(_) => "health_call_number",
        Fill::Until(_) => "until",
        Fill::OpenAlerts(_) => "open_alerts",
    }
}

/// A part of a wording.
#[derive(Clone, Copy)]
enum Segment<'a> {
    Literal(&'a str),
    Gap(&'a str),
}

impl<'a> Segment<'a> {
    const fn literal(self) -> &'a str {
        match self {
            Self::Literal(text) => text,
            Self::Gap(_) => "",
        }
    }
}

fn segments(wording: &str) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    let mut rest = wording;
    while let Some((before, after)) = rest.split_once('{') {
        let (gap, after) = after.split_once('}').unwrap_or((after, ""));
        segments.extend([Segment::Literal(before), Segment::Gap(gap)]);
        rest = after;
    }
    segments.push(Segment::Literal(rest));
    segments
}

/// Counters that change a number's sound, or that it would be odd without: さんじゅっけん, 两点, 세 건.
const COUNTERS: [&str; 9] = ["件", "日", "時", "分", "点", "點", "일", "시", "분"];

fn counter_of(text: &str) -> &'static str {
    COUNTERS.into_iter().chain(["건"]).find(|counter| text.starts_with(counter)).unwrap_or_default()
}

const fn is_comma(c: char) -> bool {
    matches!(c, ',' | '、' | '，' | ';' | '；' | ':' | '：')
}

const fn is_end(c: char) -> bool {
    matches!(c, '.' | '。' | '?' | '？' | '!' | '！')
}

/// The sentences of a text, with the marks around them.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (sentence, after) = rest.split_at(end_of_sentence(rest));
            rest = after;
            if sentence.contains(char::is_alphanumeric) {
                return Some(sentence);
            }
        }
        None
    })
}

/// Where the first sentence ends: after a mark, which in Latin script is followed by a space.
fn end_of_sentence(text: &str) -> usize {
    let mut found = text.char_indices().filter(|(_, c)| is_end(*c)).map(|(at, c)| (c, at.saturating_add(c.len_utf8())));
    let ends = |&(c, end): &(char, usize)| {
        let after = text.get(end..).and_then(|rest| rest.chars().next());
        !c.is_ascii() || after.is_none_or(char::is_whitespace)
    };
    found.find(ends).map_or(text.len(), |(_, end)| end)
}

/// The words of a sentence, with the mark at its end.
fn spoken_of(sentence: &str) -> &str {
    let begins = |c: char| c.is_whitespace() || is_comma(c) || is_end(c);
    sentence.trim_start_matches(begins).trim_end_matches(|c: char| c.is_whitespace() || is_comma(c))
}

/// The numbers of a time and a date.
struct Numbers<'a> {
    month: u8,
    /// By the names of their gaps.
    values: &'a [(&'static str, &'a str)],
}

/// What is said so far.
struct Said<'a> {
    flow_set: &'a FlowSet,
    language: Language,
    parts: Vec<Part>,
    /// The pause that comes before what is said next.
    pause: Option<Pause>,
}

impl Said<'_> {
    fn wording(&self, prompt: &str) -> String {
        let wording = self.flow_set.wording(prompt, self.language);
        wording.map(|wording| wording.spoken().to_string()).unwrap_or_default()
    }

    fn pause(&mut self, pause: Pause) {
        self.pause = self.pause.max(Some(pause));
    }

    fn say(&mut self, part: Part) {
        if let Some(pause) = self.pause.take().filter(|_| !self.parts.is_empty()) {
            self.parts.push(Part::Pause(pause));
        }
        self.parts.push(part);
        self.pause = Some(Pause::Word);
    }

    fn words(&mut self, id: String, text: &str) {
        self.say(Part::Words { id, text: text.trim().to_owned() });
    }

    /// The pause that marks ask for.
    fn marks(&mut self, marks: &str) {
        if marks.contains(is_end) {
            self.pause(Pause::Sentence);
        } else if marks.contains(is_comma) {
            self.pause(Pause::Comma);
        }
    }

    /// Says a text sentence by sentence. A text without words is a pause only.
    fn sentences(&mut self, text: &str, mut id: impl FnMut() -> String) {
        let first = text.find(char::is_alphanumeric).unwrap_or(text.len());
        self.marks(text.get(..first).unwrap_or_default());
        for sentence in sentences(text) {
            let words = spoken_of(sentence);
            self.words(id(), words);
            self.marks(sentence.rsplit(words).next().unwrap_or_default());
            if words.ends_with(is_end) {
                self.pause(Pause::Sentence);
            }
        }
    }

    /// Says words between the numbers of a value: "a.m." isn't a sentence.
    fn phrase(&mut self, text: &str, id: String) {
        let words = spoken_of(text);
        if words.contains(char::is_alphanumeric) {
            self.words(id, words);
            self.marks(text.rsplit(words).next().unwrap_or_default());
        } else if text.contains(is_comma) {
            self.pause(Pause::Comma);
        }
    }

    fn fill(&mut self, prompt: &str, fill: &Fill, counter: &str) {
        match fill {
            Fill::Value(ReadAs::Temperature, entry) => self.temperature(entry),
            Fill::Value(ReadAs::Percent, entry) => {
                self.value("shared.spoken_percent", &[("number", entry.trim_start_matches('0'))]);
            }
            Fill::Value(ReadAs::Digits, entry) => self.digits(entry),
            Fill::Centre(name) => self.say(Part::Centre(vec![(Language::Japanese, name.to_string())])),
            Fill::CentreSaidAs(name, said_as) => {
                let japanese = said_as.reading.iter().chain([name]).map(|name| (Language::Japanese, name.to_string()));
                let latin = said_as.latin_name.iter().filter(|_| self.language != Language::Japanese);
                let latin = latin.map(|name| (self.language, name.to_string()));
                self.say(Part::Centre(latin.chain(japanese).collect()));
            }
            Fill::CentrePhone(number) | Fill::CallBackNumber(number) => self.phone_number(number),
            Fill::HealthCallNumber(number) => {
                // The sentence is complete without it.
                if let Some(number) = number {
                    self.pause(Pause::Comma);
                    self.phone_number(number);
                    // In Japanese a particle or the verb belongs to the number.
                    self.pause(if self.language == Language::Japanese { Pause::Word } else { Pause::Comma });
                }
            }
            Fill::Until(until) => self.until(*until),
            Fill::OpenAlerts(alerts) => {
                let counted = alerts.min(&MOST_COUNTED);
                self.words(format!("{prompt}.count.{counted}"), &format!("{counted}{counter}"));
                if counted < alerts {
                    self.words(own_words::OR_MORE.to_owned(), own_words::or_more(self.language));
                }
            }
        }
    }

    fn temperature(&mut self, entry: &str) {
        let (whole, tenth) = entry.split_at_checked(entry.len().saturating_sub(1)).unwrap_or((entry, ""));
        // Flow sets from before this prompt existed lack it.
        let exact = "shared.spoken_temperature_whole";
        if tenth == "0" && !self.wording(exact).is_empty() {
            self.value(exact, &[("whole", whole)]);
        } else {
            self.value("shared.spoken_temperature", &[("whole", whole), ("tenth", tenth)]);
        }
    }

    /// A value with its unit. Each number is recorded with the words around it, so that both sound as one.
    fn value(&mut self, prompt: &str, values: &[(&str, &str)]) {
        let wording = self.wording(prompt);
        let mut before = "";
        let mut segments = segments(&wording).into_iter().peekable();
        while let Some(segment) = segments.next() {
            match segment {
                Segment::Literal(text) => before = text,
                Segment::Gap(gap) => {
                    let after = segments.next_if(|next| !next.literal().is_empty()).map_or("", Segment::literal);
                    let value = values.iter().find(|(name, _)| *name == gap).map_or("", |(_, value)| *value);
                    let id = format!("{prompt}.{gap}.{value}");
                    self.words(id, &format!("{before}{value}{after}"));
                    before = "";
                }
            }
        }
    }

    /// A time, of which each number is recorded with its counter only, since there are many of them.
    fn until(&mut self, until: [u8; 4]) {
        let [month, day, ..] = until;
        let words = time_words(until, self.language, &|prompt: &str| self.wording(prompt));
        let day = day.to_string();
        let numbers = Numbers {
            month,
            values: &[("month", &words.month), ("day", &day), ("hour", &words.hour), ("minute", &words.minute)],
        };
        self.numbers(
            "shared.spoken_until",
            &self.wording("shared.spoken_until"),
            &numbers,
            (words.prompt, &words.time),
        );
    }

    /// Says a wording whose gaps are numbers. The gap `time` has a wording of its own.
    fn numbers(&mut self, prompt: &str, wording: &str, numbers: &Numbers<'_>, time: (&str, &str)) {
        let mut nth = 0_usize;
        let mut counter = "";
        let segments = segments(wording);
        for (at, segment) in segments.iter().enumerate() {
            match *segment {
                Segment::Literal(text) => {
                    nth = nth.saturating_add(1);
                    self.phrase(text.strip_prefix(counter).unwrap_or(text), format!("{prompt}.{nth}"));
                    counter = "";
                }
                Segment::Gap("time") => self.numbers(time.0, time.1, numbers, ("", "")),
                Segment::Gap(gap) => {
                    let next = segments.get(at.saturating_add(1)).map_or("", |next| next.literal());
                    counter = counter_of(next);
                    let value = numbers.values.iter().find(|(name, _)| *name == gap).map_or("", |(_, value)| *value);
                    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                    let month = gap == "month";
                    let id = if month {
                        format!("shared.month_{}", numbers.month)
                    } else {
                        format!("{prompt}.{gap}.{digits}")
                    };
                    self.words(id, &format!("{value}{counter}"));
                }
            }
        }
    }

    fn phone_number(&mut self, number: &PhoneNumber) {
        let national = number.national();
        for group in national.split(|c: char| !c.is_ascii_digit()) {
            self.pause(Pause::Group);
            self.digits(group);
        }
        self.pause(Pause::Digit);
    }

    fn digits(&mut self, digits: &str) {
        for digit in digits.chars().filter(char::is_ascii_digit) {
            let prompt = format!("shared.digit_{digit}");
            let wording = self.wording(&prompt);
            self.words(prompt, &wording);
            self.pause(Pause::Digit);
        }
    }
}
