//! As much of Rust's grammar as the rules need: the paths, string literals, `mod` lines and test modules of a file.

use std::ops::RangeInclusive;

/// A parsed file. Lines are counted from 1.
#[derive(Debug, Default)]
pub struct Source {
    /// The text.
    pub text: String,
    /// Every path in the code, with expanded `use` groups: (line, segments).
    pub paths: Vec<(usize, Vec<String>)>,
    /// Every string literal: (line, content).
    pub strings: Vec<(usize, String)>,
    /// Every `mod name;`: (line, name).
    pub modules: Vec<(usize, String)>,
    /// The lines that are compiled only for tests.
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Returns `true` if the line is compiled only for tests.
    pub fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|lines| lines.contains(&line))
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// Parses a file.
pub fn read(text: &str) -> Source {
    let tokens = Scanner { chars: text.chars().collect(), at: 0, line: 1 }.tokens();
    let mut source = Source { text: text.to_owned(), tests: test_lines(&tokens), ..Source::default() };
    for (nth, (line, token)) in tokens.iter().enumerate() {
        let next = (tokens.get(nth + 1).map(|next| &next.1), tokens.get(nth + 2).map(|next| &next.1));
        match (token, next) {
            (Token::Text(text), _) => source.strings.push((*line, text.clone())),
            (Token::Word(word), (Some(Token::Word(name)), Some(Token::Sign(';')))) if word == "mod" => {
                source.modules.push((*line, name.clone()));
            }
            _ => {}
        }
    }
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].1 {
            Token::Word(_) => read_path(&tokens, &mut at, &[], &mut source.paths),
            _ => at += 1,
        }
    }
    source
}

/// Reads `a::b` or `a::{b, c::d}` from the word at `at`.
fn read_path(tokens: &[(usize, Token)], at: &mut usize, before: &[String], paths: &mut Vec<(usize, Vec<String>)>) {
    let is = |at: usize, sign: char| tokens.get(at).is_some_and(|token| token.1 == Token::Sign(sign));
    let mut segments = before.to_vec();
    let line = tokens[*at].0;
    while let Some((_, Token::Word(word))) = tokens.get(*at) {
        segments.push(word.clone());
        *at += 1;
        if !(is(*at, ':') && is(*at + 1, ':')) {
            break;
        }
        *at += 2;
    }
    let group = is(*at, '{') && *at >= 2 && is(*at - 1, ':') && is(*at - 2, ':');
    if !group {
        paths.push((line, segments));
        return;
    }
    *at += 1;
    while *at < tokens.len() && !is(*at, '}') {
        match &tokens[*at].1 {
            Token::Word(word) if word == "as" => *at += 2,
            Token::Word(_) => read_path(tokens, at, &segments, paths),
            _ => *at += 1,
        }
    }
    *at += 1;
}

/// The lines of every item under `#[cfg(test)]`.
fn test_lines(tokens: &[(usize, Token)]) -> Vec<RangeInclusive<usize>> {
    let word = |at: usize, word: &str| matches!(tokens.get(at), Some((_, Token::Word(found))) if found == word);
    let mut found = Vec::new();
    for at in (0..tokens.len()).filter(|at| word(*at, "cfg") && word(*at + 2, "test")) {
        let mut depth = 0;
        for (line, token) in &tokens[at + 4..] {
            match token {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(token, Token::Sign('}' | ';')) {
                found.push(tokens[at].0..=*line);
                break;
            }
        }
    }
    found
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn take(&mut self) -> char {
        let char = self.peek(0);
        self.at += 1;
        self.line += usize::from(char == '\n');
        char
    }

    fn tokens(mut self) -> Vec<(usize, Token)> {
        let mut tokens = Vec::new();
        while self.at < self.chars.len() {
            let line = self.line;
            if let Some(token) = self.token() {
                tokens.push((line, token));
            }
        }
        tokens
    }

    fn token(&mut self) -> Option<Token> {
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.take();
                }
                None
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => Some(Token::Text(self.string())),
            ('r' | 'b' | 'c', '"' | '#' | 'r' | '\'') => self.prefixed(),
            ('\'', _) => self.quote(),
            (char, _) if char.is_alphabetic() || char == '_' => Some(self.code()),
            (char, _) if char.is_ascii_digit() => {
                self.code();
                None
            }
            (char, _) if char.is_whitespace() => {
                self.take();
                None
            }
            _ => Some(Token::Sign(self.take())),
        }
    }

    fn code(&mut self) -> Token {
        let mut word = String::new();
        while self.peek(0).is_alphanumeric() || self.peek(0) == '_' {
            word.push(self.take());
        }
        Token::Word(word)
    }

    fn block_comment(&mut self) -> Option<Token> {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.take();
                    continue;
                }
            }
            self.take();
            self.take();
            if depth == 0 {
                break;
            }
        }
        None
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        self.take();
        while self.at < self.chars.len() {
            match self.take() {
                '"' => break,
                '\\' => match self.take() {
                    'n' => text.push('\n'),
                    '\n' => {}
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        text
    }

    /// A token that begins with r, b or c: a raw or byte string, a byte, a raw name, or an ordinary word.
    fn prefixed(&mut self) -> Option<Token> {
        let mut ahead = 1 + usize::from(self.peek(1) == 'r');
        let raw = self.peek(ahead - 1) == 'r';
        let hashes = (ahead..).take_while(|at| self.peek(*at) == '#').count();
        ahead += hashes;
        if self.peek(ahead) == '"' && (raw || hashes == 0) {
            (0..ahead).for_each(|_| _ = self.take());
            return Some(Token::Text(if raw { self.raw_string(hashes) } else { self.string() }));
        }
        if (self.peek(0), self.peek(1)) == ('b', '\'') {
            self.take();
            return self.quote();
        }
        if (self.peek(0), self.peek(1)) == ('r', '#') {
            self.take();
            self.take();
        }
        Some(self.code())
    }

    fn raw_string(&mut self, hashes: usize) -> String {
        let mut text = String::new();
        self.take();
        while self.at < self.chars.len() {
            if self.peek(0) == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == '#') {
                (0..=hashes).for_each(|_| _ = self.take());
                break;
            }
            text.push(self.take());
        }
        text
    }

    /// A character or a lifetime.
    fn quote(&mut self) -> Option<Token> {
        self.take();
        if self.peek(0) == '\\' {
            self.take();
            self.take();
            while self.at < self.chars.len() && self.take() != '\'' {}
        } else if self.peek(1) == '\'' {
            self.take();
            self.take();
        } else {
            self.code();
        }
        None
    }
}
